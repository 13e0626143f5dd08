"""How people look while they are posed: limbs in the colours of OpenPose, a handle at each point."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from studio.core.skeleton import COLOURS, LIMBS
from studio.ui.gallery.box_paint import on_pictures
from studio.ui.gallery.pose_marks import NAMES, People, Person, middle
from studio.ui.kit.painting import tint
from studio.ui.looks.looks import Looks

_LIMB, _POINT, _WHOLE = 4.0, 4.5, 9.0
_UNDER = 0.6
_SEEN = 0.85
_FAINT = 0.7


def paint_people(painter: QPainter, looks: Looks, turned: QTransform, people: People) -> None:
    """Paint people over a picture, none of their points lit.

    Args:
        painter: Over the view.
        looks: The theme.
        turned: From pixels of the picture to those of the view.
        people: Their points in pixels of the picture.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    placed = [_placed(person, turned) for person in people]
    for person, places in zip(people, placed, strict=True):
        _paint_limbs(painter, looks, person, places)
    for person, places in zip(people, placed, strict=True):
        _paint_whole(painter, looks, turned.map(QPointF(*middle(person))))
        for number, place in enumerate(places):
            _paint_point(painter, looks, number, place, there=person[number][2] > 0, lit=False)


def paint_lit(
    painter: QPainter,
    looks: Looks,
    turned: QTransform,
    people: People,
    chosen: tuple[int, int] | None = None,
    hovered: tuple[int, int] | None = None,
) -> None:
    """Paint the points that are meant over people that are painted.

    Args:
        painter: Over the view.
        looks: The theme.
        turned: From pixels of the picture to those of the view.
        people: Their points in pixels of the picture.
        chosen: Person and point that keys mean.
        hovered: Person and point under the pointer.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for who, number in filter(None, {chosen, hovered}):
        if who < len(people):
            x, y, seen = people[who][number]
            place = turned.map(QPointF(x, y))
            _paint_point(painter, looks, number, place, there=seen > 0, lit=True)
    if hovered and hovered[0] < len(people):
        x, y, _ = people[hovered[0]][hovered[1]]
        _paint_name(painter, looks, NAMES[hovered[1]], turned.map(QPointF(x, y)))


def paint_frame(painter: QPainter, looks: Looks, turned: QTransform, size: tuple[int, int]) -> None:
    """Paint where the picture ends: people may reach out of it, and its ground may be dark."""
    painter.setPen(QPen(on_pictures(looks, "border", "strong"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(turned.mapRect(QRectF(0, 0, *size)))


def _placed(person: Person, turned: QTransform) -> list[QPointF]:
    return [turned.map(QPointF(x, y)) for x, y, _ in person]


def _paint_limbs(painter: QPainter, looks: Looks, person: Person, places: list[QPointF]) -> None:
    dark = tint(on_pictures(looks, "bg", "canvas"), _UNDER)
    limbs = [
        (places[start], places[end], QColor(*color))
        for (start, end), color in zip(LIMBS, COLOURS, strict=False)
        if person[start][2] > 0 and person[end][2] > 0
    ]
    # All dark edges come first, or each would cut the limb before it.
    for wide, under in ((_LIMB + 2, True), (_LIMB, False)):
        for start, end, color in limbs:
            pen = QPen(dark if under else tint(color, _SEEN), wide)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(start, end)


def _paint_point(
    painter: QPainter, looks: Looks, number: int, place: QPointF, *, there: bool, lit: bool
) -> None:
    """Paint the handle of a point; one that is hidden is a ring."""
    dark, color = on_pictures(looks, "bg", "canvas"), QColor(*COLOURS[number])
    painter.setOpacity(1.0 if there or lit else _FAINT)
    white = looks.theme.color("text.on_accent")
    # Some of the colours are as dark as the ground: the ring is white.
    painter.setPen(QPen(white if there else color, 1))
    painter.setBrush(color if there else tint(dark, _UNDER))
    painter.drawEllipse(place, _POINT, _POINT)
    painter.setOpacity(1.0)
    if lit:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line, wide in ((dark, 3.5), (white, 1.75)):
            painter.setPen(QPen(line, wide))
            painter.drawEllipse(place, _POINT + 3.5, _POINT + 3.5)


def _paint_whole(painter: QPainter, looks: Looks, place: QPointF) -> None:
    """Paint the handle that moves a person."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint(on_pictures(looks, "bg", "canvas"), _UNDER))
    painter.drawEllipse(place, _WHOLE, _WHOLE)
    half = QPointF(7, 7)
    color = on_pictures(looks, "text", "primary")
    looks.icons.paint(painter, QRectF(place - half, place + half), "ph.arrows-out-cardinal", color)


def _paint_name(painter: QPainter, looks: Looks, name: str, place: QPointF) -> None:
    """Paint what a point is called beside it."""
    theme = looks.theme
    painter.setFont(theme.font("caption"))
    wide = painter.fontMetrics().horizontalAdvance(name) + 12
    rect = QRectF(place.x() + 14, place.y() - 9, wide, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint(on_pictures(looks, "bg", "canvas"), 0.85))
    painter.drawRoundedRect(rect, theme.radius("small"), theme.radius("small"))
    painter.setPen(on_pictures(looks, "text", "primary"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, name)
