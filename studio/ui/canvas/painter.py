"""Paints the canvas: the ground, frames, links, nodes, and what a gesture shows over them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QRectF, QThreadPool, Signal
from PySide6.QtGui import QImage, QPainter, QRegion

from studio.canvas.state import Camera, Point, Rect
from studio.ui.canvas.backdrop import Backdrop
from studio.ui.canvas.counts import Counts
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.links_layer import LinksLayer
from studio.ui.canvas.minimap import Minimap, minimap_hit, minimap_rect
from studio.ui.canvas.node_painter import NodePainter
from studio.ui.canvas.nodes_layer import FAR, NodesLayer
from studio.ui.canvas.overlays import Overlays
from studio.ui.canvas.pictures import Pictures
from studio.ui.canvas.scenery import Scenery
from studio.ui.canvas.sight import Sight
from studio.ui.canvas.tints import Tints
from studio.ui.looks.looks import Looks
from studio.ui.looks.theme import Theme

if TYPE_CHECKING:
    from studio.canvas.scene import Scene

_MOST_PARTS = 24
"""More parts than these are painted as the rectangle around them."""
_CURVES = 100
"""How many curves of links are painted on a page at once."""
_CLOSE = 300 * 300
"""Parts within so many pixels are painted as one, too; it costs less than to tell them apart."""


class Painter(QObject):
    """Paints scenes.

    Args:
        looks: Theme, fonts and icons.
        pictures: Gives the picture of a node, if it is held.
        seconds_of: How long a node took; for the timings.
        parent: Owner in Qt's tree.
    """

    ready = Signal(object)
    """Ids of nodes that look different now: a picture was scaled, a prompt counted."""

    def __init__(
        self,
        looks: Looks,
        pictures: Callable[[str], QImage | None],
        seconds_of: Callable[[str], float | None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._looks = looks
        self._seconds_of = seconds_of
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self.pictures = Pictures(pictures, self._pool, self)
        self.counts = Counts(self._pool, self)
        self.pictures.ready.connect(self._renew)
        self.counts.ready.connect(self._renew)
        self._last: tuple[Scene, Frame] | None = None
        self._dress()

    @property
    def waiting(self) -> bool:
        """Whether pictures are being scaled or prompts counted."""
        return self.pictures.busy or self.counts.busy

    def paint(self, painter: QPainter, scene: Scene, frame: Frame) -> None:
        """Paint what is dirty."""
        self._redress()
        self._last = (scene, frame)
        self.tints.follow(scene)
        sight = self._clip(painter, frame)
        self._paint_below(painter, scene, frame, sight)
        self.layer.paint(painter, scene, frame, sight)
        if frame.timings and self._seconds_of and frame.camera.zoom >= FAR:
            self.overlays.timings(painter, scene, frame, sight, self._seconds_of)
        self.overlays.paint(painter, scene, frame, sight)
        if frame.minimap and _reaches(frame, minimap_rect(self.theme, frame.size)):
            self.minimap.paint(painter, scene, frame)

    def _paint_below(self, painter: QPainter, scene: Scene, frame: Frame, sight: Sight) -> None:
        def draw(brush: QPainter, whole: bool) -> None:
            seen = Sight(frame.camera.seen(*frame.size)) if whole else sight
            self.scenery.ground(brush, frame, seen)
            self.scenery.frames(brush, scene, frame, seen)
            self.links.paint(brush, scene, frame, seen)
            self.scenery.notes(brush, scene, frame, seen)

        if frame.camera.zoom < FAR:
            self._backdrop.paint(painter, scene, frame, draw)
        else:
            self._backdrop.clear()
            draw(painter, False)

    def on_page(self, painter: QPainter, scene: Scene, frame: Frame) -> Iterator[float]:
        """Paint all of the graph as on paper: no grid, no pixmaps, nothing of a gesture.

        It is painted a little at each step, which tells the share that is done; what the widget
        shows may be painted in between.
        """
        self._redress()
        layer, scenery, tints = self.layer, self.scenery, Tints(self.nodes.shades)
        links, sight = LinksLayer(self.theme, tints), Sight(frame.camera.seen(*frame.size))
        tints.follow(scene)
        scenery.frames(painter, scene, frame, sight)
        curves = sight.curves(scene)
        count = len(curves) + len(scene.ids)
        for start in range(0, len(curves), _CURVES):
            yield start / count
            links.paint(painter, scene, frame, sight, curves[start : start + _CURVES])
        scenery.notes(painter, scene, frame, sight)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for done, node in enumerate(scene.ids, len(curves)):
            yield done / count
            layer.on_page(painter, scene, frame, node)

    def settled(self) -> bool:
        """Tell whether all that was painted last is exact."""
        return not self.layer.blurred

    def refine(self, budget_ms: float) -> list[Rect]:
        """Draw exactly what was not; return the parts of the widget to paint again."""
        if self._last is None:
            return []
        return self.layer.refine(*self._last, budget_ms)

    def forget(self, nodes: Collection[str] | None = None) -> None:
        """Look at nodes again when they are painted next; ``None``: draw everything anew."""
        self.tints.doubt(nodes)
        self.layer.forget(nodes)
        if nodes is None:
            self.pictures.clear()

    def minimap_point(self, scene: Scene, frame: Frame, pixel: Point) -> Point | None:
        """Return the canvas point under a pixel of the minimap; none beside it."""
        return minimap_hit(self.nodes.theme, scene, frame, pixel)

    def close(self) -> None:
        """Wait for the thread, and forget what was drawn."""
        self._pool.clear()
        self._pool.waitForDone()
        self._last = None
        self.layer.forget(None)
        self.pictures.clear()

    def _dress(self) -> None:
        """Take the colours and fonts of the theme that is on."""
        self.theme: Theme = self._looks.theme
        self.nodes = NodePainter(self._looks)
        self.tints = Tints(self.nodes.shades)
        self.layer = NodesLayer(self.nodes, self.pictures, self.counts, self.tints)
        self.links = LinksLayer(self.theme, self.tints)
        self.scenery = Scenery(self._looks, self.nodes.texts)
        self.overlays = Overlays(self.nodes)
        self.minimap = Minimap(self.theme, self.layer, self.tints)
        self._backdrop = Backdrop(self.tints)

    def _redress(self) -> None:
        if self.theme is not self._looks.theme:
            self._dress()

    def _clip(self, painter: QPainter, frame: Frame) -> Sight:
        """Keep to what is dirty; return the parts of the canvas there."""
        if not frame.dirty:
            return Sight(frame.camera.seen(*frame.size))
        region = QRegion()
        rects = [
            QRectF(left, top, right - left, bottom - top).toAlignedRect()
            for left, top, right, bottom in frame.dirty
        ]
        for rect in rects:
            region += rect
        painter.setClipRegion(region)
        around = _on_canvas(region.boundingRect(), frame.camera)
        box = region.boundingRect()
        if not 1 < len(rects) <= _MOST_PARTS or box.width() * box.height() < _CLOSE:
            return Sight(around)
        return Sight(around, tuple(_on_canvas(rect, frame.camera) for rect in rects))

    def _renew(self, node: str) -> None:
        self.layer.forget([node])
        self.ready.emit(frozenset({node}))


def _on_canvas(rect: QRect, camera: Camera) -> Rect:
    """Return the part of the canvas under a part of the widget."""
    left, top = camera.to_canvas((rect.left(), rect.top()))
    right, bottom = camera.to_canvas((rect.left() + rect.width(), rect.top() + rect.height()))
    return left, top, right, bottom


def _reaches(frame: Frame, rect: Rect) -> bool:
    """Tell whether something in a rectangle of the widget is dirty."""
    return not frame.dirty or any(
        part[0] < rect[2] and part[2] > rect[0] and part[1] < rect[3] and part[3] > rect[1]
        for part in frame.dirty
    )
