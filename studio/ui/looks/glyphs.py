"""The marks of value types: coins with a glyph cut out, one for each type.

A round coin carries one value, a rounded square many, and a ring with the glyph inside is optional
and has no link yet. Paths are in units of the radius, around the origin.
"""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap, QPolygonF, QTransform

from studio.canvas.layout import SocketShape, theme_type
from studio.ui.looks.looks import Looks
from studio.ui.looks.theme import Theme

_RING_GLYPH = 0.82
_SQUARE = 0.92
_CORNER = 0.42
_CUT = 0.7
_BOXES = {
    "bar": ((-0.58, -0.13, 1.16, 0.26),),
    "square": ((-0.38, -0.38, 0.76, 0.76),),
    "slit": ((-0.14, -0.52, 0.28, 1.04),),
    "two_slits": ((-0.4, -0.45, 0.25, 0.9), (0.15, -0.45, 0.25, 0.9)),
    "two_bars": ((-0.5, -0.4, 1.0, 0.25), (-0.5, 0.15, 1.0, 0.25)),
    "person": ((-0.19, -0.64, 0.38, 0.38),),
}
_CORNERS = {
    "diamond": ((0, -0.54), (0.54, 0), (0, 0.54), (-0.54, 0)),
    "triangle_up": ((0, -0.56), (0.54, 0.38), (-0.54, 0.38)),
    "triangle_down": ((0, 0.56), (0.54, -0.38), (-0.54, -0.38)),
    "person": ((-0.52, -0.14), (0.52, -0.14), (0.3, 0.6), (-0.3, 0.6)),
    "triangle_right": ((0.58, 0), (-0.36, 0.54), (-0.36, -0.54)),
    "triangle_left": ((-0.58, 0), (0.36, 0.54), (0.36, -0.54)),
    "eye": ((-0.68, 0), (-0.3, -0.4), (0.3, -0.4), (0.68, 0), (0.3, 0.4), (-0.3, 0.4)),
}
_CROSS = (
    (-0.15, -0.56), (0.15, -0.56), (0.15, -0.15), (0.56, -0.15), (0.56, 0.15), (0.15, 0.15),
    (0.15, 0.56), (-0.15, 0.56), (-0.15, 0.15), (-0.56, 0.15), (-0.56, -0.15), (-0.15, -0.15),
)  # fmt: skip
_DOTS = {
    "dot": ((0.0, 0.29),),
    "two_dots": ((-0.37, 0.24), (0.37, 0.24)),
    "eye": ((0.0, 0.2),),
}
"""Places along the middle and radii."""
_SECTORS = {"half": (90, -180), "quarter": (90, -90)}


def known_type(theme: Theme, kind: str) -> str:
    """Return the theme's name of a value type; one that it does not know is drawn as any."""
    name = theme_type(kind)
    return name if name in theme.tokens["glyph"] else "any"


def type_color(theme: Theme, kind: str) -> QColor:
    """Return the colour of a value type."""
    return theme.color(f"type.{known_type(theme, kind)}")


@cache
def mark_path(glyph: str, shape: SocketShape, ring: float, *, plain: bool = False) -> QPainterPath:
    """Return the mark of a value type.

    Args:
        glyph: Name of its glyph.
        shape: Of the socket.
        ring: Width of the ring of an optional one, in radii.
        plain: Whether the glyph is left out, where it would be too small to read.
    """
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)  # what lies inside another part is a hole in it
    if shape == "many":
        path.addRoundedRect(QRectF(-_SQUARE, -_SQUARE, 2 * _SQUARE, 2 * _SQUARE), _CORNER, _CORNER)
    else:
        path.addEllipse(QPointF(0, 0), 1, 1)
    if shape == "optional":
        path.addEllipse(QPointF(0, 0), 1 - ring, 1 - ring)
    if not plain:
        size = _RING_GLYPH if shape == "optional" else 1.0
        path.addPath(QTransform.fromScale(size, size).map(_glyph(glyph)))
    return path


def paint_mark(
    painter: QPainter,
    theme: Theme,
    kind: str,
    shape: SocketShape,
    at: QPointF,
    radius: float,
    *,
    plain: bool = False,
    color: QColor | None = None,
) -> None:
    """Paint the mark of a value type.

    Args:
        painter: Antialiased.
        theme: Has the colours.
        kind: Value type, such as ``list[Image]``.
        shape: Of the socket.
        at: Its centre.
        radius: Of the mark.
        plain: Whether the glyph is left out.
        color: Another colour than the type's.
    """
    ring = theme.node("socket_ring") / theme.node("socket_radius")
    glyph = theme.tokens["glyph"][known_type(theme, kind)]
    path = mark_path(glyph, shape, ring, plain=plain)
    place = QTransform.fromTranslate(at.x(), at.y()).scale(radius, radius)
    painter.fillPath(place.map(path), color or type_color(theme, kind))


def glyph_pixmap(
    looks: Looks, kind: str, shape: SocketShape, size: float, ratio: float = 1.0
) -> QPixmap:
    """Return the mark of a value type as a picture.

    Args:
        looks: Has the theme.
        kind: Value type.
        shape: Of the socket.
        size: Width and height in logical pixels.
        ratio: Device pixels for one of these.
    """
    device = max(math.ceil(size * ratio), 1)
    made = QPixmap(device, device)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = QPointF(size / 2, size / 2)
    paint_mark(painter, looks.theme, kind, shape, middle, size / 2 - 0.5 / ratio)
    painter.end()
    return made


def _glyph(name: str) -> QPainterPath:
    path = QPainterPath()
    for box in _BOXES.get(name, ()):
        path.addRect(QRectF(*box))
    for corners in (_CORNERS.get(name), _CROSS if name in ("plus", "cross") else None):
        if corners:
            path.addPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
            path.closeSubpath()
    for x, radius in _DOTS.get(name, ()):
        path.addEllipse(QPointF(x, 0), radius, radius)
    if name in _SECTORS:
        path.arcTo(QRectF(-_CUT, -_CUT, 2 * _CUT, 2 * _CUT), *_SECTORS[name])
        path.closeSubpath()
    return QTransform().rotate(45).scale(1.12, 1.12).map(path) if name == "cross" else path
