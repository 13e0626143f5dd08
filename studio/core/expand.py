"""Inline sub-graphs: what runs is what would run, had the inner nodes been drawn outside.

Definitions are flattened from the innermost outwards, each once, so nothing here is recursive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from studio.core import ends, sub_graphs
from studio.core.graph import Graph, Link, Node, Port, SubGraph
from studio.core.registry import Registry

_End = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Flat:
    """A definition without sub-graphs, and where its ports lead inside."""

    graph: Graph
    inputs: Mapping[str, tuple[_End, ...]]
    outputs: Mapping[str, _End]


@dataclass(frozen=True, slots=True)
class _Inlined:
    """Nodes and links of the definitions that a graph uses, and where the ends of users lead."""

    users: set[str] = field(default_factory=set)
    nodes: dict[str, Node] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    inputs: dict[_End, tuple[_End, ...]] = field(default_factory=dict)
    outputs: dict[_End, _End] = field(default_factory=dict)

    def sources(self, end: _End) -> _End | None:
        """Return what an output is inside, or nothing when a user has no such port."""
        return self.outputs.get(end) if end[0] in self.users else end

    def targets(self, end: _End) -> tuple[_End, ...]:
        """Return what an input feeds inside."""
        return self.inputs.get(end, ()) if end[0] in self.users else (end,)


def expand(graph: Graph, registry: Registry) -> Graph:
    """Inline all sub-graphs; ids are joined by ``/``.

    Muted and bypassed uses of a sub-graph stay whole, for `studio.core.modes` to take out.

    Args:
        graph: A graph with its definitions.
        registry: Tells which inputs take many links.

    Raises:
        GraphError: A definition contains itself, or the expanded graph would be too large.
    """
    if not any(node.sub_graph in graph.graphs for node in graph.nodes.values()):
        return graph
    sub_graphs.refuse_excess(graph)
    flat: dict[str, _Flat] = {}
    for name in sub_graphs.order(graph.graphs):
        flat[name] = _flat(graph.graphs[name], flat, registry)
    found = _inlined(graph, flat)
    links = tuple(_joined(graph, found, registry))
    return Graph(found.nodes, links, graph.graphs, title=graph.title)


def _flat(item: SubGraph, flat: Mapping[str, _Flat], registry: Registry) -> _Flat:
    found = _inlined(item.graph, flat)
    links = tuple(_joined(item.graph, found, registry))
    inputs = {
        port: tuple(end for inner in _ends(item.inputs[port]) for end in found.targets(inner))
        for port in item.inputs
    }
    outputs = {
        port: end for port in item.outputs for end in map(found.sources, _ends(item.outputs[port]))
    }
    held = {port: end for port, end in outputs.items() if end and end[0] in found.nodes}
    fed = {
        port: tuple(end for end in targets if end[0] in found.nodes)
        for port, targets in inputs.items()
    }
    return _Flat(Graph(found.nodes, links), fed, held)


def _ends(port: Port) -> Iterator[_End]:
    return map(ends.split, port.ends)


def _inlined(graph: Graph, flat: Mapping[str, _Flat]) -> _Inlined:
    """Put the nodes of flat definitions in the place of the nodes that use them."""
    found = _Inlined()
    for key, node in graph.nodes.items():
        inner = flat.get(node.sub_graph)
        if inner is None or node.mode in ("muted", "bypassed"):
            found.nodes[key] = node
            continue
        words = _words(key, inner.graph.nodes, graph.nodes)
        found.users.add(key)
        found.nodes.update((words[name], item) for name, item in _instance(node, inner).items())
        found.links.extend(
            replace(link, source=words[link.source], target=words[link.target])
            for link in inner.graph.links
            if link.source in words and link.target in words
        )
        for port, fed in inner.inputs.items():
            found.inputs[key, port] = tuple((words[name], end) for name, end in fed)
        for port, (source, output) in inner.outputs.items():
            found.outputs[key, port] = (words[source], output)
    return found


def _words(prefix: str, names: Iterable[str], taken: Mapping[str, Node]) -> dict[str, str]:
    """Return the ids of inlined nodes; one that the outer graph uses already is made longer."""
    found = {}
    for name in names:
        word = f"{prefix}/{name}"
        while word in taken:
            word += "_"
        found[name] = word
    return found


def _instance(node: Node, inner: _Flat) -> dict[str, Node]:
    """Return the inner nodes with the parameters and the mode of the node that uses them."""
    found = dict(inner.graph.nodes)
    for port, fed in inner.inputs.items():
        if port in node.params:
            for key, name in fed:
                params = {**found[key].params, name: node.params[port]}
                found[key] = replace(found[key], params=params)
    if node.mode == "frozen":
        makers = {key for key, _ in inner.outputs.values()}
        # One key names the results of one node; with several makers each keeps its own, once run.
        frozen = node.frozen if len(makers) == 1 else ""
        for key in makers:
            if found[key].mode == "on":
                found[key] = replace(found[key], mode="frozen", frozen=frozen)
    return found


def _joined(graph: Graph, found: _Inlined, registry: Registry) -> list[Link]:
    """Lead the outer links to what is behind the ports, after the inner links.

    A link from outside replaces an inner one, and follows the inner ones of an input that takes
    many.
    """
    next_index: dict[_End, int] = {}
    for link in found.links:
        end = (link.target, link.input)
        next_index[end] = max(next_index.get(end, 0), (link.index or 0) + 1)
    outer: list[Link] = []
    replaced: set[_End] = set()
    for link in graph.links:
        source = found.sources((link.source, link.output))
        for end in found.targets((link.target, link.input)) if source else ():
            index = link.index
            if link.target in found.users:
                many = _takes_many(found.nodes[end[0]], end[1], registry)
                index = (index or 0) + next_index.get(end, 0) if many else None
                replaced |= set() if many else {end}
            outer.append(Link(*(source or ("", "")), *end, index))
    return [link for link in found.links if (link.target, link.input) not in replaced] + outer


def _takes_many(node: Node, name: str, registry: Registry) -> bool:
    spec = registry.spec(node.type)
    found = spec.input(name) if spec else None
    return bool(found and found.many)
