"""Gestures on links: draw one, move all of a socket, break them, cut by a stroke."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from studio.canvas.edits import links, nodes
from studio.canvas.fits import Converter, End, Fits, converters, refusal
from studio.canvas.state import Camera, Hit, Point
from studio.canvas.tools.base import BARE, Cursor, Flight, Overlay, Pointer, Stage, Tool
from studio.canvas.tools.select import Click
from studio.core.graph import Graph, Link
from studio.core.types import item_of

FAR_ZOOM = 0.22
"""Below it sockets are not drawn, so none light up."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a drawn link would do where the pointer is.

    Attributes:
        end: Where it would end; ``None`` over nothing, or where nothing takes it.
        body: Node whose body is under the pointer, where no socket is.
        refused: Why it may not end here.
        choices: Names of files that would fit instead.
        converter: What would lead from its type to that of `end`.
    """

    end: End | None = None
    body: str = ""
    refused: str = ""
    choices: tuple[str, ...] = ()
    converter: Converter | None = None


class DrawLink(Click):
    """Draws a link from a socket. From an occupied input, its link is picked up and moved."""

    hint = "Drop on a socket, on a node, or on nothing to add a node that fits"
    cursor: Cursor = "cross"
    follows = True

    def start(self, pointer: Pointer) -> None:
        """Take the socket, or the link that ends there."""
        end = end_of(self.hit)
        held = end.links(self.stage.graph)
        self._taken = held if end.side == "input" and not self._many(end) else ()
        self._base = self.stage.graph.without_links(*self._taken)
        for link in self._taken:
            end = End(link.source, link.output, "output")
        if self._taken:
            self.stage.sketch(self._base)
        self._fits = fits_of(self.stage, self._base, end)
        self._lights = Lights(self.stage, [self._fits])

    def drag(self, pointer: Pointer) -> None:
        """Show the link, what takes it, and why what is under the pointer does not."""
        aim = aimed(self.stage, self._fits, pointer.at)
        fixed = place_of(self.stage, self._fits.end)
        loose = place_of(self.stage, aim.end) if aim.end and not aim.body else pointer.at
        ways = (fixed, loose) if self._fits.end.side == "output" else (loose, fixed)
        flight = Flight(*ways, self._fits.type, aim.refused, aim.choices)
        self.show(Overlay(flights=(flight,), fitting=self._lights.lit(), hot_node=aim.body))

    def drop(self, pointer: Pointer) -> None:
        """Link, convert, ask for a node, or say why not."""
        aim = aimed(self.stage, self._fits, pointer.at)
        self._restore()
        if aim.end and not aim.refused:
            self._link(self._fits.end.link_to(aim.end))
        elif aim.end and aim.converter:
            self._convert(self._fits.end.link_to(aim.end), aim.converter, pointer.at)
        elif aim.refused:
            self.stage.say(aim.refused)
        elif self._taken:
            self.stage.edit("Unlink", self._base)
        else:
            self.stage.ask_node(pointer.at, self._fits.end)

    def abandon(self) -> None:
        """Put a picked-up link back."""
        self._restore()

    def _restore(self) -> None:
        self.show(BARE)
        if self._taken:
            self.stage.sketch(None)

    def _link(self, link: Link) -> None:
        if link in self._taken:
            return
        if self._taken:
            end = End(link.target, link.input, "input")
            found = links.moved(self.stage.graph, self._taken, end, self.stage.spec_of)
        else:
            found = links.connected(self._base, link, self.stage.spec_of)
        if found is not self.stage.graph:
            self.stage.edit(f"Link {link.source} to {link.target}", found)

    def _convert(self, link: Link, converter: Converter, at: Point) -> None:
        width = self.stage.scene.metrics.width
        found, key = nodes.added(self._base, converter.spec, (at[0] - 1.5 * width, at[1]))
        found = links.converted(found, link, converter, key, self.stage.spec_of)
        self.stage.edit(f"Put {converter.spec.title} between", found)

    def _many(self, end: End) -> bool:
        spec = self.stage.spec_of(self.stage.graph.nodes[end.node].type)
        item = spec.input(end.name) if spec else None
        return bool(item and item.many)


class MoveLinks(Click):
    """Moves all links of a socket to another one."""

    hint = "Drop on another socket of the same side"
    cursor: Cursor = "cross"
    follows = True

    def start(self, pointer: Pointer) -> None:
        """Take the links."""
        self._end = end_of(self.hit)
        self._links = self._end.links(self.stage.graph)
        self._base = self.stage.graph.without_links(*self._links)
        far = [_far_end(link, self._end) for link in self._links]
        first = far[0] if far else self._end
        self.stage.sketch(self._base)
        whole = fits_of(self.stage, self._base, first)
        self._fits = [whole.at(end) for end in far]
        self._lights = Lights(self.stage, self._fits)

    def drag(self, pointer: Pointer) -> None:
        """Show the links on their way."""
        refused = self._refused(self.stage.scene.hit(pointer.at, self.stage.state.camera.zoom))
        flights = tuple(self._flight(fits, pointer.at, refused) for fits in self._fits)
        self.show(Overlay(flights=flights, fitting=self._lights.lit()))

    def drop(self, pointer: Pointer) -> None:
        """Lead them to the socket that is here."""
        hit = self.stage.scene.hit(pointer.at, self.stage.state.camera.zoom)
        refused = self._refused(hit)
        self.abandon()
        if refused:
            self.stage.say(refused)
        elif hit.kind == "socket" and self._links and end_of(hit) != self._end:
            found = links.moved(self.stage.graph, self._links, end_of(hit), self.stage.spec_of)
            self.stage.edit("Move links", found)

    def abandon(self) -> None:
        """Put them back."""
        self.show(BARE)
        self.stage.sketch(None)

    def _flight(self, fits: Fits, at: Point, refused: str) -> Flight:
        fixed = place_of(self.stage, fits.end)
        ways = (fixed, at) if fits.end.side == "output" else (at, fixed)
        return Flight(*ways, fits.type, refused)

    def _refused(self, hit: Hit) -> str:
        """Say why the links may not go to what is under the pointer."""
        if hit.kind != "socket":
            return ""
        end = end_of(hit)
        if end.side == self._end.side == "input" and len(self._links) > 1:
            spec = self.stage.spec_of(self.stage.graph.nodes[end.node].type)
            item = spec.input(end.name) if spec else None
            if item and not item.many:
                return f"{end.node}.{end.name} takes one link, not {len(self._links)}"
        found = [issue for fits in self._fits if (issue := fits.issue(end))]
        return found[0].text if found else ""


class BreakLinks(Tool):
    """Breaks all links of a socket."""

    def click(self, pointer: Pointer) -> None:
        """Break them."""
        found = links.disconnected(self.stage.graph, end_of(self.hit))
        if found is not self.stage.graph:
            self.stage.edit("Break links", found)


class Cut(Tool):
    """Cuts the links that a stroke crosses."""

    hint = "Links that the stroke crosses are cut"
    cursor: Cursor = "cross"

    def start(self, pointer: Pointer) -> None:
        """Begin the stroke."""
        self.stroke = [pointer.at]

    def drag(self, pointer: Pointer) -> None:
        """Lengthen it, and mark what it crosses."""
        self.stroke.append(pointer.at)
        crossed = tuple(self.stage.scene.links_crossing(self.stroke))
        self.show(Overlay(stroke=tuple(self.stroke), hot_links=crossed))

    def drop(self, pointer: Pointer) -> None:
        """Cut."""
        crossed = self.stage.scene.links_crossing(self.stroke)
        if crossed:
            said = "a link" if len(crossed) == 1 else f"{len(crossed)} links"
            self.stage.edit(f"Cut {said}", self.stage.graph.without_links(*crossed))


def end_of(hit: Hit) -> End:
    """Return the end that a socket or field under the pointer is."""
    return End(hit.node, hit.name, "output" if hit.side == "output" else "input")


def place_of(stage: Stage, end: End) -> Point:
    """Return where an end is on the canvas."""
    return stage.scene.socket_at(end.node, end.side, end.name)


def fits_of(stage: Stage, shown: Graph, end: End) -> Fits:
    """Return what an end may be linked to.

    Args:
        stage: The canvas.
        shown: The graph that it shows right now, so that its scene knows what travels.
        end: The end that stays.
    """
    scene = stage.scene
    return Fits(
        shown,
        stage.spec_of,
        stage.facts,
        end,
        lambda node, output: scene.type_of(node, "output", output),
    )


class Lights:
    """The sockets in sight that would take all of some links; found anew when the view moves.

    Args:
        stage: The canvas.
        fits: The fixed ends of the links.
    """

    def __init__(self, stage: Stage, fits: Sequence[Fits]) -> None:
        self._stage = stage
        self._fits = fits
        self._camera: Camera | None = None
        self._lit: frozenset[tuple[str, str, str]] = frozenset()

    def lit(self) -> frozenset[tuple[str, str, str]]:
        """Return them."""
        camera = self._stage.state.camera
        if camera != self._camera:
            self._camera = camera
            near = camera.zoom >= FAR_ZOOM and self._fits
            ends = list(ends_in_sight(self._stage)) if near else []
            sets = [fits.fitting(ends) for fits in self._fits]
            self._lit = frozenset.intersection(*sets) if sets else frozenset()
        return self._lit


def ends_in_sight(stage: Stage) -> Iterator[End]:
    """Name all sockets of the nodes in sight."""
    scene = stage.scene
    for row in scene.visible(stage.state.camera.seen(*stage.size)).tolist():
        for socket in scene.layout(scene.ids[row]).sockets:
            yield End(scene.ids[row], socket.name, socket.side)


def aimed(stage: Stage, fits: Fits, at: Point) -> Aim:
    """Return what a link would do that is dropped at a point."""
    hit = stage.scene.hit(at, stage.state.camera.zoom)
    if not hit.node or hit.node not in stage.graph.nodes:
        return Aim()
    end = end_of(hit)
    if hit.kind == "socket":
        return Aim() if end == fits.end else aimed_at(stage, fits, end)
    if hit.node == fits.end.node:
        return Aim(body=hit.node)
    if hit.kind == "field" and fits.end.side == "output" and fits.types_fit(end):
        return aimed_at(stage, fits, end)
    return _aimed_at_body(stage, fits, hit.node)


def aimed_at(stage: Stage, fits: Fits, end: End) -> Aim:
    """Return what a link would do that is dropped on a socket."""
    issue = fits.issue(end)
    if issue is None:
        return Aim(end)
    if issue.code == "G008":
        choices = fits.choices(end, stage.shelf)
        return Aim(end, "", refusal(issue, choices), choices)
    way = _way(stage, fits, end) if issue.code == "G002" else None
    if way:
        text = f"{refusal(issue).rstrip('.')}; drop to put {way.spec.title} between"
        return Aim(end, "", text, (way.spec.title,), way)
    return Aim(end, "", refusal(issue))


def _aimed_at_body(stage: Stage, fits: Fits, node: str) -> Aim:
    best = fits.best(node)
    if best:
        return Aim(best, node)
    spec = stage.spec_of(stage.graph.nodes[node].type)
    ends = [end for end in links.ends_of(node, spec) if end.side != fits.end.side]
    for end in ends:
        aim = aimed_at(stage, fits, end)
        if aim.choices:
            return replace(aim, body=node)
    side = "input" if fits.end.side == "output" else "output"
    verb = "takes" if side == "input" else "gives"
    return Aim(None, node, f"no {side} of {node} {verb} {item_of(fits.type)}")


def _way(stage: Stage, fits: Fits, end: End) -> Converter | None:
    """Return the converter that leads from one end to the other, if there is one."""
    link = fits.end.link_to(end)
    source = fits.type_of(End(link.source, link.output, "output"))
    target = fits.type_of(End(link.target, link.input, "input"))
    found = converters(stage.registry.specs.values(), source, target)
    return found[0] if found else None


def _far_end(link: Link, near: End) -> End:
    if near.side == "output":
        return End(link.target, link.input, "input")
    return End(link.source, link.output, "output")
