"""The command palette: type a few letters of what shall happen, press Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.actions.actions import Actions
from studio.ui.kit.fields import Field
from studio.ui.kit.painting import MARGIN, paint_edge, paint_ground, paint_shadow
from studio.ui.looks.looks import Looks
from studio.ui.window.action_list import ActionList, rows_for

_WIDE, _LINES, _TOP = 560, 12, 84


class CommandPalette(QFrame):
    """Lies over the window until a command is given, Esc is pressed, or something else is clicked.

    Args:
        looks: Theme and icons.
        actions: Every command.
        window: What it lies over.
    """

    def __init__(self, looks: Looks, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._looks, self._actions, self._window = looks, actions, window
        self._before: QWidget | None = None
        self.setAccessibleName("Command palette")
        self.field = Field(looks, "Type what shall happen", "ph.command", self, bare=True)
        self.list = ActionList(looks, "Commands", self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(10, 10, 10, 8)
        head.addWidget(self.field)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addSpacing(6)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self.list.give)
        self.field.stepped.connect(self.list.step)
        self.list.given.connect(self._give)
        self.hide()

    def open(self) -> None:
        """Show it with all commands, and take the keyboard."""
        self._before = QApplication.focusWidget()
        self.field.clear()
        self._search("")
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def close_palette(self) -> None:
        """Hide it, and give the keyboard back."""
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None

    def _search(self, text: str) -> None:
        self.list.show_rows(rows_for(self._actions, text))
        self._place()

    def _place(self) -> None:
        window = self._window
        row = self._looks.theme.size("search_row")
        lines = max(1, min(len(self.list.lines.rows), _LINES))
        high = lines * row + self.field.sizeHint().height() + 24 + 2 * MARGIN
        wide = min(_WIDE, window.width() - 32) + 2 * MARGIN
        top = max(min(_TOP, window.height() - high), 0) - MARGIN
        self.setGeometry((window.width() - wide) // 2, top, wide, high)

    def _give(self, action: str) -> None:
        # The keyboard goes back first: commands of the canvas ask what has it.
        if self._actions.enabled(action):
            self.close_palette()
            self._actions.trigger(action)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_palette()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close when the pointer is pressed anywhere else."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            inside = watched is self or self.isAncestorOf(watched)
            if not inside and watched.window() is self.window():
                self.close_palette()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint shadow, ground, edge, and the line under the field."""
        painter, theme = QPainter(self), self._looks.theme
        rect = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        paint_shadow(painter, theme, rect, "node")
        paint_ground(painter, theme, rect, "bg.raised", "node")
        paint_edge(painter, theme, rect, "border.default", radius="node")
        line = self.list.geometry().top() - 1
        painter.setPen(theme.color("border.subtle"))
        painter.drawLine(QPointF(rect.left() + 1, line), QPointF(rect.right() - 1, line))
