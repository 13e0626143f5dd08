"""Sub-graphs as nodes: what they look like from outside, and how large they are inside.

Definitions stand in the document and may use each other, but never themselves. A definition yields
a `NodeSpec` like any other, with its ports as inputs and outputs. `studio.core.expand` inlines
them. Nothing here is recursive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from studio.core import ends
from studio.core.errors import GraphError
from studio.core.graph import SUB_GRAPH, Graph, Link, Node, Port, SubGraph
from studio.core.registry import Registry
from studio.core.spec import Input, NodeSpec, Output
from studio.core.types import SpecOf

MAX_EXPANDED = 100_000
MAX_NESTING = 64


def specs(graph: Graph, registry: Registry) -> SpecOf:
    """Return what finds the spec of any node type in a graph, its own sub-graphs included."""
    if not graph.graphs:
        return registry.spec
    own = interfaces(graph.graphs, registry)
    return lambda type_id: own.get(type_id) or registry.spec(type_id)


def interfaces(graphs: Mapping[str, SubGraph], registry: Registry) -> dict[str, NodeSpec]:
    """Return the specs of sub-graphs by type id; those that contain themselves are left out."""
    found: dict[str, NodeSpec] = {}
    for name in order(graphs):
        found[SUB_GRAPH + name] = _interface(name, graphs[name], registry, found)
    return found


def order(graphs: Mapping[str, SubGraph]) -> tuple[str, ...]:
    """Return the definitions so that each follows those it uses; rings are left out."""
    return _uses(graphs).order()


def recursion(graphs: Mapping[str, SubGraph]) -> tuple[str, ...]:
    """Return definitions that use each other in a ring, or nothing."""
    return _uses(graphs).cycle()


def expanded_size(graph: Graph) -> int:
    """Return how many nodes the expanded graph has."""
    sizes: dict[str, int] = {}
    for name in order(graph.graphs):
        sizes[name] = _size(graph.graphs[name].graph, sizes)
    return _size(graph, sizes)


def depth(graphs: Mapping[str, SubGraph]) -> int:
    """Return how many definitions are nested in each other at most."""
    depths: dict[str, int] = {}
    for name in order(graphs):
        inner = (node.sub_graph for node in graphs[name].graph.nodes.values())
        depths[name] = 1 + max((depths.get(used, 0) for used in inner), default=0)
    return max(depths.values(), default=0)


def refuse_excess(graph: Graph) -> None:
    """Refuse definitions that contain themselves, or that expand beyond the limits.

    Raises:
        GraphError: Says which, and by how much.
    """
    ring = recursion(graph.graphs)
    if ring:
        raise GraphError(f"the sub-graph {ring[0]} contains itself ({' -> '.join(ring)})")
    size = expanded_size(graph)
    if size > MAX_EXPANDED:
        raise GraphError(f"with its sub-graphs it has {size} nodes, more than {MAX_EXPANDED}")
    if depth(graph.graphs) > MAX_NESTING:
        raise GraphError(f"its sub-graphs are nested more than {MAX_NESTING} deep")


def _uses(graphs: Mapping[str, SubGraph]) -> Graph:
    """Return the definitions as a graph of their own: a link says "is used by"."""
    links = {
        Link(node.sub_graph, "", name, "")
        for name, item in graphs.items()
        for node in item.graph.nodes.values()
        if node.sub_graph in graphs
    }
    return Graph({name: Node("") for name in graphs}, tuple(links))


def _interface(
    name: str, item: SubGraph, registry: Registry, known: Mapping[str, NodeSpec]
) -> NodeSpec:
    def spec_of(type_id: str) -> NodeSpec | None:
        return known.get(type_id) or registry.spec(type_id)

    return NodeSpec(
        id=SUB_GRAPH + name,
        version=1,
        title=item.title or name,
        category="Sub-graphs",
        summary=item.title or name,
        help="",
        inputs=tuple(_port_input(key, port, item, spec_of) for key, port in item.inputs.items()),
        outputs=tuple(Output(key, port.type, port.name) for key, port in item.outputs.items()),
        implementation="",
    )


def _port_input(key: str, port: Port, item: SubGraph, spec_of: SpecOf) -> Input:
    """Describe a port by the first input that it feeds; its value inside is its default."""
    for node_id, name in map(ends.split, port.ends):
        node = item.graph.nodes.get(node_id)
        spec = spec_of(node.type) if node else None
        inner = spec.input(name) if spec else None
        if node and inner:
            value = node.params.get(name, inner.default)
            required = inner.required and name not in node.params
            return replace(
                inner, name=key, type=port.type, required=required, default=value, help=port.name
            )
    return Input(key, port.type, help=port.name)


def _size(graph: Graph, sizes: Mapping[str, int]) -> int:
    return sum(sizes.get(node.sub_graph, 1) for node in graph.nodes.values())
