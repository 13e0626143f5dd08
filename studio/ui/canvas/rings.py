"""Paints the rings of chosen nodes and of the one that the keyboard is at."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from studio.canvas.layout import NodeLayout
from studio.ui.canvas.face import Face
from studio.ui.canvas.node_painter import NodePainter, hair
from studio.ui.canvas.pixmaps import Drawn

_MOST = 256
"""So many nodes are held with their rings."""


@dataclass(frozen=True, slots=True)
class Ringed:
    """A node that has rings.

    Attributes:
        layout: Its parts.
        face: What it shows.
        zoom: Of the canvas.
        scale: Device pixels for one of the canvas.
        whole: Whether it is drawn with its sockets.
    """

    layout: NodeLayout
    face: Face
    zoom: float
    scale: float
    whole: bool


class Rings:
    """Paints rings.

    Args:
        nodes: Paints nodes.
    """

    def __init__(self, nodes: NodePainter) -> None:
        self._nodes = nodes
        self._held: dict[str, tuple[Drawn, Drawn]] = {}

    def clear(self) -> None:
        """Forget what was drawn."""
        self._held.clear()

    def around(self, node: str, drawn: Drawn, zoom: float, ratio: float, *, whole: bool) -> Drawn:
        """Return a drawn node with the ring of a chosen one; drawn once, as the node is.

        Args:
            node: Its id.
            drawn: The node without the ring.
            zoom: Of the canvas.
            ratio: Device pixels for one of the widget.
            whole: Whether it is drawn with its sockets.
        """
        held = self._held.get(node)
        if held is None or held[0] is not drawn:
            if len(self._held) >= _MOST:
                self._held.clear()
            look = Ringed(drawn.layout, drawn.face, zoom, drawn.scale, whole)
            held = self._held[node] = drawn, self._drawn(drawn, look, ratio)
        return held[1]

    def paint(
        self, painter: QPainter, look: Ringed, left: float, top: float, *,
        chosen: bool, focused: bool,
    ) -> None:  # fmt: skip
        """Paint the rings of a node whose corner is at a point of the widget."""
        theme, layout, zoom = self._nodes.theme, look.layout, look.zoom
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        box = QRectF(left, top, layout.width * zoom, layout.height * zoom)
        if chosen:
            offset, width = self._ring_of(look.scale)
            pen = QPen(theme.color("selection"), width * zoom)
            self._ring(painter, box, (offset + width / 2) * zoom, pen, zoom)
        if focused:  # its offset is that of its middle, so that both rings stay apart
            width = max(theme.node("focus_ring"), hair(look.scale))
            pen = QPen(theme.color("focus"), width * zoom)
            self._ring(painter, box, theme.node("focus_offset") * zoom, pen, zoom)
        if look.whole and not layout.collapsed:
            self._coins(painter, look, left, top)

    def _drawn(self, drawn: Drawn, look: Ringed, ratio: float) -> Drawn:
        more = max(math.ceil((sum(self._ring_of(look.scale)) + 1) * look.scale) - drawn.margin, 0)
        pixmap = QPixmap(drawn.pixmap.width() + 2 * more, drawn.pixmap.height() + 2 * more)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter, margin = QPainter(pixmap), drawn.margin + more
        painter.drawPixmap(QPointF(more / ratio, more / ratio), drawn.pixmap)
        self.paint(painter, look, margin / ratio, margin / ratio, chosen=True, focused=False)
        painter.end()
        return replace(drawn, pixmap=pixmap, margin=margin)

    def _ring_of(self, scale: float) -> tuple[float, float]:
        """Return how far the ring of a chosen node is from it, and how wide."""
        theme = self._nodes.theme
        return theme.node("selected_offset"), max(theme.node("selected_ring"), hair(scale))

    def _ring(self, painter: QPainter, box: QRectF, offset: float, pen: QPen, zoom: float) -> None:
        painter.setPen(pen)
        radius = self._nodes.theme.radius("node") * zoom + offset
        painter.drawRoundedRect(box.adjusted(-offset, -offset, offset, offset), radius, radius)

    def _coins(self, painter: QPainter, look: Ringed, left: float, top: float) -> None:
        """Paint the sockets again, over the ring."""
        color = self._nodes.shades.of(look.face.dress(look.layout.category)).socket
        for socket in look.layout.sockets:
            if socket.shown:
                coin = self._nodes.coin(socket, color, look.scale, look.zoom)
                size = coin.width() * look.zoom / look.scale
                x, y = left + socket.at[0] * look.zoom, top + socket.at[1] * look.zoom
                place = QRectF(x - size / 2, y - size / 2, size, size)
                painter.drawPixmap(place, coin, QRectF(coin.rect()))
