"""What lies over the canvas while something on it is edited: a line, or a card with an editor."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QToolTip, QVBoxLayout, QWidget

from studio.ui.kit.painting import paint_edge, paint_focus, paint_ground
from studio.ui.looks.looks import Looks

Commit = Callable[[str], str]
"""Takes a text, or says what is wrong with it."""
_SMALLEST_FONT = 9
_PADDING = 6
_PROBLEM_WIDTH = 1.5
_STEPS = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}


class Line(QLineEdit):
    """One line over a painted text, in the size that the text is painted in.

    Args:
        looks: The theme.
        commit: Takes the text.
        role: Font of the theme.
        parent: The canvas.
    """

    closed = Signal()
    stepped = Signal(int)
    """Tab, 1, or Shift+Tab, -1: the next or the previous field is wanted."""
    refused = Signal(str, str)
    """A text that was left behind and does not count, and why."""

    def __init__(self, looks: Looks, commit: Commit, role: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self._commit = commit
        self._role = role
        self._problem = ""
        self._over = False
        self.setFrame(False)
        self.textEdited.connect(self._forget_problem)

    @property
    def problem(self) -> str:
        """What is wrong with the text."""
        return self._problem

    def place(self, rect: QRect, zoom: float) -> None:
        """Lie over a part of the canvas."""
        font = QFont(self._looks.theme.font(self._role))
        font.setPixelSize(max(_SMALLEST_FONT, round(font.pixelSize() * zoom)))
        self.setFont(font)
        margin = round(_PADDING * zoom)
        self.setTextMargins(margin, 0, margin, 0)
        high = max(rect.height(), self.fontMetrics().height() + 2)
        self.setGeometry(rect.left(), rect.center().y() - high // 2, rect.width(), high)

    def take(self) -> bool:
        """Let the text count; say whether it does."""
        self._problem = self._commit(self.text())
        if self._problem:
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), self._problem, self)
            self.setAccessibleDescription(self._problem)
            self.update()
        return not self._problem

    def settle(self) -> None:
        """Take the text and close, unless something is wrong with it."""
        if self.take():
            self.finish()

    def leave(self) -> None:
        """Take the text and close, whatever it is."""
        if not self._over:
            problem = self._commit(self.text())
            if problem:
                self.refused.emit(self.text(), problem)
            self.finish()

    def finish(self) -> None:
        """Close it, once."""
        if not self._over:
            self._over = True
            self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Hear Tab, which Qt keeps for moving on."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = _STEPS.get(Qt.Key(event.key()))
            if step:
                self._step(step)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the text with Enter, forget it with Esc."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.settle()
        elif event.key() == Qt.Key.Key_Escape:
            self.finish()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the text when the keyboard goes elsewhere."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a ground that covers what is painted below, the line, and the edge over it."""
        rect, ground = QRectF(self.rect()), QPainter(self)
        paint_ground(ground, self._looks.theme, rect, "bg.field")
        ground.end()
        super().paintEvent(event)
        painter = QPainter(self)
        if self._problem:
            paint_edge(painter, self._looks.theme, rect, "status.error", width=_PROBLEM_WIDTH)
        else:
            paint_focus(painter, self._looks.theme, rect)

    def _step(self, by: int) -> None:
        if self.take():
            self._over = True
            self.stepped.emit(by)

    def _forget_problem(self) -> None:
        self._problem = ""
        QToolTip.hideText()


class Card(QFrame):
    """A card that holds an editor which needs more room than the painted value.

    Args:
        looks: The theme.
        parent: The canvas.
    """

    closed = Signal()

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self._canvas = parent
        self._over = False
        self._layout = QVBoxLayout(self)
        margin = looks.theme.space("s")
        self._layout.setContentsMargins(margin, margin, margin, margin)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow_focus)

    def hold(self, editor: QWidget) -> None:
        """Show an editor."""
        self._layout.addWidget(editor)

    def place(self, rect: QRect, wide: int, high: int) -> None:
        """Lie over a part of the canvas, at least so wide and high, inside of the canvas."""
        margin = 2 * self._looks.theme.space("s")
        size = QRect(0, 0, max(rect.width(), wide) + margin, max(rect.height(), high) + margin)
        size.moveTopLeft(rect.topLeft())
        room = self._canvas.rect()
        size.moveRight(min(size.right(), room.right()))
        size.moveBottom(min(size.bottom(), room.bottom()))
        size.moveLeft(max(size.left(), 0))
        size.moveTop(max(size.top(), 0))
        self.setGeometry(size)

    def finish(self) -> None:
        """Close it, once."""
        if not self._over:
            self._over = True
            application = QApplication.instance()
            assert isinstance(application, QApplication)
            application.focusChanged.disconnect(self._follow_focus)
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.finish()
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        theme = self._looks.theme
        painter, rect = QPainter(self), QRectF(self.rect())
        paint_ground(painter, theme, rect, "bg.raised", "card")
        paint_edge(painter, theme, rect, radius="card")

    def _follow_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        """Close when the keyboard went to something else in this window."""
        if new and not self.isAncestorOf(new) and not _is_popup_of(new, self):
            self.finish()


def _is_popup_of(widget: QWidget, owner: QWidget) -> bool:
    """Tell whether a widget is in a list or dialog that something inside opened."""
    window = widget.window()
    parent = window.parentWidget()
    return window is not owner.window() and (parent is None or owner.isAncestorOf(parent))
