"""What lies on the canvas: places and sizes of everything in one graph, as arrays, for reading.

Only nodes that are painted or hit get a full layout. `studio.canvas.scene` follows the graph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from studio.canvas import index
from studio.canvas.arrays import LinkTable, NodeTable
from studio.canvas.carried import Carried
from studio.canvas.curves import Floats, bend, direct, through
from studio.canvas.index import Rows
from studio.canvas.layout import NodeLayout, above, category_of, dress
from studio.canvas.metrics import Metrics
from studio.canvas.sizes import Sizes
from studio.canvas.state import Point, Rect
from studio.canvas.state_table import StateTable
from studio.canvas.states import NodeState, StateKind
from studio.core.graph import Graph, Link, Node
from studio.core.types import SpecOf
from studio.core.view import Layout

NODE_MARGIN, LINK_MARGIN = 14.0, 4.0
"""How far rings, shadows and sockets reach beyond a node; half a link beyond its line."""
PLAIN_LOOK = Layout()
NOWHERE: Rect = (0.0, 0.0, 0.0, 0.0)
"""Where a frame without nodes is."""
_KINDS: dict[str, StateKind] = {"muted": "muted", "bypassed": "bypassed", "frozen": "frozen"}
_STATES = {mode: NodeState(kind) for mode, kind in _KINDS.items()}
_UNKNOWN, _MISSING = NodeState(), NodeState("missing_type")


class Board:
    """The nodes, links, frames and notes of one graph.

    Attributes:
        graph: What is shown.
        known: What is known of nodes beside the graph, as last set.
    """

    def __init__(self, spec_of: SpecOf, metrics: Metrics) -> None:
        self.graph = Graph()
        self.known = StateTable()
        self._sizes = Sizes(spec_of, metrics)
        self._nodes, self._links = NodeTable(), LinkTable()
        self._carried = Carried(self.graph, self._sizes)
        self._layouts: dict[str, NodeLayout] = {}
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
    def moves(self) -> int:
        """How often nodes got another place or size."""
        return self._nodes.moves

    @property
    def draws(self) -> int:
        """How often links came, went or got other curves."""
        return self._links.draws

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
        return self._carried.by_link(self.links, self.link_nodes[:, 0])

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
        held = self.known.of(self.row(node))
        return self._plain_state(self.graph.nodes[node]) if held is None else held

    def rows(self, nodes: Iterable[str]) -> Rows:
        """Return the rows of nodes; those that are not here are left out."""
        return self._nodes.of(nodes)

    def look(self, node: str) -> Layout:
        """Return how a node is drawn."""
        return self.graph.view.layout.get(node, PLAIN_LOOK)

    def category(self, type_id: str) -> str:
        """Return the theme's name for the category of a node type; empty for a missing one."""
        return category_of(self._sizes.template(type_id).spec)

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

    def size(self, node: str) -> tuple[float, float]:
        """Return the width and height of a node, also before it has a place."""
        return self._nodes.shape(self.row(node)).size

    def bounds(self, nodes: Iterable[str] | None = None) -> Rect | None:
        """Return the rectangle around nodes; without any, around everything."""
        if nodes is not None:
            return index.bounds_of(self.rects[self._nodes.of(nodes)])
        notes = map(self.note_rect, range(len(self.graph.view.notes)))
        passed = [(*at, *at) for via in self._links.via.values() for at in via]
        boxes = [box for box in (*self._frame_rects(), *notes, *passed) if box != NOWHERE]
        return index.bounds_of(np.vstack([self.rects, np.array(boxes).reshape(-1, 4)]))

    def socket_at(self, node: str, side: str, name: str) -> Point:
        """Return where links of an input or output end, on the canvas."""
        row = self.row(node)
        x, y = self._nodes.shape(row).end(side, name)
        return float(self.rects[row, 0] + x), float(self.rects[row, 1] + y)

    def link_ends(self) -> Floats:
        """Return where the links begin and end, ``(links, 4)``."""
        return self._links.ends(np.arange(len(self.links)), self._nodes)

    def type_of(self, node: str, side: str, name: str) -> str:
        """Return the value type of an input or output, as links decide it."""
        return self._carried.of(node, side, name)

    def frame_rect(self, number: int) -> Rect:
        """Return where a frame is; one without nodes is nowhere, all zeros."""
        return self._frame_rects()[number]

    def note_rect(self, number: int) -> Rect:
        """Return where a note is."""
        note = self.graph.view.notes[number]
        (x, y), (wide, high) = index.reachable(index.points([note.at, note.size])).tolist()
        return x, y, x + wide, y + high

    # --- What is where ---

    def visible(self, rect: Rect) -> Rows:
        """Return the rows of the nodes to paint in a part of the canvas, in painting order."""
        rows = index.touching(self.rects, index.grown(rect, NODE_MARGIN))
        raised = self._nodes.raised[rows]
        return np.concatenate([rows[~raised], rows[raised]])

    def link_rows(self, rect: Rect) -> Rows:
        """Return the curves to paint in a part of the canvas, as places in `link_of`."""
        return index.touching(self._links.reach, index.grown(rect, LINK_MARGIN))

    def nodes_in(self, rect: Rect, touching: bool = True) -> list[str]:
        """Return the nodes that touch a rectangle, or those that lie whole in it."""
        rows = index.touching(self.rects, rect) if touching else index.within(self.rects, rect)
        return [self.ids[row] for row in rows.tolist()]

    def curve(self, start: Point, end: Point, via: Sequence[Point] = ()) -> Floats:
        """Return the lines of a link from an output to an input, ``(count, 4)``, contiguous."""
        if via:
            return bend(through([start, *via, end], self.metrics)).reshape(-1, 4)
        return bend(direct(np.array([(*start, *end)], np.float64), self.metrics)).reshape(-1, 4)

    # --- Inside ---

    def _frame_rects(self) -> list[Rect]:
        if self._frames is None:
            self._frames = [
                _frame_around(_with_comments(self, frame.nodes), self.metrics)
                for frame in self.graph.view.frames
            ]
        return self._frames

    def _plain_state(self, node: Node) -> NodeState:
        if self._sizes.template(node.type).spec is None:
            return _MISSING
        return _STATES.get(node.mode, _UNKNOWN)


def _with_comments(board: Board, nodes: Collection[str]) -> Rect | None:
    """Return the rectangle around nodes and the comments above them."""
    around = board.bounds(nodes)
    if around is None:
        return None
    left, top, right, bottom = around
    looks, known = board.graph.view.layout, board.graph.nodes
    commented = [node for node in nodes if node in looks and looks[node].comment and node in known]
    tops = [board.rect(node)[1] - above(looks[node]) for node in commented]
    return left, min([top, *tops]), right, bottom


def _frame_around(nodes: Rect | None, metrics: Metrics) -> Rect:
    if nodes is None:
        return NOWHERE
    pad, title = metrics.frame_pad, metrics.frame_header
    return nodes[0] - pad, nodes[1] - pad / 2 - title, nodes[2] + pad, nodes[3] + pad
