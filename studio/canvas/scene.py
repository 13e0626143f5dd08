"""The board of a graph that changes: `Scene.set_graph` patches what differs, the graph is the truth.

Each change says what must be painted anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from studio.canvas import index, place
from studio.canvas.arrays import Linked, linked_ends
from studio.canvas.board import LINK_MARGIN, NODE_MARGIN, NOWHERE, PLAIN_LOOK
from studio.canvas.carried import Carried
from studio.canvas.changes import Change, relooked, scenery, types_differ
from studio.canvas.curves import Floats
from studio.canvas.hits import Touchable
from studio.canvas.index import Rows
from studio.canvas.metrics import Metrics
from studio.canvas.shapes import Shape
from studio.canvas.sizes import Sizes
from studio.canvas.state import Point, Rect
from studio.canvas.state_table import Known
from studio.canvas.states import NodeState
from studio.core.diff import Diff, diff
from studio.core.graph import Graph, Link
from studio.core.types import SpecOf

__all__ = ["Change", "Scene"]

_ALL_FROM = 64
"""From this many changed nodes and links on, everything is repainted."""
_UNKNOWN = NodeState()
_NO_ROWS: Rows = np.zeros(0, np.intp)


class _Lifted(NamedTuple):
    """Nodes that are moved by hand, and the links at them."""

    at: Mapping[str, Point]
    nodes: frozenset[str]
    rows: Rows
    places: Floats
    links: Rows


class Scene(Touchable):
    """What the canvas shows of a graph, kept in step with it."""

    def __init__(self, spec_of: SpecOf, metrics: Metrics) -> None:
        super().__init__(spec_of, metrics)
        self._floating: set[str] = set()
        self._lifted: _Lifted | None = None
        self._placed: dict[str, Point] = {}
        self._settled = Graph(), Graph(), 0
        self._every: tuple[list[str], frozenset[str]] = [], frozenset()

    def settled(self, graph: Graph) -> Graph:
        """Return a graph whose nodes are where they are drawn, also those it has no places for."""
        if not self._placed:
            return graph
        before, found, count = self._settled
        if before is not graph or count != len(self._placed):
            nodes, layout = graph.nodes, graph.view.layout
            at = {k: to for k, to in self._placed.items() if k in nodes and k not in layout}
            found = graph.with_view(graph.view.moved(at)) if at else graph
            self._settled = graph, found, len(self._placed)
        return found

    def set_graph(self, graph: Graph, spec_of: SpecOf) -> Change:
        """Show another graph, or the same after an edit; what was moved by hand snaps to it."""
        before, frames = self.graph, self._frame_rects()
        change = diff(before, graph)
        rects = self._rects_of(change.removed) + self._reach_of(self._rows_of(change.unlinked))
        self.graph = graph
        retyped = self._sizes.respecified(spec_of)
        new = self._follow(before, change)
        if retyped or change.linked or change.unlinked or types_differ(before, change):
            self._carried = Carried(graph, self._sizes)
            self._forget(key for key in [*self._layouts] if self._takes_any(key))
        dirty = self._dirty(before, change, retyped) if before.nodes else self.ids
        self._floating, self._lifted = set(), None
        found = self._refresh(dirty, new, rects, frames)
        everything = found.all or scenery(before) != scenery(graph)
        return Change(
            found.nodes.union(change.removed),
            found.links or graph.links is not before.links,
            everything,
            () if everything else found.rects,
        )

    def _dirty(self, before: Graph, change: Diff, retyped: Collection[str]) -> set[str]:
        """Return the nodes that may be others than before."""
        relinked = _ends_of(change.unlinked) | _ends_of(change.linked)
        dirty = relinked.union(change.added, change.changed, self._floating)
        dirty |= relooked(before, self.graph)
        if retyped:
            dirty |= {key for key, node in self.graph.nodes.items() if node.type in retyped}
        return dirty

    def set_states(self, changed: Mapping[str, Known]) -> Change:
        """Take in what is known of nodes; those that are not here are kept for later."""
        here = [*filter(self._nodes.rows.__contains__, changed)]
        if len(here) < len(changed):
            away = changed.keys() - set(here)
            self.known.keep({node: changed[node] for node in away})
        return self._restate(here, self._nodes.of(here), [*map(changed.__getitem__, here)])

    def set_all_states(self, known: Mapping[str, NodeState], prefix: str = "") -> Change:
        """Take in what is known of all nodes at once.

        Args:
            known: By expanded id.
            prefix: What comes before the ids of these nodes in their expanded ids.
        """
        names = map(prefix.__add__, self.ids) if prefix else self.ids
        return self._restate(self.ids, slice(None), [*map(known.get, names)])

    def _restate(self, nodes: list[str], rows: Rows | slice, states: list[Known]) -> Change:
        """Give nodes their states, by row; few steps from state to state tell what follows."""
        steps = self.known.put(rows, states)
        if not steps:
            return Change()
        if any(_shaping(old) != _shaping(new) for old, new in steps):
            strips = any(_said(old) != _said(new) for old, new in steps)
            if strips and not self.graph.view.layout and not self._lifted:
                self._placed.clear()  # nobody put them there, and a strip takes room
                return self._refresh(self.ids, _NO_ROWS, [], self._frame_rects())
            return self._refresh(set(nodes), _NO_ROWS, [], self._frame_rects())
        if nodes is self.ids:
            self._layouts.clear()
            return self._painted(self._all_ids(), _NO_ROWS, [], self._frame_rects())
        if len(nodes) <= _ALL_FROM and all(_goes_on(old, new) for old, new in steps):
            return Change(rects=tuple(box for node in nodes for box in self._live(node)))
        self._forget(nodes)
        return self._painted(nodes, _NO_ROWS, [], self._frame_rects())

    def _all_ids(self) -> frozenset[str]:
        if self._every[0] is not self.ids:
            self._every = self.ids, frozenset(self.ids)
        return self._every[1]

    def set_metrics(self, metrics: Metrics) -> Change:
        """Lay out everything in other sizes."""
        self._sizes = Sizes(self._sizes.spec_of, metrics)
        self._carried = Carried(self.graph, self._sizes)
        self._layouts.clear()
        found = self._refresh(self.ids, _NO_ROWS, [], [])
        return Change(found.nodes, links=True, all=True)

    def move(self, at: Mapping[str, Point], by: Point = (0.0, 0.0)) -> Change:
        """Move nodes for the eye only, while they are dragged; `set_graph` makes it real.

        Args:
            at: Where nodes go; not to be changed while the same is given again with another `by`.
            by: How far from there.
        """
        held, frames = self._lift(at), self._frame_rects()
        before = self._rects_of(held.nodes) + self._reach_of(held.links)
        self._nodes.place(held.rows, held.places + np.array(by))
        self._links.draw(held.links, self._nodes, self.metrics)
        return replace(self._painted(held.nodes, held.links, before, frames), moved=True)

    def _lift(self, at: Mapping[str, Point]) -> _Lifted:
        """Find what is moved, once for all steps of a gesture."""
        if self._lifted is None or self._lifted.at is not at:
            nodes = frozenset(at).intersection(self._nodes.rows)
            known = [node for node in at if node in nodes]
            rows, places = self._nodes.of(known), index.points(map(at.__getitem__, known))
            self._lifted = _Lifted(at, nodes, rows, places, self._links.of(rows, len(self.ids)))
            self._floating |= nodes
        return self._lifted

    def raise_(self, nodes: Iterable[str]) -> Change:
        """Paint these nodes last, and no others."""
        return self._painted(self._nodes.lift(nodes), _NO_ROWS, [], self._frame_rects())

    def _follow(self, before: Graph, change: Diff) -> Rows:
        """Bring rows and links into the order of the graph; return the links to draw anew."""
        renumbered = bool(change.added or change.removed or change.order)
        rerouted = before.view.reroutes != self.graph.view.reroutes
        rows = self._renumber() if renumbered else None
        if not renumbered and self.graph.links is before.links and not rerouted:
            return _NO_ROWS
        kept = rows if rows is not None else np.arange(len(self.ids))
        new = self._links.relink(self.graph.links, self._nodes, kept)
        if not (rerouted or self.graph.view.reroutes):
            return new
        self._links.reroute(self.graph.view.reroutes)
        return np.union1d(new, np.array([*self._links.via], np.intp))

    def _renumber(self) -> Rows:
        """Give every node its row in the order of the graph; return the new row of each old one."""
        before = self.ids
        moved = self._nodes.reorder(list(self.graph.nodes))
        self.known.reorder(before, self.ids, moved)
        return moved

    def _refresh(
        self, nodes: Collection[str], new: Rows, rects: list[Rect], frames: list[Rect]
    ) -> Change:
        """Measure nodes again, and draw the links at those that changed their place or shape.

        Args:
            nodes: Those that may be others now; some may not be here.
            new: Links to draw in any case.
            rects: What is to be painted besides.
            frames: Where the frames were.
        """
        rows = np.sort(self._nodes.of(nodes))
        here = [*map(self.ids.__getitem__, rows.tolist())]
        before = self._rects_of(here)
        self._forget(here)
        reshaped, moved = self._measure(here, rows)
        touched = _NO_ROWS
        if len(reshaped) or len(moved) or len(new):  # most edits are of values
            attached = self._links.of(reshaped, len(self.ids), new)
            touched = self._links.of(moved, len(self.ids), attached)
            before += self._reach_of(touched)
            self._links.attach(attached, self._nodes)
            self._links.draw(touched, self._nodes, self.metrics)
        return self._painted(here, touched, rects + before, frames)

    def _measure(self, nodes: list[str], rows: Rows) -> tuple[Rows, Rows]:
        """Find shapes and places of nodes; return the rows of those with another shape or place."""
        held, shapes = self._nodes.shapes, self._shapes_of(nodes, rows)
        reshaped = []
        for row, shape in zip(rows.tolist(), shapes, strict=True):
            if shape is not held[row]:
                held[row] = shape
                reshaped.append(row)
        layout, placed = self.graph.view.layout, self._placed
        homeless = [node for node in nodes if node not in layout and node not in placed]
        settled = _NO_ROWS
        if homeless:  # they go where the others leave room
            others = sorted(set(nodes).difference(homeless), key=self.row)
            settled = self._settle(others, self._nodes.of(others))
            placed |= place.first_places(self, homeless)
        moved = self._settle(nodes, rows)
        return np.array(reshaped, np.intp), np.append(settled, moved)

    def _shapes_of(self, nodes: list[str], rows: Rows) -> list[Shape]:
        """Return the shapes that nodes should have; most are plain ones of their type."""
        layout, held, known = self.graph.view.layout, self.graph.nodes, self.known
        numbers = known.numbers[rows].tolist()
        sizes, special = self._sizes, []
        found: list[Shape | None] = []
        for at, (node, number) in enumerate(zip(nodes, numbers, strict=True)):
            look, state = layout.get(node, PLAIN_LOOK), known.held[number] or _UNKNOWN
            shape = sizes.plain_shape(held[node], look, state)
            if shape is None:
                special.append((at, node, look, state))
            found.append(shape)
        linked = self._linked(node for _, node, _, _ in special)
        for at, node, look, state in special:
            found[at] = sizes.shape(held[node], look, state, linked.get(node, frozenset()))
        return [shape for shape in found if shape is not None]

    def _settle(self, nodes: list[str], rows: Rows) -> Rows:
        """Put nodes where the graph says, or where they were first placed; return what moved."""
        layout, placed, shapes = self.graph.view.layout, self._placed, self._nodes.shapes
        looks = [layout.get(node) for node in nodes]
        at = [look.at if look else placed[node] for look, node in zip(looks, nodes, strict=True)]
        sizes = [shape.size for row in rows.tolist() if (shape := shapes[row])]
        corners = index.reachable(index.points(at))
        return self._nodes.settle(rows, np.hstack([corners, corners + index.points(sizes)]))

    def _linked(self, nodes: Iterable[str]) -> dict[str, Linked]:
        """Return the ends that have links, for those nodes whose shape depends on them."""
        layout, held, sizes = self.graph.view.layout, self.graph.nodes, self._sizes
        wanted = {
            node for node in nodes if sizes.by_links(held[node], layout.get(node, PLAIN_LOOK))
        }
        return linked_ends(self.links, wanted) if wanted else {}

    def _painted(
        self, nodes: Collection[str], links: Rows, before: list[Rect], frames: list[Rect]
    ) -> Change:
        """Say what to paint after a change; call it when everything has its new place."""
        self._frames = None
        if len(nodes) + len(links) > _ALL_FROM:
            return Change(frozenset(nodes), bool(len(links)), all=True)
        after = self._rects_of(nodes) + self._reach_of(links)
        boxes = set(frames) ^ set(self._frame_rects())
        rects = tuple(box for box in (*before, *after, *boxes) if box != NOWHERE)
        return Change(frozenset(nodes), bool(len(links)), rects=rects)

    def _rects_of(self, nodes: Collection[str]) -> list[Rect]:
        """Return the parts of the canvas to paint for nodes; none when everything will be."""
        if len(nodes) > _ALL_FROM:
            return []
        known = [node for node in nodes if node in self._nodes.rows]
        return [index.grown(box, NODE_MARGIN) for box in map(self.rect, known) if box != NOWHERE]

    def _reach_of(self, links: Rows) -> list[Rect]:
        """Return the parts of the canvas to paint for links; none when everything will be."""
        if len(links) > _ALL_FROM:
            return []
        boxes = self._links.reach[self._links.curves_of(links)]
        room = np.array([-LINK_MARGIN, -LINK_MARGIN, LINK_MARGIN, LINK_MARGIN])
        return list(map(tuple, (boxes[boxes.any(1)] + room).tolist()))

    def _rows_of(self, links: Collection[Link]) -> Rows:
        if not links:
            return _NO_ROWS
        wanted = set(map(id, links))
        return np.array([k for k, link in enumerate(self.links) if id(link) in wanted], np.intp)

    def _live(self, node: str) -> list[Rect]:
        """Return the parts of the canvas that show how far a running node is."""
        left, top, _, _ = self.rect(node)
        layout = self.layout(node)
        below = layout.header[3]  # the line of progress lies above the rows
        line = (0.0, below, layout.width, below + self.metrics.pad_top)
        parts = (layout.mark, layout.footer, None if layout.collapsed else line)
        return [(left + box[0], top + box[1], left + box[2], top + box[3]) for box in parts if box]

    def _forget(self, nodes: Iterable[str]) -> None:
        for node in [*filter(self._layouts.__contains__, nodes)]:
            del self._layouts[node]

    def _takes_any(self, node: str) -> bool:
        held = self.graph.nodes.get(node)
        return held is None or self._sizes.template(held.type).takes_any


def _said(known: Known) -> tuple[str, str]:
    """Return what the strip of a node says."""
    state = known or _UNKNOWN
    return state.text, state.fix


def _shaping(known: Known) -> tuple[str, str, str, tuple[int, int] | None]:
    """Return what the shape of a node depends on."""
    state = known or _UNKNOWN
    return *_said(known), state.words, state.picture_size if state.picture else None


def _goes_on(before: Known, after: Known) -> bool:
    """Tell whether a node runs as before, and is only further now."""
    if before is None or after is None or before.kind != "running":
        return False
    return replace(before, share=after.share, footer=after.footer, note=after.note) == after


def _ends_of(links: Iterable[Link]) -> set[str]:
    return {end for link in links for end in (link.source, link.target)}
