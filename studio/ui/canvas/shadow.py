"""The soft shadow under nodes, drawn once for each size and scale."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from studio.ui.looks.theme import Theme

DOWN, BLUR = 2.0, 6.0
REACH = DOWN + BLUR
"""How far it reaches below a node."""
_STEPS = 6
_HELD = 32


class Shadow:
    """Paints the shadow of rounded boxes.

    Args:
        theme: Has its colour and the radius of the boxes.
    """

    def __init__(self, theme: Theme) -> None:
        self._color = theme.color("shadow.node")
        self._radius = theme.radius("node")
        self._corners = lru_cache(_HELD)(self._draw)
        self._whole = lru_cache(_HELD)(self._around)

    def paint(self, painter: QPainter, width: float, height: float, scale: float) -> None:
        """Paint the shadow of a box at the origin; the box itself hides its middle."""
        margin = math.ceil(REACH * scale) / scale
        painter.drawPixmap(QPointF(-margin, -margin), self._whole(width, height, scale))

    def _around(self, width: float, height: float, scale: float) -> QPixmap:
        """Stretch the shadow of the smallest box around one of this size."""
        margin = math.ceil(REACH * scale)
        drawn = QPixmap(
            math.ceil(width * scale) + 2 * margin, math.ceil(height * scale) + 2 * margin
        )
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(margin, margin)
        painter.scale(scale, scale)
        self._stretched(painter, width, height, scale)
        painter.end()
        drawn.setDevicePixelRatio(scale)
        return drawn

    def _stretched(self, painter: QPainter, width: float, height: float, scale: float) -> None:
        made = self._corners(scale)
        side = (made.width() - 1) / 2
        inner = side / scale - BLUR
        xs = (-BLUR, inner, width - inner, width + BLUR)
        ys = (DOWN - BLUR, DOWN + inner, DOWN + height - inner, DOWN + height + BLUR)
        cuts = (0.0, side, side + 1, 2 * side + 1)
        for across, down in product(range(3), range(3)):
            if (across, down) != (1, 1):
                target = QRectF(
                    xs[across], ys[down], xs[across + 1] - xs[across], ys[down + 1] - ys[down]
                )
                source = QRectF(
                    cuts[across], cuts[down],
                    cuts[across + 1] - cuts[across], cuts[down + 1] - cuts[down],
                )  # fmt: skip
                painter.drawPixmap(target, made, source)

    def _draw(self, scale: float) -> QPixmap:
        """Draw the shadow of the smallest box: its corners and one pixel between them."""
        side = math.ceil((BLUR + self._radius + 2) * scale)
        size = 2 * side + 1
        made = QPixmap(size, size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for step in range(_STEPS):
            inset = step * BLUR / _STEPS * scale
            layer = QColor(self._color)
            # Layers lie over each other: the outer ones are faint, all together are the colour.
            layer.setAlphaF(self._color.alphaF() * (step + 1) * 2 / (_STEPS * (_STEPS + 1)))
            painter.setBrush(layer)
            radius = (self._radius + BLUR) * scale - inset
            painter.drawRoundedRect(
                QRectF(inset, inset, size - 2 * inset, size - 2 * inset), radius, radius
            )
        painter.end()
        return made
