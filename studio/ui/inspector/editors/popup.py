"""The list that opens below a choice: with a search line when it is long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.ui.kit.fields import Field
from studio.ui.kit.painting import paint_text, rounded
from studio.ui.looks.looks import Looks

SEARCHED = 10
"""Lists longer than this have a search line."""
_SHOWN = 12
_ENTRY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list.

    Attributes:
        value: What choosing it means.
        text: What is read and searched.
        note: Said after it, quietly.
        icon: Before it; empty: none.
    """

    value: object
    text: str
    note: str = ""
    icon: str = ""


class ChoicePopup(QFrame):
    """Chooses one entry with the pointer or the keyboard."""

    chosen = Signal(object)
    """Value of the entry."""
    closed = Signal()

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._looks = looks
        self.entries: Sequence[Entry] = ()
        self.search = Field(looks, "Search", "ph.magnifying-glass", self)
        self.search.setAccessibleName("Search in the list")
        self.search.textEdited.connect(self._filter)
        self.search.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setAccessibleName("Choices")
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.viewport().setAutoFillBackground(False)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = _Delegate(looks, self)
        self.list.setItemDelegate(self._delegate)
        self.list.itemEntered.connect(self.list.setCurrentItem)
        self.list.itemClicked.connect(self._take)
        self.list.itemActivated.connect(self._take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def open_below(self, rect: QWidget, entries: Sequence[Entry], current: object) -> None:
        """Open below a widget, with the entry of a value chosen."""
        self.entries = entries
        self._delegate.current = current
        self.search.clear()
        self.search.setVisible(len(entries) > SEARCHED)
        self._fill("")
        row = self._looks.theme.size("menu_row")
        head = self.search.sizeHint().height() + 4 if len(entries) > SEARCHED else 0
        height = 8 + head + row * max(min(len(entries), _SHOWN), 1)
        self.resize(max(rect.width(), 140), height)
        self.move(self._place(rect, height))
        self.show()
        (self.search if len(entries) > SEARCHED else self.list).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows and Enter of the search line move in the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            keys = (
                Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
                Qt.Key.Key_Return, Qt.Key.Key_Enter,
            )  # fmt: skip
            if event.key() in keys:
                QApplication.sendEvent(self.list, event)
                return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QEvent) -> None:
        """Say that it closed."""
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(theme.color("bg.raised"))
        painter.setPen(theme.color("border.default"))
        painter.drawPath(rounded(theme, rect))

    def _place(self, rect: QWidget, height: int) -> QPoint:
        """Return where it opens: below, or above where the screen ends."""
        below = rect.mapToGlobal(QPoint(0, rect.height() + 2))
        screen = rect.screen().availableGeometry()
        if below.y() + height > screen.bottom():
            return rect.mapToGlobal(QPoint(0, -height - 2))
        return below

    def _filter(self, text: str) -> None:
        self._fill(text)

    def _fill(self, text: str) -> None:
        self.list.clear()
        for entry in found(self.entries, text):
            line = QListWidgetItem(entry.text, self.list)
            line.setData(_ENTRY, entry)
            if entry.value == self._delegate.current:
                self.list.setCurrentItem(line)
        if self.list.currentRow() < 0 and self.list.count():
            self.list.setCurrentRow(0)

    def _take(self, line: QListWidgetItem) -> None:
        entry: Entry = line.data(_ENTRY)
        self.hide()
        self.chosen.emit(entry.value)


class _Delegate(QStyledItemDelegate):
    """Paints one entry."""

    def __init__(self, looks: Looks, parent: QObject) -> None:
        super().__init__(parent)
        self._looks = looks
        self.current: object = None

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of a menu's row."""
        return QSize(80, self._looks.theme.size("menu_row"))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the mark of the present value, the text and its note."""
        theme = self._looks.theme
        entry: Entry = index.data(_ENTRY)
        rect = QRectF(option.rect)
        state = option.state
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillPath(rounded(theme, rect), theme.color("accent.soft"))
        icon = "ph.check-bold" if entry.value == self.current else entry.icon
        if icon:
            ratio = painter.device().devicePixelRatioF()
            pixmap = self._looks.pixmap(icon, "text.secondary", 14, ratio)
            painter.drawPixmap(rect.topLeft().x() + 6, rect.center().y() - 7, pixmap)  # type: ignore[call-overload]
        room = rect.adjusted(26, 0, -8, 0)
        paint_text(painter, theme, room, entry.text)
        if entry.note:
            right = Qt.AlignmentFlag.AlignRight
            paint_text(
                painter, theme, room, entry.note, role="text.muted", font="caption", align=right
            )


def found(entries: Sequence[Entry], text: str) -> list[Entry]:
    """Return the entries that hold all words of a text: those that begin with it first."""
    words = text.lower().split()
    held = [entry for entry in entries if all(word in entry.text.lower() for word in words)]
    first = words[0] if words else ""
    return sorted(held, key=lambda entry: not entry.text.lower().startswith(first))
