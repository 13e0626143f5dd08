"""The search for a node type, at the cursor: typed, walked and taken by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.canvas.search import Found, Search
from studio.core.spec import NodeSpec
from studio.ui.kit.painting import paint_edge, paint_ground
from studio.ui.looks.looks import Looks
from studio.ui.palette.chip import Chip
from studio.ui.palette.found_row import FOUND, FoundDelegate

WIDTH = 372
SHOWN = 8
"""Most rows in sight."""
_GAP = "&nbsp;" * 4
_WALK = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for.

    Attributes:
        search: Where.
        usage: How often the user added each type.
        kind: Value type that the node must take or give; empty: any node.
        allowed: Says which node types do.
        keys: What the foot says of Enter, such as ``add``.
        linked: What it says of Shift+Enter; empty: nothing.
    """

    search: Search
    usage: Mapping[str, int]
    kind: str = ""
    allowed: Callable[[NodeSpec], bool] | None = None
    keys: str = "add"
    linked: str = "add and link"


class QuickAdd(QFrame):
    """A card with a line, what it finds, and what that does.

    Args:
        looks: The theme.
        parent: What it lies over.
    """

    chosen = Signal(object, bool)
    """`NodeSpec`, and whether it shall be linked."""
    helped = Signal(object)
    """`NodeSpec` that F1 was pressed on."""
    closed = Signal()

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self._below = parent
        self._question: Question | None = None
        self._filtered = False
        self._make_parts()
        self._arrange()
        self.hide()
        looks.changed.connect(self._dress)
        self._dress()

    def _make_parts(self) -> None:
        self._icon, self._count = QLabel(self), QLabel(self)
        self._chip = Chip(self._looks, self)
        self._line = QLineEdit(self)
        self._line.setFrame(False)
        self._line.setAccessibleName("Search node types")
        self._line.setPlaceholderText("Search nodes")
        self._line.textChanged.connect(self._find)
        self._line.installEventFilter(self)
        self._list = QListWidget(self)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setAccessibleName("Node types")
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = FoundDelegate(self._looks, self)
        self._list.setItemDelegate(self._delegate)
        self._list.itemEntered.connect(self._list.setCurrentItem)
        self._list.itemClicked.connect(self._click)
        self._list.currentItemChanged.connect(self._describe)
        self._summary, self._keys = QLabel(self), QLabel(self)
        self._summary.setTextFormat(Qt.TextFormat.PlainText)

    def _arrange(self) -> None:
        theme = self._looks.theme
        gap, pad = theme.space("m"), theme.space("s")
        head = QHBoxLayout()
        head.setContentsMargins(gap, 0, gap, 0)
        head.setSpacing(gap)
        for part in (self._icon, self._chip, self._line, self._count):
            head.addWidget(part, 1 if part is self._line else 0)
        foot = QVBoxLayout()
        foot.setContentsMargins(gap, 0, gap, theme.space("xxs"))
        foot.setSpacing(theme.space("xxs"))
        foot.addWidget(self._summary)
        foot.addWidget(self._keys)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(pad, pad, pad, pad)
        layout.setSpacing(pad)
        layout.addLayout(head)
        layout.addWidget(self._list)
        layout.addLayout(foot)

    # --- What others ask ---

    def ask(self, question: Question, at: QPoint) -> None:
        """Open at a place in the parent.

        Args:
            question: What is searched for.
            at: Where the cursor is.
        """
        self._question = question
        self._filtered = bool(question.kind)
        self._chip.show_kind(question.kind)
        self._line.clear()
        self._find()
        self._place(at)
        self.show()
        self.raise_()
        self._line.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_quietly(self) -> None:
        """Close without a choice."""
        if self._question:
            self._question = None
            self.hide()
            self.closed.emit()

    @property
    def found(self) -> tuple[str, ...]:
        """Ids of the node types that are listed, in order."""
        rows = range(self._list.count())
        return tuple(self._list.item(row).data(FOUND).spec.id for row in rows)

    @property
    def current(self) -> NodeSpec | None:
        """The node type that Enter takes."""
        item = self._list.currentItem()
        return item.data(FOUND).spec if item else None

    # --- Searching ---

    def _find(self) -> None:
        question = self._question
        if question is None:
            return
        allowed = question.allowed if self._filtered else None
        text = self._line.text()
        results = question.search.find(text, allowed, question.usage)
        self._delegate.query = text
        self._list.clear()
        for result in results:
            self._add_row(result)
        self._list.setCurrentRow(0)
        self._fit()
        self._count.setText(str(len(results)))
        self._count.setAccessibleName(f"{len(results)} node types")
        if not results:
            self._summary.setText("Nothing is called like this.")

    def _add_row(self, result: Found) -> None:
        row = QListWidgetItem(result.spec.title, self._list)
        row.setData(FOUND, result)
        said = f"{result.spec.title}, {result.spec.category}. {result.spec.summary}"
        row.setData(Qt.ItemDataRole.AccessibleTextRole, said)

    def _describe(self) -> None:
        spec, question = self.current, self._question
        metrics = self._summary.fontMetrics()
        room = WIDTH - 4 * self._looks.theme.space("m")
        text = metrics.elidedText(spec.summary, Qt.TextElideMode.ElideRight, room) if spec else ""
        self._summary.setText(text)
        self._summary.setToolTip(spec.summary if spec else "")
        if question:
            keys = [("Enter", question.keys), ("Shift+Enter", question.linked), ("F1", "help")]
            said = (f"<b>{key}</b>&nbsp;{does}" for key, does in keys if does)
            self._keys.setText(_GAP.join(said))

    # --- Taking ---

    def _take(self, *, linked: bool) -> None:
        spec = self.current
        if spec and self._question:
            self._question = None
            self.hide()
            self.chosen.emit(spec, linked)
            self.closed.emit()

    def _click(self) -> None:
        shift = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        self._take(linked=bool(shift))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk, take and leave by keys while the line is typed in."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._hear(event)
        if event.type() == QEvent.Type.FocusOut and not self._list.isAncestorOf(
            QApplication.focusWidget() or self
        ):
            self.close_quietly()
        return super().eventFilter(watched, event)

    def _hear(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in _WALK:
            QApplication.sendEvent(self._list, event)
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            by = 1 if key == Qt.Key.Key_Tab else -1
            count = max(self._list.count(), 1)
            self._list.setCurrentRow((self._list.currentRow() + by) % count)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(linked=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Escape:
            self.close_quietly()
        elif key == Qt.Key.Key_F1:
            if self.current:
                self.helped.emit(self.current)
        elif key == Qt.Key.Key_Backspace and not self._line.text() and self._filtered:
            self._filtered = False
            self._chip.show_kind("")
            self._find()
        else:
            return False
        return True

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Keep the wheel from zooming what lies below."""
        event.accept()

    # --- Looks ---

    def _fit(self) -> None:
        """Be as high as what was found needs."""
        rows = min(self._list.count(), SHOWN)
        self._list.setFixedHeight(self._looks.theme.size("search_row") * rows)
        self.setFixedWidth(WIDTH)
        self.adjustSize()

    def _place(self, at: QPoint) -> None:
        """Open at the cursor, where all rows have room."""
        theme = self._looks.theme
        room = self._below.rect()
        rect = QRect(at, self.size())
        rect.moveRight(min(rect.right(), room.right() - theme.space("m")))
        rect.moveBottom(min(rect.bottom(), room.bottom() - theme.space("m")))
        rect.moveLeft(max(rect.left(), 0))
        rect.moveTop(max(rect.top(), 0))
        self.move(rect.topLeft())

    def _dress(self) -> None:
        theme = self._looks.theme
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(self._looks.pixmap("ph.magnifying-glass", "text.muted", 16, ratio))
        self._line.setFixedHeight(theme.size("control") + theme.space("s"))
        for part, font, role in (
            (self._line, "body", "text.primary"), (self._count, "caption", "text.muted"),
            (self._summary, "caption", "text.secondary"), (self._keys, "caption", "text.muted"),
        ):  # fmt: skip
            part.setFont(theme.font(font))
            _ink(part, theme.color(role))
        self._list.setFont(theme.font("label"))
        clear = QPalette(self._list.palette())
        clear.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self._list.setPalette(clear)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card, its shadow's edge, and the lines between its parts."""
        theme = self._looks.theme
        painter = QPainter(self)
        paint_ground(painter, theme, QRectF(self.rect()), "bg.raised", "node")
        paint_edge(painter, theme, QRectF(self.rect()), radius="node")
        painter.setPen(theme.color("border.subtle"))
        below = self._summary.geometry().top() - theme.space("xxs")
        for y in (self._list.geometry().top() - theme.space("xxs"), below):
            painter.drawLine(1, y, self.width() - 2, y)

    def sizeHint(self) -> QSize:
        """Return the size that its rows ask for."""
        return QSize(WIDTH, self._layout.sizeHint().height())


def _ink(widget: QWidget, color: QColor) -> None:
    palette = QPalette(widget.palette())
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
        palette.setColor(role, color)
    palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
    widget.setPalette(palette)
