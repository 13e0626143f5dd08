"""Where new nodes go: those a file says nothing of, those a gesture adds, and room for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from studio.canvas import index
from studio.canvas.curves import Floats
from studio.canvas.layered import ACROSS, DOWN, Edge, layered
from studio.canvas.state import Point, Rect
from studio.core.graph import Link

if TYPE_CHECKING:
    from studio.canvas.board import Board

GAP = 20.0
"""Least distance of a new node from the others."""
_RINGS = 60
_MANY = 1000
"""More nodes than these are put in rows at once: columns for each step would take too long, and be
far too wide to look at."""
_WIDE = 1.6


def first_places(board: Board, nodes: Sequence[str]) -> dict[str, Point]:
    """Return places for nodes that have none.

    All nodes of a graph are put in columns, or in rows when they are many; a few stand beside what
    they are linked to.

    Args:
        board: Knows their shapes already.
        nodes: In the order of the graph.
    """
    sizes = {node: board.size(node) for node in nodes}
    if len(nodes) == len(board.ids) > _MANY:
        return _rows(sizes, dict.fromkeys((*board.graph.order(), *nodes)))
    if len(nodes) == len(board.ids):
        edges = [Edge(link.source, link.target) for link in board.links]
        return layered(sizes, edges)
    taken = np.delete(board.rects, [board.row(node) for node in nodes], 0)
    places: dict[str, Point] = {}
    for node in nodes:
        wide, high = sizes[node]
        homeless = set(nodes) - set(places)
        near = _beside(board, node, homeless, places) or _below(taken)
        left, top = places[node] = free_place(taken, (wide, high), near)
        taken = np.vstack([taken, index.boxes([(left, top, left + wide, top + high)])])
    return places


def _rows(sizes: Mapping[str, tuple[float, float]], order: Collection[str]) -> dict[str, Point]:
    """Return places in rows, each node after what it needs."""
    across = max(wide for wide, _ in sizes.values()) + ACROSS
    down = max(high for _, high in sizes.values()) + DOWN
    columns = max(round((len(order) * _WIDE * down / across) ** 0.5), 1)
    return {
        node: (number % columns * across, number // columns * down)
        for number, node in enumerate(order)
    }


def free_place(taken: Floats, size: tuple[float, float], near: Point) -> Point:
    """Return the closest left top where a node overlaps nothing.

    Args:
        taken: Float64 ``(count, 4)``: what is there, such as `Scene.rects`.
        size: Of the node.
        near: Where it would be best.
    """
    for ring in range(_RINGS):
        tries = near + _ring(ring) * (GAP + DOWN)
        free = tries[[not len(index.touching(taken, _around(at, size))) for at in tries]]
        if len(free):
            closest = ((free - near) ** 2).sum(1).argmin()
            return float(free[closest, 0]), float(free[closest, 1])
    return _below(taken)


def make_room(
    board: Board, link: Link, size: tuple[float, float], at: Point, apart: Collection[str] = ()
) -> tuple[Point, dict[str, Point]]:
    """Return where a node that is put on a link goes, and where others make way for it.

    What follows the link moves to the right together, as far as needed; pinned nodes stay.

    Args:
        board: Where everything is.
        link: What the node is put on.
        size: Of the node.
        at: Where its left top was dropped.
        apart: Nodes that stay, such as the node itself.
    """
    source, target = board.rect(link.source), board.rect(link.target)
    beside = source[2] + ACROSS / 2
    overlaps = source[1] < at[1] + size[1] and source[3] > at[1]
    left = max(at[0], beside) if overlaps else at[0]
    push = left + size[0] + ACROSS / 2 - target[0]
    if push <= 0 or target[0] < source[2]:
        return (left, at[1]), {}
    pushed = board.graph.downstream([link.target]) - set(apart)
    moved = {}
    for node in pushed:
        rect = board.rect(node)
        if rect[0] >= target[0] and not board.look(node).pinned:
            moved[node] = (rect[0] + push, rect[1])
    return (left, at[1]), moved


def _ring(number: int) -> Floats:
    """Return the steps to all places at a distance, as a square."""
    side = np.arange(-number, number + 1, dtype=np.float64)
    x, y = (axis.ravel() for axis in np.meshgrid(side, side))
    edge = np.maximum(np.abs(x), np.abs(y)) == number
    return np.stack([x[edge], y[edge]], 1)


def _around(at: Floats, size: tuple[float, float]) -> Rect:
    x, y = at.tolist()
    return index.grown((x, y, x + size[0], y + size[1]), GAP - 1)


def _beside(
    board: Board, node: str, homeless: Collection[str], places: Mapping[str, Point]
) -> Point | None:
    """Return a place right of what feeds a node, or left of what it feeds."""

    def corner(other: str) -> Point:
        return places.get(other) or board.rect(other)[:2]

    known = board.graph.nodes.keys() - set(homeless)
    for link in board.graph.links_to(node):
        if link.source in known:
            x, y = corner(link.source)
            return x + board.size(link.source)[0] + ACROSS, y
    for link in board.graph.links_from(node):
        if link.target in known:
            x, y = corner(link.target)
            return x - ACROSS - board.size(node)[0], y
    return None


def _below(taken: Floats) -> Point:
    around = index.bounds_of(taken)
    return (around[0], around[3] + 2 * DOWN) if around else (0.0, 0.0)
