"""A list of painted rows with small buttons in them: queue, issues and log share it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.ui.looks.looks import Looks

Index = QModelIndex | QPersistentModelIndex
ITEM = Qt.ItemDataRole.UserRole
_ROW_MIME = "application/x-wirebrush-row"
PADDING = 12


@dataclass(frozen=True, slots=True)
class Spot:
    """A button in a row.

    Attributes:
        name: What it is called by.
        rect: Where it is.
        help: What it does, for the tool tip.
    """

    name: str
    rect: QRect
    help: str = ""


@dataclass(frozen=True, slots=True)
class Emptiness:
    """What a list without rows says.

    Attributes:
        icon: Name of the icon.
        title: In a few words.
        text: One sentence.
    """

    icon: str
    title: str
    text: str


class RowPainter(ABC):
    """Paints the rows of one kind.

    Args:
        looks: Theme, fonts and icons.
    """

    def __init__(self, looks: Looks) -> None:
        self.looks = looks

    def height(self) -> int:
        """Return the height of a row."""
        return self.looks.theme.size("list_row")

    @abstractmethod
    def key(self, item: Any) -> Hashable:
        """Return what stays the same when a row changes."""

    @abstractmethod
    def words(self, item: Any) -> str:
        """Return a row for the screen reader."""

    def spots(self, rect: QRect, item: Any) -> list[Spot]:
        """Return the buttons of a row."""
        return []

    def movable(self, item: Any) -> bool:
        """Say whether a row can be given another place."""
        return False

    @abstractmethod
    def paint(self, painter: QPainter, rect: QRect, item: Any, hot: str) -> None:
        """Paint a row; `hot` names the button under the pointer."""

    # --- Strokes ---

    def text(
        self,
        painter: QPainter,
        rect: QRect,
        words: str,
        *,
        font: str = "label",
        color: str = "text.primary",
        right: bool = False,
        cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> int:
        """Paint one line of text, cut to its room; return its width."""
        face = self.looks.theme.font(font)
        metrics = QFontMetrics(face)
        shown = metrics.elidedText(words, cut, max(rect.width(), 0))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(face)
        painter.setPen(self.looks.theme.color(color))
        painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
        return metrics.horizontalAdvance(shown)

    def icon(self, painter: QPainter, at: QPoint, name: str, role: str, size: int) -> None:
        """Paint an icon around a point."""
        device = painter.device()
        ratio = device.devicePixelRatioF() if device else 1.0
        picture = self.looks.pixmap(name, role, size, ratio)
        painter.drawPixmap(at.x() - size // 2, at.y() - size // 2, size, size, picture)

    def button(self, painter: QPainter, spot: Spot, name: str, *, hot: bool) -> None:
        """Paint a small button with an icon."""
        if hot:
            self._fill(painter, spot.rect, "bg.hover")
        role = "text.primary" if hot else "text.secondary"
        self.icon(painter, spot.rect.center() + QPoint(1, 1), name, role, 14)

    def _fill(self, painter: QPainter, rect: QRect, role: str) -> None:
        radius = self.looks.theme.radius("control")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.looks.theme.color(role))
        painter.drawRoundedRect(rect, radius, radius)


class _Rows(QAbstractListModel):
    """The rows as Qt asks for them."""

    moved = Signal(object, int)

    def __init__(self, painter: RowPainter, parent: QObject) -> None:
        super().__init__(parent)
        self._painter = painter
        self.items: Sequence[Any] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.items):
            return None
        item = self.items[index.row()]
        if role == ITEM:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._painter.words(item)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        kind = Qt.ItemFlag
        if not index.isValid():
            return kind.ItemIsDropEnabled
        movable = self._painter.movable(self.items[index.row()])
        drag = kind.ItemIsDragEnabled if movable else kind.NoItemFlags
        return kind.ItemIsSelectable | kind.ItemIsEnabled | drag

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [_ROW_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        made = QMimeData()
        made.setData(_ROW_MIME, str(indexes[0].row()).encode())
        return made

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        source = int(bytes(data.data(_ROW_MIME).data()) or b"-1")
        if not 0 <= source < len(self.items):
            return False
        target = row if row >= 0 else len(self.items)
        self.moved.emit(self.items[source], target - (target > source))
        return False  # whoever owns the rows moves them


class _Delegate(QStyledItemDelegate):
    def __init__(self, painter: RowPainter, view: RowList) -> None:
        super().__init__(view)
        self._painter = painter
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, self._painter.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        theme = self._painter.looks.theme
        item = index.data(ITEM)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("bg.hover"))
        if item is not None:
            hot = self._view.hot[1] if self._view.hot[0] == index.row() else ""
            self._painter.paint(painter, rect, item, hot)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.color("focus"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()


class RowList(QListView):
    """A list of painted rows.

    Args:
        painter: Paints them.
        name: For the screen reader.
        emptiness: What it says without rows.
    """

    clicked_spot = Signal(object, str)
    """Item and the name of the button in it."""
    chosen = Signal(object)
    """The item that was clicked, or that Enter was pressed on."""
    removed = Signal(object)
    """The item that Delete was pressed on."""
    moved = Signal(object, int)
    """Item and the row it shall have."""

    def __init__(
        self,
        painter: RowPainter,
        name: str,
        emptiness: Callable[[], Emptiness],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._painter = painter
        self._emptiness = emptiness
        self.hot = (-1, "")
        self._rows = _Rows(painter, self)
        self._rows.moved.connect(self.moved)
        self.setModel(self._rows)
        self._delegate = _Delegate(painter, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)  # a panel's own colour lies below
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def allow_moves(self) -> None:
        """Let rows be dragged to other places."""
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)

    @property
    def items(self) -> Sequence[Any]:
        """The rows."""
        return self._rows.items

    def show_items(self, items: Sequence[Any]) -> None:
        """Show other rows; the chosen one stays chosen."""
        before = [self._painter.key(item) for item in self._rows.items]
        after = [self._painter.key(item) for item in items]
        if before == after:
            changed = [i for i, item in enumerate(items) if item != self._rows.items[i]]
            self._rows.items = items
            for row in changed:
                index = self._rows.index(row)
                self._rows.dataChanged.emit(index, index)
            return
        row = self.currentIndex().row()
        chosen = before[row] if 0 <= row < len(before) else None
        self._rows.beginResetModel()
        self._rows.items = items
        self._rows.endResetModel()
        if chosen in after:
            self.setCurrentIndex(self._rows.index(after.index(chosen)))

    def add_items(self, items: Sequence[Any], new: int) -> None:
        """Show the same rows with so many more at the end."""
        first = len(self._rows.items)
        if len(items) != first + new or not new:
            self.show_items(items)
            return
        self._rows.beginInsertRows(QModelIndex(), first, first + new - 1)
        self._rows.items = items
        self._rows.endInsertRows()

    # --- Events ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the button under the pointer."""
        row, spot = self._spot_at(event.position().toPoint())
        hot = (row, spot.name if spot else "")
        if hot != self.hot:
            self.hot = hot
            self.viewport().setToolTip(spot.help if spot else "")
            self.viewport().update()
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Press a button, or choose a row."""
        row, spot = self._spot_at(event.position().toPoint())
        super().mouseReleaseEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or not 0 <= row < len(self.items):
            return
        if spot:
            self.clicked_spot.emit(self.items[row], spot.name)
        else:
            self.chosen.emit(self.items[row])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses, Delete removes, Alt with the arrows moves."""
        row = self.currentIndex().row()
        if not 0 <= row < len(self.items):
            super().keyPressEvent(event)
            return
        item, key = self.items[row], event.key()
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.chosen.emit(item)
        elif key == Qt.Key.Key_Delete:
            self.removed.emit(item)
        elif alt and key in steps and self._painter.movable(item):
            self.moved.emit(item, row + steps[Qt.Key(key)])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, or what there is to say without any."""
        if self.items:
            super().paintEvent(event)
            return
        says, theme = self._emptiness(), self._painter.looks.theme
        painter = QPainter(self.viewport())
        room = self.viewport().rect()
        size = 20
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = max(room.center().y() - theme.line("label"), PADDING)
        left = PADDING + size + PADDING
        self._painter.icon(
            painter, QPoint(PADDING + size // 2, top + 16), says.icon, "text.muted", size
        )
        line = QRect(left, top, room.width() - left - PADDING, theme.line("label"))
        self._painter.text(painter, line, says.title, font="label_strong")
        line.translate(0, theme.line("label") + 2)
        line.setBottom(room.bottom())
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("text.secondary"))
        painter.drawText(line, Qt.TextFlag.TextWordWrap, says.text)
        painter.end()

    def _spot_at(self, point: QPoint) -> tuple[int, Spot | None]:
        index = self.indexAt(point)
        item = index.data(ITEM) if index.isValid() else None
        if item is None:
            return -1, None
        spots = self._painter.spots(self.visualRect(index), item)
        return index.row(), next((spot for spot in spots if spot.rect.contains(point)), None)
