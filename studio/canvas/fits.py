"""What a link may be joined to: sockets, node types, converters between types that do not fit.

`studio.core.check` is the judge. `Fits` gives the same answers for all sockets in sight while a link
is drawn, for the price of following the graph once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Literal

from studio.core import rules
from studio.core.check import Facts, spoiled
from studio.core.errors import Issue
from studio.core.graph import Graph, Link
from studio.core.spec import Input, NodeSpec
from studio.core.types import ANY, Flow, SpecOf, fits, flow, item_of, maps
from studio.core.widgets import ModelFile

Side = Literal["input", "output"]
Shelf = Callable[[str, str], tuple[str, ...]]
"""Names the user's files of one kind of folder (``checkpoints``) that are of one model family."""

_REFUSING = ("G002", "G008", "G009")
_NAMED = 3


@dataclass(frozen=True, slots=True)
class End:
    """One socket of one node.

    Attributes:
        node: Id of the node.
        name: Name of the input or output.
        side: Which of the two.
    """

    node: str
    name: str
    side: Side

    def link_to(self, other: End) -> Link:
        """Return the link between this end and one of the other side, whichever is the source."""
        source, target = (self, other) if self.side == "output" else (other, self)
        return Link(source.node, source.name, target.node, target.name)

    def links(self, graph: Graph) -> tuple[Link, ...]:
        """Return the links of this socket."""
        if self.side == "input":
            return graph.inputs_of(self.node).get(self.name, ())
        return tuple(link for link in graph.links_from(self.node) if link.output == self.name)


class Fits:
    """What one end may be linked to.

    Args:
        graph: Where it is; without the link that is moved, if one is.
        spec_of: Finds the spec of a node type.
        facts: What is true of files; without them families are not compared.
        end: The end that stays.
        carried: Tells what travels out of an output, where that is known already.
    """

    def __init__(
        self,
        graph: Graph,
        spec_of: SpecOf,
        facts: Facts | None,
        end: End,
        carried: Callable[[str, str], str] | None = None,
    ) -> None:
        self.end = end
        self._graph = graph
        self._spec_of = spec_of
        self._carried = carried or _followed(graph, spec_of)
        self._known = facts.families(graph) if facts else {}
        self._waiting = _waiting(graph, end)

    @property
    def type(self) -> str:
        """Type that travels on the link, as far as this end decides it."""
        return self.type_of(self.end)

    def at(self, end: End) -> Fits:
        """Return the same for another end of the graph, without following it again."""
        found = copy(self)
        found.end = end
        found._waiting = _waiting(self._graph, end)
        return found

    def issue(self, other: End) -> Issue | None:
        """Say why an end may not be linked to this one, or return ``None``."""
        link = self.end.link_to(other)
        if other.side == self.end.side:
            both = f"{self.end.node}.{self.end.name} and {other.node}.{other.name}"
            return rules.issue(
                "G009", f"{both} are both {other.side}s.", "", other.node, other.name
            )
        if other.node in self._waiting:
            text = f"{link} would make {link.target} wait for itself."
            return rules.issue("G003", text, "", link.target, link.input)
        return next((item for item in self._issues(link) if item.code in _REFUSING), None)

    def types_fit(self, other: End) -> bool:
        """Tell whether the types fit, whatever else speaks against the link."""
        link = self.end.link_to(other)
        source = self.type_of(End(link.source, link.output, "output"))
        return fits(source, self.type_of(End(link.target, link.input, "input")))

    def fitting(self, others: Iterable[End]) -> frozenset[tuple[str, str, str]]:
        """Return those ends that may be linked to this one, as the canvas names them."""
        return frozenset(
            (other.node, other.side, other.name)
            for other in others
            if other.side != self.end.side and self.types_fit(other) and not self.issue(other)
        )

    def best(self, node: str) -> End | None:
        """Return the end of a node that a link dropped on its body goes to, or ``None``.

        A free socket of the very type comes first, then a free one that takes it, then a parameter,
        then a socket that is occupied.
        """
        spec = self._spec_of(self._graph.nodes[node].type)
        if spec is None:
            return None
        if self.end.side == "input":
            wanted = self.type_of(self.end)
            ends = sorted(
                (End(node, output.name, "output") for output in spec.outputs),
                key=lambda end: item_of(self.type_of(end)) != item_of(wanted),
            )
        else:
            ranked = sorted(spec.inputs, key=lambda item: self._rank(node, item))
            ends = [End(node, item.name, "input") for item in ranked]
        return next((end for end in ends if self.types_fit(end) and not self.issue(end)), None)

    def choices(self, other: End, shelf: Shelf) -> tuple[str, ...]:
        """Return the user's files that would fit where one of another family does not."""
        link = self.end.link_to(other)
        family = self._family_wanted(link)
        folder = model_folder(self._graph, self._spec_of, link.source)
        return shelf(folder, family) if family and folder else ()

    def _rank(self, node: str, item: Input) -> tuple[bool, bool, bool, bool, bool]:
        held = bool(self._graph.inputs_of(node).get(item.name)) and not item.many
        kind = item_of(self.type)
        exact = kind == item_of(item.type)
        return held, not item.is_socket, not exact, item.name != self.end.name, not item.required

    def type_of(self, end: End) -> str:
        """Return the type of any end: what travels out of it, or what it takes."""
        if end.side == "output":
            return self._carried(end.node, end.name)
        node = self._graph.nodes.get(end.node)
        spec = self._spec_of(node.type) if node else None
        taken = spec.input(end.name) if spec else None
        return taken.type if taken else f"{ANY}?"

    def _issues(self, link: Link) -> Iterable[Issue]:
        """Find what the checks would say of the target of a link, with the link in place."""
        node = self._graph.nodes.get(link.target)
        spec = self._spec_of(node.type) if node else None
        taken = spec.input(link.input) if spec else None
        held = self._graph.links_to(link.target)
        kept = [item for item in held if item.input != link.input or (taken and taken.many)]
        part = Graph(self._graph.nodes, (*kept, link))
        yield from rules.dangling(Graph(self._graph.nodes, (link,)), self._spec_of)
        types = {
            (one.source, one.output): self._carried(one.source, one.output) for one in part.links
        }
        travels = Flow(types, self._mapped(spec, part.links))
        yield from rules.of_node(part, link.target, self._spec_of, travels)
        yield from spoiled(self._graph, link, self._spec_of)
        yield from rules.family_of_node(part, link.target, self._spec_of, self._known)

    def _mapped(
        self, spec: NodeSpec | None, links: Iterable[Link]
    ) -> Mapping[str, tuple[str, ...]]:
        """Return the node that these links lead to if they make it run for each item of a list."""
        found: dict[str, tuple[str, ...]] = {}
        for link in links if spec and not spec.folds else ():
            taken = spec.input(link.input) if spec else None
            kind = self._carried(link.source, link.output)
            if taken and maps(kind, taken.type):
                found[link.target] = (*found.get(link.target, ()), link.input)
        return found

    def _family_wanted(self, link: Link) -> str:
        """Return the family that the other inputs of the target are of."""
        brought = self._known.get((link.source, link.output), "")
        for held in self._graph.links_to(link.target):
            family = self._known.get((held.source, held.output), "")
            if held.input != link.input and family and family != brought:
                return family
        return ""


def _followed(graph: Graph, spec_of: SpecOf) -> Callable[[str, str], str]:
    """Return what tells the type of an output, by following all of the graph."""
    types = flow(graph, spec_of).types
    return lambda node, output: types.get((node, output), f"{ANY}?")


def _waiting(graph: Graph, end: End) -> set[str]:
    """Return the nodes that a link to this end would make wait for themselves."""
    return graph.upstream([end.node]) if end.side == "output" else graph.downstream([end.node])


def model_folder(graph: Graph, spec_of: SpecOf, node: str) -> str:
    """Return the kind of folder that the nearest loader above a node reads from, or nothing."""
    walked = {node: None}
    for key in (waiting := [node]):
        spec = spec_of(graph.nodes[key].type) if key in graph.nodes else None
        for item in spec.inputs if spec else ():
            if isinstance(item.widget, ModelFile):
                return item.widget.folder
        for link in graph.links_to(key):
            if link.source not in walked:
                walked[link.source] = None
                waiting.append(link.source)
    return ""


def refusal(issue: Issue, choices: tuple[str, ...] = ()) -> str:
    """Return the sentence that says why a link is refused, and what could take its place."""
    if not choices:
        return issue.text
    named = ", ".join(choices[:_NAMED]) + (", ..." if len(choices) > _NAMED else "")
    files = f"{len(choices)} files" if len(choices) > 1 else "1 file"
    return f"{issue.text.rstrip('.')}; {files} in your folder can: {named}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node type that a dangling link may lead to.

    Attributes:
        spec: The node type.
        name: Its input or output that takes the link.
        rank: 0 for a socket of the very type, 1 for one that takes it, 2 for a parameter.
    """

    spec: NodeSpec
    name: str
    rank: int


def types_that_fit(specs: Iterable[NodeSpec], kind: str, side: Side) -> list[Candidate]:
    """Return the node types that a link dropped on nothing may lead to, the nearest first.

    Args:
        specs: All that could be added.
        kind: Type of the end that the link comes from.
        side: Of that end: ``output`` asks for nodes with an input that takes it.
    """
    found = [item for spec in specs if (item := _candidate(spec, kind, side))]
    return sorted(found, key=lambda item: item.rank)


def _candidate(spec: NodeSpec, kind: str, side: Side) -> Candidate | None:
    if side == "output":
        ranks = [
            (2 if not item.is_socket else item_of(item.type) != item_of(kind), item.name)
            for item in spec.inputs
            if fits(kind, item.type)
        ]
    else:
        ranks = [
            (int(item_of(output.type) != item_of(kind)), output.name)
            for output in spec.outputs
            if fits(output.type, kind)
        ]
    best = min(ranks, key=lambda item: item[0], default=None)
    return Candidate(spec, best[1], int(best[0])) if best else None


@dataclass(frozen=True, slots=True)
class Converter:
    """A node type that leads from one type to another.

    Attributes:
        spec: The node type.
        input: Its input of the one type.
        output: Its output of the other.
    """

    spec: NodeSpec
    input: str
    output: str


def converters(specs: Iterable[NodeSpec], source: str, target: str) -> list[Converter]:
    """Return what leads from one type to another, what needs least besides first."""
    found: list[tuple[int, Converter]] = []
    for spec in specs:
        taken = [item for item in spec.inputs if item.is_socket and item.type == item_of(source)]
        made = [item for item in spec.outputs if item.type == item_of(target)]
        if len(taken) == 1 and made and not spec.effect:
            others = sum(item.required for item in spec.inputs if item is not taken[0])
            found.append((others, Converter(spec, taken[0].name, made[0].name)))
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]
