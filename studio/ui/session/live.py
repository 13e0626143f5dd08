"""Live mode: a graph that runs by itself a moment after its last edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from studio.core.graph import Graph
from studio.ui.documents.marking import touched

if TYPE_CHECKING:
    from studio.ui.documents.document import Document

PAUSE_MS = 250


class Live(QObject):
    """Watches the documents that run by themselves.

    Args:
        run: Runs a document.
    """

    def __init__(self, run: Callable[[Document], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._timers: dict[str, QTimer] = {}

    def on(self, document: Document) -> bool:
        """Say whether a document runs by itself."""
        return document.id in self._timers

    def set(self, document: Document, on: bool) -> None:
        """Let a document run by itself, or no longer."""
        if on == self.on(document):
            return
        if not on:
            self._timers.pop(document.id).stop()
            return
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(PAUSE_MS)
        timer.timeout.connect(lambda: self._run(document))
        self._timers[document.id] = timer
        self._run(document)

    def edited(self, document: Document, before: Graph, after: Graph) -> None:
        """Run a document soon, if it runs by itself and its results may differ."""
        if self.on(document) and touched(before, after):
            self._timers[document.id].start()

    def close(self) -> None:
        """Run nothing any more."""
        for timer in self._timers.values():
            timer.stop()
        self._timers.clear()
