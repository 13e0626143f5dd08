"""How many tokens the prompts in sight have, counted in a thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QThreadPool, Signal

from studio.ui.inspector.counting import Count, count
from studio.ui.threads.later import Later

_HELD = 1024


class Counts(QObject):
    """Counts each prompt once.

    Args:
        pool: Threads that count.
        parent: Owner in Qt's tree.
    """

    ready = Signal(str)
    """Node whose prompt has been counted."""

    def __init__(self, pool: QThreadPool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._later = Later(self, pool)
        self._found: dict[str, str] = {}
        self._asked: dict[str, set[str]] = {}

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
                self._later.do(partial(count, text), partial(self._take, text))
            self._asked[text].add(node)
        return found or ""

    def _take(self, text: str, found: Count) -> None:
        if len(self._found) > _HELD:
            self._found.clear()
        self._found[text] = "" if found.problem else f"{found.tokens} / {found.room}"
        for node in self._asked.pop(text, ()):
            self.ready.emit(node)
