"""Rules about values that travel on links and are known before a run: numbers, texts, switches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from studio.core.errors import Issue, RangeError, StudioError
from studio.core.folding import Filled, Given, Made, Source, brings_list, checked, coerced, fold
from studio.core.graph import Graph, Link
from studio.core.rules import issue
from studio.core.spec import Input, NodeSpec
from studio.core.types import Flow, SpecOf, fits
from studio.core.values import Sequence


def values(graph: Graph, spec_of: SpecOf, travels: Flow) -> Iterator[Issue]:
    """Find linked values that their inputs refuse, and lists of different lengths that meet.

    Args:
        graph: Expanded, with modes resolved. Nodes of cycles are left out.
        spec_of: Finds the spec of a node type.
        travels: What its links carry.
    """
    specs = {kind: spec_of(kind) for kind in {node.type for node in graph.nodes.values()}}
    literal = {kind for kind, spec in specs.items() if spec and spec.folds}
    if not literal:
        return
    walk = _Walk(graph, travels)
    for key in graph.order():
        spec = specs[graph.nodes[key].type]
        if spec and (spec.id in literal or key in walk.reached):
            yield from walk.visit(key, spec)


class _Walk:
    """Goes through a graph in order, along what is known of its links.

    Attributes:
        reached: Nodes that something known is linked to.
    """

    def __init__(self, graph: Graph, travels: Flow) -> None:
        self.reached: set[str] = set()
        self._graph = graph
        self._travels = travels
        self._folded: dict[tuple[str, str], Source] = {}
        self._lengths: dict[tuple[str, str], int] = {}
        self._fine: set[tuple[int, str, str]] = set()  # lists that an input of a type takes

    def visit(self, key: str, spec: NodeSpec) -> Iterator[Issue]:
        """Find what is wrong with one node, and note what it passes on."""
        links = self._graph.inputs_of(key)
        wrong = [
            found
            for item in spec.inputs
            for link in links.get(item.name, ())
            if (found := self._refused(key, spec, item, link))
        ]
        yield from wrong
        if key in self._travels.mapped:
            yield from self._zip(key, spec)
        elif spec.folds and not wrong and self._fits(key, spec):
            yield from self._fold(key, spec)

    def _refused(self, key: str, spec: NodeSpec, item: Input, link: Link) -> Issue | None:
        """Say why an input refuses the value that a link brings, as far as that is known."""
        source = self._source(link)
        if not isinstance(source, Given) or not self._may_meet(link, item):
            return None
        try:
            if brings_list(item, source):
                self._check_all(spec, item, source.value)
            else:
                coerced(item, source)
        except RangeError as error:
            fix = f"Change what {link.source} gives, or remove the link."
            return issue("G018", f"{error.text}.", fix, key, item.name)
        return None

    def _fits(self, key: str, spec: NodeSpec) -> bool:
        """Say whether the types of all that is known of what is linked to a node fit."""
        links = self._graph.inputs_of(key)
        return all(
            isinstance(self._source(link), Made) or self._may_meet(link, item)
            for item in spec.inputs
            for link in links.get(item.name, ())
        )

    def _may_meet(self, link: Link, item: Input) -> bool:
        """Say whether the types fit; where they do not, another rule says so."""
        kind = self._travels.types.get((link.source, link.output))
        return kind is not None and fits(kind, item.type)

    def _check_all(self, spec: NodeSpec, item: Input, given: Sequence[Any]) -> None:
        name = (id(given), spec.id, item.name)
        if name in self._fine or given.reader:
            return
        for value in given.items:
            checked(item, value)
        self._fine.add(name)

    def _zip(self, key: str, spec: NodeSpec) -> Iterator[Issue]:
        """Compare the lists that a node runs over together."""
        links = self._graph.inputs_of(key)
        known = [
            (item.name, length)
            for item in spec.inputs
            if item.name in self._travels.mapped[key]
            for link in links[item.name]
            if (length := self._length(self._source(link))) is not None
        ]
        other = next((entry for entry in known if entry[1] != known[0][1]), None)
        if other:
            text = f"{known[0][0]} brings {known[0][1]} items, but {other[0]} {other[1]}."
            yield issue("G019", text, "Link lists of one length.", key, other[0])
        elif known:
            for output in spec.outputs:
                self._lengths[key, output.name] = known[0][1]
            self._reach(key)

    def _fold(self, key: str, spec: NodeSpec) -> Iterator[Issue]:
        """Work out a literal node or a switch; values that are missing or refused are said."""
        node, links = self._graph.nodes[key], self._graph.inputs_of(key)
        inputs: dict[str, Filled] = {}
        for item in spec.inputs:
            sources = tuple(coerced(item, self._source(link)) for link in links.get(item.name, ()))
            typed = item.widget is not None and item.name in node.params
            if sources:
                inputs[item.name] = sources if item.many else sources[0]
            elif item.required and not typed:
                return
            elif item.is_socket:
                inputs[item.name] = Given(() if item.many else item.default)
            else:
                value = node.params[item.name] if typed else item.default
                if item.problem(value) is not None:
                    return
                inputs[item.name] = Given(item.coerce(value))
        try:
            made = fold(spec, inputs)
        except StudioError as error:
            fix = f"{error.fix[:1].upper()}{error.fix[1:]}." if error.fix else ""
            yield issue("G020", f"{error.text}.", fix, key, error.place.input)
            return
        if made:
            self._folded |= {(key, name): source for name, source in made.items()}
            self._reach(key)

    def _reach(self, key: str) -> None:
        self.reached.update(link.target for link in self._graph.links_from(key))

    def _source(self, link: Link) -> Source:
        end = (link.source, link.output)
        return self._folded.get(end) or Made(*end)

    def _length(self, source: Source) -> int | None:
        if isinstance(source, Made):
            return self._lengths.get((source.node, source.output))
        return len(source.value) if isinstance(source.value, Sequence) else None
