"""How boxes look over a picture: their edges, outlines, and tags with a tick."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform

from studio.core.boxes import Box
from studio.ui.gallery.box_marks import Mark
from studio.ui.kit.painting import tint
from studio.ui.looks import Looks
from studio.ui.theme import parsed

HANDLE = 8.0
TAGGED = 200
"""With more boxes than this in sight there are no tags: they would only hide the picture."""
_TICK = 12.0
_PAD = 4.0
_FAINT = 0.5
_UNDER = 0.55


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
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    view = painter.window()
    placed = [(mark, on_view(turned, mark.item.box)) for mark in marks]
    seen = [(mark, rect) for mark, rect in placed if rect.intersects(QRectF(view))]
    for mark, rect in seen:
        _paint_box(painter, looks, turned, mark, rect, lit=mark.item.id in (chosen, hovered))
    if len(seen) > TAGGED:
        seen = [(mark, rect) for mark, rect in seen if mark.item.id in (chosen, hovered)]
    tags = {mark.item.id: _tag_rect(looks, mark, rect, QRectF(view)) for mark, rect in seen}
    for mark, _ in seen:
        _paint_tag(painter, looks, mark, tags[mark.item.id], lit=mark.item.id == chosen)
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


def _paint_box(
    painter: QPainter, looks: Looks, turned: QTransform, mark: Mark, rect: QRectF, *, lit: bool
) -> None:
    color = on_pictures(looks, "accent", "line") if lit else _color(looks)
    painter.setOpacity(1.0 if mark.is_on or lit else _FAINT)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    style = Qt.PenStyle.SolidLine if mark.is_on else Qt.PenStyle.DashLine
    # The dark line below lets the box be seen on light pictures, too.
    below = tint(on_pictures(looks, "bg", "canvas"), _UNDER)
    for line, width in ((below, 3.5), (color, 2.0 if lit else 1.5)):
        painter.setPen(QPen(line, width, style if width < 3 else Qt.PenStyle.SolidLine))
        painter.drawRect(rect)
    if len(mark.item.polygon) > 2:
        outline = turned.map(QPolygonF([QPointF(x, y) for x, y in mark.item.polygon]))
        painter.setPen(QPen(color, 1, style))
        painter.setBrush(tint(color, 0.14 if mark.is_on else 0.0))
        painter.drawPolygon(outline)
    painter.setOpacity(1.0)


def _tag_rect(looks: Looks, mark: Mark, rect: QRectF, view: QRectF) -> QRectF:
    """Return where a tag is: above its box, or in it where there is no room above."""
    theme = looks.theme
    wide = QFontMetricsF(theme.font("caption")).horizontalAdvance(mark.text)
    size = wide + _TICK + 3 * _PAD, float(theme.line("caption") + 2)
    left = min(max(rect.left() - 1, view.left()), max(view.right() - size[0], view.left()))
    above = rect.top() - size[1] - 2
    top = above if above >= view.top() else max(rect.top(), view.top()) + 2
    return QRectF(left, top, *size)


def _paint_tag(painter: QPainter, looks: Looks, mark: Mark, rect: QRectF, *, lit: bool) -> None:
    theme = looks.theme
    dark = on_pictures(looks, "bg", "canvas")
    painter.setPen(QPen(on_pictures(looks, "accent", "line"), 1) if lit else Qt.PenStyle.NoPen)
    painter.setBrush(tint(dark, 0.85 if mark.is_on else 0.75))
    painter.drawRoundedRect(rect, theme.radius("small"), theme.radius("small"))
    tick = QRectF(rect.left() + _PAD, rect.center().y() - _TICK / 2, _TICK, _TICK)
    words = on_pictures(looks, "text", "primary" if mark.is_on else "muted")
    looks.icons.paint(
        painter, tick, "ph.check-square-fill" if mark.is_on else "ph.square",
        _color(looks) if mark.is_on else words,
    )  # fmt: skip
    painter.setFont(theme.font("caption"))
    painter.setPen(words)
    room = rect.adjusted(_TICK + 2 * _PAD, 0, 0, 0)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, mark.text)


def _color(looks: Looks) -> QColor:
    return on_pictures(looks, "type", "Detections")
