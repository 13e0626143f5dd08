"""What is under a point of the canvas, from the top down: nodes, reroutes, links, notes, frames."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from studio.canvas import index
from studio.canvas.board import NOWHERE, Board
from studio.canvas.curves import SEGMENTS, Floats
from studio.canvas.index import Rows
from studio.canvas.layout import NodeLayout, Socket
from studio.canvas.metrics import Metrics
from studio.canvas.state import NOTHING, Hit, Point, Rect
from studio.core.graph import Link

PARTS_ZOOM = 0.35
"""Below this zoom the parts of a node are too small to be meant."""
_EDGE = 4.0
_NOTE_CORNER = 14.0


class Touchable(Board):
    """A board that knows what is under a point, a stroke or a rectangle."""

    def hit(self, point: Point, zoom: float) -> Hit:
        """Return what is topmost under a point."""
        return hit(self, point, zoom)

    def links_in(self, rect: Rect) -> list[Link]:
        """Return the links that pass a rectangle."""
        return links_in(self, rect)

    def frames_in(self, rect: Rect) -> list[int]:
        """Return the frames that lie whole in a rectangle."""
        return frames_in(self, rect)

    def notes_in(self, rect: Rect) -> list[int]:
        """Return the notes that touch a rectangle."""
        return notes_in(self, rect)

    def links_crossing(self, stroke: Sequence[Point]) -> list[Link]:
        """Return the links that a stroke cuts."""
        return links_crossing(self, stroke)

    def link_under(
        self, place: Rect | Point, tolerance: float = 0.0, apart: Collection[str] = ()
    ) -> Link | None:
        """Return the link that passes closest to a point, or to the middle of a rectangle.

        Args:
            place: A point, or a rectangle that the link must pass.
            tolerance: How far from the point or rectangle it may be.
            apart: Nodes whose links do not count, such as the one that is dropped.
        """
        return link_under(self, place, tolerance, apart)


def hit(board: Board, point: Point, zoom: float) -> Hit:
    """Return what is topmost under a point.

    Args:
        board: What is on the canvas.
        point: On the canvas.
        zoom: Widget pixels for one canvas pixel; distances are meant in pixels.
    """
    return (
        _node(board, point, zoom)
        or _link(board, point, zoom)
        or _note(board, point, zoom)
        or _frame(board, point)
        or NOTHING
    )


def frames_in(board: Board, rect: Rect) -> list[int]:
    """Return the frames that lie whole in a rectangle."""
    boxes = index.boxes([board.frame_rect(k) for k in range(len(board.graph.view.frames))])
    return [number for number in index.within(boxes, rect).tolist() if boxes[number].any()]


def notes_in(board: Board, rect: Rect) -> list[int]:
    """Return the notes that touch a rectangle."""
    boxes = index.boxes([board.note_rect(k) for k in range(len(board.graph.view.notes))])
    found: list[int] = index.touching(boxes, rect).tolist()
    return found


def links_in(board: Board, rect: Rect) -> list[Link]:
    """Return the links that pass a rectangle."""
    rows = index.touching(board.link_reach, rect)
    return _links(board, rows[index.passing(_lines(board, rows), rect)])


def links_crossing(board: Board, stroke: Sequence[Point]) -> list[Link]:
    """Return the links that a stroke cuts."""
    area = index.bounds_of(np.hstack([index.points(stroke)] * 2))
    if area is None:
        return []
    rows = index.touching(board.link_reach, area)
    return _links(board, rows[index.crossing(_lines(board, rows), stroke)])


def link_under(
    board: Board, place: Rect | Point, tolerance: float, apart: Collection[str]
) -> Link | None:
    """Return the link that passes closest to a point, or to the middle of a rectangle."""
    area: Rect = place if len(place) == 4 else (*place, *place)
    area = index.grown(area, tolerance)
    rows = index.touching(board.link_reach, area)
    rows = rows[index.passing(_lines(board, rows), area)] if len(place) == 4 else rows
    middle = ((area[0] + area[2]) / 2, (area[1] + area[3]) / 2)
    far = math.inf if len(place) == 4 else tolerance
    found = [k for k in _nearest(board, rows, middle, far) if not _ends_at(board.links[k], apart)]
    return board.links[found[0]] if found else None


def _node(board: Board, point: Point, zoom: float) -> Hit | None:
    detailed = zoom >= PARTS_ZOOM
    reach = max(board.metrics.socket_radius, board.metrics.socket_hit / zoom) if detailed else 0.0
    rows = index.touching(board.rects, index.around(point, reach))
    raised = set(board.raised.tolist())
    for row in sorted(rows.tolist(), key=lambda row: (row in raised, row), reverse=True):
        node = board.ids[row]
        left, top, right, bottom = board.rect(node)
        at = (point[0] - left, point[1] - top)
        inside = index.holds((left, top, right, bottom), point)
        if not detailed:
            return Hit("node", node)
        layout = board.layout(node)
        socket = _socket(layout, at, reach, board.metrics)
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
    if any(part and index.holds(part, at) for part in (layout.thumbnail, layout.words)):
        return Hit("thumbnail", node)
    if layout.strip and index.holds(layout.strip, at):
        return Hit("strip", node)
    return Hit("node", node)


def _link(board: Board, point: Point, zoom: float) -> Hit | None:
    reach = board.metrics.link_hit / zoom
    rows = index.touching(board.link_reach, index.around(point, reach))
    found = _nearest(board, rows, point, reach)
    if not found:
        return None
    link = board.links[found[0]]
    around = max(board.metrics.reroute_radius, reach)
    for number, at in enumerate(board.graph.view.reroutes.get(str(link), ())):
        if math.dist(at, point) <= around:
            return Hit("reroute", link=link, index=number)
    return Hit("link", link=link)


def _note(board: Board, point: Point, zoom: float) -> Hit | None:
    for number in reversed(range(len(board.graph.view.notes))):
        rect = board.note_rect(number)
        if index.holds(rect, point):
            corner = _NOTE_CORNER / max(zoom, 1.0)
            low = point[0] >= rect[2] - corner and point[1] >= rect[3] - corner
            return Hit("note_corner" if low else "note", index=number)
    return None


def _frame(board: Board, point: Point) -> Hit | None:
    for number in reversed(range(len(board.graph.view.frames))):
        rect = board.frame_rect(number)
        if rect != NOWHERE and index.holds(rect, point):
            title = point[1] <= rect[1] + board.metrics.frame_header
            return Hit("frame_title" if title else "frame", index=number)
    return None


def _nearest(board: Board, rows: Rows, point: Point, reach: float) -> list[int]:
    """Return links by their distance from a point, those beyond the reach left out."""
    far = index.distances(_lines(board, rows), point)
    order = [k for k in np.argsort(far, kind="stable").tolist() if far[k] <= reach]
    return [int(board.link_of[rows[k]]) for k in order]


def _ends_at(link: Link, nodes: Collection[str]) -> bool:
    return link.source in nodes or link.target in nodes


def _lines(board: Board, rows: Rows) -> Floats:
    return board.link_lines.reshape(-1, SEGMENTS, 4)[rows]


def _links(board: Board, rows: Rows) -> list[Link]:
    """Return the links of curves, each once."""
    return [board.links[k] for k in np.unique(board.link_of[rows]).tolist()]
