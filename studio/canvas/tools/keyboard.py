"""Moving about and linking by keyboard alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal

from studio.canvas.edits import links
from studio.canvas.fits import End, Fits, Side
from studio.canvas.state import Point, Selection
from studio.canvas.tools.base import BARE, Flight, Overlay, Stage
from studio.canvas.tools.links import aimed_at, ends_in_sight, fits_of, place_of
from studio.core.graph import Graph

Direction = Literal["left", "right", "up", "down"]
_AHEAD: Mapping[Direction, Point] = {
    "left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1),
}  # fmt: skip
ASIDE = 2.0
"""How much farther away something feels for being beside the direction."""


def nearest(places: Mapping[str, Point], start: Point, direction: Direction) -> str:
    """Return what is nearest in a direction, or nothing.

    Args:
        places: Where everything is.
        start: Where one is.
        direction: Where to go; what lies more beside than ahead is left out.
    """
    ahead = _AHEAD[direction]
    best, least = "", math.inf
    for key, at in places.items():
        x, y = at[0] - start[0], at[1] - start[1]
        along, beside = x * ahead[0] + y * ahead[1], abs(x * ahead[1]) + abs(y * ahead[0])
        far = along + ASIDE * beside
        if along > 0 and beside <= 2 * along and far < least:
            best, least = key, far
    return best


def next_node(stage: Stage, direction: Direction) -> str:
    """Return the node that an arrow key goes to from the focus; the first one without a focus."""
    scene = stage.scene
    focus = stage.state.focus
    if focus not in stage.graph.nodes:
        return min(scene.ids, key=lambda key: scene.rect(key)[:2], default="")
    places = {key: _middle(scene.rect(key)) for key in scene.ids if key != focus}
    return nearest(places, _middle(scene.rect(focus)), direction)


def nudged(graph: Graph, places: Mapping[str, Point], direction: Direction, by: float) -> Graph:
    """Return the graph with nodes pushed a little, pinned ones too: the keys mean them."""
    ahead = _AHEAD[direction]
    at = {key: (x + by * ahead[0], y + by * ahead[1]) for key, (x, y) in places.items()}
    return graph.with_view(graph.view.moved(at))


def neighbours(
    graph: Graph, nodes: Iterable[str], side: Literal["upstream", "downstream"], *, whole: bool
) -> frozenset[str]:
    """Return the nodes next to those chosen, or the whole branch with them."""
    chosen = frozenset(nodes)
    if whole:
        reach = graph.upstream(chosen) if side == "upstream" else graph.downstream(chosen)
        return frozenset(reach & set(graph.nodes))
    if side == "upstream":
        found = {link.source for key in chosen for link in graph.links_to(key)}
    else:
        found = {link.target for key in chosen for link in graph.links_from(key)}
    return frozenset(found & set(graph.nodes))


class Keys:
    """The keyboard's way through nodes and sockets: arrows, Enter, Escape.

    On a node, Enter goes into its sockets. On a socket, Enter starts a link. Arrows then choose
    among the ends that take it, and Enter links.

    Attributes:
        socket: The socket that is chosen; ``None`` while a whole node is.
        linking: The end that a link was started from, or ``None``.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.socket: End | None = None
        self.linking: End | None = None
        self._ends: dict[str, End] = {}
        self._fits: Fits | None = None

    @property
    def overlay(self) -> Overlay:
        """The link that is being made, and what takes it."""
        if self._fits is None or self.socket is None or self.linking is None:
            return BARE
        start, end = place_of(self._stage, self.linking), place_of(self._stage, self.socket)
        ways = (start, end) if self.linking.side == "output" else (end, start)
        fitting = frozenset((end.node, end.side, end.name) for end in self._ends.values())
        return Overlay(flights=(Flight(*ways, self._fits.type),), fitting=fitting)

    def arrow(self, direction: Direction) -> str:
        """Go on in a direction; return the node to focus."""
        if self.socket is None:
            found = next_node(self._stage, direction)
            if found:
                self._stage.select(Selection(frozenset({found})))
            return found or self._stage.state.focus
        places = {key: place_of(self._stage, end) for key, end in self._choices().items()}
        found = nearest(places, place_of(self._stage, self.socket), direction)
        if found:
            self.socket = self._choices()[found]
            self._tell()
        return self.socket.node

    def enter(self) -> None:
        """Go a step further: into the sockets, start a link, make it."""
        if self.socket is None:
            self._into_sockets()
        elif self.linking is None:
            self._start()
        elif self.socket != self.linking:
            self._link(self.linking, self.socket)

    def escape(self) -> bool:
        """Go a step back; say whether there was one."""
        if self.linking is not None:
            self.socket, self.linking, self._fits = self.linking, None, None
        elif self.socket is not None:
            self.socket = None
        else:
            return False
        self._stage.redraw()
        return True

    def _into_sockets(self) -> None:
        focus = self._stage.state.focus
        if focus in self._stage.graph.nodes:
            shown = self._shown(focus)
            self.socket = next(iter(shown), None)
            self._tell() if self.socket else self._stage.say("It has no inputs and outputs")

    def _start(self) -> None:
        assert self.socket
        stage = self._stage
        self._fits = fits_of(stage, stage.graph, self.socket)
        fitting = self._fits.fitting(ends_in_sight(stage))
        if not fitting:
            self._fits = None
            stage.say(f"Nothing in sight takes {self.socket.node}.{self.socket.name}")
            return
        self.linking = self.socket
        ends = [End(node, name, _side(side)) for node, side, name in sorted(fitting)]
        self._ends = {f"{end.node}\0{end.side}\0{end.name}": end for end in ends}
        self._tell()

    def _link(self, start: End, end: End) -> None:
        stage = self._stage
        assert self._fits
        refused = aimed_at(stage, self._fits, end).refused
        self.socket, self.linking, self._fits = start, None, None
        if refused:
            stage.say(refused)
            return
        link = start.link_to(end)
        found = links.connected(stage.graph, link, stage.spec_of)
        if found is not stage.graph:
            stage.edit(f"Link {link.source} to {link.target}", found)

    def _choices(self) -> dict[str, End]:
        """Return the ends that the arrows go through, by a name of each."""
        if self.linking is not None:
            return self._ends
        assert self.socket
        return {f"{end.side}\0{end.name}": end for end in self._shown(self.socket.node)}

    def _shown(self, node: str) -> list[End]:
        """Return the sockets of a node that can be linked, parameters last."""
        sockets = self._stage.scene.layout(node).sockets
        ordered = sorted(sockets, key=lambda socket: not socket.shown)
        return [End(node, socket.name, socket.side) for socket in ordered]

    def _tell(self) -> None:
        if self.socket:
            self._stage.say(f"{self.socket.side} {self.socket.name} of {self.socket.node}")
        self._stage.redraw()


def _side(side: str) -> Side:
    return "output" if side == "output" else "input"


def _middle(rect: tuple[float, float, float, float]) -> Point:
    return (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2
