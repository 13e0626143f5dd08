"""Putting nodes in order: edges in line, equal gaps, straight links, columns, guides.

Everything returns the new left tops of the nodes that move; pinned ones never do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from studio.canvas import index
from studio.canvas.board import Board
from studio.canvas.curves import Floats
from studio.canvas.layered import Edge, layered
from studio.canvas.layout import above
from studio.canvas.state import Point, Rect
from studio.core.graph import Link

Side = Literal["left", "right", "top", "bottom", "center", "middle"]
_NEAR = 1200.0
"""How far away a node may be to guide another."""


@dataclass(frozen=True, slots=True)
class Snap:
    """Where something dragged comes to rest.

    Attributes:
        at: Its left top.
        lines: Guides to draw, each from one point to another.
    """

    at: Point
    lines: tuple[tuple[Point, Point], ...] = ()


def align(board: Board, nodes: Collection[str], edge: Side) -> dict[str, Point]:
    """Bring an edge of nodes in line with the outermost one, or their centres with the middle.

    Args:
        board: Where they are.
        nodes: Which.
        edge: ``center`` puts them above each other, ``middle`` beside each other.
    """
    around = board.bounds(nodes)
    if around is None:
        return {}
    found = {}
    for node in nodes:
        left, top, right, bottom = board.rect(node)
        match edge:
            case "left":
                left = around[0]
            case "right":
                left = around[2] - (right - left)
            case "center":
                left = (around[0] + around[2] - (right - left)) / 2
            case "top":
                top = around[1]
            case "bottom":
                top = around[3] - (bottom - top)
            case "middle":
                top = (around[1] + around[3] - (bottom - top)) / 2
        found[node] = (left, top)
    return _movable(board, found)


def distribute(
    board: Board, nodes: Collection[str], axis: Literal["across", "down"]
) -> dict[str, Point]:
    """Make the gaps between nodes equal; the two outermost stay."""
    low, high = (0, 2) if axis == "across" else (1, 3)
    rects = sorted(((board.rect(node), node) for node in nodes), key=lambda pair: pair[0][low])
    if len(rects) < 3:
        return {}
    first, last = rects[0][0][low], max(rect[high] for rect, _ in rects)
    taken = sum(rect[high] - rect[low] for rect, _ in rects)
    gap, place, found = (last - first - taken) / (len(rects) - 1), first, {}
    for rect, node in rects:
        found[node] = (place, rect[1]) if axis == "across" else (rect[0], place)
        place += rect[high] - rect[low] + gap
    return _movable(board, found)


def straighten(board: Board, nodes: Collection[str]) -> dict[str, Point]:
    """Move nodes up or down so that the first link into each is level.

    The links among the nodes count; for a single node, the first one it has.
    """
    chosen = set(nodes)
    found: dict[str, Point] = {}
    for link in _in_order(board, chosen):
        target = link.target
        if target not in found and (target in chosen):
            start = board.socket_at(link.source, "output", link.output)[1]
            start += (
                found[link.source][1] - board.rect(link.source)[1] if link.source in found else 0
            )
            end = board.socket_at(target, "input", link.input)[1]
            left, top, _, _ = board.rect(target)
            found[target] = (left, top + start - end)
    return _movable(board, found)


def auto_layout(board: Board, nodes: Iterable[str] | None = None) -> dict[str, Point]:
    """Arrange nodes in columns from left to right; the nodes of a frame stay together.

    Args:
        board: Where they are, and how large.
        nodes: Which; all when nothing is said.
    """
    chosen = [node for node in (board.ids if nodes is None else nodes) if not _pinned(board, node)]
    around = board.bounds(chosen)
    if around is None:
        return {}
    groups = _groups(board, chosen)
    inner = {name: _arranged(board, members) for name, members in groups.items()}
    found = _outer(board, chosen, groups, inner)
    left = min(at[0] for at in found.values())
    top = min(at[1] for at in found.values())
    across, down = around[0] - left, around[1] - top
    return {
        node: (at[0] + across, at[1] + down + above(board.look(node))) for node, at in found.items()
    }


def guides(
    board: Board, moving: Collection[str], at: Point, reach: float = 6.0, near: Rect | None = None
) -> Snap:
    """Let nodes that are dragged come to rest in line with others.

    Args:
        board: Where everything is.
        moving: Nodes that are dragged.
        at: Where the left top of what surrounds them would be.
        reach: How close edges must be.
        near: Part of the canvas whose nodes guide; what is around when nothing is said.
    """
    around = board.bounds(moving)
    if around is None:
        return Snap(at)
    box = (at[0], at[1], at[0] + around[2] - around[0], at[1] + around[3] - around[1])
    rows = index.touching(board.rects, near or index.grown(box, _NEAR))
    others = board.rects[np.setdiff1d(rows, board.rows(moving), assume_unique=True)]
    across, x = _aligned(others, box, (0, 2), reach)
    down, y = _aligned(others, box, (1, 3), reach)
    rest = (box[0] + across, box[1] + down, box[2] + across, box[3] + down)
    lines = _lines(others, rest, x, upright=True) + _lines(others, rest, y, upright=False)
    return Snap(rest[:2], lines)


def _movable(board: Board, at: dict[str, Point]) -> dict[str, Point]:
    """Leave out what is pinned or stays where it is."""
    return {
        node: to
        for node, to in at.items()
        if not _pinned(board, node) and to != board.rect(node)[:2]
    }


def _pinned(board: Board, node: str) -> bool:
    return board.look(node).pinned


def _in_order(board: Board, chosen: set[str]) -> list[Link]:
    """Return the links to straighten, so that each follows those into its source."""
    if len(chosen) == 1:
        return [link for link in board.links if link.target in chosen][:1]
    links = [link for link in board.links if link.source in chosen and link.target in chosen]
    place = {node: number for number, node in enumerate(board.graph.order())}
    return sorted(links, key=lambda link: place.get(link.source, 0))


def _groups(board: Board, nodes: Collection[str]) -> dict[str, list[str]]:
    """Return the nodes of each frame; a node in several belongs to the first."""
    chosen, groups = set(nodes), {}
    for number, frame in enumerate(board.graph.view.frames):
        members = [node for node in frame.nodes if node in chosen]
        chosen -= set(members)
        if members:
            groups[f"frame {number}"] = members
    return groups


def _arranged(board: Board, nodes: Collection[str]) -> dict[str, Point]:
    return layered({node: _room(board, node) for node in nodes}, _edges(board, set(nodes)))


def _outer(
    board: Board,
    nodes: Collection[str],
    groups: dict[str, list[str]],
    inner: dict[str, dict[str, Point]],
) -> dict[str, Point]:
    """Arrange frames as if each were one large node, and put their nodes inside."""
    owner = {node: name for name, members in groups.items() for node in members}
    names = {node: owner.get(node, f"node {node}") for node in nodes}
    pad, title = board.metrics.frame_pad, board.metrics.frame_header
    corner = (pad, pad / 2 + title)
    sizes: dict[str, tuple[float, float]] = {}
    for node in nodes:
        name = names[node]
        if name not in sizes:
            sizes[name] = _room(board, node)
            if name in groups:
                wide, high = _extent(board, inner[name])
                sizes[name] = (wide + 2 * pad, high + corner[1] + pad)

    def lower(node: str) -> float:
        return inner[owner[node]][node][1] + corner[1] if node in owner else 0.0

    edges = [
        Edge(
            names[edge.source],
            names[edge.target],
            edge.leaves + lower(edge.source),
            edge.enters + lower(edge.target),
        )
        for edge in _edges(board, set(nodes))
    ]
    places = layered(sizes, edges)
    found = {node: places[names[node]] for node in nodes if node not in owner}
    for node, name in owner.items():
        x, y = places[name][0] + corner[0], places[name][1] + corner[1]
        found[node] = (x + inner[name][node][0], y + inner[name][node][1])
    return found


def _edges(board: Board, nodes: set[str]) -> list[Edge]:
    def lower(node: str) -> float:
        return above(board.look(node))

    ends = board.link_ends() - board.rects[board.link_nodes][:, :, :2].reshape(-1, 4)
    return [
        Edge(link.source, link.target, end[1] + lower(link.source), end[3] + lower(link.target))
        for link, end in zip(board.links, ends.tolist(), strict=True)
        if link.source in nodes and link.target in nodes
    ]


def _room(board: Board, node: str) -> tuple[float, float]:
    """Return the width and height of a node with the comment above it."""
    left, top, right, bottom = board.rect(node)
    return right - left, bottom - top + above(board.look(node))


def _extent(board: Board, places: dict[str, Point]) -> tuple[float, float]:
    sizes = {node: _room(board, node) for node in places}
    right = max(at[0] + sizes[node][0] for node, at in places.items())
    return right, max(at[1] + sizes[node][1] for node, at in places.items())


def _aligned(
    others: Floats, box: Rect, ends: tuple[int, int], reach: float
) -> tuple[float, float | None]:
    """Return how far to move along one axis, and the line that is then met."""
    low, high = ends
    theirs = np.stack([others[:, low], others[:, high], (others[:, low] + others[:, high]) / 2], 1)
    ours = np.array([box[low], box[high], (box[low] + box[high]) / 2])
    gaps = theirs - ours
    if not gaps.size:
        return 0.0, None
    place = np.unravel_index(np.abs(gaps).argmin(), gaps.shape)
    gap = float(gaps[place])
    return (gap, float(theirs[place])) if abs(gap) <= reach else (0.0, None)


def _lines(
    others: Floats, box: Rect, line: float | None, *, upright: bool
) -> tuple[tuple[Point, Point], ...]:
    """Return the guide along a line, past all that is on it."""
    if line is None:
        return ()
    low, high, start, end = (0, 2, 1, 3) if upright else (1, 3, 0, 2)
    middle = (others[:, low] + others[:, high]) / 2
    places = np.stack([others[:, low], others[:, high], middle], 1)
    met = others[(np.abs(places - line) < 0.5).any(1)]
    first = float(min(box[start], met[:, start].min()))
    last = float(max(box[end], met[:, end].max()))
    return (((line, first), (line, last)),) if upright else (((first, line), (last, line)),)
