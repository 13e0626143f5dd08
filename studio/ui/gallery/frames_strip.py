"""The strip below the picture for batches, lists and frames: play, go, see where it is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from studio.core.spec import Input
from studio.core.widgets import Range
from studio.ui.inspector.editors import editor_for
from studio.ui.kit.buttons import IconButton
from studio.ui.kit.labels import Words
from studio.ui.kit.painting import paint_focus
from studio.ui.looks.looks import Looks

if TYPE_CHECKING:
    from studio.ui.studio import Studio

FPS = 8
HEIGHT = 46
FRAME = 26
"""Height of the small pictures of the line."""
_KNOB = 8
_FPS = Input("frames per second", "int", default=FPS, widget=Range(1, 60, unit=" fps"))


class Timeline(QWidget):
    """A row of small pictures with a mark at the one that is shown; a drag moves it.

    Args:
        looks: The theme.
    """

    moved = Signal(int)
    """Another item is wanted."""
    resized = Signal()

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.count, self.item = 1, 0
        self.images: dict[int, QImage] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Frames")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_items(self, count: int, item: int) -> None:
        """Say how many there are, and which one is shown."""
        self.count, self.item = max(count, 1), item
        self.setAccessibleDescription(f"{item + 1} of {count}")
        self.update()

    def places(self) -> list[int]:
        """Return the items whose small pictures the line has room for."""
        room = min(max(self.width() // FRAME, 1), self.count)
        return [place * self.count // room for place in range(room)]

    def sizeHint(self) -> QSize:
        """Return the height of the pictures with the mark above them."""
        return QSize(4 * FRAME, FRAME + _KNOB + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say that there is room for other pictures."""
        self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on, go back, go to the ends."""
        key = Qt.Key(event.key())
        wanted = {
            Qt.Key.Key_Left: self.item - 1, Qt.Key.Key_Right: self.item + 1,
            Qt.Key.Key_Home: 0, Qt.Key.Key_End: self.count - 1,
        }.get(key)  # fmt: skip
        if wanted is None:
            event.ignore()
        else:
            self.moved.emit(min(max(wanted, 0), self.count - 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures and the mark."""
        painter, theme = QPainter(self), self._looks.theme
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        places = self.places()
        wide = self.width() / max(len(places), 1)
        for index, item in enumerate(places):
            rect = QRectF(index * wide, _KNOB, wide - 1, FRAME)
            painter.fillRect(rect, theme.color("bg.field"))
            if item in self.images:
                painter.drawImage(rect, self.images[item], _middle(self.images[item], rect))
        self._paint_mark(painter)
        if self.hasFocus():
            paint_focus(painter, theme, QRectF(self.rect()))

    def _paint_mark(self, painter: QPainter) -> None:
        x = (self.item + 0.5) * self.width() / self.count
        color = self._looks.theme.color("accent.line")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(x - 4, 0, 8, _KNOB), 2, 2)
        painter.drawRect(QRectF(x - 1, _KNOB - 1, 2, FRAME + 3))

    def _go(self, at: QPointF) -> None:
        item = int(at.x() / max(self.width(), 1) * self.count)
        self.moved.emit(min(max(item, 0), self.count - 1))


class FramesStrip(QWidget):
    """Buttons, the line, and how fast it plays.

    Args:
        studio: What the window shares.

    Attributes:
        speed: Frames a second.
        is_looping: Whether it begins again at the end.
    """

    asked = Signal(int)
    """Another item is to be shown."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = studio.looks
        self.line = Timeline(studio.looks, self)
        self.words = Words(studio.looks, "", "value")
        editor: Any = editor_for(studio, _FPS, self)
        self.fps = editor
        self.fps.show_value(FPS)
        self.fps.setFixedSize(64, studio.looks.theme.size("control"))
        self.speed: float = FPS
        self.is_looping, self._is_due = True, False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)
        self.setFixedHeight(HEIGHT)
        self._lay_out(studio)
        self.line.moved.connect(self._asked_for)
        self.fps.edited.connect(lambda value, _gesture: self.set_speed(value))

    def _lay_out(self, studio: Studio) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 8, 4)
        row.setSpacing(1)
        self.buttons = {}
        for name, icon, text, command in (
            ("previous", "ph.skip-back", "Previous", "viewer.previous_item"),
            ("play", "ph.play-fill", "Play", "viewer.play"),
            ("next", "ph.skip-forward", "Next", "viewer.next_item"),
            ("loop", "ph.repeat", "Begin again at the end", "viewer.loop"),
        ):
            button = IconButton(self._looks, icon, text, self, 14)
            button.clicked.connect(partial(_give, studio, command))
            self.buttons[name] = button
            row.addWidget(button)
        self.buttons["loop"].setCheckable(True)
        self.buttons["loop"].setChecked(True)
        row.addSpacing(6)
        row.addWidget(self.line, 1)
        row.addSpacing(8)
        row.addWidget(self.words)
        row.addSpacing(6)
        row.addWidget(self.fps)

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    def show_items(self, count: int, item: int) -> None:
        """Say how many there are, and which one is shown."""
        self.line.show_items(count, item)
        self.words.setText(f"{item + 1} / {count}")
        self._is_due = False

    def play(self, on: bool) -> None:
        """Go on by itself, or stop."""
        if on and self.line.item == self.line.count - 1:
            self.asked.emit(0)
        self._is_due = False
        if on:
            self._timer.start(round(1000 / self.speed))
        else:
            self._timer.stop()
        self.buttons["play"].set_icon("ph.pause-fill" if on else "ph.play-fill")
        self.buttons["play"].set_name("Pause" if on else "Play")

    def loop(self, on: bool) -> None:
        """Begin again at the end, or stop there."""
        self.is_looping = on
        self.buttons["loop"].setChecked(on)

    def set_speed(self, speed: float) -> None:
        """Play so many frames a second; a speed that is no whole number is shown rounded."""
        self.speed = speed
        self.fps.show_value(max(round(speed), 1))
        if self.is_playing:
            self._timer.setInterval(round(1000 / speed))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the line above."""
        painter, theme = QPainter(self), self._looks.theme
        painter.fillRect(self.rect(), theme.color("bg.panel"))
        painter.fillRect(0, 0, self.width(), 1, theme.color("border.subtle"))

    def _next(self) -> None:
        """Ask for the next one, unless the last one that was asked for is not there yet."""
        if self._is_due:
            return
        item = self.line.item + 1
        if item >= self.line.count and not self.is_looping:
            self.play(False)
            return
        self._is_due = True
        self.asked.emit(item % self.line.count)

    def _asked_for(self, item: int) -> None:
        self.play(False)
        self.asked.emit(item)


def _middle(image: QImage, rect: QRectF) -> QRectF:
    """Return the part of a picture that fills a rectangle."""
    scale = max(rect.width() / image.width(), rect.height() / image.height())
    wide, high = rect.width() / scale, rect.height() / scale
    return QRectF((image.width() - wide) / 2, (image.height() - high) / 2, wide, high)


def _give(studio: Studio, command: str, _checked: bool = False) -> None:
    studio.actions.trigger(command)
