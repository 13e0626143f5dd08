"""Paints a mask over a picture: what the mouse does, and how the mask is seen. Asks nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPen, QTransform

from studio.ui.gallery.picture_edit import Tool
from studio.ui.gallery.strokes import Box, Brush, Mask, Painting
from studio.ui.looks.looks import Looks
from studio.ui.looks.theme import parsed

Kind = Literal["brush", "eraser", "fill", "rectangle"]

SIZE_MAX = 512
SEEN = 0.55
"""How much of the picture a full mask covers."""
_GROW = 1.2


class MaskTool(Tool):
    """The hand on the picture while a mask is painted.

    Args:
        looks: The theme.
        mask: Where it begins: uint8 ``(height, width)``, 255 = change.

    Attributes:
        painting: The mask, and the way back.
        brush: What strokes are painted with.
        kind: What the mouse does.
    """

    def __init__(self, looks: Looks, mask: Mask, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.painting = Painting(mask)
        self.brush = Brush()
        self.kind: Kind = "brush"
        self._pressed = False
        self._last: QPointF | None = None
        self._corner: QPointF | None = None
        self._pointer: QPointF | None = None
        height, width = mask.shape
        self._cover = np.zeros((height, width, 4), np.uint8)
        stride, shape = 4 * width, QImage.Format.Format_ARGB32_Premultiplied
        self._image = QImage(self._cover.data, width, height, stride, shape)
        self._tint((0, 0, width, height))

    # --- Commands ---

    def choose(self, kind: Kind) -> None:
        """Choose what the mouse does."""
        self.kind = kind
        self.brush = replace(self.brush, erase=kind == "eraser")
        self.changed.emit()

    def swap(self) -> None:
        """Change between brush and eraser."""
        self.choose("brush" if self.kind == "eraser" else "eraser")

    def resize(self, *, larger: bool) -> None:
        """Make the brush larger or smaller."""
        size = self.brush.size * _GROW if larger else self.brush.size / _GROW
        self.set_brush(size=min(max(round(size), 1), SIZE_MAX))

    def set_brush(self, **values: float) -> None:
        """Change size, feather or opacity."""
        brush = self.brush
        size, feather = values.get("size", brush.size), values.get("feather", brush.feather)
        opacity = values.get("opacity", brush.opacity)
        self.brush = replace(brush, size=size, feather=feather, opacity=opacity)
        self.changed.emit()
        self._hover(self._pointer)

    def undo(self) -> None:
        """Take the last change back."""
        self._show(self.painting.undo())

    def redo(self) -> None:
        """Make it again."""
        self._show(self.painting.redo())

    def invert(self) -> None:
        """Change what was kept, and keep what was changed."""
        self._show(self.painting.invert())

    def clear(self) -> None:
        """Empty the mask."""
        self._show(self.painting.clear())

    # --- The hand ---

    def press(self, place: QPointF, event: QMouseEvent) -> bool:
        """Begin; says whether the press was meant for painting."""
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if self.kind == "fill":
            erase = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            at = int(place.x() // 1), int(place.y() // 1)
            self._show(self.painting.fill(at, erase=erase))
        elif self.kind == "rectangle":
            self._corner = place
        else:
            straight = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            start = self._last if straight and self._last else place
            self.painting.begin("Erase" if self.brush.erase else "Stroke")
            self._stroke(start, place)
            self._corner = None
        self._pressed = True
        return True

    def move(self, place: QPointF) -> None:
        """Go on, or show where painting would begin."""
        if self._pressed and self.kind in ("brush", "eraser"):
            assert self._last is not None
            self._stroke(self._last, place)
        elif self._corner is not None:
            self.touched.emit(QRectF())
        self._hover(place)

    def release(self, place: QPointF, event: QMouseEvent) -> None:
        """End."""
        if not self._pressed:
            return
        self._pressed = False
        if self._corner is not None:
            erase = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            box = QRectF(self._corner, place).normalized().toAlignedRect()
            self._corner = None
            ends = box.left(), box.top(), box.left() + box.width(), box.top() + box.height()
            self._show(self.painting.rectangle(ends, erase=erase))
            self.touched.emit(QRectF())
        elif self.kind in ("brush", "eraser"):
            self.painting.end()
            self.changed.emit()

    def leave(self) -> None:
        """Show no brush: the pointer is elsewhere."""
        self._hover(None)

    # --- Looks ---

    def paint(self, painter: QPainter, turned: QTransform) -> None:
        """Paint mask, brush and rectangle over the picture."""
        painter.save()
        painter.setTransform(turned, True)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, turned.m11() < 4)
        clip = painter.clipBoundingRect() if painter.hasClipping() else QRectF(self._image.rect())
        part = clip.intersected(QRectF(self._image.rect())).toAlignedRect()
        painter.drawImage(part, self._image, part)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._corner is not None and self._pointer is not None:
            self._outline(painter, turned.mapRect(QRectF(self._corner, self._pointer).normalized()))
        elif self._pointer is not None and self.kind in ("brush", "eraser"):
            self._outline_brush(painter, turned)

    def _outline_brush(self, painter: QPainter, turned: QTransform) -> None:
        assert self._pointer is not None
        middle, radius = turned.map(self._pointer), self.brush.size / 2 * turned.m11()
        for color, grow in (("bg.app", 1.0), ("text.on_accent", 0.0)):
            painter.setPen(QPen(self._looks.theme.color(color), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, radius + grow, radius + grow)

    def _outline(self, painter: QPainter, rect: QRectF) -> None:
        painter.setPen(QPen(self._looks.theme.color("text.on_accent"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)

    # --- Inside ---

    def _stroke(self, start: QPointF, end: QPointF) -> None:
        self._last = end
        self._show(self.painting.stroke(start.toTuple(), end.toTuple(), self.brush), quiet=True)

    def _show(self, box: Box, *, quiet: bool = False) -> None:
        """Show what a change touched."""
        if box[2] > box[0] and box[3] > box[1]:
            self._tint(box)
            left, top, right, bottom = box
            self.touched.emit(QRectF(QRect(left, top, right - left, bottom - top)))
        if not quiet:
            self.changed.emit()

    def _tint(self, box: Box) -> None:
        """Colour a part of the mask for the eye."""
        left, top, right, bottom = box
        color = parsed(self._looks.tokens["dark"]["type"]["Mask"])  # on pictures, in both themes
        share = self.painting.mask[top:bottom, left:right].astype(np.uint16)
        part = self._cover[top:bottom, left:right]
        channels = (color.blue(), color.green(), color.red(), 255)
        for number, level in enumerate(channels):
            part[..., number] = share * round(level * SEEN) // 255

    def _hover(self, place: QPointF | None) -> None:
        reach = self.brush.size / 2 + 4
        for at in (self._pointer, place):
            if at is not None:
                self.touched.emit(QRectF(at - QPointF(reach, reach), at + QPointF(reach, reach)))
        self._pointer = place
