"""How boxes look over a picture: their edges, outlines, and tags with a tick."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF, QTransform

from studio.canvas.curves import Floats
from studio.core.boxes import Box
from studio.ui.canvas.buffers import draw_boxes
from studio.ui.gallery.box_marks import Mark
from studio.ui.kit.painting import tint
from studio.ui.looks.looks import Looks
from studio.ui.looks.theme import parsed

HANDLE = 8.0
TAGGED = 60
"""With more boxes than this in sight there are no tags: they would only hide the picture."""
_TICK = 12
_PAD = 4.0
_FAINT = 0.5
_UNDER = 0.55
_FILLED = 0.14
_APART = 2.0
"""Pixels between points of an outline."""


def on_pictures(looks: Looks, *path: str) -> QColor:
    """Return a colour for what lies over pictures: that of the dark theme, in both."""
    found = looks.tokens["dark"]
    for part in path:
        found = found[part]
    return parsed(found)


def paint_marks(
    painter: QPainter,
    looks: Looks,
    turned: QTransform,
    marks: Iterable[Mark],
    chosen: int = 0,
    hovered: int = 0,
) -> Mapping[int, QRectF]:
    """Paint boxes with their tags; those that do not count are faint.

    Args:
        painter: Over the view.
        looks: The theme.
        turned: From pixels that boxes are given in to those of the view.
        marks: The boxes.
        chosen: Id of the one that is edited.
        hovered: Id of the one under the pointer.

    Returns:
        Where the tags are, in pixels of the view, by id.
    """
    seen = in_sight(painter, turned, marks)
    paint_still(painter, looks, turned, seen)
    return paint_lit(painter, looks, turned, seen, chosen, hovered)


def in_sight(painter: QPainter, turned: QTransform, marks: Iterable[Mark]) -> list[Mark]:
    """Return the boxes of which something is seen."""
    held = [*marks]
    rects, view = _rects(turned, held), QRectF(painter.window())
    low, high = (view.left(), view.top()), (view.right(), view.bottom())
    here = (rects[:, :2] <= high).all(1) & (rects[:, 2:] >= low).all(1)
    return [held[row] for row in np.flatnonzero(here).tolist()]


def paint_still(painter: QPainter, looks: Looks, turned: QTransform, marks: Sequence[Mark]) -> None:
    """Paint what stays as it is while the pointer moves: edges and outlines, none of them lit."""
    # The dark lines below let boxes be seen on light pictures, too.
    below, plain = tint(on_pictures(looks, "bg", "canvas"), _UNDER), _color(looks)
    rects, on = _rects(turned, marks), np.array([mark.is_on for mark in marks], np.bool_)
    for width, color in ((4, below), (2, plain)):
        _fill(painter, rects[on], width, color)
    for color, style in ((below, Qt.PenStyle.SolidLine), (plain, Qt.PenStyle.DashLine)):
        _stroke(painter, rects[~on], tint(color, _FAINT), style)
    for mark in marks:
        if len(mark.item.polygon) > 2:
            _paint_outline(painter, turned, mark, plain)


def paint_lit(
    painter: QPainter,
    looks: Looks,
    turned: QTransform,
    marks: Sequence[Mark],
    chosen: int,
    hovered: int,
) -> Mapping[int, QRectF]:
    """Paint the edges of the boxes that are meant, and tags; arguments and result as above."""
    light = on_pictures(looks, "accent", "line")
    lit = [mark for mark in marks if mark.item.id in (chosen, hovered)]
    rects, on = _rects(turned, lit), np.array([mark.is_on for mark in lit], np.bool_)
    _fill(painter, rects[on], 2, light)
    _stroke(painter, rects[~on], light, Qt.PenStyle.DashLine)
    tagged = lit if len(marks) > TAGGED else marks
    font, view = looks.theme.font("caption"), QRectF(painter.window())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    ticks, metrics = _ticks(painter, looks), QFontMetricsF(font)
    tags = {}
    for mark in tagged:
        rect = _tag_rect(looks, metrics, mark, on_view(turned, mark.item.box), view)
        tags[mark.item.id] = rect
        _paint_tag(painter, looks, mark, rect, ticks[mark.is_on], lit=mark.item.id == chosen)
    return tags


def paint_handles(painter: QPainter, looks: Looks, turned: QTransform, box: Box) -> None:
    """Paint the handles of the box that is edited, at its corners and in the middle of its edges."""
    rect = on_view(turned, box)
    painter.setPen(QPen(on_pictures(looks, "bg", "canvas"), 1))
    painter.setBrush(looks.theme.color("text.on_accent"))
    roomy = min(rect.width(), rect.height()) >= 4 * HANDLE
    for x in (rect.left(), rect.center().x(), rect.right()):
        for y in (rect.top(), rect.center().y(), rect.bottom()):
            middle = (x == rect.center().x()) + (y == rect.center().y())
            if middle == 0 or (middle == 1 and roomy):
                half = QPointF(HANDLE / 2, HANDLE / 2)
                painter.drawRect(QRectF(QPointF(x, y) - half, QPointF(x, y) + half))


def on_view(turned: QTransform, box: Box) -> QRectF:
    """Return where a box is on the view."""
    left, top, right, bottom = box
    return turned.mapRect(QRectF(left, top, right - left, bottom - top))


def _rects(turned: QTransform, marks: Sequence[Mark]) -> Floats:
    """Return where boxes are on the view, ``(count, 4)``: left, top, right, bottom."""
    boxes = np.array([mark.item.box for mark in marks], np.float64).reshape(-1, 4)
    scale, offset = [turned.m11(), turned.m22()] * 2, [turned.dx(), turned.dy()] * 2
    found: Floats = boxes * scale + offset
    return found


def _fill(painter: QPainter, rects: Floats, width: int, color: QColor) -> None:
    """Paint the edges of boxes: to fill them is faster than a stroke, and sharp."""
    half = width / 2
    left, top, right, bottom = rects.T
    low, high = np.minimum(top + half, bottom), np.maximum(bottom - half, top)
    edges = (
        (left - half, top - half, right + half, top + half),
        (left - half, bottom - half, right + half, bottom + half),
        (left - half, low, left + half, np.maximum(low, high)),
        (right - half, low, right + half, np.maximum(low, high)),
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    draw_boxes(painter, np.concatenate([np.stack(edge, 1) for edge in edges]))


def _stroke(painter: QPainter, rects: Floats, color: QColor, style: Qt.PenStyle) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 2, style))
    draw_boxes(painter, rects)


def _paint_outline(painter: QPainter, turned: QTransform, mark: Mark, color: QColor) -> None:
    """Paint an outline, of as many points as can be told apart."""
    across, down, dx, dy = turned.m11(), turned.m22(), turned.dx(), turned.dy()
    points, last_x, last_y = [], math.inf, math.inf
    for x, y in mark.item.polygon:  # by numbers: there may be thousands
        x, y = x * across + dx, y * down + dy
        if abs(x - last_x) + abs(y - last_y) >= _APART:
            points.append(QPointF(x, y))
            last_x, last_y = x, y
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color if mark.is_on else tint(color, _FAINT), 1))
    painter.setBrush(tint(color, _FILLED if mark.is_on else 0.0))
    painter.drawPolygon(QPolygonF(points))


def _tag_rect(
    looks: Looks, metrics: QFontMetricsF, mark: Mark, rect: QRectF, view: QRectF
) -> QRectF:
    """Return where a tag is: above its box, or in it where there is no room above."""
    wide = metrics.horizontalAdvance(mark.text)
    size = wide + _TICK + 3 * _PAD, float(looks.theme.line("caption") + 2)
    left = min(max(rect.left() - 1, view.left()), max(view.right() - size[0], view.left()))
    above = rect.top() - size[1] - 2
    top = above if above >= view.top() else max(rect.top(), view.top()) + 2
    return QRectF(left, top, *size)


def _ticks(painter: QPainter, looks: Looks) -> tuple[QPixmap, QPixmap]:
    """Return the marks of boxes that do not count, and that do."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device else 1.0
    muted = on_pictures(looks, "text", "muted")
    return (
        looks.icons.draw("ph.square", muted, _TICK, ratio),
        looks.icons.draw("ph.check-square-fill", _color(looks), _TICK, ratio),
    )


def _paint_tag(
    painter: QPainter, looks: Looks, mark: Mark, rect: QRectF, tick: QPixmap, *, lit: bool
) -> None:
    radius, dark = looks.theme.radius("small"), on_pictures(looks, "bg", "canvas")
    painter.setPen(QPen(on_pictures(looks, "accent", "line"), 1) if lit else Qt.PenStyle.NoPen)
    painter.setBrush(tint(dark, 0.85 if mark.is_on else 0.75))
    painter.drawRoundedRect(rect, radius, radius)
    painter.drawPixmap(QPointF(rect.left() + _PAD, rect.center().y() - _TICK / 2), tick)
    painter.setPen(on_pictures(looks, "text", "primary" if mark.is_on else "muted"))
    room = rect.adjusted(_TICK + 2 * _PAD, 0, 0, 0)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, mark.text)


def _color(looks: Looks) -> QColor:
    return on_pictures(looks, "type", "Detections")
