"""What is edited on a picture: a painted mask, boxes. A button opens the viewer's tool."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent

from studio.canvas.layout import format_value
from studio.canvas.state import Selection
from studio.core.widgets import FileRef
from studio.ui.inspector.editors.base import Editor
from studio.ui.inspector.editors.painting import paint_field_edge
from studio.ui.inspector.targets import MIXED
from studio.ui.kit.painting import paint_ground, paint_text


class ViewerToolEditor(Editor):
    """A button that says what is there, and opens it where it is edited."""

    action = ""
    icon = ""
    nothing = ""
    _value: Any = None
    _problem = ""

    def show_value(self, value: Any, problem: str = "") -> None:
        """Show whether there is something."""
        self._value, self._problem = value, problem
        self.update()

    def open(self) -> None:
        """Choose the node and open the tool."""
        if self.target and self.target.nodes and not self.target.root:
            node = self.target.nodes[0]
            self.target.document.select(Selection(frozenset({node})), node)
        self.studio.actions.trigger(self.action)
        self.finished.emit()

    @property
    def text(self) -> str:
        """What the button says."""
        if self._value is MIXED:
            return "mixed"
        held = self._value.path if isinstance(self._value, FileRef) else self._value
        return format_value(self.item, self._value) if held else self.nothing

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the tool."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the tool with Space or Enter."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a raised button with its icon."""
        theme = self.studio.looks.theme
        painter = QPainter(self)
        rect = QRectF(self.rect())
        hover = self.underMouse()
        paint_ground(painter, theme, rect, "bg.hover" if hover else "bg.raised")
        ratio = self.devicePixelRatioF()
        pixmap = self.studio.looks.pixmap(self.icon, "text.secondary", 14, ratio)
        painter.drawPixmap(QPointF(8, (rect.height() - 14) / 2), pixmap)
        left = Qt.AlignmentFlag.AlignLeft
        paint_text(painter, theme, rect.adjusted(28, 0, -8, 0), self.text, align=left)
        paint_field_edge(painter, theme, rect, focus=self.hasFocus(), hover=hover,
                   problem="error" if self._problem else "")  # fmt: skip


class PaintEditor(ViewerToolEditor):
    """A mask painted by hand."""

    action = "node.paint_mask"
    icon = "ph.paint-brush"
    nothing = "Paint a mask"


class BoxesEditor(ViewerToolEditor):
    """Boxes edited by hand."""

    action = "node.edit_boxes"
    icon = "ph.bounding-box"
    nothing = "Edit the boxes"


class PointsEditor(ViewerToolEditor):
    """People posed by hand."""

    action = "node.edit_pose"
    icon = "ph.person-simple"
    nothing = "Edit the pose"
