"""One row of the search: the category's icon, the title with what matched, and the id."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.canvas.layout import category_of
from studio.canvas.search import Found
from studio.ui.looks.hues import icon_of
from studio.ui.looks.looks import Looks

FOUND = Qt.ItemDataRole.UserRole
_TILE, _ICON = 20, 14
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FoundDelegate(QStyledItemDelegate):
    """Paints what a search found.

    Attributes:
        query: What was typed.
    """

    def __init__(self, looks: Looks, parent: QObject) -> None:
        super().__init__(parent)
        self._looks = looks
        self.query = ""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of a row of a search."""
        return QSize(80, self._looks.theme.size("search_row"))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row."""
        theme = self._looks.theme
        found: Found = index.data(FOUND)
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent.soft"))
            painter.drawRoundedRect(rect, theme.radius("control"), theme.radius("control"))
        self._paint_tile(painter, rect, category_of(found.spec))
        text = rect.adjusted(_TILE + 2 * theme.space("m"), 0, -theme.space("m"), 0)
        text.setRight(self._paint_id(painter, text, found.spec.id) - theme.space("m"))
        text.setLeft(self._paint_title(painter, text, found) + theme.space("m"))
        self._paint_note(painter, text, found)
        painter.restore()

    def _paint_tile(self, painter: QPainter, rect: QRectF, category: str) -> None:
        theme = self._looks.theme
        left, top = rect.left() + theme.space("m"), rect.center().y() - _TILE / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(f"category.{category}.header"))
        radius = theme.radius("control")
        painter.drawRoundedRect(QRectF(left, top, _TILE, _TILE), radius, radius)
        inset = (_TILE - _ICON) / 2
        room = QRectF(left + inset, top + inset, _ICON, _ICON)
        color = theme.color(f"category.{category}.icon")
        self._looks.icons.paint(painter, room, icon_of(category), color)

    def _paint_id(self, painter: QPainter, rect: QRectF, text: str) -> float:
        """Paint the id at the right; return where it begins."""
        font = self._looks.theme.font("mono")
        painter.setFont(font)
        painter.setPen(self._looks.theme.color("text.muted"))
        painter.drawText(rect, _RIGHT, text)
        return rect.right() - QFontMetricsF(font).horizontalAdvance(text)

    def _paint_title(self, painter: QPainter, rect: QRectF, found: Found) -> float:
        """Paint the title with what matched in another colour; return where it ends."""
        theme, x, done = self._looks.theme, rect.left(), 0
        pieces: list[tuple[str, bool]] = []
        for begin, end in found.spans:
            pieces += [(found.spec.title[done:begin], False), (found.spec.title[begin:end], True)]
            done = end
        for text, matched in [*pieces, (found.spec.title[done:], False)]:
            font = QFont(theme.font("label_strong" if matched else "label"))
            painter.setFont(font)
            painter.setPen(theme.color("accent.text" if matched else "text.primary"))
            painter.drawText(QRectF(x, rect.top(), rect.width(), rect.height()), _LEFT, text)
            x += QFontMetricsF(font).horizontalAdvance(text)
        return x

    def _paint_note(self, painter: QPainter, rect: QRectF, found: Found) -> None:
        """Say why a type was found whose title does not say it."""
        note = "" if found.spans or not self.query.strip() else self._reason(found)
        if note and rect.width() > 0:
            font = self._looks.theme.font("caption")
            painter.setFont(font)
            painter.setPen(self._looks.theme.color("text.muted"))
            cut = QFontMetricsF(font).elidedText(note, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, _LEFT, cut)

    def _reason(self, found: Found) -> str:
        words = self.query.lower().split()
        for former in found.spec.replaces:
            if any(word in former.lower() for word in words):
                return f"also: {former}"
        return found.spec.summary.rstrip(".")
