"""Paints what lies over everything while a gesture runs: bands, links in flight, guides, ghosts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from studio.canvas.layout import Socket
from studio.canvas.state import Camera, Point, Rect
from studio.canvas.tools.base import Flight
from studio.ui.canvas.buffers import draw_curves, draw_lines
from studio.ui.canvas.node_painter import HALO, HALO_SHARE, NodePainter
from studio.ui.canvas.nodes_layer import NEAR
from studio.ui.canvas.sight import Sight
from studio.ui.looks.glyphs import type_color

if TYPE_CHECKING:
    from studio.canvas.scene import Scene
    from studio.ui.canvas.frame import Frame

_FLIGHT, _FLIGHT_DOT = 2.5, 4.0
_REFUSED_DASH = (3.0, 2.0)
_CROSS = 16.0
_BAND_SHARE, _DIM_SHARE = 0.14, 0.6
_CARD_WIDTH, _CARD_BELOW, _CARD_PAD = 300.0, 18.0, 10.0
_KEY = 16.0
_CHIP = (14.0, 5.0)
_SLOW = 0.5


class Overlays:
    """Paints overlays.

    Args:
        node_painter: Has theme, texts and sockets.
    """

    def __init__(self, node_painter: NodePainter) -> None:
        self._nodes = node_painter
        self._theme = node_painter.theme
        self._texts = node_painter.texts

    def paint(self, painter: QPainter, scene: Scene, frame: Frame, sight: Sight) -> None:
        """Paint what the running gesture shows."""
        overlay, camera = frame.overlay, frame.camera
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if camera.zoom >= NEAR:
            self._sockets(painter, scene, frame, sight)
        for rect in overlay.ghosts:
            self._ghost(painter, _box(rect, camera), camera.zoom)
        if overlay.hot_node in scene.graph.nodes:
            self._ghost(painter, _box(scene.rect(overlay.hot_node), camera), camera.zoom)
        painter.setPen(QPen(self._theme.color("accent.line"), 1.0))
        for start, end in overlay.guides:
            painter.drawLine(_point(start, camera), _point(end, camera))
        for flight in overlay.flights:
            self._flight(painter, scene, frame, flight)
        if overlay.stroke:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("status.error"), 1.5, Qt.PenStyle.DashLine))
            painter.drawPolyline(QPolygonF([_point(at, camera) for at in overlay.stroke]))
        if overlay.band:
            self._band(painter, _box(overlay.band, camera))
        refused = next((flight for flight in overlay.flights if flight.refused), None)
        if refused:
            self._card(painter, refused, frame)

    def timings(
        self, painter: QPainter, scene: Scene, frame: Frame, sight: Sight,
        seconds_of: Callable[[str], float | None],
    ) -> None:  # fmt: skip
        """Write over nodes how long they took; the bar says it beside the slowest in sight."""
        nodes = [scene.ids[row] for row in sight.nodes(scene).tolist()]
        taken = {node: found for node in nodes if (found := seconds_of(node)) is not None}
        slowest = max(taken.values(), default=0.0)
        for node, seconds in taken.items():
            left, top, right, _ = scene.rect(node)
            x, y = frame.camera.to_widget((left, top))
            wide = (right - left) * frame.camera.zoom
            self._timing(painter, QRectF(x, y, wide, 0), seconds, seconds / (slowest or 1.0))

    def _sockets(self, painter: QPainter, scene: Scene, frame: Frame, sight: Sight) -> None:
        """Light the sockets that fit, dim the others; show that of the row under the pointer."""
        fitting, hover = frame.overlay.fitting, frame.state.hover
        if fitting is None:
            if hover.kind in ("field", "socket") and hover.node in scene.graph.nodes:
                self._hovered(painter, scene, frame)
            return
        for row in sight.nodes(scene).tolist():
            node = scene.ids[row]
            layout = scene.layout(node)
            if layout.collapsed:
                continue
            self._enter(painter, scene, frame, node)
            for socket in layout.sockets:
                fits = (node, socket.side, socket.name) in fitting
                if fits or socket.shown:
                    self._candidate(painter, socket, frame, fits=fits)
            painter.restore()

    def _candidate(self, painter: QPainter, socket: Socket, frame: Frame, *, fits: bool) -> None:
        radius, moat = self._theme.node("socket_radius"), self._theme.node("socket_moat")
        color = type_color(self._theme, socket.type) if fits else self._theme.color("bg.canvas")
        shade = QColor(color)
        shade.setAlphaF(HALO_SHARE if fits else _DIM_SHARE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        around = radius + (HALO if fits else moat)
        painter.drawEllipse(QPointF(*socket.at), around, around)
        if fits:
            zoom = frame.camera.zoom
            self._nodes.socket(painter, socket, None, zoom * frame.ratio, zoom)

    def _hovered(self, painter: QPainter, scene: Scene, frame: Frame) -> None:
        """Show the socket of the row under the pointer, and a halo around a socket."""
        hover = frame.state.hover
        socket = scene.layout(hover.node).socket(hover.side or "input", hover.name)
        if socket is None or scene.layout(hover.node).collapsed:
            return
        self._enter(painter, scene, frame, hover.node)
        if hover.kind == "socket":
            self._candidate(painter, socket, frame, fits=True)
        elif not socket.shown:
            zoom = frame.camera.zoom
            self._nodes.socket(painter, socket, None, zoom * frame.ratio, zoom)
        painter.restore()

    def _enter(self, painter: QPainter, scene: Scene, frame: Frame, node: str) -> None:
        painter.save()
        painter.translate(_point(scene.rect(node)[:2], frame.camera))
        painter.scale(frame.camera.zoom, frame.camera.zoom)

    def _ghost(self, painter: QPainter, box: QRectF, zoom: float) -> None:
        accent = QColor(self._theme.color("accent.line"))
        painter.setPen(QPen(accent, 1.5, Qt.PenStyle.DashLine))
        accent.setAlphaF(_BAND_SHARE)
        painter.setBrush(accent)
        radius = self._theme.radius("node") * zoom
        painter.drawRoundedRect(box, radius, radius)

    def _band(self, painter: QPainter, box: QRectF) -> None:
        accent = QColor(self._theme.color("accent.line"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(accent, 1.0))
        accent.setAlphaF(_BAND_SHARE)
        painter.setBrush(accent)
        painter.drawRect(box)

    def _flight(self, painter: QPainter, scene: Scene, frame: Frame, flight: Flight) -> None:
        """Paint a link that is being drawn."""
        zoom, refused = frame.camera.zoom, bool(flight.refused)
        name = self._theme.color("status.error") if refused else None
        color = name or type_color(self._theme, flight.type)
        pen = QPen(color, max(_FLIGHT * zoom, 1.5))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if refused else Qt.PenCapStyle.RoundCap)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        lines = scene.curve(flight.start, flight.end)
        camera = frame.camera
        places = (lines - [camera.x, camera.y, camera.x, camera.y]) * zoom
        if refused:
            pen.setDashPattern([*_REFUSED_DASH])
            painter.setPen(pen)
            draw_curves(painter, places[None])
        else:
            painter.setPen(pen)
            draw_lines(painter, places)
        end = _point(flight.end, camera)
        if refused:
            box = QRectF(end.x() - _CROSS / 2, end.y() - _CROSS / 2, _CROSS, _CROSS)
            self._nodes.looks.icons.paint(painter, box, "ph.x-circle-fill", color)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(end, _FLIGHT_DOT * max(zoom, 0.5), _FLIGHT_DOT * max(zoom, 0.5))

    def _card(self, painter: QPainter, flight: Flight, frame: Frame) -> None:
        """Say below the pointer why a link is refused, and what would fit."""
        text, line = flight.refused, self._theme.line("label")
        inner = _CARD_WIDTH - 2 * _CARD_PAD
        lines = max(math.ceil(self._texts.width(text, "label") * 1.08 / inner), 1)
        wide = _CARD_WIDTH
        if lines == 1 and not flight.choices:
            wide = self._texts.width(text, "label") + 2 * _CARD_PAD + 2
        high = 2 * _CARD_PAD + line * lines + (line + 4) * len(flight.choices)
        at = _point(flight.end, frame.camera) + QPointF(0, _CARD_BELOW)
        x = min(max(at.x() - wide / 2, 8.0), max(frame.size[0] - wide - 8, 8.0))
        y = at.y() if at.y() + high < frame.size[1] - 8 else at.y() - high - 2 * _CARD_BELOW
        box = QRectF(x, y, wide, high)
        radius = self._theme.radius("card")
        painter.setPen(QPen(self._theme.color("border.default"), 1.0))
        painter.setBrush(self._theme.color("bg.raised"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        room = QRectF(x + _CARD_PAD, y + _CARD_PAD, wide - 2 * _CARD_PAD, line * lines)
        primary = self._theme.color("text.primary")
        self._texts.wrapped(painter, text, "label", primary, room, line)
        for number, choice in enumerate(flight.choices[:3], 1):
            top = room.bottom() + 4 + (line + 4) * (number - 1)
            self._choice(painter, QRectF(room.left(), top, room.width(), line), number, choice)

    def _choice(self, painter: QPainter, room: QRectF, number: int, choice: str) -> None:
        key = QRectF(room.left(), room.center().y() - _KEY / 2, _KEY, _KEY)
        painter.setPen(QPen(self._theme.color("border.default"), 1.0))
        painter.setBrush(self._theme.color("bg.field"))
        painter.drawRoundedRect(key.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        secondary = self._theme.color("text.secondary")
        digit = QPointF(
            key.center().x() - self._texts.width(str(number), "caption") / 2, key.center().y()
        )
        self._texts.draw(painter, str(number), "caption", secondary, digit)
        room.setLeft(key.right() + 8)
        self._texts.left(painter, choice, "label", secondary, room, "middle")

    def _timing(self, painter: QPainter, top: QRectF, seconds: float, share: float) -> None:
        high, pad = _CHIP
        text = f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"
        wide = self._texts.width(text, "footer") + 2 * pad
        box = QRectF(top.right() - wide, top.top() - high - 6, wide, high)
        slow = share > _SLOW
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("status_soft.warning" if slow else "bg.raised"))
        painter.drawRoundedRect(box, 3, 3)
        bar = QRectF(top.left(), top.top() - 5, top.width() * share, 2)
        painter.setBrush(self._theme.color("status.warning" if slow else "text.muted"))
        painter.drawRoundedRect(bar, 1, 1)
        color = self._theme.color("status.warning" if slow else "text.secondary")
        self._texts.draw(
            painter, text, "footer", color, QPointF(box.left() + pad, box.center().y())
        )


def _point(at: Point, camera: Camera) -> QPointF:
    return QPointF(*camera.to_widget(at))


def _box(rect: Rect, camera: Camera) -> QRectF:
    return QRectF(_point(rect[:2], camera), _point(rect[2:], camera)).normalized()
