"""The whole graph in a corner of the canvas, and which part of it is seen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from studio.canvas.state import Camera, Point, Rect
from studio.core.view import View
from studio.ui.canvas.nodes_layer import NodesLayer
from studio.ui.canvas.tints import Tints
from studio.ui.looks.theme import Theme

if TYPE_CHECKING:
    from studio.canvas.scene import Scene
    from studio.ui.canvas.frame import Frame

_PAD, _GROUND, _SEEN = 5.0, 0.92, 0.06


def minimap_rect(theme: Theme, size: Point) -> Rect:
    """Return where the minimap is in a widget of this size."""
    tokens = theme.tokens["minimap"]
    right, bottom = size[0] - tokens["margin"], size[1] - tokens["margin"]
    return right - tokens["width"], bottom - tokens["height"], right, bottom


class Minimap:
    """Paints the minimap; the nodes in it are drawn once until one of them is another.

    Args:
        theme: Has the colours.
        nodes: Paints boxes.
        tints: Has their colours.
    """

    def __init__(self, theme: Theme, nodes: NodesLayer, tints: Tints) -> None:
        self._theme = theme
        self._nodes = nodes
        self._tints = tints
        self._look: tuple[object, ...] = ()
        self._places: tuple[object, ...] = ()
        self._view: View | None = None
        self._camera: Camera | None = None
        self._drawn = QPixmap()

    def paint(self, painter: QPainter, scene: Scene, frame: Frame) -> None:
        """Paint it."""
        theme = self._theme
        box = QRectF(*_sized(minimap_rect(theme, frame.size)))
        self._follow(scene, frame, box)
        camera = self._camera
        painter.drawPixmap(box.topLeft(), self._drawn)
        if camera is None:
            return
        seen = frame.camera.seen(*frame.size)
        part = QRectF(QPointF(*camera.to_widget(seen[:2])), QPointF(*camera.to_widget(seen[2:])))
        part = part.translated(box.topLeft())
        lit = QColor(theme.color("text.primary"))
        lit.setAlphaF(_SEEN)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("text.secondary"), 1.0))
        painter.setBrush(lit)
        painter.drawRoundedRect(part.intersected(box.adjusted(2, 2, -2, -2)), 3, 3)

    def _follow(self, scene: Scene, frame: Frame, box: QRectF) -> None:
        """Draw the ground with all nodes anew, if it is another; places only between gestures."""
        look = (frame.ratio, self._tints.reads)
        places, view = (scene, scene.moves, box), scene.graph.view
        same = view is self._view and places == self._places
        if look == self._look and (frame.moving or same):
            return
        if not same:
            self._camera = _camera(scene, self._theme, frame)
        self._look, self._places, self._view = look, places, view
        self._drawn = self._draw(scene, self._camera, box, frame.ratio)

    def _draw(self, scene: Scene, camera: Camera | None, box: QRectF, ratio: float) -> QPixmap:
        theme = self._theme
        made = QPixmap(math.ceil(box.width() * ratio), math.ceil(box.height() * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        ground = QColor(theme.color("bg.panel"))
        ground.setAlphaF(_GROUND)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("border.default"), 1.0))
        painter.setBrush(ground)
        radius = theme.radius("card")
        inner = QRectF(0, 0, box.width(), box.height()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(inner, radius, radius)
        if camera is not None:
            self._nodes.boxes(painter, scene, camera, np.arange(len(scene.ids)))
        painter.end()
        return made


def minimap_hit(theme: Theme, scene: Scene, frame: Frame, pixel: Point) -> Point | None:
    """Return the canvas point under a pixel of the minimap; none beside it."""
    left, top, right, bottom = minimap_rect(theme, frame.size)
    camera = _camera(scene, theme, frame)
    if camera is None or not (left <= pixel[0] <= right and top <= pixel[1] <= bottom):
        return None
    return camera.to_canvas((pixel[0] - left, pixel[1] - top))


def _camera(scene: Scene, theme: Theme, frame: Frame) -> Camera | None:
    """Return the camera that shows everything, from the left top of the minimap."""
    bounds = scene.bounds()
    if bounds is None:
        return None
    left, top, right, bottom = minimap_rect(theme, frame.size)
    wide, high = right - left, bottom - top
    across, down = max(bounds[2] - bounds[0], 1.0), max(bounds[3] - bounds[1], 1.0)
    zoom = min((wide - 2 * _PAD) / across, (high - 2 * _PAD) / down)
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    return Camera(x - wide / 2 / zoom, y - high / 2 / zoom, zoom)


def _sized(rect: Rect) -> tuple[float, float, float, float]:
    return rect[0], rect[1], rect[2] - rect[0], rect[3] - rect[1]
