"""Work in a thread of Qt's pool, whose answer comes back into the window's."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThreadPool, Signal

T = TypeVar("T")

log = logging.getLogger(__name__)


class Later(QObject):
    """Does work for its parent, and brings nothing any more once the parent is gone."""

    _answered = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._answered.connect(self._deliver)

    def do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do something in a thread.

        Args:
            work: Is called there.
            done: Takes what it returns, in the window's thread; not called when it raises.
        """
        QThreadPool.globalInstance().start(partial(self._work, work, done))

    def _deliver(self, done: Callable[[Any], None], answer: Any) -> None:
        done(answer)

    def _work(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        try:
            answer = work()
        except Exception:
            log.exception("something went wrong with model files")
            return
        with suppress(RuntimeError):  # the parent was closed meanwhile
            self._answered.emit(done, answer)
