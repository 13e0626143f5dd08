"""One input in the inspector: its label, its editor or its link, and what is wrong with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from studio.canvas.layout import SocketShape, theme_type
from studio.core.types import is_list
from studio.ui.inspector.editors.base import Editor
from studio.ui.inspector.editors.painting import paint_dashed
from studio.ui.inspector.links import source_text, unlinked_text
from studio.ui.kit.buttons import IconButton
from studio.ui.kit.painting import paint_text
from studio.ui.looks.glyphs import glyph_pixmap

if TYPE_CHECKING:
    from studio.core.spec import Input
    from studio.core.types import SpecOf
    from studio.ui.inspector.targets import Target
    from studio.ui.studio import Studio

_DOT = 14
"""Width of the place of the dot, left of the label."""
_SENTENCE = 16
_HEAD = 22


class Row(QWidget):
    """Shows one target. It serves any target whose editor is of the same class.

    Args:
        studio: The window's parts.
        editor: Edits the value; ``None`` for a socket.
        parent: Holds the rows.
    """

    entered = Signal(object)
    """The pointer or the keyboard came to this row."""
    menu_asked = Signal(object, object)
    """This row, and where on the screen."""
    resized = Signal()
    """It needs another height than before."""

    def __init__(self, studio: Studio, editor: Editor | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.studio = studio
        self.editor = editor
        self.target: Target | None = None
        self.label = ""
        self._problem = ""
        self._refused: str | None = None
        self.link_text = ""
        self._changed = False
        self._told: tuple[object, ...] = ()
        self.unlink: IconButton | None = None
        if editor:
            editor.setParent(self)
            editor.refused.connect(self._refuse)
            editor.finished.connect(partial(self._refuse, None))
        self.setMouseTracking(True)

    # --- What it shows ---

    def aim(self, target: Target, label: str, spec_of: SpecOf) -> None:
        """Show a target."""
        self.target = target
        self.label = label
        self._refused = None
        if self.editor:
            self.editor.head = _HEAD if self.editor.is_wide else 0
            self.editor.aim(target)
            self.editor.setAccessibleName(label)
        self.refresh(spec_of)

    def refresh(self, spec_of: SpecOf) -> None:
        """Show the present state of the target."""
        target = self.target
        if target is None:
            return
        value, links, self._told = target.value, target.links, target.told
        before = self.height_needed
        self.link_text = source_text(target.graph, links, spec_of) if links else ""
        self._changed = bool(self.editor) and not links and target.changed
        self._problem = "" if links else target.problem
        if self.editor:
            self.editor.setVisible(not links)
            self.editor.show_value(value, self._problem)
        self._show_unlink(bool(links))
        if before != self.height_needed:
            self.resized.emit()
        self.update()

    def edited(self, spec_of: SpecOf) -> bool:
        """Show what an edit changed here; says whether it changed anything."""
        found = self.target is not None and self.target.told != self._told
        if found:
            self.refresh(spec_of)
        return found

    @property
    def is_changed(self) -> bool:
        """Whether the value differs from the default."""
        return self._changed

    @property
    def is_linked(self) -> bool:
        """Whether a link gives the value."""
        return bool(self.link_text)

    @property
    def sentence(self) -> str:
        """What is wrong with what is typed; with the value, where nothing is typed."""
        return self._problem if self._refused is None else self._refused

    @property
    def height_needed(self) -> int:
        """Height for the width that it has."""
        theme = self.studio.looks.theme
        row = theme.size("row")
        if self.editor and not self.link_text:
            rest = row - theme.size("control")
            row = max(self.editor.sizeHint().height() + rest, row)
        return row + self._sentence_height()

    def _sentence_height(self) -> int:
        """Return the height of what is wrong, broken into lines."""
        if not self.sentence:
            return 0
        metrics = QFontMetrics(self.studio.looks.theme.font("caption"))
        room = QRect(0, 0, self.field_rect.width(), 0)
        wide = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), self.sentence)
        return _SENTENCE * max(round(wide.height() / metrics.height()), 1)

    def _refuse(self, text: str | None) -> None:
        """Say what is wrong with what is typed; ``None``: nothing is typed any more."""
        before = self.height_needed
        self._refused = text
        if before != self.height_needed:
            self.resized.emit()
        self.update()

    def _show_unlink(self, shown: bool) -> None:
        if shown and self.unlink is None:
            self.unlink = IconButton(self.studio.looks, "ph.link-break", "Unlink", self, 14)
            self.unlink.clicked.connect(self._cut)
            self._place()
        if self.unlink:
            self.unlink.setVisible(shown)
            self.unlink.setAccessibleName(f"Unlink {self.label}")

    def _cut(self) -> None:
        if self.target:
            self.target.unlink()

    # --- Places ---

    @property
    def field_rect(self) -> QRect:
        """Where the editor is, or the dashed field of a link."""
        theme = self.studio.looks.theme
        control, row = theme.size("control"), theme.size("row")
        pad = theme.space("l")
        top = (row - control) // 2
        if self.editor and self.editor.is_wide and not self.link_text:
            return QRect(pad, top, self.width() - 2 * pad, self.editor.sizeHint().height())
        left = pad + theme.size("inspector_label")
        tall = self.editor.sizeHint().height() if self.editor and not self.link_text else control
        return QRect(left, top, max(self.width() - left - pad, 40), tall)

    def _place(self) -> None:
        if self.editor:
            self.editor.setGeometry(self.field_rect)
        if self.unlink:
            field, side = self.field_rect, self.studio.looks.theme.size("control")
            self.unlink.setGeometry(field.right() - side + 1, field.top(), side, side)

    def place(self) -> None:
        """Put the editor where it belongs."""
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the editor where it belongs."""
        self._place()

    # --- Pointer ---

    def enterEvent(self, event: QEnterEvent) -> None:
        """Say that the pointer is here."""
        self.entered.emit(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go back to the default by the dot."""
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._changed and event.position().x() <= _DOT and self.target:
            self.target.reset()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that the dot can be pressed."""
        on_dot = self._changed and event.position().x() <= _DOT
        hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(hand if on_dot else arrow)
        self.setToolTip("Not the default: click to reset" if on_dot else "")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu."""
        self.menu_asked.emit(self, event.globalPos())

    # --- Looks ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dot, the label, the link and the sentence."""
        theme = self.studio.looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row, pad = theme.size("row"), theme.space("l")
        wide = self.editor is not None and self.editor.is_wide and not self.link_text
        middle = _HEAD / 2 + 3 if wide else row / 2
        if self._changed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent.line"))
            painter.drawEllipse(QPointF(pad - 6, middle), 2, 2)
        room = QRectF(pad, middle - row / 2, theme.size("inspector_label") - 6, row)
        elide = Qt.TextElideMode.ElideRight
        paint_text(painter, theme, room, self.label, role="text.secondary", elide=elide)
        if self.link_text or not self.editor:
            self._paint_link(painter)
        if self.sentence:
            field = QRectF(self.field_rect)
            below = field.translated(0, field.height() + 1)
            below.setHeight(self._sentence_height())
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("status.error"))
            painter.drawText(below, int(Qt.TextFlag.TextWordWrap), self.sentence)

    def _paint_link(self, painter: QPainter) -> None:
        """Paint the dashed field of an input that a link fills, or could."""
        theme = self.studio.looks.theme
        item = self.target.item if self.target else None
        if item is None:
            return
        rect = QRectF(self.field_rect)
        paint_dashed(painter, theme, rect)
        self._paint_socket(painter, rect, item)
        missing = item.required and not self.link_text
        role = "text.primary" if self.link_text else "status.warning" if missing else "text.muted"
        text = self.link_text or unlinked_text(item)
        room = rect.adjusted(24, 0, -26 if self.link_text else -8, 0)
        paint_text(painter, theme, room, text, role=role)

    def _paint_socket(self, painter: QPainter, rect: QRectF, item: Input) -> None:
        shape: SocketShape = "many" if item.many or is_list(item.type) else "one"
        shape = shape if self.link_text or item.required else "optional"
        ratio = self.devicePixelRatioF()
        glyph = glyph_pixmap(self.studio.looks, theme_type(item.type), shape, 12, ratio)
        painter.drawPixmap(QPointF(rect.left() + 6, rect.center().y() - 6), glyph)
