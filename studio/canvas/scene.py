"""What the canvas shows of a graph: places and sizes of everything, as arrays.

The graph is the truth and the scene follows it: `Scene.set_graph` patches what differs. Only nodes
that are painted or hit get a full layout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from studio.canvas import hits, index, place
from studio.canvas.arrays import LinkTable, NodeTable, linked_ends
from studio.canvas.carried import Carried
from studio.canvas.changes import Change, relooked, scenery, types_differ
from studio.canvas.curves import Floats, bend, direct, through
from studio.canvas.index import Rows
from studio.canvas.layout import NodeLayout, dress
from studio.canvas.metrics import Metrics
from studio.canvas.sizes import Sizes
from studio.canvas.state import Hit, Point, Rect
from studio.canvas.states import NodeState, StateKind
from studio.core.diff import Diff, diff
from studio.core.graph import Graph, Link, Node
from studio.core.types import SpecOf
from studio.core.view import Layout

__all__ = ["Change", "Scene"]

_ALL_FROM = 64
"""From this many changed nodes on, everything is repainted."""
_MARGIN = 14.0
"""How far rings, shadows and sockets reach beyond a node."""
_LINK_MARGIN = 4.0
_PLAIN_LOOK = Layout()
_KINDS: dict[str, StateKind] = {"muted": "muted", "bypassed": "bypassed", "frozen": "frozen"}
_STATES = {mode: NodeState(kind) for mode, kind in _KINDS.items()}
_UNKNOWN, _MISSING = NodeState(), NodeState("missing_type")
_NO_ROWS: Rows = np.zeros(0, np.intp)


class Scene:
    """The nodes, links, frames and notes of one graph.

    Attributes:
        graph: What is shown.
        states: What is known of nodes beside the graph, as last set.
    """

    def __init__(self, spec_of: SpecOf, metrics: Metrics) -> None:
        self.graph = Graph()
        self.states: dict[str, NodeState] = {}
        self._sizes = Sizes(spec_of, metrics)
        self._nodes, self._links = NodeTable(), LinkTable()
        self._carried = Carried(self.graph, self._sizes)
        self._layouts: dict[str, NodeLayout] = {}
        self._floating: set[str] = set()
        self._placed: dict[str, Point] = {}
        self._frames: list[Rect] | None = None

    # --- What is there ---

    @property
    def metrics(self) -> Metrics:
        """Sizes of the parts."""
        return self._sizes.metrics

    @property
    def ids(self) -> list[str]:
        """Ids of the nodes, by row."""
        return self._nodes.ids

    @property
    def rects(self) -> Floats:
        """Float64 ``(nodes, 4)``: left, top, right, bottom of each node, by row."""
        return self._nodes.rects

    @property
    def links(self) -> tuple[Link, ...]:
        """The links between nodes that exist."""
        return self._links.links

    @property
    def link_lines(self) -> Floats:
        """Float64 ``(curves * 12, 4)``, contiguous: x1, y1, x2, y2 of the lines of all curves.

        Row 12 i begins the curve of link i; the curves behind its reroutes stand after all links,
        and `link_of` names their link.
        """
        return self._links.lines.reshape(-1, 4)

    @property
    def link_of(self) -> Rows:
        """Index of the link that each curve belongs to."""
        return self._links.link_of

    @property
    def link_reach(self) -> Floats:
        """Float64 ``(curves, 4)``: a box around each curve."""
        return self._links.reach

    @property
    def link_nodes(self) -> Rows:
        """Rows of the source and the target of each link, ``(links, 2)``."""
        return self._links.nodes

    @property
    def link_types(self) -> list[str]:
        """Value type that each link carries."""
        return self._carried.by_link(self.links)

    def curves_of(self, links: Iterable[Link]) -> Rows:
        """Return the numbers of all curves of these links; those that are not here are left out."""
        wanted = set(links)
        rows = [k for k, link in enumerate(self.links) if wanted and link in wanted]
        return self._links.curves_of(np.array(rows, np.intp))

    @property
    def raised(self) -> Rows:
        """Rows of the nodes that are painted last."""
        return np.flatnonzero(self._nodes.raised)

    def row(self, node: str) -> int:
        """Return the row of a node.

        Raises:
            KeyError: It is not here.
        """
        return self._nodes.rows[node]

    def state(self, node: str) -> NodeState:
        """Return what is known of a node; before the engine says, what its type and mode say."""
        return self.states.get(node) or self._plain_state(self.graph.nodes[node])

    def look(self, node: str) -> Layout:
        """Return how a node is drawn."""
        return self.graph.view.layout.get(node, _PLAIN_LOOK)

    def layout(self, node: str) -> NodeLayout:
        """Return the parts of a node."""
        found = self._layouts.get(node)
        if found is None:
            row, held = self.row(node), self.graph.nodes[node]
            template, state = self._sizes.template(held.type), self.state(node)
            linked, kinds = self._links.linked(row), self._carried.sockets(node, template)
            shape = self._nodes.shape(row)
            found = dress(shape, template, held, state, linked, self.metrics, kinds)
            self._layouts[node] = found
        return found

    def rect(self, node: str) -> Rect:
        """Return where a node is."""
        left, top, right, bottom = self.rects[self.row(node)].tolist()
        return left, top, right, bottom

    def bounds(self, nodes: Iterable[str] | None = None) -> Rect | None:
        """Return the rectangle around nodes; without any, around all, frames and notes too."""
        if nodes is not None:
            return index.bounds_of(self.rects[self._nodes.of(nodes)])
        notes = map(self.note_rect, range(len(self.graph.view.notes)))
        boxes = [box for box in (*self._frame_rects(), *notes) if box != hits.NOWHERE]
        return index.bounds_of(np.vstack([self.rects, np.array(boxes).reshape(-1, 4)]))

    def socket_at(self, node: str, side: str, name: str) -> Point:
        """Return where links of an input or output end, on the canvas."""
        row = self.row(node)
        x, y = self._nodes.shape(row).end(side, name)
        return float(self.rects[row, 0] + x), float(self.rects[row, 1] + y)

    def type_of(self, node: str, side: str, name: str) -> str:
        """Return the value type of an input or output, as links decide it."""
        return self._carried.of(node, side, name)

    def frame_rect(self, index: int) -> Rect:
        """Return where a frame is; one without nodes is nowhere, all zeros."""
        return self._frame_rects()[index]

    def note_rect(self, index: int) -> Rect:
        """Return where a note is."""
        note = self.graph.view.notes[index]
        return note.at[0], note.at[1], note.at[0] + note.size[0], note.at[1] + note.size[1]

    # --- What changes ---

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
        known = {node: to for node, to in at.items() if node in self._nodes.rows}
        rows, frames = self._nodes.of(known), self._frame_rects()
        touched = self._links.of(rows, len(self.ids))
        before = self._rects_of(known) + self._reach_of(touched)
        self._floating.update(known)
        self._nodes.place(rows, list(known.values()))
        self._links.draw(touched, self._nodes, self.metrics)
        return self._painted(set(known), touched, before, frames)

    def raise_(self, nodes: Iterable[str]) -> Change:
        """Paint these nodes last, and no others."""
        return self._painted(self._nodes.lift(nodes), _NO_ROWS, [], self._frame_rects())

    # --- What is where ---

    def visible(self, rect: Rect) -> Rows:
        """Return the rows of the nodes to paint in a part of the canvas, in painting order."""
        rows = index.touching(self.rects, index.grown(rect, _MARGIN))
        raised = self._nodes.raised[rows]
        return np.concatenate([rows[~raised], rows[raised]])

    def link_rows(self, rect: Rect) -> Rows:
        """Return the curves to paint in a part of the canvas, as places in `link_of`."""
        return index.touching(self._links.reach, index.grown(rect, _LINK_MARGIN))

    def hit(self, point: Point, zoom: float) -> Hit:
        """Return what is topmost under a point."""
        return hits.hit(self, point, zoom)

    def nodes_in(self, rect: Rect, touching: bool = True) -> list[str]:
        """Return the nodes that touch a rectangle, or those that lie whole in it."""
        rows = index.touching(self.rects, rect) if touching else index.within(self.rects, rect)
        return [self.ids[row] for row in rows.tolist()]

    def links_in(self, rect: Rect) -> list[Link]:
        """Return the links that pass a rectangle."""
        return hits.links_in(self, rect)

    def frames_in(self, rect: Rect) -> list[int]:
        """Return the frames that lie whole in a rectangle."""
        return hits.frames_in(self, rect)

    def notes_in(self, rect: Rect) -> list[int]:
        """Return the notes that touch a rectangle."""
        return hits.notes_in(self, rect)

    def links_crossing(self, stroke: Sequence[Point]) -> list[Link]:
        """Return the links that a stroke cuts."""
        return hits.links_crossing(self, stroke)

    def link_under(
        self, place: Rect | Point, tolerance: float = 0.0, apart: Collection[str] = ()
    ) -> Link | None:
        """Return the link that passes closest to a point, or to the middle of a rectangle.

        Args:
            place: A point, or a rectangle that the link must pass.
            tolerance: How far from the point or rectangle it may be.
            apart: Nodes whose links do not count, such as the one that is dropped.
        """
        return hits.link_under(self, place, tolerance, apart)

    def curve(self, start: Point, end: Point, via: Sequence[Point] = ()) -> Floats:
        """Return the lines of a link from an output to an input, ``(count, 4)``, contiguous."""
        if via:
            return bend(through([start, *via, end], self.metrics)).reshape(-1, 4)
        return bend(direct(np.array([(*start, *end)], np.float64), self.metrics)).reshape(-1, 4)

    # --- Inside ---

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
        table, layout, held = self._nodes, self.graph.view.layout, self.graph.nodes
        looks = {node: layout.get(node, _PLAIN_LOOK) for node in nodes}
        by_links = {node for node in nodes if self._sizes.by_links(held[node], looks[node])}
        linked = linked_ends(self.links, by_links) if by_links else {}
        reshaped, extents = [], []
        for node, look in looks.items():
            shape = self._sizes.shape(
                held[node], look, self.state(node), linked.get(node, frozenset())
            )
            row = table.rows[node]
            if shape is not table.shapes[row]:
                table.shapes[row] = shape
                reshaped.append(row)
            extents.append((shape.width, shape.height))
        self._place_first(nodes)
        rows, old = table.of(nodes), self.rects
        at = [looks[node].at if node in layout else self._placed[node] for node in nodes]
        fresh = np.hstack([index.points(at), index.points(at) + index.points(extents)])
        moved = rows[(old[rows] != fresh).any(1)]
        old[rows] = fresh
        return np.array(reshaped, np.intp), moved

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
        return [index.grown(box, _MARGIN) for box in map(self.rect, known) if box != hits.NOWHERE]

    def _reach_of(self, links: Rows) -> list[Rect]:
        """Return the parts of the canvas to paint for links; none when everything will be."""
        if len(links) > _ALL_FROM:
            return []
        boxes = self._links.reach[self._links.curves_of(links)]
        return [index.grown(index.rect(box), _LINK_MARGIN) for box in boxes if box.any()]

    def _frame_rects(self) -> list[Rect]:
        if self._frames is None:
            self._frames = hits.frames_around(self)
        return self._frames

    def _rows_of(self, links: Collection[Link]) -> Rows:
        if not links:
            return _NO_ROWS
        wanted = set(map(id, links))
        return np.array([k for k, link in enumerate(self.links) if id(link) in wanted], np.intp)

    def _forget(self, nodes: Iterable[str]) -> None:
        for node in nodes:
            self._layouts.pop(node, None)

    def _takes_any(self, node: str) -> bool:
        held = self.graph.nodes.get(node)
        return held is None or self._sizes.template(held.type).takes_any

    def _plain_state(self, node: Node) -> NodeState:
        if self._sizes.template(node.type).spec is None:
            return _MISSING
        return _STATES.get(node.mode, _UNKNOWN)
