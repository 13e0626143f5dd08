"""The head of the inspector: which node it is, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.canvas.layout import category_of
from studio.canvas.states import NodeState
from studio.ui.inspector.editors.line import LineEdit
from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.inspector.links import title_of
from studio.ui.inspector.tile import SIDE, Tile
from studio.ui.kit.painting import paint_text

if TYPE_CHECKING:
    from studio.ui.documents.document import Document
    from studio.ui.studio import Studio

HEIGHT = 52
_WORDS = {
    "fresh": "done", "stale": "needs a run", "waiting": "waits", "running": "runs",
    "failed": "failed", "muted": "muted", "bypassed": "bypassed", "frozen": "frozen",
    "missing_type": "not installed", "missing_model": "file missing", "unknown": "",
}  # fmt: skip
_ROLES = {
    "running": "state.running", "failed": "state.failed", "bypassed": "state.bypassed",
    "frozen": "state.frozen", "missing_type": "state.missing", "missing_model": "state.missing",
}  # fmt: skip


class Header(QWidget):
    """Icon, title to edit, id, state and time."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self._document: Document | None = None
        self._nodes: tuple[str, ...] = ()
        self._id = ""
        self._state = NodeState()
        self._shown: tuple[object, ...] = ()
        self.tile = Tile(studio, self)
        self.title = LineEdit(studio.looks, self, "title")
        self.title.setTextMargins(2, 0, 2, 0)
        self.title.setAccessibleName("Title of the node")
        self.title.committed.connect(self._rename)
        self.title.left.connect(self._rename)
        self.title.cancelled.connect(self.refresh)
        self.title.entered.connect(self.update)

    def aim(self, document: Document, nodes: tuple[str, ...]) -> None:
        """Show one or several nodes."""
        if (document, nodes) != (self._document, self._nodes):
            self.title.setText("")
        self._document, self._nodes = document, nodes
        self.refresh()

    def refresh(self) -> None:
        """Show what the graph and the session say now."""
        document, nodes = self._document, self._nodes
        if document is None or not nodes or nodes[0] not in document.scene.nodes:
            return
        scene = document.scene
        spec_of = self._studio.session.spec_of(document)
        types = {scene.nodes[node].type for node in nodes if node in scene.nodes}
        spec = spec_of(scene.nodes[nodes[0]].type)
        self.tile.show_category(category_of(spec) if len(types) == 1 else "logic")
        one = len(nodes) == 1
        self._id = nodes[0] if one else ", ".join(sorted(types))
        self._state = (
            self._studio.session.state(document, document.prefix + nodes[0]) if one else NodeState()
        )
        title = title_of(scene, nodes[0], spec_of) if one else f"{len(nodes)} nodes"
        self.title.setReadOnly(not one)
        typing = self.title.hasFocus() and self.title.text()
        if self.title.text() != title and not typing:
            self.title.setText(title)
        shown = self._id, self._state
        if shown != self._shown:
            self._shown = shown
            self.dress()

    def dress(self) -> None:
        """Place and paint everything again."""
        self._place()
        self.update()

    def _rename(self) -> None:
        """Give the node the title; the type's own title is written as none."""
        document = self._document
        if document is None or len(self._nodes) != 1 or self._nodes[0] not in document.scene.nodes:
            return
        node = document.scene.nodes[self._nodes[0]]
        spec = self._studio.session.spec_of(document)(node.type)
        text = self.title.text().strip()
        text = "" if spec and text == spec.title else text
        if text != node.title:
            document.edit_scene("Rename", document.scene.titled(self._nodes[0], text))
        self.refresh()

    # --- Looks ---

    def sizeHint(self) -> QSize:
        """Return the height of the head."""
        return QSize(200, HEIGHT)

    @property
    def told(self) -> tuple[str, str]:
        """State and time in words."""
        state = self._state
        return state.footer or _WORDS[state.kind], state.note

    def _place(self) -> None:
        self.tile.move(self._studio.looks.theme.space("l"), (HEIGHT - SIDE) // 2)
        metrics = self.fontMetrics()
        used = max(metrics.horizontalAdvance(text) for text in (*self.told, "")) + 24
        self.title.setGeometry(48, 8, max(self.width() - 48 - used, 60), 20)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the title between the icon and the state."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the id, the state and the time."""
        theme = self._studio.looks.theme
        painter = QPainter(self)
        below = QRectF(50, 28, self.width() - 62, 16)
        paint_text(painter, theme, below, self._id, role="text.muted", font="mono")
        state, note = self.told
        right = Qt.AlignmentFlag.AlignRight
        role = _ROLES.get(self._state.kind, "text.secondary")
        top = QRectF(50, 9, self.width() - 62, 18)
        paint_text(painter, theme, top, state, role=role, font="label_strong", align=right)
        paint_text(painter, theme, below, note, role="text.muted", font="caption", align=right)
        if self.title.hasFocus():
            paint_field_edge(painter, theme, QRectF(self.title.geometry()), focus=True)
