"""Work in threads of Qt's pool, whose answer comes back into the window's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal
from shiboken6 import isValid

from studio.ui.threads.errand import Errand

T = TypeVar("T")


class _Post(QObject):
    """Outlives every window, so that threads may send through it whatever is closed meanwhile."""

    _sent = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._sent.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def perform(self, errand: Errand) -> None:
        """Do an errand, in a thread of the pool."""
        errand.perform("pool")
        with suppress(RuntimeError):  # the program ended meanwhile
            self._sent.emit(errand)

    def _deliver(self, errand: Errand) -> None:
        errand.finish()


@cache
def _post() -> _Post:
    return _Post()


class Later(QObject):
    """Does work for its parent, and brings nothing any more once the parent is gone.

    Args:
        parent: Who asks.
        pool: Threads that work; ``None``: those that everything shares.
    """

    def __init__(self, parent: QObject, pool: QThreadPool | None = None) -> None:
        super().__init__(parent)
        self._pool = pool or QThreadPool.globalInstance()

    def do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do something in a thread.

        Args:
            work: Is called there; touches nothing of Qt but images.
            done: Takes what it returns, in the window's thread; not called when it raises.
        """
        self._pool.start(partial(_post().perform, Errand(work, partial(self._take, done))))

    def _take(self, done: Callable[[Any], None], answer: Any) -> None:
        if isValid(self):
            done(answer)
