"""Paints one node from its layout: onto a pixmap, a picture or a page."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap

from studio.canvas.layout import COMMENT, NodeLayout, Socket
from studio.canvas.state import Rect
from studio.ui.canvas.face import Face
from studio.ui.canvas.fields import Fields
from studio.ui.canvas.shades import BADGES, MARKS, TRACK, Shade, Shades
from studio.ui.canvas.shadow import Shadow
from studio.ui.canvas.texts import Texts
from studio.ui.looks.glyphs import paint_mark, type_color
from studio.ui.looks.hues import icon_of
from studio.ui.looks.looks import Looks

PLAIN_BELOW = 0.75
"""Below this zoom sockets have no glyph."""
HALO, HALO_SHARE = 4.0, 0.28
_HATCH, _DASH = 9.0, (4.0, 3.0)
_NUB = (5.0, 11.0)
_ARC = 2.0
_PIN = 12.0
_STRIP_PAD = 8.0
_MARKS = 1024
_ALARMS = {"failed": "error", "missing_type": "warning", "missing_model": "warning"}


class NodePainter:
    """Paints nodes in the looks of one theme.

    Args:
        looks: Theme and icons.
    """

    def __init__(self, looks: Looks) -> None:
        self.looks = looks
        self.theme = looks.theme
        self.texts = Texts(self.theme)
        self.shades = Shades(self.theme)
        self._fields = Fields(looks, self.texts)
        self._shadow = Shadow(self.theme)
        self._radius = self.theme.radius("node")
        self.mark = lru_cache(_MARKS)(self._mark_pixmap)

    def paint(
        self, painter: QPainter, layout: NodeLayout, face: Face, thumbnail: QImage | None,
        scale: float, *, zoom: float = 1.0,
    ) -> None:  # fmt: skip
        """Paint a node at the origin of the painter, all but what moves while it runs.

        Args:
            painter: Antialiased; its units are those of the canvas.
            layout: Its parts.
            face: What it shows.
            thumbnail: Its picture, with round corners.
            scale: Device pixels for one unit.
            zoom: Logical pixels for one unit.
        """
        shade = self.shades.of(face.dress(layout.category))
        hairline = hair(scale)
        if not shade.hollow and not shade.dashed:
            self._shadow.paint(painter, layout.width, layout.height, scale)
        self._body(painter, layout, face, shade, hairline)
        self._header(painter, layout, face, shade)
        if not layout.collapsed:
            self._content(painter, layout, face, shade, thumbnail, hairline)
        if face.kind == "running":
            return
        if layout.footer and (face.footer or face.note):
            self._footer(painter, layout.footer, face.footer, face.note, shade.faint)
        self.edge(painter, layout, shade, hairline)
        self.sockets(painter, layout, shade.socket, scale, zoom)

    def card(
        self, painter: QPainter, layout: NodeLayout, face: Face, thumbnail: QImage | None,
        scale: float, *, titled: bool,
    ) -> None:  # fmt: skip
        """Paint what can be told of a node from far away: body, title and picture."""
        shade = self.shades.of(face.dress(layout.category))
        self._body(painter, layout, face, shade, hair(scale))
        if titled:
            self._title(painter, layout, face, shade)
        if layout.thumbnail:
            self._thumbnail(painter, layout.thumbnail, thumbnail, shade)
        self.edge(painter, layout, shade, hair(scale))

    def edge(
        self, painter: QPainter, layout: NodeLayout, shade: Shade, hairline: float,
        opacity: float = 1.0,
    ) -> None:  # fmt: skip
        """Paint the line around a node, inside its body."""
        width = max(shade.width, hairline)
        pen = QPen(shade.edge, width)
        if shade.dashed:
            pen.setDashPattern([part / width for part in _DASH])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setOpacity(opacity)
        box = QRectF(0, 0, layout.width, layout.height)
        box.adjust(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(box, self._radius - width / 2, self._radius - width / 2)
        painter.setOpacity(1.0)

    def sockets(
        self, painter: QPainter, layout: NodeLayout, color: QColor | None, scale: float, zoom: float
    ) -> None:
        """Paint the sockets over the edge; those of a collapsed node are a nub a side."""
        if layout.collapsed:
            self._nubs(painter, layout)
            return
        for socket in layout.sockets:
            if socket.shown:
                self.socket(painter, socket, color, scale, zoom)

    def socket(
        self, painter: QPainter, socket: Socket, color: QColor | None, scale: float, zoom: float
    ) -> None:
        """Paint one socket with the gap around it."""
        made = self.coin(socket, color, scale, zoom)
        size = made.width() / scale
        target = QRectF(socket.at[0] - size / 2, socket.at[1] - size / 2, size, size)
        painter.drawPixmap(target, made, QRectF(made.rect()))

    def coin(self, socket: Socket, color: QColor | None, scale: float, zoom: float) -> QPixmap:
        """Return a socket as a picture in device pixels."""
        shape = "one" if socket.shape == "optional" and socket.linked else socket.shape
        name = color.name() if color else ""
        return self.mark(socket.type, shape, scale, name, zoom < PLAIN_BELOW)

    def progress(
        self, painter: QPainter, layout: NodeLayout, share: float, footer: str, note: str
    ) -> None:
        """Paint how far a running node is: line, arc and footer."""
        color = self.theme.color("state.running")
        track = QColor(color)
        track.setAlphaF(TRACK)
        if not layout.collapsed:
            line = QRectF(0, layout.header[3], layout.width, self.theme.node("progress"))
            painter.fillRect(line, track)
            line.setWidth(line.width() * min(max(share, 0.0), 1.0))
            painter.fillRect(line, color)
        self._arc(painter, box_of(layout.mark), share, color, track)
        if layout.footer:
            light = self.theme.name == "light"
            lit = self.theme.color("text.secondary") if light else color
            faint = self.theme.color("text.muted")
            self._footer(painter, layout.footer, footer, note, faint, lit)

    def _body(
        self, painter: QPainter, layout: NodeLayout, face: Face, shade: Shade, hairline: float
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade.body)
        box = QRectF(0, 0, layout.width, layout.height)
        painter.drawRoundedRect(box, self._radius, self._radius)
        if face.kind == "missing_type" and not layout.collapsed:
            self._hatch(painter, box)
        if layout.collapsed:
            painter.setBrush(shade.header)
            painter.drawRoundedRect(box, self._radius, self._radius)
            return
        if shade.header != shade.body:
            painter.fillPath(self._header_path(layout), shade.header)
        if shade.hollow:
            line = QRectF(0, layout.header[3] - hairline, layout.width, hairline)
            painter.fillRect(line, self.theme.color("border.default"))

    def _hatch(self, painter: QPainter, box: QRectF) -> None:
        painter.save()
        painter.setClipRect(box.adjusted(1, 1, -1, -self._radius / 3))
        painter.setPen(QPen(self.theme.color("border.default"), 1.25))
        step = _HATCH * math.sqrt(2)
        count = math.ceil((box.width() + box.height()) / step)
        lines = [
            QLineF(k * step, 0, k * step - box.height(), box.height()) for k in range(1, count + 1)
        ]
        painter.drawLines(lines)
        painter.restore()

    def _header_path(self, layout: NodeLayout) -> QPainterPath:
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        height, radius = layout.header[3], self._radius
        path.addRoundedRect(QRectF(0, 0, layout.width, height), radius, radius)
        path.addRect(QRectF(0, radius, layout.width, height - radius))
        return path

    def _header(self, painter: QPainter, layout: NodeLayout, face: Face, shade: Shade) -> None:
        icon = icon_of(layout.category)
        self.looks.icons.paint(painter, box_of(layout.icon), icon, shade.icon)
        self._title(painter, layout, face, shade)
        if face.kind != "running":
            mark = f"ph.{MARKS[face.kind]}"
            self.looks.icons.paint(painter, box_of(layout.mark), mark, shade.mark)
        if layout.badge and face.badge:
            color = self.theme.color(f"status.{face.badge}")
            icon = f"ph.{BADGES[face.badge]}"
            self.looks.icons.paint(painter, box_of(layout.badge), icon, color)
        if face.comment:
            above = QRectF(2, -COMMENT, layout.width - 4, COMMENT - 2)
            self.texts.left(painter, face.comment, "caption", self._secondary(), above)

    def _title(self, painter: QPainter, layout: NodeLayout, face: Face, shade: Shade) -> None:
        room = box_of(layout.title_rect)
        if face.pinned:
            room.setRight(room.right() - _PIN - 4)
            middle = room.center().y()
            pin = QRectF(room.right() + 4, middle - _PIN / 2, _PIN, _PIN)
            self.looks.icons.paint(painter, pin, "ph.push-pin-fill", shade.faint)
        self.texts.left(painter, layout.title, "label_strong", shade.title, room, "middle")

    def _content(
        self, painter: QPainter, layout: NodeLayout, face: Face, shade: Shade,
        thumbnail: QImage | None, hairline: float,
    ) -> None:  # fmt: skip
        self._labels(painter, layout, shade)
        counts = dict(face.counts)
        for row in layout.rows:
            missing = face.kind == "missing_model" and row.kind == "file"
            self._fields.paint(
                painter, row, shade, hairline, missing=missing, count=counts.get(row.name, "")
            )
        if layout.thumbnail:
            self._thumbnail(painter, layout.thumbnail, thumbnail, shade)
        if layout.words:
            self._fields.said(painter, box_of(layout.words), face.words, shade, hairline)
        if layout.strip:
            self._strip(painter, box_of(layout.strip), face)

    def _labels(self, painter: QPainter, layout: NodeLayout, shade: Shade) -> None:
        """Write the names of sockets; two that share a row share its width."""
        start = self.theme.node("label_x")
        free: dict[float, float] = {}
        for socket in layout.sockets:
            if not socket.label:
                continue
            y = socket.at[1]
            if socket.side == "input":
                color = shade.text
                if socket.shape == "optional" and not socket.linked:
                    color = shade.faint
                room = QRectF(start, y - 8, layout.width - 2 * start, 16)
                self.texts.left(painter, socket.label, "label", color, room)
                free[y] = start + self.texts.width(socket.label, "label") + start
            else:
                left = min(free.get(y, start), layout.width - 3 * start)
                room = QRectF(left, y - 8, layout.width - start - left, 16)
                self.texts.right(painter, socket.label, "label", shade.text, room)

    def _thumbnail(
        self, painter: QPainter, rect: Rect, thumbnail: QImage | None, shade: Shade
    ) -> None:
        target = box_of(rect)
        if thumbnail is None:
            radius = self.theme.node("thumb_radius")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shade.field)
            painter.drawRoundedRect(target, radius, radius)
            return
        painter.setOpacity(shade.picture)
        painter.drawImage(target, thumbnail, QRectF(thumbnail.rect()))
        painter.setOpacity(1.0)

    def _strip(self, painter: QPainter, rect: QRectF, face: Face) -> None:
        alarm = _ALARMS.get(face.kind, face.badge or "info")
        radius = self.theme.radius("control")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color(f"status_soft.{alarm}"))
        painter.drawRoundedRect(rect, radius, radius)
        line = self.theme.line("caption")
        inner = rect.adjusted(_STRIP_PAD, 6, -_STRIP_PAD, -6)
        primary = self.theme.color("text.primary")
        room = inner.adjusted(0, 0, 0, -line if face.fix else 0)
        end = self.texts.wrapped(painter, face.text, "caption_strong", primary, room, line)
        if face.fix:
            foot = QRectF(inner.left(), end + 1, inner.width(), line)
            color = self.theme.color(f"status.{alarm}")
            self.texts.left(painter, face.fix, "caption_bold", color, foot)

    def _footer(
        self, painter: QPainter, rect: Rect, left: str, right: str, color: QColor,
        lit: QColor | None = None,
    ) -> None:  # fmt: skip
        room = box_of(rect)
        faint = self.theme.color("text.muted") if lit is None else color
        begin = self.texts.right(painter, right, "footer", faint, room) if right else room.right()
        room.setRight(max(begin - 8, room.left()))
        role = "footer_strong" if lit else "footer"
        self.texts.left(painter, left, role, lit or faint, room)

    def _arc(
        self, painter: QPainter, rect: QRectF, share: float, color: QColor, track: QColor
    ) -> None:
        inset = _ARC / 2 + 0.5
        box = rect.adjusted(inset, inset, -inset, -inset)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(track, _ARC))
        painter.drawEllipse(box)
        painter.setPen(QPen(color, _ARC, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(box, 90 * 16, round(-360 * 16 * min(max(share, 0.0), 1.0)))

    def _nubs(self, painter: QPainter, layout: NodeLayout) -> None:
        wide, high = _NUB
        middle, moat = layout.height / 2, self.theme.node("socket_moat")
        painter.setPen(Qt.PenStyle.NoPen)
        for side, x in (("input", 0.0), ("output", layout.width)):
            if any(socket.side == side for socket in layout.sockets):
                box = QRectF(x - wide / 2, middle - high / 2, wide, high)
                painter.setBrush(self.theme.color("bg.canvas"))
                painter.drawRoundedRect(box.adjusted(-moat, -moat, moat, moat), 4, 4)
                painter.setBrush(self.theme.color("text.muted"))
                painter.drawRoundedRect(box, wide / 2, wide / 2)

    def _secondary(self) -> QColor:
        return self.theme.color("text.secondary")

    def _mark_pixmap(
        self, kind: str, shape: Literal["one", "many", "optional"], scale: float, color: str,
        plain: bool,
    ) -> QPixmap:  # fmt: skip
        """Draw a socket with its moat, at the device's own pixels."""
        radius, moat = self.theme.node("socket_radius"), self.theme.node("socket_moat")
        size = math.ceil(2 * (radius + moat + 0.5) * scale)
        made = QPixmap(size, size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(size / 2, size / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("bg.canvas"))
        ground = (radius + moat) * scale
        if shape == "many":
            side = ground * 0.94
            box = QRectF(middle.x() - side, middle.y() - side, 2 * side, 2 * side)
            painter.drawRoundedRect(box, side * 0.45, side * 0.45)
        else:
            painter.drawEllipse(middle, ground, ground)
        tint = QColor(color) if color else type_color(self.theme, kind)
        paint_mark(
            painter, self.theme, kind, shape, middle, radius * scale, plain=plain, color=tint
        )
        painter.end()
        return made


def hair(scale: float) -> float:
    """Return the width of the thinnest line in units: one device pixel, two on fine screens."""
    return (1.0 if scale <= 1.5 else 2.0) / scale


def box_of(rect: Rect) -> QRectF:
    """Return a rectangle as Qt has it."""
    return QRectF(rect[0], rect[1], rect[2] - rect[0], rect[3] - rect[1])
