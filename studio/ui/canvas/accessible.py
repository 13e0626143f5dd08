"""What screen readers hear of the canvas: each node is an object of its own.

Qt asks for these objects and never keeps them alive, so the canvas's own object does.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QAccessibleWidget

from studio.canvas.states import StateKind
from studio.core.graph import Link
from studio.ui.canvas.refresh import widget_rect
from studio.ui.canvas.view import CanvasView
from studio.ui.inspector.targets import label_of

_STATES: dict[StateKind, str] = {
    "fresh": "up to date", "stale": "needs a run", "waiting": "waiting", "running": "running",
    "failed": "failed", "muted": "muted", "bypassed": "bypassed", "frozen": "frozen",
    "missing_type": "its type is not installed", "missing_model": "its file is missing",
    "unknown": "",
}  # fmt: skip


class NodeAccessible(QAccessibleInterface):
    """One node.

    Args:
        canvas: Where it is.
        node: Its id.
    """

    def __init__(self, canvas: CanvasView, node: str) -> None:
        super().__init__()
        self._canvas = canvas
        self._node = node

    def isValid(self) -> bool:
        """Say whether the node is still there."""
        return self._node in self._canvas.scene.graph.nodes

    def object(self) -> QObject | None:  # type: ignore[override]
        """Return no object, for there is none."""
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        """Return the window of the canvas."""
        return self._canvas.window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        """Return the canvas."""
        return QAccessible.queryAccessibleInterface(self._canvas)

    def childCount(self) -> int:
        """Return that there is nothing inside."""
        return 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return nothing."""
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return nothing."""
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return that it is not inside."""
        return -1

    def role(self) -> QAccessible.Role:
        """Say what kind of thing it is."""
        return QAccessible.Role.ListItem

    def rect(self) -> QRect:
        """Return where it is on the screen."""
        if not self.isValid():
            return QRect()
        rect = widget_rect(self._canvas.scene.rect(self._node), self._canvas.camera)
        return rect.translated(self._canvas.mapToGlobal(self._canvas.rect().topLeft()))

    def state(self) -> QAccessible.State:
        """Say whether it is chosen, has the keyboard, and is in sight."""
        state = QAccessible.State()
        view = self._canvas.stage.state
        state.focusable = state.selectable = state.multiSelectable = True
        state.selected = self._node in view.selection.nodes
        state.focused = self._node == view.focus and self._canvas.hasFocus()
        seen = self.rect().intersects(
            QRect(self._canvas.mapToGlobal(self._canvas.rect().topLeft()), self._canvas.size())
        )
        state.offscreen = not seen
        state.invalid = not self.isValid()
        return state

    def text(self, kind: QAccessible.Text) -> str:
        """Return its title, its values, or what it is linked to."""
        if not self.isValid():
            return ""
        if kind == QAccessible.Text.Name:
            return self._name()
        if kind == QAccessible.Text.Value:
            rows = self._canvas.scene.layout(self._node).rows
            return ", ".join(f"{row.label} {row.value}" for row in rows if not row.linked)
        return self._links() if kind == QAccessible.Text.Description else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Change nothing; titles are changed by command."""

    def foregroundColor(self) -> QColor:
        """Return the colour of its texts."""
        return self._canvas.studio.looks.theme.color("text.primary")

    def backgroundColor(self) -> QColor:
        """Return the colour of its body."""
        return self._canvas.studio.looks.theme.color("bg.node")

    def _name(self) -> str:
        """Return the title, and how far the node is."""
        scene = self._canvas.scene
        state = scene.state(self._node)
        title, said = scene.layout(self._node).title, state.text or state.hint
        parts = (title, _STATES[state.kind], state.words, said)
        return ", ".join(part for part in parts if part)

    def _links(self) -> str:
        graph = self._canvas.scene.graph
        ins = [_said(self._canvas, link, ahead=False) for link in graph.links_to(self._node)]
        outs = [_said(self._canvas, link, ahead=True) for link in graph.links_from(self._node)]
        return "; ".join([*ins, *outs]) or "not linked"


class CanvasAccessible(QAccessibleWidget):
    """The canvas with its nodes, and the widgets over it."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas, QAccessible.Role.List, "Canvas")
        self._canvas = canvas
        self._nodes: dict[str, NodeAccessible] = {}

    def childCount(self) -> int:
        """Return the number of nodes and of widgets over the canvas."""
        return len(self._canvas.scene.ids) + super().childCount()

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return a node, or a widget."""
        ids = self._canvas.scene.ids
        return self.node(ids[index]) if index < len(ids) else super().child(index - len(ids))

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return the node at a place on the screen."""
        place = self._canvas.mapFromGlobal(QRect(x, y, 1, 1).topLeft())
        camera = self._canvas.camera
        hit = self._canvas.scene.hit(camera.to_canvas((place.x(), place.y())), camera.zoom)
        return self.node(hit.node) if hit.node else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return the place of a node among the children."""
        for node, held in self._nodes.items():
            if held is child and held.isValid():
                return self._canvas.scene.row(node)
        found = super().indexOfChild(child)
        return found + len(self._canvas.scene.ids) if found >= 0 else -1

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return the node that the keyboard is at."""
        focus = self._canvas.stage.state.focus
        return self.node(focus) if focus in self._canvas.scene.graph.nodes else None

    def node(self, node: str) -> NodeAccessible:
        """Return the object of a node."""
        if node not in self._nodes:
            self._nodes = {key: held for key, held in self._nodes.items() if held.isValid()}
            self._nodes[node] = NodeAccessible(self._canvas, node)
        return self._nodes[node]


@cache
def install() -> None:
    """Let Qt ask here for what screen readers hear of a canvas."""
    QAccessible.installFactory(_made)


def tell_focus(canvas: CanvasView) -> None:
    """Tell screen readers which node the keyboard is at."""
    if QAccessible.isActive():
        found = QAccessible.queryAccessibleInterface(canvas)
        child = found.focusChild() if found else None
        if child:
            event = QAccessibleEvent(child, QAccessible.Event.Focus)
            QAccessible.updateAccessibility(event)


def _made(_name: str, item: Any) -> QAccessibleInterface | None:
    return CanvasAccessible(item) if isinstance(item, CanvasView) else None


def _said(canvas: CanvasView, link: Link, *, ahead: bool) -> str:
    """Say one link from the side of one of its nodes."""
    other = canvas.scene.layout(link.target if ahead else link.source).title
    if ahead:
        return f"{label_of(link.output)} to {other}"
    return f"{label_of(link.input)} from {other}"
