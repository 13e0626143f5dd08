"""The whole graph in a corner of the canvas, and which part of it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.canvas.state import Camera, Point, Rect
from studio.ui.canvas.nodes_layer import NodesLayer
from studio.ui.theme import Theme

if TYPE_CHECKING:
    from studio.canvas.scene import Scene
    from studio.ui.canvas.painter import Frame

_PAD, _GROUND, _SEEN = 5.0, 0.92, 0.06


def minimap_rect(theme: Theme, size: Point) -> Rect:
    """Return where the minimap is in a widget of this size."""
    tokens = theme.tokens["minimap"]
    right, bottom = size[0] - tokens["margin"], size[1] - tokens["margin"]
    return right - tokens["width"], bottom - tokens["height"], right, bottom


def paint_minimap(
    painter: QPainter, theme: Theme, scene: Scene, frame: Frame, nodes: NodesLayer
) -> None:
    """Paint the minimap."""
    box = QRectF(*_sized(minimap_rect(theme, frame.size)))
    ground = QColor(theme.color("bg.panel"))
    ground.setAlphaF(_GROUND)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("border.default"), 1.0))
    painter.setBrush(ground)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    camera = _camera(scene, theme, frame)
    if camera is None:
        return
    painter.save()
    painter.setClipRect(box.adjusted(1, 1, -1, -1), Qt.ClipOperation.IntersectClip)
    nodes.boxes(painter, scene, camera, np.arange(len(scene.ids)))
    seen = frame.camera.seen(*frame.size)
    part = QRectF(QPointF(*camera.to_widget(seen[:2])), QPointF(*camera.to_widget(seen[2:])))
    lit = QColor(theme.color("text.primary"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("text.secondary"), 1.0))
    lit.setAlphaF(_SEEN)
    painter.setBrush(lit)
    painter.drawRoundedRect(part.intersected(box.adjusted(2, 2, -2, -2)), 3, 3)
    painter.restore()


def minimap_hit(theme: Theme, scene: Scene, frame: Frame, pixel: Point) -> Point | None:
    """Return the canvas point under a pixel of the minimap; none beside it."""
    left, top, right, bottom = minimap_rect(theme, frame.size)
    camera = _camera(scene, theme, frame)
    if camera is None or not (left <= pixel[0] <= right and top <= pixel[1] <= bottom):
        return None
    return camera.to_canvas(pixel)


def _camera(scene: Scene, theme: Theme, frame: Frame) -> Camera | None:
    """Return the camera that shows everything in the minimap, what is seen too."""
    bounds = scene.bounds()
    if bounds is None:
        return None
    left, top, right, bottom = minimap_rect(theme, frame.size)
    wide, high = right - left - 2 * _PAD, bottom - top - 2 * _PAD
    zoom = min(wide / max(bounds[2] - bounds[0], 1.0), high / max(bounds[3] - bounds[1], 1.0))
    middle = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    return Camera(middle[0] - x / zoom, middle[1] - y / zoom, zoom)


def _sized(rect: Rect) -> tuple[float, float, float, float]:
    return rect[0], rect[1], rect[2] - rect[0], rect[3] - rect[1]
