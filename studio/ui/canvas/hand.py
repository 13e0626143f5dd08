"""The gesture that runs: one tool from press to release, fed with as many moves as can be shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from studio.canvas.tools.base import BARE, Overlay, Pointer, Tool
from studio.core.diff import diff
from studio.core.graph import Graph

_EDGE_MS = 16


class Hand(QObject):
    """Holds at most one tool.

    Moves are kept until the event loop is idle, so that a slow paint never makes a queue of them.

    Args:
        hovered: Called with where the pointer is while no gesture runs.
        parent: Who it belongs to.
    """

    changed = Signal()
    """A gesture began or ended."""

    def __init__(self, hovered: Callable[[Pointer], None], parent: QObject) -> None:
        super().__init__(parent)
        self._hovered = hovered
        self._tool: Tool | None = None
        self._carried = False
        self._waiting: Pointer | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.flush)
        self._edge = QTimer(self, interval=_EDGE_MS)
        self._edge.timeout.connect(self._tick)

    @property
    def tool(self) -> Tool | None:
        """The gesture that runs."""
        return self._tool

    @property
    def carries(self) -> bool:
        """Whether it runs without a button held."""
        return self._carried

    @property
    def overlay(self) -> Overlay:
        """What the gesture shows."""
        return self._tool.overlay if self._tool else BARE

    @property
    def at_rest(self) -> bool:
        """Whether nothing runs and nothing waits."""
        return self._tool is None and not self._soon.isActive()

    def press(self, tool: Tool, pointer: Pointer, *, carried: bool = False) -> None:
        """Begin a gesture.

        Args:
            tool: The gesture.
            pointer: Where it begins.
            carried: Whether it goes on without a button, until the next click.
        """
        self.cancel()
        self._tool, self._carried = tool, carried
        tool.begin(pointer)
        if self._tool is tool:
            if tool.follows:
                self._edge.start()
            self.changed.emit()

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer as soon as there is time."""
        self._waiting = pointer
        self._soon.start()

    def flush(self) -> None:
        """Follow the pointer now."""
        self._soon.stop()
        pointer, self._waiting = self._waiting, None
        if pointer is None:
            return
        if self._tool:
            self._tool.move(pointer)
        else:
            self._hovered(pointer)

    def release(self, pointer: Pointer) -> None:
        """End the gesture here."""
        self.flush()
        tool = self._let_go()
        if tool:
            tool.end(pointer)
            self.changed.emit()

    def cancel(self) -> bool:
        """End the gesture without a trace; say whether there was one."""
        self._soon.stop()
        self._waiting = None
        tool = self._let_go()
        if tool:
            tool.cancel()
            self.changed.emit()
        return tool is not None

    def overtaken(self, before: Graph, after: Graph) -> None:
        """Let the gesture go on after an edit that is not its own, or end it without a trace."""
        if self._tool and not self._tool.overtaken(diff(before, after)):
            self.cancel()

    def _let_go(self) -> Tool | None:
        tool, self._tool, self._carried = self._tool, None, False
        self._edge.stop()
        return tool

    def _tick(self) -> None:
        if self._tool:
            self._tool.tick(_EDGE_MS / 1000)
