"""Paints the nodes in sight: boxes from far away, cards, or all of them from pixmaps.

What has no exact pixmap yet is drawn from another one, or as a box, and made exact within a budget
of time; so no frame waits for many nodes.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from studio.canvas.index import Rows
from studio.canvas.layout import NodeLayout
from studio.canvas.state import Camera, Rect
from studio.ui.canvas.buffers import fill_boxes, runs
from studio.ui.canvas.counts import Counts
from studio.ui.canvas.face import Face
from studio.ui.canvas.node_painter import NodePainter, hair
from studio.ui.canvas.pictures import Pictures
from studio.ui.canvas.pixmaps import Drawn, Pixmaps
from studio.ui.canvas.rings import Ringed, Rings
from studio.ui.canvas.sight import Sight
from studio.ui.canvas.tints import Tints

if TYPE_CHECKING:
    from studio.canvas.scene import Scene
    from studio.ui.canvas.frame import Frame

BOXES, CARDS, FULL = 0, 1, 2
FAR, TITLED, NEAR = 0.22, 0.33, 0.45
"""Zooms from which nodes are cards, cards have titles, and nodes are drawn whole."""
BUDGET_MS = 6.0
LEAST = 8
"""Nodes that each frame draws anew, however long they take."""
_MARGIN = 9.0
_AHEAD = 300.0
"""How far beyond what is seen nodes are drawn while the canvas is pushed."""
_BLUR = 1.3
"""How much another size of a pixmap may be stretched while the zoom changes."""


@dataclass(slots=True)
class _Pass:
    """One painting of the nodes."""

    scene: Scene
    frame: Frame
    scale: float
    detail: int
    zooming: bool
    deadline: float
    made: int = 0

    @property
    def has_time(self) -> bool:
        # While the zoom changes there is a pixmap or a box to show, and smoothness comes first.
        return self.made < (1 if self.zooming else LEAST) or perf_counter() < self.deadline


class NodesLayer:
    """Paints nodes.

    Args:
        node_painter: Paints one.
        pictures: Has the thumbnails.
        counts: Has the tokens of prompts.
        tints: Colours for boxes.
    """

    def __init__(
        self, node_painter: NodePainter, pictures: Pictures, counts: Counts, tints: Tints
    ) -> None:
        self.nodes = node_painter
        self.pixmaps = Pixmaps()
        self.blurred: dict[str, None] = {}
        self._pictures = pictures
        self._counts = counts
        self._tints = tints
        self.rings = Rings(node_painter)
        self._zoom = 0.0
        self._camera = Camera()

    def forget(self, nodes: Collection[str] | None) -> None:
        """Compare nodes again when they are shown next; ``None``: draw all of them anew."""
        if nodes is None:
            self.pixmaps.clear()
            self.blurred.clear()
            self.rings.clear()
        else:
            self.pixmaps.doubt(nodes)

    def paint(self, painter: QPainter, scene: Scene, frame: Frame, sight: Sight) -> None:
        """Paint the nodes in a part of the canvas."""
        rows = sight.nodes(scene)
        zoom = frame.camera.zoom
        if zoom < FAR:
            self.blurred.clear()
            self.boxes(painter, scene, frame.camera, rows)
            self._zoom = zoom
            return
        work = self._pass(scene, frame, BUDGET_MS)
        self._zoom = zoom
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        chosen, focus = frame.state.selection.nodes, frame.state.focus
        places = scene.rects[rows, :2] - (frame.camera.x, frame.camera.y)
        places = np.round(places * (zoom * frame.ratio)) / frame.ratio
        for row, (left, top) in zip(rows.tolist(), places.tolist(), strict=True):
            node = scene.ids[row]
            drawn = self._exact(node, work)
            if drawn and drawn.face.kind != "running" and node not in chosen and node != focus:
                margin = drawn.margin / frame.ratio  # as nearly all are
                painter.drawPixmap(QPointF(left - margin, top - margin), drawn.pixmap)
                continue
            shown = {"chosen": node in chosen, "focused": node == focus}
            self._node(painter, node, row, left, top, work, drawn, **shown)
        self._prepare(work)

    def boxes(self, painter: QPainter, scene: Scene, camera: Camera, rows: Rows) -> None:
        """Paint nodes as boxes of one colour, all of a colour at once."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        codes = self._tints.codes[rows]
        many = bool((codes != codes[:1]).any())
        order = np.argsort(codes, kind="stable") if many else slice(None)
        places = scene.rects[rows[order]]
        places -= [camera.x, camera.y] * 2
        places *= camera.zoom
        places[:, 2:] = np.maximum(places[:, 2:], places[:, :2] + 1)
        for code, part in runs(codes[order]):
            painter.setBrush(self._tints.colors[code])
            fill_boxes(painter, places[part])

    def refine(self, scene: Scene, frame: Frame, budget_ms: float) -> list[Rect]:
        """Draw nodes exactly that were shown otherwise; return where they are in the widget."""
        work = self._pass(scene, frame, budget_ms)
        work.zooming = False
        sharp: list[Rect] = []
        for node in [*self.blurred]:
            if not work.has_time:
                break
            del self.blurred[node]
            if node in scene.graph.nodes:
                self._drawn(node, work, exact=True)
                sharp.append(_reach(scene.rect(node), frame.camera))
        return sharp

    def on_page(self, painter: QPainter, scene: Scene, frame: Frame, node: str) -> None:
        """Paint a node anew and whole, as on paper."""
        zoom, layout = frame.camera.zoom, scene.layout(node)
        state, image = scene.state(node), None
        if layout.thumbnail and state.picture:
            image = self._pictures.now(node, *self._thumbnail_size(layout, zoom))
        painter.save()
        painter.translate(*frame.camera.to_widget(scene.rect(node)[:2]))
        painter.scale(zoom, zoom)
        face = self.face(scene, node, frame, image)
        self.nodes.paint(painter, layout, face, image, zoom, zoom=zoom)
        if state.kind == "running":
            shade = self.nodes.shades.of(face.dress(layout.category))
            self.nodes.progress(painter, layout, state.share, state.footer, state.note)
            self.nodes.edge(painter, layout, shade, hair(zoom))
            self.nodes.sockets(painter, layout, None, zoom, zoom)
        painter.restore()

    def face(self, scene: Scene, node: str, frame: Frame, image: QImage | None) -> Face:
        """Return what a node with a thumbnail shows beside its layout."""
        state, look = scene.state(node), scene.look(node)
        live = state.kind == "running"
        rows = (row for row in scene.layout(node).rows if row.syntax == "prompt" and not row.linked)
        return Face(
            kind=state.kind,
            stale=state.stale,
            footer="" if live else state.footer,
            note="" if live else state.note,
            text=state.text,
            fix=state.fix,
            badge=state.badge,
            hovered=frame.state.hover.node == node,
            color=look.color or "",
            comment=look.comment,
            pinned=look.pinned,
            picture=(state.picture, image.cacheKey() if image else 0),
            counts=tuple((row.name, self._counts.get(node, row.value)) for row in rows),
            words=state.words,
        )

    # --- One node ---

    def _pass(self, scene: Scene, frame: Frame, budget_ms: float) -> _Pass:
        zoom = frame.camera.zoom
        detail = FULL if zoom >= NEAR else CARDS
        zooming = zoom != self._zoom and self._zoom != 0
        deadline = perf_counter() + budget_ms / 1000
        return _Pass(scene, frame, zoom * frame.ratio, detail, zooming, deadline)

    def _node(
        self, painter: QPainter, node: str, row: int, left: float, top: float, work: _Pass,
        drawn: Drawn | None, *, chosen: bool, focused: bool,
    ) -> None:  # fmt: skip
        ratio = work.frame.ratio
        drawn = drawn or self._drawn(node, work, exact=False)
        if drawn is None:
            self._box(painter, row, work)
        elif drawn.scale == work.scale:
            if chosen and drawn.face.kind != "running":
                chosen, zoom = False, work.frame.camera.zoom
                drawn = self.rings.around(node, drawn, zoom, ratio, whole=work.detail == FULL)
            margin = drawn.margin / ratio
            painter.drawPixmap(QPointF(left - margin, top - margin), drawn.pixmap)
        else:
            grown = work.scale / drawn.scale / ratio
            margin = drawn.margin * grown
            size = drawn.pixmap.width() * grown, drawn.pixmap.height() * grown
            target = QRectF(left - margin, top - margin, *size)
            painter.drawPixmap(target, drawn.pixmap, QRectF(drawn.pixmap.rect()))
        if drawn and drawn.face.kind == "running":
            self._live(painter, node, drawn.face, left, top, work)
        if chosen or focused:
            face = drawn.face if drawn else Face()
            layout = work.scene.layout(node)
            look = Ringed(layout, face, work.frame.camera.zoom, work.scale, work.detail == FULL)
            self.rings.paint(painter, look, left, top, chosen=chosen, focused=focused)

    def _prepare(self, work: _Pass) -> None:
        """While the canvas is pushed, draw one of the nodes that come into sight next.

        Else whole columns and rows of them would be drawn in the one frame in which they come.
        """
        scene, camera, before = work.scene, work.frame.camera, self._camera
        self._camera = camera
        across, down = np.sign([camera.x - before.x, camera.y - before.y]) * _AHEAD
        if work.made or camera.zoom != before.zoom or not (across or down):
            return
        left, top, right, bottom = camera.seen(*work.frame.size)
        left, right = left + min(across, 0.0), right + max(across, 0.0)
        rows = scene.visible((left, top + min(down, 0.0), right, bottom + max(down, 0.0)))
        for node in map(scene.ids.__getitem__, rows.tolist()):
            held = self.pixmaps.get(node)
            drawn = held is not None and (held.scale, held.detail) == (work.scale, work.detail)
            if not drawn and node not in self.blurred:
                self._drawn(node, work, exact=True)
                return

    def _exact(self, node: str, work: _Pass) -> Drawn | None:
        """Return the pixmap of a node that surely still looks like it; nearly all do."""
        held = self.pixmaps.get(node)
        if (
            held is not None
            and held.sure
            and held.scale == work.scale
            and held.detail == work.detail
            and held.layout is work.scene.layout(node)
            and held.face.hovered == (node == work.frame.state.hover.node)
        ):
            self.blurred.pop(node, None)
            return held
        return None

    def _drawn(self, node: str, work: _Pass, *, exact: bool) -> Drawn | None:
        """Return the pixmap to show; one that is not exact is noted, to be drawn anew later."""
        layout = work.scene.layout(node)
        hovered = work.frame.state.hover.node == node
        held = self.pixmaps.get(node)
        face = self._same(held, node, layout, work.frame, work.scene, hovered=hovered)
        if held is not None and face is None and held.detail == work.detail:
            if held.scale == work.scale:
                self.blurred.pop(node, None)
                return held
            if not exact and work.zooming and 1 / _BLUR < work.scale / held.scale < _BLUR:
                self.blurred[node] = None
                return held
        if not exact and not work.has_time:
            self.blurred[node] = None
            return held
        work.made += 1
        self.blurred.pop(node, None)
        face = face or self._face(work.scene, node, layout, work.frame)
        made = self._draw(node, layout, face, work)
        self.pixmaps.put(node, made)
        return made

    def _same(
        self, held: Drawn | None, node: str, layout: NodeLayout, frame: Frame, scene: Scene, *,
        hovered: bool,
    ) -> Face | None:  # fmt: skip
        """Return nothing if a node looks as it was drawn, else what it shows now."""
        if (
            held is not None
            and held.sure
            and held.layout is layout
            and held.face.hovered == hovered
        ):
            return None
        face = self._face(scene, node, layout, frame)
        if held is None or held.face != face or held.layout != layout:
            return face
        held.layout, held.sure = layout, True
        return None

    def _face(self, scene: Scene, node: str, layout: NodeLayout, frame: Frame) -> Face:
        return self.face(scene, node, frame, self._thumbnail(scene, node, layout, frame))

    def _draw(self, node: str, layout: NodeLayout, face: Face, work: _Pass) -> Drawn:
        scale, frame = work.scale, work.frame
        # The line above a node reaches further than its shadow.
        margin = math.ceil((15.0 if face.comment else _MARGIN) * scale)
        wide = math.ceil(layout.width * scale) + 2 * margin
        high = math.ceil(layout.height * scale) + 2 * margin
        pixmap = QPixmap(wide, high)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(margin, margin)
        painter.scale(scale, scale)
        image = self._thumbnail(work.scene, node, layout, frame)
        zoom = frame.camera.zoom
        if work.detail == FULL:
            self.nodes.paint(painter, layout, face, image, scale, zoom=zoom)
        else:
            self.nodes.card(painter, layout, face, image, scale, titled=zoom >= TITLED)
        painter.end()
        pixmap.setDevicePixelRatio(frame.ratio)
        return Drawn(pixmap, layout, face, scale, work.detail, margin)

    def _thumbnail(
        self, scene: Scene, node: str, layout: NodeLayout, frame: Frame
    ) -> QImage | None:
        number = scene.state(node).picture
        if layout.thumbnail is None or not number:
            return None
        width, radius = self._thumbnail_size(layout, frame.camera.zoom * frame.ratio)
        return self._pictures.get(node, number, width, radius)

    def _thumbnail_size(self, layout: NodeLayout, scale: float) -> tuple[float, float]:
        """Return the width of a thumbnail in pixels, and the radius of its corners in widths."""
        assert layout.thumbnail is not None
        width = layout.thumbnail[2] - layout.thumbnail[0]
        return width * scale, self.nodes.theme.node("thumb_radius") / width

    def _box(self, painter: QPainter, row: int, work: _Pass) -> None:
        """Paint a node that nobody drew yet: body and title bar only."""
        camera, scene = work.frame.camera, work.scene
        left, top, right, bottom = scene.rects[row].tolist()
        (x, y), (x2, y2) = camera.to_widget((left, top)), camera.to_widget((right, bottom))
        painter.fillRect(QRectF(x, y, x2 - x, y2 - y), self.nodes.theme.color("bg.node"))
        header = min(scene.metrics.header * camera.zoom, y2 - y)
        painter.fillRect(QRectF(x, y, x2 - x, header), self._tints.colors[self._tints.codes[row]])

    def _live(
        self, painter: QPainter, node: str, face: Face, left: float, top: float, work: _Pass
    ) -> None:
        """Paint what moves while a node runs: its edge, progress and footer."""
        scene, frame = work.scene, work.frame
        layout, state = scene.layout(node), scene.state(node)
        shade = self.nodes.shades.of(face.dress(layout.category))
        zoom = frame.camera.zoom
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(left, top)
        painter.scale(zoom, zoom)
        if work.detail == FULL:
            self.nodes.progress(painter, layout, state.share, state.footer, state.note)
        glow = 0.725 + 0.275 * math.cos(2 * math.pi * frame.pulse)
        self.nodes.edge(painter, layout, shade, hair(work.scale), glow)
        if work.detail == FULL:
            self.nodes.sockets(painter, layout, None, work.scale, zoom)
        painter.restore()


def _reach(rect: Rect, camera: Camera) -> Rect:
    """Return the part of the widget that a node and what is around it cover."""
    left, top = camera.to_widget((rect[0] - 15, rect[1] - 15))
    right, bottom = camera.to_widget((rect[2] + 15, rect[3] + 15))
    return math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)
