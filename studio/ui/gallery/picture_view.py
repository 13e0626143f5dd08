"""Shows one picture or two of them: zoom, pan, wipe, difference, flicker, the numbers of a pixel.

It paints what it is given and asks nobody: whoever gives pictures prepares them in a thread.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.gallery.display import Bytes, Pixels
from studio.ui.gallery.marks import HANDLE, paint_checker, paint_tag, paint_wipe
from studio.ui.gallery.sides import Hand, Mode, Over, Side
from studio.ui.looks.looks import Looks

ZOOM_MIN, ZOOM_MAX = 0.02, 64.0
SHARP_FROM = 4.0
"""From this zoom on, pixels are squares."""
FLICKER_MS = 500
PATIENCE_MS = 120
"""A picture that comes later than this is told to be on its way."""
_FADED = 0.3
_STEP = 1.25


class PictureView(QWidget):
    """The area of the viewer where pictures are.

    Args:
        looks: Theme and icons.
        parent: Owner in Qt's tree.
    """

    zoomed = Signal(float)
    """The zoom changed: screen pixels for one pixel of the picture."""
    pointed = Signal(object)
    """The pointer is over a pixel: ``(x, y)``, or ``None`` when it left the picture."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.looks = looks
        self.a: Side | None = None
        self.b: Side | None = None
        self.mode: Mode = "one"
        self.split = 0.5
        self.hand: Hand | None = None
        self.over: Over | None = None
        self.zoom = 1.0
        self.origin = QPointF(0, 0)
        self._fitted = True
        self._images: dict[tuple[int, int], QImage] = {}
        self._grabbed: Literal["", "pan", "wipe", "hand"] = ""
        self._last = QPointF()
        self._flipped = False
        self._flicker = QTimer(self, interval=FLICKER_MS)
        self._flicker.timeout.connect(self._flip)
        self.is_late = False
        self._late = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._late.timeout.connect(self._be_late)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Picture")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # --- What is shown ---

    def expect(self, on: bool) -> None:
        """Say that another picture is on its way; the one that is shown fades if it takes long."""
        (self._late.start if on else self._late.stop)()
        if self.is_late and not on:
            self.is_late = False
            self.update()

    def show_pictures(self, a: Side | None, b: Side | None = None) -> None:
        """Show other pictures; zoom and place stay while the size is the same."""
        self.expect(False)
        same = bool(a and self.a and a.size == self.a.size)
        self.a, self.b = a, b
        self._images.clear()
        if a and (self._fitted or not same):
            self.fit()
        self.update()

    def set_hand(self, hand: Hand | None) -> None:
        """Let something work on the picture, or nothing any more."""
        self.hand = hand
        if hand:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()
        self.update()

    def redraw(self, part: QRectF) -> None:
        """Paint a part of the picture again, given in its pixels; an empty one is all of it."""
        corner = self.origin + part.topLeft() * self.zoom
        size = part.size() * self.zoom
        seen = QRectF(corner, size).toAlignedRect().adjusted(-3, -3, 3, 3)
        self.update(seen if not part.isEmpty() else self.rect())

    def set_mode(self, mode: Mode) -> None:
        """Choose how two pictures are compared."""
        self.mode = mode
        self._flipped = False
        if mode == "flicker":
            self._flicker.start()
        else:
            self._flicker.stop()
        self.update()

    def set_split(self, split: float) -> None:
        """Move the wipe: 0 is the left edge of the picture, 1 the right one."""
        self.split = min(max(split, 0.0), 1.0)
        self.update()

    # --- Zoom and place ---

    def fit(self) -> None:
        """Show the picture whole."""
        if self.a is None:
            return
        width, height = self.a.size
        self._fitted = True
        self._set_zoom(min(self.width() / width, self.height() / height))
        self.origin = QPointF(
            (self.width() - width * self.zoom) / 2, (self.height() - height * self.zoom) / 2
        )
        self.update()

    def zoom_at(self, at: QPointF, factor: float) -> None:
        """Zoom; the pixel under a point stays."""
        before = self.zoom
        self._fitted = False
        self._set_zoom(before * factor)
        self.origin = at - (at - self.origin) * (self.zoom / before)
        self.update()

    def zoom_to(self, zoom: float) -> None:
        """Zoom to a scale around the middle; 1 is one screen pixel for one of the picture."""
        self.zoom_at(QPointF(self.width() / 2, self.height() / 2), zoom / self.zoom)

    def to_picture(self, at: QPointF) -> QPointF:
        """Return the place in the picture, in its pixels, under a point of the widget."""
        return (at - self.origin) / self.zoom

    def _set_zoom(self, zoom: float) -> None:
        self.zoom = min(max(zoom, ZOOM_MIN), ZOOM_MAX)
        self.zoomed.emit(self.zoom * self.devicePixelRatioF())

    # --- Events ---

    def sizeHint(self) -> QSize:
        """Take what there is."""
        return QSize(
            self.looks.theme.layout("right_column"), self.looks.theme.layout("right_column")
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted picture fitted."""
        if self._fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        steps = event.angleDelta().y() / 120 or event.pixelDelta().y() / 60
        if self.a and steps:
            self.zoom_at(event.position(), _STEP**steps)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the wipe's handle, or the picture."""
        if self.a is None:
            return
        self._last = event.position()
        if self.hand and self.hand.press(self.to_picture(event.position()), event):
            self._grabbed = "hand"
            return
        left = event.button() == Qt.MouseButton.LeftButton
        near = abs(event.position().x() - self._split_x()) <= HANDLE / 2
        self._grabbed = "wipe" if left and self._wiping and near else "pan"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is grabbed, and say which pixel is under the pointer."""
        at = event.position()
        if self._grabbed == "wipe":
            frame = self._frame()
            self.set_split((at.x() - frame.left()) / max(frame.width(), 1))
        elif self._grabbed == "pan":
            self._fitted = False
            self.origin += at - self._last
            self.update()
        self._last = at
        if self.hand:
            self.hand.move(self.to_picture(at))
        self._point(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self.hand and self._grabbed == "hand":
            self.hand.release(self.to_picture(event.position()), event)
        self._grabbed = ""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Change between whole and one to one."""
        if self.hand:
            self.mousePressEvent(event)
        elif self.over and self.over.opened(self.to_picture(event.position())):
            self._grabbed = ""
        elif self._fitted and self.a:
            self.zoom_at(event.position(), 1 / self.devicePixelRatioF() / self.zoom)
        else:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        """Say that no pixel is under the pointer."""
        if self.hand:
            self.hand.leave()
        self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the wipe or the picture with the arrows."""
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
                 Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}  # fmt: skip
        move = steps.get(Qt.Key(event.key()))
        if move is None or self.a is None:
            event.ignore()
        elif self._wiping and move[0]:
            self.set_split(self.split + move[0] / 20)
        else:
            self._fitted = False
            self.origin -= QPointF(*move) * 40
            self.update()

    def _point(self, at: QPointF) -> None:
        if self.a is None:
            return
        place = self.to_picture(at)
        x, y = int(place.x() // 1), int(place.y() // 1)
        width, height = self.a.size
        self.pointed.emit((x, y) if 0 <= x < width and 0 <= y < height else None)

    # --- Painting ---

    @property
    def _wiping(self) -> bool:
        return self.mode == "wipe" and self.b is not None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the pictures, and what lies over them."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.looks.theme.color("bg.viewer"))
        if self.a:
            late = self.is_late and not self.hand
            painter.setOpacity(_FADED if late else 1.0)
            self._paint_sides(painter)
            painter.setOpacity(1.0)
            if late:
                paint_tag(painter, self.looks, QRectF(self.rect()), "Loading", "", left=True)
            over = self.hand or (self.over if self.mode == "one" else None)
            if over:
                painter.setClipRegion(event.region())
                turned = QTransform.fromTranslate(self.origin.x(), self.origin.y())
                over.paint(painter, turned.scale(self.zoom, self.zoom))
        painter.end()

    def _paint_sides(self, painter: QPainter) -> None:
        assert self.a is not None
        top = self.b if self.b and self.mode == "flicker" and self._flipped else self.a
        self._paint_side(painter, top)
        if self._wiping and self.b:
            x = self._split_x()
            painter.save()
            right = QRectF(x, 0, self.width() - x, self.height())
            painter.setClipRect(right)
            painter.fillRect(right, self.looks.theme.color("bg.viewer"))
            self._paint_side(painter, self.b)
            painter.restore()
            self._paint_wipe(painter, x)
            self._paint_tag(painter, "A", self.a.tag, left=True)
            self._paint_tag(painter, "B", self.b.tag, left=False)
        elif self.mode == "flicker" and self.b:
            self._paint_tag(painter, "B" if self._flipped else "A", top.tag, left=True)

    def _paint_side(self, painter: QPainter, side: Side) -> None:
        frame = self._place(side)
        if side.shown.values.shape[-1] == 4:
            paint_checker(painter, self.looks, frame.intersected(QRectF(self.rect())))
        zoom = frame.width() / side.shown.size[0]
        number = side.shown.level(zoom * self.devicePixelRatioF())
        image = self._image(side, number)
        smooth = self.zoom * self.devicePixelRatioF() < SHARP_FROM or side.is_small
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        seen = frame.intersected(QRectF(self.rect()))
        scale = image.width() / max(frame.width(), 1e-6), image.height() / max(frame.height(), 1e-6)
        source = QRectF(
            (seen.left() - frame.left()) * scale[0], (seen.top() - frame.top()) * scale[1],
            seen.width() * scale[0], seen.height() * scale[1],
        )  # fmt: skip
        painter.drawImage(seen, image, source)

    def _paint_wipe(self, painter: QPainter, x: float) -> None:
        frame = self._frame().intersected(QRectF(self.rect()))
        paint_wipe(painter, self.looks, frame, x, focus=self.hasFocus())

    def _paint_tag(self, painter: QPainter, letter: str, words: str, *, left: bool) -> None:
        frame = self._frame().intersected(QRectF(self.rect()))
        paint_tag(painter, self.looks, frame, letter, words, left=left)

    def _image(self, side: Side, number: int) -> QImage:
        """Return a level as an image over its own bytes."""
        key = (id(side.shown), number)
        if key not in self._images:
            self._images[key] = as_image(side.shown.levels[number])
        return self._images[key]

    def _frame(self) -> QRectF:
        """Return where the picture is."""
        assert self.a is not None
        width, height = self.a.size
        return QRectF(self.origin.x(), self.origin.y(), width * self.zoom, height * self.zoom)

    def _place(self, side: Side) -> QRectF:
        """Return where one of two pictures is: whole, in the middle of the frame of A."""
        frame = self._frame()
        fits = QSizeF(*side.size).scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(), fits)
        place.moveCenter(frame.center())
        return place

    def _split_x(self) -> float:
        frame = self._frame()
        return frame.left() + frame.width() * self.split

    def _be_late(self) -> None:
        self.is_late = True
        self.update()

    def _flip(self) -> None:
        self._flipped = not self._flipped
        self.update()


def as_image(pixels: Bytes) -> QImage:
    """Return RGBA bytes as an image; the image does not copy them, so they must outlive it."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)


def values_of(image: QImage) -> Pixels:
    """Return a small image as float32."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    data = np.frombuffer(plain.constBits(), np.uint8)
    rows = data.reshape(plain.height(), plain.bytesPerLine())[:, : 4 * plain.width()]
    pixels = rows.reshape(plain.height(), plain.width(), 4)
    return (pixels[..., :3] / np.float32(255)).astype(np.float32)
