"""Nodes and links as numpy arrays, patched where a graph changed and kept where it did not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from studio.canvas.curves import SEGMENTS, Floats, bend, direct, reach_of, through
from studio.canvas.index import Mask, Rows, points, reachable
from studio.canvas.metrics import Metrics
from studio.canvas.shapes import Shape
from studio.canvas.state import Point
from studio.core.graph import Link

Linked = frozenset[tuple[str, str]]
_Number = TypeVar("_Number", np.float64, np.intp)


class NodeTable:
    """One row a node, in the order of the graph.

    Attributes:
        ids: Ids of the nodes.
        rows: Row of each id.
        rects: Float64 ``(count, 4)``: left, top, right, bottom.
        shapes: Geometry of each; `None` before it is known.
        raised: Which are painted last.
        moves: How often anything got another place; it tells what was drawn before from now.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.rows: dict[str, int] = {}
        self.rects: Floats = np.zeros((0, 4))
        self.shapes: list[Shape | None] = []
        self.raised: Mask = np.zeros(0, np.bool_)
        self.moves = 0

    def reorder(self, ids: list[str]) -> Rows:
        """Take in new ids and drop others; return the new row of each old one, -1: gone."""
        get = self.rows.get
        old = np.fromiter((get(node, -1) for node in ids), np.intp, len(ids))
        kept = old >= 0
        moved = np.full(len(self.ids), -1, np.intp)
        moved[old[kept]] = np.flatnonzero(kept)
        rects, raised = np.zeros((len(ids), 4)), np.zeros(len(ids), np.bool_)
        rects[kept], raised[kept] = self.rects[old[kept]], self.raised[old[kept]]
        self.shapes = [self.shapes[row] if row >= 0 else None for row in old.tolist()]
        self.ids, self.rows = ids, {node: row for row, node in enumerate(ids)}
        self.rects, self.raised = rects, raised
        self.moves += 1
        return moved

    def place(self, rows: Rows, corners: Floats) -> None:
        """Put nodes somewhere, ``(count, 2)``, in their present sizes."""
        held = self.rects[rows]
        self.settle(rows, np.hstack([corners, corners + (held[:, 2:] - held[:, :2])]))

    def settle(self, rows: Rows, boxes: Floats) -> Rows:
        """Give nodes their places and sizes, ``(count, 4)``; return the rows for which they are new."""
        moved: Rows = rows[(self.rects[rows] != boxes).any(1)]
        self.rects[rows] = boxes
        self.moves += bool(len(moved))
        return moved

    def lift(self, nodes: Iterable[str]) -> set[str]:
        """Paint these nodes last, and no others; return those for which that is new."""
        raised = np.zeros(len(self.ids), np.bool_)
        raised[self.of(nodes)] = True
        other = np.flatnonzero(raised != self.raised)
        self.raised = raised
        return {self.ids[row] for row in other.tolist()}

    def shape(self, row: int) -> Shape:
        """Return the geometry of a node."""
        found = self.shapes[row]
        assert found is not None  # set_graph measures every row before anybody asks
        return found

    def of(self, nodes: Iterable[str]) -> Rows:
        """Return the rows of nodes; those that are not here are left out."""
        if nodes is self.ids:
            return np.arange(len(self.ids))
        rows = np.fromiter(map(self.rows.get, nodes, repeat(-1)), np.intp)
        return rows[rows >= 0]


class LinkTable:
    """The links that can be drawn, and their curves.

    A link is one curve, kept at its own index; the curves behind its reroutes follow at the end.

    Attributes:
        links: In the order of the graph.
        nodes: ``(count, 2)``: rows of source and target.
        lines: ``(curves, SEGMENTS, 4)``.
        reach: ``(curves, 4)``: a box around each curve.
        link_of: Index of the link that each curve belongs to.
        via: Reroutes by the index of the link.
        draws: How often any link got another curve.
    """

    def __init__(self) -> None:
        self.draws = 0
        self.links: tuple[Link, ...] = ()
        self.nodes: Rows = np.zeros((0, 2), np.intp)
        self.lines: Floats = np.zeros((0, SEGMENTS, 4))
        self.reach: Floats = np.zeros((0, 4))
        self.link_of: Rows = np.zeros(0, np.intp)
        self.via: dict[int, tuple[Point, ...]] = {}
        self._offsets: Floats = np.zeros((0, 4))
        self._further: dict[int, slice] = {}

    def relink(self, links: Sequence[Link], table: NodeTable, moved: Rows) -> Rows:
        """Take in the links of a graph; return the indices of the new ones.

        Args:
            links: All of them; those to nodes that do not exist are left out.
            table: The nodes, already in their new order.
            moved: New row of each old row.
        """
        old = _found(links, self.links)
        known = np.append((moved[self.nodes] >= 0).all(1), np.False_)
        old[~known[old]] = -1  # a link whose node went and came back is a new one
        new = np.flatnonzero(old < 0)
        ends = _ends([links[k] for k in new.tolist()], table.rows)
        lost = (ends < 0).any(1)
        drawn = tuple(links)
        if lost.any():
            gone = set(new[lost].tolist())
            drawn = tuple(link for k, link in enumerate(links) if k not in gone)
            old, ends = np.delete(old, new[lost]), ends[~lost]
            new = np.flatnonzero(old < 0)
        nodes = _taken(moved[self.nodes], old)
        offsets = _taken(self._offsets, old)
        lines, reach = _taken(self.lines, old), _taken(self.reach, old)
        nodes[new] = ends
        self.draws += 1
        self.links, self.nodes, self._offsets = drawn, nodes, offsets
        self.lines, self.reach = lines, reach
        self.link_of, self.via, self._further = np.arange(len(drawn)), {}, {}
        return new

    def reroute(self, reroutes: Mapping[str, tuple[Point, ...]]) -> None:
        """Take in all reroutes, by the texts of links."""
        index = {str(link): k for k, link in enumerate(self.links)} if reroutes else {}
        self.via = {
            index[text]: tuple((x, y) for x, y in reachable(points(at)).tolist())
            for text, at in reroutes.items()
            if text in index and at
        }
        count = len(self.links)
        owners = [k for k, via in self.via.items() for _ in via]
        self.link_of = np.append(np.arange(count), np.array(owners, np.intp))
        total = len(self.link_of)
        self.lines = _resized(self.lines, count, total)
        self.reach = _resized(self.reach, count, total)
        self._further, start = {}, count
        for k, via in self.via.items():
            self._further[k] = slice(start, start + len(via))
            start += len(via)

    def attach(self, indices: Rows, table: NodeTable) -> None:
        """Find again where links end on their nodes."""
        if not len(indices):
            return
        flat: list[float] = []
        shapes, links, nodes = table.shapes, self.links, self.nodes[indices].tolist()
        for k, (source, target) in zip(indices.tolist(), nodes, strict=True):
            made, taken, link = shapes[source], shapes[target], links[k]
            assert made, "a node is measured before its links are attached"
            assert taken, "a node is measured before its links are attached"
            flat += made.outputs.get(link.output) or made.hidden("output")
            flat += taken.inputs.get(link.input) or taken.hidden("input")
        self._offsets[indices] = np.array(flat).reshape(-1, 4)

    def draw(self, indices: Rows, table: NodeTable, metrics: Metrics) -> None:
        """Compute the curves of links anew."""
        self.draws += 1
        ends = self.ends(indices, table)
        controls = direct(ends, metrics)
        if len(indices) == len(self.lines):
            self.lines, self.reach = bend(controls), reach_of(controls)
        else:
            self.lines[indices], self.reach[indices] = bend(controls), reach_of(controls)
        if self.via:
            for k, end in zip(indices.tolist(), ends.tolist(), strict=True):
                if k in self.via:
                    self._draw_path(k, [tuple(end[:2]), *self.via[k], tuple(end[2:])], metrics)

    def ends(self, indices: Rows, table: NodeTable) -> Floats:
        """Return where links begin and end, ``(count, 4)``."""
        nodes = self.nodes[indices]
        ends = self._offsets[indices].copy()
        ends[:, :2] += table.rects[nodes[:, 0], :2]
        ends[:, 2:] += table.rects[nodes[:, 1], :2]
        return ends

    def of(self, rows: Rows, count: int, also: Rows | None = None) -> Rows:
        """Return the links at these nodes.

        Args:
            rows: Of the nodes.
            count: Of all nodes.
            also: Further links.
        """
        wanted = np.zeros(count, np.bool_)
        wanted[rows] = True
        found = wanted[self.nodes[:, 0]] | wanted[self.nodes[:, 1]]
        if also is not None:
            found[also] = True
        return np.flatnonzero(found)

    def linked(self, row: int) -> Linked:
        """Return the ends of a node that have links."""
        out = np.flatnonzero(self.nodes[:, 0] == row).tolist()
        into = np.flatnonzero(self.nodes[:, 1] == row).tolist()
        return frozenset(
            [("output", self.links[k].output) for k in out]
            + [("input", self.links[k].input) for k in into]
        )

    def curves_of(self, indices: Rows) -> Rows:
        """Return the rows of all curves of links, those behind reroutes too."""
        if not self.via:
            return indices
        wanted = np.zeros(len(self.links), np.bool_)
        wanted[indices] = True
        return np.flatnonzero(wanted[self.link_of])

    def _draw_path(self, k: int, path: list[Point], metrics: Metrics) -> None:
        controls = through(path, metrics)
        lines, reach = bend(controls), reach_of(controls)
        self.lines[k], self.reach[k] = lines[0], reach[0]
        self.lines[self._further[k]], self.reach[self._further[k]] = lines[1:], reach[1:]


def linked_ends(links: Iterable[Link], wanted: set[str]) -> dict[str, Linked]:
    """Return the ends that have links, by node, in one pass for many nodes."""
    found: dict[str, set[tuple[str, str]]] = {node: set() for node in wanted}
    for link in links:
        if link.target in wanted:
            found[link.target].add(("input", link.input))
        if link.source in wanted:
            found[link.source].add(("output", link.output))
    return {node: frozenset(ends) for node, ends in found.items()}


def _found(links: Sequence[Link], among: Sequence[Link]) -> Rows:
    """Return the index of each link among others, -1: not there; the same objects are meant."""
    if not among:
        return np.full(len(links), -1, np.intp)
    theirs = np.fromiter(map(id, among), np.int64, len(among))
    ours = np.fromiter(map(id, links), np.int64, len(links))
    order = np.argsort(theirs)
    place = np.minimum(np.searchsorted(theirs, ours, sorter=order), len(among) - 1)
    return np.where(theirs[order[place]] == ours, order[place], -1)


def _ends(links: Sequence[Link], rows: Mapping[str, int]) -> Rows:
    """Return the rows of source and target of links, -1: there is no such node."""
    ends = np.empty((len(links), 2), np.intp)
    for side, name in enumerate(("source", "target")):
        found = map(rows.get, map(attrgetter(name), links), repeat(-1))
        ends[:, side] = np.fromiter(found, np.intp, len(links))
    return ends


def _taken(array: npt.NDArray[_Number], rows: Rows) -> npt.NDArray[_Number]:
    """Return rows of an array, zeros for those that are -1."""
    if not len(array):
        return np.zeros((len(rows), *array.shape[1:]), array.dtype)
    taken = array[rows]
    taken[rows < 0] = 0
    return taken


def _resized(array: Floats, kept: int, total: int) -> Floats:
    grown = np.zeros((total, *array.shape[1:]))
    grown[:kept] = array[:kept]
    return grown
