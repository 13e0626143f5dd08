"""What is under a point of the canvas, from the top down: nodes, reroutes, links, notes, frames."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

from studio.canvas import index
from studio.canvas.curves import Floats
from studio.canvas.index import Rows
from studio.canvas.layout import NodeLayout, Socket
from studio.canvas.metrics import Metrics
from studio.canvas.state import NOTHING, Hit, Point, Rect
from studio.core.graph import Link

if TYPE_CHECKING:
    from studio.canvas.scene import Scene

NOWHERE: Rect = (0.0, 0.0, 0.0, 0.0)
PARTS_ZOOM = 0.35
"""Below this zoom the parts of a node are too small to be meant."""
_EDGE = 4.0
_NOTE_CORNER = 14.0


def hit(scene: Scene, point: Point, zoom: float) -> Hit:
    """Return what is topmost under a point.

    Args:
        scene: What is on the canvas.
        point: On the canvas.
        zoom: Widget pixels for one canvas pixel; distances are meant in pixels.
    """
    return (
        _node(scene, point, zoom)
        or _link(scene, point, zoom)
        or _note(scene, point, zoom)
        or _frame(scene, point)
        or NOTHING
    )


def frames_around(scene: Scene) -> list[Rect]:
    """Return where the frames are, from where their nodes are."""
    frames = scene.graph.view.frames
    return [_frame_around(scene.bounds(frame.nodes), scene.metrics) for frame in frames]


def frames_in(scene: Scene, rect: Rect) -> list[int]:
    """Return the frames that lie whole in a rectangle."""
    boxes = index.boxes([scene.frame_rect(k) for k in range(len(scene.graph.view.frames))])
    return [number for number in index.within(boxes, rect).tolist() if boxes[number].any()]


def notes_in(scene: Scene, rect: Rect) -> list[int]:
    """Return the notes that touch a rectangle."""
    boxes = index.boxes([scene.note_rect(k) for k in range(len(scene.graph.view.notes))])
    found: list[int] = index.touching(boxes, rect).tolist()
    return found


def _frame_around(nodes: Rect | None, metrics: Metrics) -> Rect:
    if nodes is None:
        return NOWHERE
    pad, title = metrics.frame_pad, metrics.frame_header
    return nodes[0] - pad, nodes[1] - pad / 2 - title, nodes[2] + pad, nodes[3] + pad


def links_in(scene: Scene, rect: Rect) -> list[Link]:
    """Return the links that pass a rectangle."""
    rows = index.touching(scene.link_reach, rect)
    return _links(scene, rows[index.passing(_lines(scene, rows), rect)])


def links_crossing(scene: Scene, stroke: Sequence[Point]) -> list[Link]:
    """Return the links that a stroke cuts."""
    area = index.bounds_of(np.hstack([index.points(stroke)] * 2))
    if area is None:
        return []
    rows = index.touching(scene.link_reach, area)
    return _links(scene, rows[index.crossing(_lines(scene, rows), stroke)])


def link_under(
    scene: Scene, place: Rect | Point, tolerance: float, apart: Collection[str]
) -> Link | None:
    """Return the link that passes closest to a point, or to the middle of a rectangle."""
    area: Rect = place if len(place) == 4 else (*place, *place)
    area = index.grown(area, tolerance)
    rows = index.touching(scene.link_reach, area)
    rows = rows[index.passing(_lines(scene, rows), area)] if len(place) == 4 else rows
    middle = ((area[0] + area[2]) / 2, (area[1] + area[3]) / 2)
    far = math.inf if len(place) == 4 else tolerance
    found = [k for k in _nearest(scene, rows, middle, far) if not _ends_at(scene.links[k], apart)]
    return scene.links[found[0]] if found else None


def _node(scene: Scene, point: Point, zoom: float) -> Hit | None:
    detailed = zoom >= PARTS_ZOOM
    reach = max(scene.metrics.socket_radius, scene.metrics.socket_hit / zoom) if detailed else 0.0
    rows = index.touching(scene.rects, index.around(point, reach))
    raised = set(scene.raised.tolist())
    for row in sorted(rows.tolist(), key=lambda row: (row in raised, row), reverse=True):
        node = scene.ids[row]
        left, top, right, bottom = scene.rect(node)
        at = (point[0] - left, point[1] - top)
        inside = index.holds((left, top, right, bottom), point)
        if not detailed:
            return Hit("node", node)
        layout = scene.layout(node)
        socket = _socket(layout, at, reach, scene.metrics)
        if socket:
            return Hit("socket", node, socket.name, socket.side)
        if not layout.collapsed and _on_edge(layout, at, zoom):
            return Hit("edge", node)
        if inside:
            return _part(layout, node, at)
    return None


def _socket(layout: NodeLayout, at: Point, reach: float, metrics: Metrics) -> Socket | None:
    """Return the closest socket; fields keep what is over them to themselves."""
    near = [
        (math.dist(one.at, at), one)
        for one in layout.sockets
        if one.label or layout.collapsed or at[0] <= metrics.field_inset
    ]
    distance, found = min(near, key=lambda pair: pair[0], default=(math.inf, None))
    return found if distance <= reach else None


def _on_edge(layout: NodeLayout, at: Point, zoom: float) -> bool:
    reach = _EDGE / max(zoom, 1.0)
    return abs(at[0] - layout.width) <= reach and 0 <= at[1] <= layout.height


def _part(layout: NodeLayout, node: str, at: Point) -> Hit:
    if index.holds(layout.mark, at):
        return Hit("mark", node)
    if layout.badge and index.holds(layout.badge, at):
        return Hit("badge", node)
    if index.holds(layout.header, at):
        return Hit("header", node)
    for row in layout.rows:
        if index.holds(row.rect, at):
            return Hit("field", node, row.name, "input")
    if layout.thumbnail and index.holds(layout.thumbnail, at):
        return Hit("thumbnail", node)
    if layout.strip and index.holds(layout.strip, at):
        return Hit("strip", node)
    return Hit("node", node)


def _link(scene: Scene, point: Point, zoom: float) -> Hit | None:
    reach = scene.metrics.link_hit / zoom
    rows = index.touching(scene.link_reach, index.around(point, reach))
    found = _nearest(scene, rows, point, reach)
    if not found:
        return None
    link = scene.links[found[0]]
    around = max(scene.metrics.reroute_radius, reach)
    for number, at in enumerate(scene.graph.view.reroutes.get(str(link), ())):
        if math.dist(at, point) <= around:
            return Hit("reroute", link=link, index=number)
    return Hit("link", link=link)


def _note(scene: Scene, point: Point, zoom: float) -> Hit | None:
    for number in reversed(range(len(scene.graph.view.notes))):
        rect = scene.note_rect(number)
        if index.holds(rect, point):
            corner = _NOTE_CORNER / max(zoom, 1.0)
            low = point[0] >= rect[2] - corner and point[1] >= rect[3] - corner
            return Hit("note_corner" if low else "note", index=number)
    return None


def _frame(scene: Scene, point: Point) -> Hit | None:
    for number in reversed(range(len(scene.graph.view.frames))):
        rect = scene.frame_rect(number)
        if rect != NOWHERE and index.holds(rect, point):
            title = point[1] <= rect[1] + scene.metrics.frame_header
            return Hit("frame_title" if title else "frame", index=number)
    return None


def _nearest(scene: Scene, rows: Rows, point: Point, reach: float) -> list[int]:
    """Return links by their distance from a point, those beyond the reach left out."""
    far = index.distances(_lines(scene, rows), point)
    order = [k for k in np.argsort(far, kind="stable").tolist() if far[k] <= reach]
    return [int(scene.link_of[rows[k]]) for k in order]


def _ends_at(link: Link, nodes: Collection[str]) -> bool:
    return link.source in nodes or link.target in nodes


def _lines(scene: Scene, rows: Rows) -> Floats:
    return scene.link_lines.reshape(len(scene.link_of), -1, 4)[rows]


def _links(scene: Scene, rows: Rows) -> list[Link]:
    """Return the links of curves, each once."""
    return [scene.links[k] for k in np.unique(scene.link_of[rows]).tolist()]
