"""How many tokens the prompts in sight have, counted in a thread."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, QThreadPool, Signal

from studio.ui.inspector.counting import count

_HELD = 1024


class Counts(QObject):
    """Counts each prompt once.

    Args:
        pool: Threads that count.
        parent: Owner in Qt's tree.
    """

    ready = Signal(str)
    """Node whose prompt has been counted."""
    counted = Signal(str, str)
    """A prompt and what to say of it, from the other thread."""

    def __init__(self, pool: QThreadPool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = pool
        self._found: dict[str, str] = {}
        self._asked: dict[str, set[str]] = {}
        self.counted.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether some are being counted."""
        return bool(self._asked)

    def get(self, node: str, text: str) -> str:
        """Return such as ``21 / 75``; empty until it is known."""
        found = self._found.get(text)
        if found is None:
            if text not in self._asked:
                self._asked[text] = set()
                self._pool.start(partial(_count, self, text))
            self._asked[text].add(node)
        return found or ""

    def _take(self, text: str, said: str) -> None:
        if len(self._found) > _HELD:
            self._found.clear()
        self._found[text] = said
        for node in self._asked.pop(text, ()):
            self.ready.emit(node)


def _count(counts: Counts, text: str) -> None:
    found = count(text)
    with suppress(RuntimeError):  # the window was closed meanwhile
        counts.counted.emit(text, "" if found.problem else f"{found.tokens} / {found.room}")
