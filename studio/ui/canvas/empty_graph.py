"""What stands over the canvas while a graph has nothing in it: how to begin."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint

from studio.ui.actions.actions import native
from studio.ui.kit.sections import EmptyState

if TYPE_CHECKING:
    from studio.ui.canvas.widget import CanvasWidget
    from studio.ui.studio import Studio

ADD, EXAMPLE = "canvas.add", "file.example"
_WIDTH = 420


class EmptyGraph(EmptyState):
    """In the middle of the canvas, and gone with the first node or note.

    What it does not want itself goes to the canvas below it: clicks, wheel, and what is dropped.

    Args:
        studio: What the window shares.
        canvas: What it stands over.
    """

    def __init__(self, studio: Studio, canvas: CanvasWidget) -> None:
        actions = studio.actions
        key = native(next(iter(actions.chords(ADD)), ""))
        super().__init__(
            studio.looks, "ph.tree-structure", "This graph is empty",
            f"Press {key} to add a node, or drop a graph or a picture here.",
            "Add a node", key, partial(actions.trigger, ADD), canvas, is_large=True,
        )  # fmt: skip
        self._canvas = canvas
        self.offer("Open the example", partial(actions.trigger, EXAMPLE))
        canvas.installEventFilter(self)
        canvas.shown_changed.connect(self.follow)
        self.lower()
        self.follow()

    def follow(self) -> None:
        """Show it if there is nothing else to see."""
        graph = self._canvas.stage.graph
        empty = not graph.nodes and not graph.view.notes
        self.setVisible(self._canvas.document is not None and empty)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle."""
        if event.type() == QEvent.Type.Resize:
            self.resize(min(_WIDTH, self._canvas.width()), self.heightForWidth(_WIDTH))
            room = self._canvas.rect().center() - self.rect().center()
            self.move(room if room.y() > 0 else QPoint(room.x(), 0))
        return False
