"""Short messages over a corner of the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.ui.kit.buttons import Button, IconButton
from studio.ui.kit.labels import Words
from studio.ui.kit.painting import MARGIN, paint_edge, paint_ground, paint_icon, paint_shadow
from studio.ui.looks.looks import Looks
from studio.ui.messages import Message

WIDTH, HEIGHT, GAP = 372, 40, 8
MOST = 4
_MARKS = {
    "info": ("ph.info-fill", "status.info"),
    "success": ("ph.check-circle-fill", "status.success"),
    "warning": ("ph.warning-fill", "status.warning"),
    "error": ("ph.warning-octagon-fill", "status.error"),
    "progress": ("ph.spinner", "state.running"),
}


class Toast(QWidget):
    """One message: mark, sentence, one thing to do, and a cross."""

    closed = Signal(object)
    """This toast."""

    def __init__(self, looks: Looks, message: Message, parent: QWidget) -> None:
        super().__init__(parent)
        self.looks, self.message = looks, message
        self.setAccessibleName(message.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN + 38, MARGIN + 6, MARGIN + 8, MARGIN + 6)
        row.setSpacing(looks.theme.space("m"))
        self._words = Words(looks, message.text, wraps=True)
        row.addWidget(self._words, 1)
        if message.action and message.does:
            self.button = Button(looks, message.action, "link")
            self.button.clicked.connect(message.does)
            self.button.clicked.connect(self._close)
            row.addWidget(self.button)
        close = IconButton(looks, "ph.x", "Close the message", size=14)
        close.clicked.connect(self._close)
        row.addWidget(close)
        self._timer = QTimer(self, singleShot=True, interval=looks.theme.motion("toast"))
        self._timer.timeout.connect(self._close)
        if not message.stays:
            self._timer.start()

    def retell(self, message: Message) -> None:
        """Say how far it is by now."""
        self.message = message
        self._words.setText(message.text)
        self.setAccessibleName(message.text)

    def enterEvent(self, event: QEvent) -> None:
        """Stay as long as somebody reads."""
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Count again from the start."""
        if not self.message.stays:
            self._timer.start()

    def _close(self) -> None:
        self.closed.emit(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, edge and mark."""
        painter, theme = QPainter(self), self.looks.theme
        rect = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        paint_shadow(painter, theme, rect)
        paint_ground(painter, theme, rect, "bg.raised", "card")
        paint_edge(painter, theme, rect, "border.default", radius="card")
        icon, role = _MARKS[self.message.kind]
        mark = QRectF(rect.left() + 8, rect.top(), 28, rect.height())
        paint_icon(painter, self.looks, mark, icon, role, 16)


class Toasts(QObject):
    """Stacks messages over the bottom right corner of a widget, the newest lowest.

    Args:
        looks: The theme.
        over: The widget.
        taken: Says which part of the corner is to be left free.
    """

    def __init__(self, looks: Looks, over: QWidget, taken: Callable[[], QRect] = QRect) -> None:
        super().__init__(over)
        self._looks, self._over, self._taken = looks, over, taken
        self.items: list[Toast] = []
        over.installEventFilter(self)

    def show(self, message: Message) -> None:
        """Show a message; the same one twice is shown once, and progress in its place."""
        told = next((item for item in self.items if _goes_on(item.message, message)), None)
        if told:
            told.retell(message)
            return
        for toast in [item for item in self.items if item.message.text == message.text]:
            self._drop(toast)
        toast = Toast(self._looks, message, self._over)
        toast.closed.connect(self._drop, Qt.ConnectionType.QueuedConnection)
        self.items.append(toast)
        for old in self.items[:-MOST]:
            self._drop(old)
        self._place()
        toast.show()

    def withdraw(self, about: str) -> None:
        """Close those that are about something that is over."""
        for toast in [item for item in self.items if item.message.about == about]:
            self._drop(toast)

    def clear(self) -> None:
        """Close all of them."""
        for toast in list(self.items):
            self._drop(toast)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the widget's size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _drop(self, toast: Toast) -> None:
        if toast in self.items:
            self.items.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        margin = self._looks.theme.space("l")
        wide = min(WIDTH, self._over.width() - 2 * margin) + 2 * MARGIN
        right, bottom = self._corner(margin)
        left, bottom = right - wide + MARGIN, bottom + MARGIN
        for toast in reversed(self.items):
            high = max(HEIGHT + 2 * MARGIN, toast.heightForWidth(wide))
            toast.setGeometry(left, bottom - high, wide, high)
            bottom -= high + GAP - 2 * MARGIN
            toast.raise_()

    def _corner(self, margin: int) -> tuple[int, int]:
        """Return where the lowest ends: beside what is to be left free, or above it."""
        taken = self._taken()
        right, bottom = self._over.width() - margin, self._over.height() - margin
        if taken.isEmpty():
            return right, bottom
        beside = taken.left() - GAP
        return (beside, bottom) if beside - WIDTH >= margin else (right, taken.top() - GAP)


def _goes_on(before: Message, message: Message) -> bool:
    """Tell whether a message is about the same progress as one before."""
    return before.kind == message.kind == "progress" and before.about == message.about
