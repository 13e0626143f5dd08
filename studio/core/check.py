"""Every rule that a graph can break, said as data: `Issue` with code, place, text and fix.

The rules are checked on what runs: sub-graphs inlined, bypassed nodes led around, muted ones left
out. What needs files (is it there, which family is it) is asked of `Facts`; without them those
rules are silent. The time is linear in the number of nodes and links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from studio.core import linked, rules
from studio.core.errors import GraphError, Issue, StudioError
from studio.core.expand import expand
from studio.core.graph import Graph, Link, Node
from studio.core.modes import effective
from studio.core.registry import Registry
from studio.core.spec import Input, Need, NodeSpec
from studio.core.sub_graphs import refuse_excess, specs
from studio.core.types import Flow, SpecOf, flow
from studio.core.widgets import FilePath, FileRef, ModelFile

_ORDER = ("error", "warning", "info")


class Facts(Protocol):
    """What is true of files; answered without computing, and without torch."""

    def problem(self, ref: FileRef, /) -> StudioError | None:
        """Say why a file cannot be opened, or return ``None`` if it is there."""

    def misfit(self, ref: FileRef, folder: str, /) -> StudioError | None:
        """Say why a file is nothing that belongs into a kind of model folder, as far as is known.

        Args:
            ref: A file that is there.
            folder: Kind of the folder, such as ``controlnet``; behind a slash the kind of hint that
                a network in it has to know, such as ``controlnet/tile``.
        """

    def families(self, graph: Graph, /) -> Mapping[tuple[str, str], str]:
        """Return the family of each output that has a known one, by node and output.

        Args:
            graph: Expanded, without bypassed and muted nodes.
        """


@dataclass
class Memory:
    """What the last check of a graph found, so that the next looks at nodes that changed alone.

    Attributes:
        links: Of the graph that ran.
        types: Its nodes with their types.
        specs: What these types were.
        travels: What its links carry.
        found: What is wrong with each node as it was.
    """

    links: tuple[Link, ...] = ()
    types: list[tuple[str, str]] = field(default_factory=list)
    specs: dict[str, NodeSpec | None] = field(default_factory=dict)
    travels: Flow | None = None
    found: dict[str, tuple[Node, tuple[Issue, ...]]] = field(default_factory=dict)

    def follow(self, graph: Graph, spec_of: SpecOf) -> Flow:
        """Return what travels in a graph; nodes are forgotten when it is built another way."""
        types = [(key, node.type) for key, node in graph.nodes.items()]
        specs = {kind: spec_of(kind) for kind in {node.type for node in graph.nodes.values()}}
        same = (types, specs, graph.links) == (self.types, self.specs, self.links)
        if self.travels is None or not same:
            self.links, self.types, self.specs = graph.links, types, specs
            self.travels = flow(graph, spec_of)
            self.found.clear()
        return self.travels


def issues(
    graph: Graph, registry: Registry, facts: Facts | None = None, memory: Memory | None = None
) -> list[Issue]:
    """Return everything that is wrong or odd with a graph, errors first.

    Args:
        graph: As read or edited; it may be wrong in any way.
        registry: The node types.
        facts: Answers questions about files; without them ``G007``, ``G008`` and ``G022`` are not
            checked.
        memory: Of the check of an earlier version; it becomes that of this one.
    """
    spec_of = specs(graph, registry)
    found = [*rules.ports(graph, spec_of), *rules.form(graph, spec_of)]
    for name, item in graph.graphs.items():
        found += rules.dangling(item.graph, spec_of, f"graph:{name}/")
    found += rules.dangling(graph, spec_of)
    try:
        refuse_excess(graph)
    except GraphError as wrong:
        found.append(rules.issue("G015", f"{wrong.text}.", "Remove the inner use."))
    else:
        found += _what_runs(graph, registry, spec_of, facts, memory or Memory())
    return sorted(found, key=lambda issue: _ORDER.index(issue.severity))


def spoiled(graph: Graph, link: Link, spec_of: SpecOf) -> Iterator[Issue]:
    """Find links that no longer fit once a node passes on what another link brings.

    Args:
        graph: The graph without the link.
        link: Makes no circle.
        spec_of: Finds the spec of a node type.
    """
    behind = _behind(graph, link.target, spec_of)
    if not behind:
        return
    after = graph.with_link(link)
    was, now = flow(graph, spec_of), flow(after, spec_of)
    for key in behind:
        known = set(rules.of_node(graph, key, spec_of, was))
        for item in rules.of_node(after, key, spec_of, now):
            if item.code == "G002" and item not in known:
                yield item


def _behind(graph: Graph, node: str, spec_of: SpecOf) -> list[str]:
    """Return the nodes whose inputs follow from what a node is given, in the order of the links."""
    waiting, found = [node], dict[str, None]()
    for key in waiting:
        spec = spec_of(graph.nodes[key].type) if key in graph.nodes else None
        passed = {item.name for item in spec.outputs if "any" in item.type} if spec else set()
        for link in graph.links_from(key):
            if link.output in passed and link.target not in found:
                found[link.target] = None
                waiting.append(link.target)
    return list(found)


def _what_runs(
    graph: Graph, registry: Registry, spec_of: SpecOf, facts: Facts | None, memory: Memory
) -> Iterator[Issue]:
    flat = expand(graph, registry)
    runs = effective(flat, spec_of)
    yield from rules.modes(runs, flat, spec_of)
    yield from rules.cycle(runs.graph)
    travels = memory.follow(runs.graph, spec_of)
    for key, node in runs.graph.nodes.items():
        held = memory.found.get(key)
        if held is None or held[0] is not node:
            wrong = tuple(rules.of_node(runs.graph, key, spec_of, travels))
            held = memory.found[key] = node, wrong
        yield from held[1]
    yield from linked.values(runs.graph, spec_of, travels)
    if facts:
        yield from _wrong_files(runs.graph, spec_of, facts)
        yield from _unknown_hints(runs.graph, spec_of, facts)
        yield from rules.families(runs.graph, spec_of, facts.families(runs.graph))


def _wrong_files(graph: Graph, spec_of: SpecOf, facts: Facts) -> Iterator[Issue]:
    """Find files that are read but not there, or are of another kind than the node takes."""
    types = {node.type for node in graph.nodes.values()}
    reading = {kind: _files_read(spec_of(kind)) for kind in types}
    for key, node in graph.nodes.items():
        for item in reading[node.type]:
            ref = _typed(graph, key, item) or FileRef("")
            wrong = facts.problem(ref) if ref.path else None
            if wrong:
                source = item.widget.source if isinstance(item.widget, ModelFile) else ""
                fix = _sentence(wrong.fix) + (f" Files that fit: {source}." if source else "")
                yield rules.issue("G007", f"{wrong.text}.", fix, key, item.name)
            elif ref.path and isinstance(item.widget, ModelFile):
                other = facts.misfit(ref, item.widget.folder)
                if other:
                    yield _misfit(other, key, item.name)


def _unknown_hints(graph: Graph, spec_of: SpecOf, facts: Facts) -> Iterator[Issue]:
    """Find networks that do not know the kind of hint that a node shows them."""
    specs = {kind: spec_of(kind) for kind in {node.type for node in graph.nodes.values()}}
    reading = {kind: _files_read(spec) for kind, spec in specs.items()}
    needing = {kind: spec for kind, spec in specs.items() if spec and _needs(spec)}
    for key, node in graph.nodes.items():
        for item, need in _needs(needing[node.type]) if node.type in needing else ():
            kind = _kind_shown(graph, key, needing[node.type], need)
            for link in graph.inputs_of(key).get(item, ()) if kind else ():
                source = graph.nodes.get(link.source)
                files = reading[source.type] if source else ()
                wrong = _lacking(graph, link.source, files, kind, facts)
                if wrong:
                    yield _misfit(wrong, key, need.parameter or item)


def _needs(spec: NodeSpec) -> list[tuple[str, Need]]:
    """Return the inputs whose networks have to know something, and what."""
    return [(item.name, item.need) for item in spec.inputs if item.need]


def _kind_shown(graph: Graph, key: str, spec: NodeSpec, need: Need) -> str:
    """Return the kind of hint that a node shows a network; empty: none, or a link decides that."""
    strength, said = spec.input(need.strength), spec.input(need.parameter)
    if strength is None or not _typed(graph, key, strength):
        return ""
    return str(_typed(graph, key, said) or "") if said else need.kind


def _lacking(
    graph: Graph, key: str, files: Iterable[Input], kind: str, facts: Facts
) -> StudioError | None:
    """Say why a network of a node does not know a kind of hint; of no network nothing is said."""
    for item in files:
        ref, widget = _typed(graph, key, item), item.widget
        if not ref or not isinstance(widget, ModelFile) or facts.problem(ref):
            continue
        wrong = facts.misfit(ref, f"{widget.folder}/{kind}")
        if wrong and not facts.misfit(ref, widget.folder):
            return wrong
    return None


def _typed(graph: Graph, key: str, item: Input) -> Any:
    """Return the value that is typed for a parameter; ``None`` where a link or nothing fits."""
    value = graph.nodes[key].params.get(item.name, item.default)
    if item.name in graph.inputs_of(key) or item.problem(value) is not None:
        return None
    return item.coerce(value)


def _misfit(wrong: StudioError, key: str, name: str) -> Issue:
    return rules.issue("G022", f"{wrong.text}.", _sentence(wrong.fix), key, name)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _files_read(spec: NodeSpec | None) -> tuple[Input, ...]:
    """Return the inputs of a type that name files to be read."""
    return tuple(
        item
        for item in (spec.inputs if spec else ())
        if isinstance(item.widget, ModelFile)
        or (isinstance(item.widget, FilePath) and not item.widget.output)
    )
