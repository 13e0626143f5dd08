"""Paints the links in sight: all of one colour as one call on an array."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.canvas.curves import SEGMENTS, Floats, refined
from studio.canvas.index import Mask, Rows
from studio.canvas.state import Camera
from studio.core.graph import Link
from studio.ui.canvas.buffers import draw_curves, draw_lines, runs
from studio.ui.canvas.shades import mixed
from studio.ui.canvas.sight import Sight
from studio.ui.canvas.tints import Tints
from studio.ui.looks.glyphs import known_type, type_color
from studio.ui.looks.theme import Theme

if TYPE_CHECKING:
    from studio.canvas.scene import Scene
    from studio.ui.canvas.frame import Frame

_HAIRLINES_BELOW, _STRAIGHT_BELOW = 0.45, 0.12
"""Zooms below which links are hairlines, and below which many of them are straight."""
_SMOOTH_UP_TO = 300
"""So many links in sight are drawn as smooth curves; more of them cost too much."""
_CASING, _CASING_GAP = 1.25, 1.25
_DASH = (3.0, 2.0)
_STUB, _STUB_STEPS = 26.0, 5
_SHORTEST = 2.0
"""Links that are shorter on the screen are not drawn from far away."""


_Strokes = list[tuple[int, Floats]]
"""Lines on the screen by the number of their colour and kind."""


class _Far(NamedTuple):
    """What was drawn from far away, and what it was made of."""

    asked: tuple[object, ...]
    curves: Rows
    strokes: _Strokes


class LinksLayer:
    """Paints links.

    Args:
        theme: Has the colours.
        tints: Knows which nodes are muted.
    """

    def __init__(self, theme: Theme, tints: Tints) -> None:
        self._theme = theme
        self._tints = tints
        self._types: list[str] | None = None
        self._names: list[str] = []
        self._codes: Rows = np.zeros(0, np.intp)
        self._far: _Far | None = None

    def paint(
        self,
        painter: QPainter,
        scene: Scene,
        frame: Frame,
        sight: Sight,
        curves: Rows | None = None,
    ) -> None:
        """Paint the links in a part of the canvas, or only some `curves` of them."""
        if not scene.links or (frame.show_links == "none" and frame.camera.zoom < _HAIRLINES_BELOW):
            return
        self._follow(scene)
        curves = sight.curves(scene) if curves is None else curves
        wanted = self._wanted(scene, frame, curves)
        shown = curves[wanted]
        self._rest(painter, scene, frame, sight, shown)
        if not wanted.all():
            self._stubs(painter, scene, frame, curves[~wanted])
        self._reroutes(painter, scene, frame, shown)
        self._lit(painter, scene, frame)

    def _follow(self, scene: Scene) -> None:
        """Number the types of the links, when they are others."""
        types = scene.link_types
        if types is self._types and len(self._codes) == len(types):
            return
        self._types, self._far = types, None
        numbers: dict[str, int] = {}
        for kind in set(types):
            numbers[kind] = len(numbers)
        self._names = [known_type(self._theme, kind) for kind in numbers]
        self._codes = np.fromiter(map(numbers.__getitem__, types), np.intp, len(types))

    def _wanted(self, scene: Scene, frame: Frame, curves: Rows) -> Mask:
        """Tell which curves are drawn whole."""
        if frame.show_links == "all":
            return np.ones(len(curves), np.bool_)
        wanted: Mask = np.zeros(len(scene.links), np.bool_)
        if frame.show_links == "selection":
            chosen = np.zeros(len(scene.ids), np.bool_)
            known = scene.graph.nodes
            chosen[[scene.row(key) for key in frame.state.selection.nodes if key in known]] = True
            wanted = np.any(chosen[scene.link_nodes], axis=1)
        return wanted[scene.link_of[curves]]

    def _rest(
        self, painter: QPainter, scene: Scene, frame: Frame, sight: Sight, curves: Rows
    ) -> None:
        """Paint links that nothing happens to, one call for each colour and kind of line."""
        zoom = frame.camera.zoom
        few = len(curves) <= _SMOOTH_UP_TO
        near = zoom >= _HAIRLINES_BELOW or (few and zoom >= _STRAIGHT_BELOW)
        sharp = near and not (frame.moving and frame.ratio > 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, sharp)
        dimmed = bool(frame.overlay.flights)
        found = self._near if near else self._seen_far
        for key, lines in found(scene, frame.camera, sight, curves):
            code, muted = divmod(key, 2)
            pen = self._pen(self._names[code], zoom, dimmed=dimmed, muted=bool(muted))
            painter.setPen(pen)
            if muted and near:  # dashes must run on from line to line
                draw_curves(painter, lines)
            else:
                draw_lines(painter, lines)

    def _near(self, scene: Scene, camera: Camera, sight: Sight, curves: Rows) -> _Strokes:
        """Return the lines of curves on the screen, by colour and kind; whole curves if muted."""
        few = len(curves) <= _SMOOTH_UP_TO
        curves = curves[sight.lines(_lines(scene, curves)).any(1)]
        curves, keys = self._sorted(scene, curves)
        lines = _lines(scene, curves)
        lines = refined(lines) if few else lines
        seen, lines = sight.lines(lines), _on_screen(lines, camera)
        return [
            (key, lines[part] if key % 2 else lines[part][seen[part]]) for key, part in runs(keys)
        ]

    def _seen_far(self, scene: Scene, camera: Camera, sight: Sight, curves: Rows) -> _Strokes:
        """Return the same of simpler lines, as they were last time where nothing moved since.

        Muted ones look like all others from here.
        """
        held, asked = self._far, (scene, scene.draws, camera, sight)
        if held and held.asked == asked and np.array_equal(held.curves, curves):
            return held.strokes
        chosen, keys = self._sorted(scene, curves)
        lines = _simpler(scene, chosen, camera.zoom)
        seen, lines = sight.lines(lines), _on_screen(lines, camera)
        strokes = [(key, _long(lines[part][seen[part]], camera.zoom)) for key, part in runs(keys)]
        if len(curves) > _SMOOTH_UP_TO:  # a small part of the canvas keeps those of all of it
            self._far = _Far(asked, curves, strokes)
        return strokes

    def _sorted(self, scene: Scene, curves: Rows) -> tuple[Rows, Rows]:
        """Return curves by colour and kind of line, and the number of these for each."""
        links = scene.link_of[curves]
        keys = self._codes[links] * 2 + self._tints.off[scene.link_nodes[links]].any(1)
        order = np.argsort(keys, kind="stable")
        return curves[order], keys[order]

    def _pen(self, kind: str, zoom: float, *, dimmed: bool, muted: bool) -> QPen:
        share = self._theme.colors["link"]["dimmed" if dimmed else "opacity"]
        canvas = self._theme.color("bg.canvas")
        color = mixed(canvas, self._theme.color(f"type.{kind}"), share)
        if zoom < _HAIRLINES_BELOW:
            pen = QPen(color, 0)
        else:
            # Square ends close the gaps between the lines of a curve; round ones cost far more.
            width = max(self._theme.tokens["link"]["width"] * zoom, 1.0)
            pen = QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap)
        if muted and zoom >= _HAIRLINES_BELOW:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([*_DASH])
        return pen

    def _stubs(self, painter: QPainter, scene: Scene, frame: Frame, curves: Rows) -> None:
        """Paint the fading ends of hidden links."""
        zoom = frame.camera.zoom
        curves = curves[curves < len(scene.links)]
        if zoom < _HAIRLINES_BELOW or not len(curves):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends = _lines(scene, curves)
        start, end = ends[:, 0, :2], ends[:, -1, 2:]
        canvas, width = self._theme.color("bg.canvas"), max(2 * zoom, 1.0)
        opacity, step = self._theme.colors["link"]["opacity"], _STUB / _STUB_STEPS
        kinds = self._codes[scene.link_of[curves]]
        for code in set(kinds.tolist()):
            color = self._theme.color(f"type.{self._names[code]}")
            out, into = start[kinds == code], end[kinds == code]
            for k in range(_STUB_STEPS):
                shade = mixed(canvas, color, opacity * (1 - k / _STUB_STEPS))
                painter.setPen(QPen(shade, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
                near, far = [k * step, 0.0], [(k + 1) * step, 0.0]
                stubs = np.vstack(
                    [np.hstack([out + near, out + far]), np.hstack([into - near, into - far])]
                )
                draw_lines(painter, _on_screen(stubs, frame.camera))

    def _reroutes(self, painter: QPainter, scene: Scene, frame: Frame, curves: Rows) -> None:
        """Paint the points that links pass; a curve behind a reroute begins at it."""
        behind = curves[curves >= len(scene.links)]
        if not len(behind) or frame.camera.zoom < _HAIRLINES_BELOW / 2:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = scene.metrics.reroute_radius * frame.camera.zoom
        moat = self._theme.node("socket_moat") * frame.camera.zoom
        places = _on_screen(_lines(scene, behind), frame.camera)[:, 0, :2].tolist()
        hover = frame.state.hover
        chosen = frame.state.selection.links
        for at, k in zip(places, scene.link_of[behind].tolist(), strict=True):
            middle = QPointF(*at)
            painter.setBrush(self._theme.color("bg.canvas"))
            painter.drawEllipse(middle, radius + moat, radius + moat)
            painter.setBrush(type_color(self._theme, self._names_of(k)))
            lit = scene.links[k] in chosen or hover.link == scene.links[k]
            painter.drawEllipse(middle, radius + lit, radius + lit)

    def _names_of(self, link: int) -> str:
        return self._names[int(self._codes[link])]

    def _lit(self, painter: QPainter, scene: Scene, frame: Frame) -> None:
        """Paint links again that are hovered, chosen, or about to change."""
        chosen = frame.state.selection.links
        hover = frame.state.hover.link if frame.state.hover.kind in ("link", "reroute") else None
        hot = {*frame.overlay.hot_links, *([hover] if hover else [])}
        if not chosen and not hot:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = max(self._theme.tokens["link"]["width_hover"] * frame.camera.zoom, 1.5)
        casing = width + 2 * (_CASING + _CASING_GAP) * frame.camera.zoom
        gap = width + 2 * _CASING_GAP * frame.camera.zoom
        accent, canvas = self._theme.color("accent.line"), self._theme.color("bg.canvas")
        self._strokes(painter, scene, frame.camera, chosen, casing, accent)
        self._strokes(painter, scene, frame.camera, chosen, gap, canvas)
        self._strokes(painter, scene, frame.camera, {*chosen, *hot}, width, None)

    def _strokes(
        self, painter: QPainter, scene: Scene, camera: Camera, links: Iterable[Link],
        width: float, color: QColor | None,
    ) -> None:  # fmt: skip
        """Paint some links; `color` None: each in that of its type."""
        curves = scene.curves_of(links)
        owners = scene.link_of[curves]
        found = _on_screen(refined(_lines(scene, curves)), camera)
        for k, lines in zip(owners.tolist(), found, strict=True):
            shade = color or type_color(self._theme, self._names_of(k))
            painter.setPen(QPen(shade, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
            draw_lines(painter, lines)


def _lines(scene: Scene, curves: Rows) -> Floats:
    """Return the lines of curves, ``(count, SEGMENTS, 4)``."""
    found: Floats = scene.link_lines.reshape(-1, SEGMENTS, 4)[curves]
    return found


def _on_screen(lines: Floats, camera: Camera) -> Floats:
    """Return lines in pixels of the widget."""
    found: Floats = lines - [camera.x, camera.y, camera.x, camera.y]
    found *= camera.zoom
    return found


def _simpler(scene: Scene, curves: Rows, zoom: float) -> Floats:
    """Return three lines of each curve, or one from far away, for many links."""
    held = scene.link_lines.reshape(-1, SEGMENTS, 4)
    step = SEGMENTS // 3 if zoom >= _STRAIGHT_BELOW else SEGMENTS
    return np.concatenate([held[curves, ::step, :2], held[curves, step - 1 :: step, 2:]], 2)


def _long(lines: Floats, zoom: float) -> Floats:
    """Return the lines without those that are only dots from far away."""
    if zoom >= _STRAIGHT_BELOW:
        return lines
    long = (np.abs(lines[:, :2] - lines[:, 2:]) > _SHORTEST).any(1)
    return np.ascontiguousarray(lines[long])
