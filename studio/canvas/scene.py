"""The board of a graph that changes: `Scene.set_graph` patches what differs, the graph is the truth.

Each change says what must be painted anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from studio.canvas import hits, index, place
from studio.canvas.arrays import Linked, linked_ends
from studio.canvas.board import LINK_MARGIN, NODE_MARGIN, PLAIN_LOOK, Board
from studio.canvas.carried import Carried
from studio.canvas.changes import Change, relooked, scenery, types_differ
from studio.canvas.curves import Floats
from studio.canvas.index import Rows
from studio.canvas.metrics import Metrics
from studio.canvas.shapes import Shape
from studio.canvas.sizes import Sizes
from studio.canvas.state import Point, Rect
from studio.canvas.states import NodeState
from studio.core.diff import Diff, diff
from studio.core.graph import Graph, Link
from studio.core.types import SpecOf

__all__ = ["Change", "Scene"]

_ALL_FROM = 64
"""From this many changed nodes and links on, everything is repainted."""
_UNKNOWN = NodeState()
_NO_ROWS: Rows = np.zeros(0, np.intp)


class Scene(Board):
    """What the canvas shows of a graph, kept in step with it."""

    def __init__(self, spec_of: SpecOf, metrics: Metrics) -> None:
        super().__init__(spec_of, metrics)
        self._floating: set[str] = set()
        self._placed: dict[str, Point] = {}

    def set_graph(self, graph: Graph, spec_of: SpecOf) -> Change:
        """Show another graph, or the same after an edit; what was moved by hand snaps to it."""
        before, frames = self.graph, self._frame_rects()
        change = diff(before, graph)
        rects = self._rects_of(change.removed) + self._reach_of(self._rows_of(change.unlinked))
        self.graph = graph
        retyped = self._sizes.respecified(spec_of)
        dirty = {*change.added, *change.changed, *self._floating, *relooked(before, graph)}
        dirty |= {key for key, node in graph.nodes.items() if node.type in retyped}
        self._floating = set()
        new = self._follow(before, change)
        relinked = {end for link in change.linked for end in (link.source, link.target)}
        relinked |= {end for link in change.unlinked for end in (link.source, link.target)}
        if retyped or relinked or types_differ(before, change):
            self._carried = Carried(graph, self._sizes)
            self._forget(key for key in [*self._layouts] if self._takes_any(key))
        found = self._refresh(dirty | relinked, new, rects, frames)
        lost = frozenset(change.removed)
        everything = found.all or scenery(before) != scenery(graph)
        links = found.links or graph.links is not before.links
        return Change(found.nodes | lost, links, everything, () if everything else found.rects)

    def set_states(self, changed: Mapping[str, NodeState]) -> Change:
        """Take in what is known of nodes; those that are not here are kept for later."""
        self.states.update(changed)
        return self._refresh(set(changed), _NO_ROWS, [], self._frame_rects())

    def set_metrics(self, metrics: Metrics) -> Change:
        """Lay out everything in other sizes."""
        self._sizes = Sizes(self._sizes.spec_of, metrics)
        self._carried = Carried(self.graph, self._sizes)
        self._layouts.clear()
        found = self._refresh(set(self.ids), _NO_ROWS, [], [])
        return Change(found.nodes, links=True, all=True)

    def move(self, at: Mapping[str, Point]) -> Change:
        """Move nodes for the eye only, while they are dragged; `set_graph` makes it real."""
        known = at
        if not at.keys() <= self._nodes.rows.keys():
            known = {node: to for node, to in at.items() if node in self._nodes.rows}
        rows, frames = self._nodes.of(known), self._frame_rects()
        touched = self._links.of(rows, len(self.ids))
        before = self._rects_of(known.keys()) + self._reach_of(touched)
        self._floating.update(known)
        self._nodes.place(rows, known.values())
        self._links.draw(touched, self._nodes, self.metrics)
        return self._painted(set(known), touched, before, frames)

    def raise_(self, nodes: Iterable[str]) -> Change:
        """Paint these nodes last, and no others."""
        return self._painted(self._nodes.lift(nodes), _NO_ROWS, [], self._frame_rects())

    def _follow(self, before: Graph, change: Diff) -> Rows:
        """Bring rows and links into the order of the graph; return the links to draw anew."""
        renumbered = bool(change.added or change.removed or change.order)
        rerouted = before.view.reroutes != self.graph.view.reroutes
        rows = self._nodes.reorder(list(self.graph.nodes)) if renumbered else None
        if not renumbered and self.graph.links is before.links and not rerouted:
            return _NO_ROWS
        kept = rows if rows is not None else np.arange(len(self.ids))
        new = self._links.relink(self.graph.links, self._nodes, kept)
        if not (rerouted or self.graph.view.reroutes):
            return new
        self._links.reroute(self.graph.view.reroutes)
        return np.union1d(new, np.array([*self._links.via], np.intp))

    def _refresh(self, nodes: set[str], new: Rows, rects: list[Rect], frames: list[Rect]) -> Change:
        """Measure nodes again, and draw the links at those that changed their place or shape.

        Args:
            nodes: Those that may be others now; some may not be here.
            new: Links to draw in any case.
            rects: What is to be painted besides.
            frames: Where the frames were.
        """
        here = {node for node in nodes if node in self._nodes.rows}
        before = self._rects_of(here)
        self._forget(here)
        reshaped, moved = self._measure(here)
        count = len(self.ids)
        attached = np.union1d(self._links.of(reshaped, count), new)
        touched = np.union1d(self._links.of(moved, count), attached)
        before += self._reach_of(touched)
        self._links.attach(attached, self._nodes)
        self._links.draw(touched, self._nodes, self.metrics)
        return self._painted(here, touched, rects + before, frames)

    def _measure(self, nodes: set[str]) -> tuple[Rows, Rows]:
        """Find shapes and places of nodes; return the rows of those with another shape or place."""
        table, reshaped = self._nodes, []
        shapes = self._shapes_of(nodes)
        for node, shape in shapes.items():
            row = table.rows[node]
            if shape is not table.shapes[row]:
                table.shapes[row] = shape
                reshaped.append(row)
        self._place_first(nodes)
        rows, at = table.of(shapes), self._corners(shapes)
        fresh = np.hstack(
            [at, at + index.points((one.width, one.height) for one in shapes.values())]
        )
        moved = rows[(self.rects[rows] != fresh).any(1)]
        self.rects[rows] = fresh
        return np.array(reshaped, np.intp), moved

    def _shapes_of(self, nodes: set[str]) -> dict[str, Shape]:
        """Return the shapes that nodes should have; most are plain ones of their type."""
        layout, held, states = self.graph.view.layout, self.graph.nodes, self.states
        sizes, found, special = self._sizes, {}, set()
        for node in nodes:
            look, state = layout.get(node, PLAIN_LOOK), states.get(node, _UNKNOWN)
            plain = sizes.plain_shape(held[node], look, state)
            if plain is None:
                special.add(node)
            else:
                found[node] = plain
        linked = self._linked(special)
        for node in special:
            look, state = layout.get(node, PLAIN_LOOK), states.get(node, _UNKNOWN)
            ends = linked.get(node, frozenset())
            found[node] = sizes.shape(held[node], look, state, ends)
        return found

    def _corners(self, nodes: Iterable[str]) -> Floats:
        """Return where nodes are by the graph, or where they were first placed."""
        layout, placed = self.graph.view.layout, self._placed
        return index.points(layout[node].at if node in layout else placed[node] for node in nodes)

    def _linked(self, nodes: Iterable[str]) -> dict[str, Linked]:
        """Return the ends that have links, for those nodes whose shape depends on them."""
        layout, held, sizes = self.graph.view.layout, self.graph.nodes, self._sizes
        wanted = {
            node for node in nodes if sizes.by_links(held[node], layout.get(node, PLAIN_LOOK))
        }
        return linked_ends(self.links, wanted) if wanted else {}

    def _place_first(self, nodes: set[str]) -> None:
        """Find places for nodes that were never placed; they keep them until they are moved."""
        layout = self.graph.view.layout
        homeless = [node for node in nodes if node not in layout and node not in self._placed]
        if homeless:
            self._placed |= place.first_places(self, sorted(homeless, key=self.row))

    def _painted(
        self, nodes: set[str], links: Rows, before: list[Rect], frames: list[Rect]
    ) -> Change:
        """Say what to paint after a change; call it when everything has its new place."""
        self._frames = None
        if len(nodes) + len(links) > _ALL_FROM:
            return Change(frozenset(nodes), bool(len(links)), all=True)
        after = self._rects_of(nodes) + self._reach_of(links)
        boxes = set(frames) ^ set(self._frame_rects())
        rects = tuple(box for box in (*before, *after, *boxes) if box != hits.NOWHERE)
        return Change(frozenset(nodes), bool(len(links)), rects=rects)

    def _rects_of(self, nodes: Collection[str]) -> list[Rect]:
        """Return the parts of the canvas to paint for nodes; none when everything will be."""
        if len(nodes) > _ALL_FROM:
            return []
        known = [node for node in nodes if node in self._nodes.rows]
        return [
            index.grown(box, NODE_MARGIN) for box in map(self.rect, known) if box != hits.NOWHERE
        ]

    def _reach_of(self, links: Rows) -> list[Rect]:
        """Return the parts of the canvas to paint for links; none when everything will be."""
        if len(links) > _ALL_FROM:
            return []
        boxes = self._links.reach[self._links.curves_of(links)]
        return [index.grown(index.rect(box), LINK_MARGIN) for box in boxes if box.any()]

    def _rows_of(self, links: Collection[Link]) -> Rows:
        if not links:
            return _NO_ROWS
        wanted = set(map(id, links))
        return np.array([k for k, link in enumerate(self.links) if id(link) in wanted], np.intp)

    def _forget(self, nodes: Iterable[str]) -> None:
        for node in self._layouts.keys() & set(nodes):
            del self._layouts[node]

    def _takes_any(self, node: str) -> bool:
        held = self.graph.nodes.get(node)
        return held is None or self._sizes.template(held.type).takes_any
