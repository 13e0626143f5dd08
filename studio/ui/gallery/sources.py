"""Which outputs of a graph are pictures, and which of them the viewer shows. No widgets."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core import ends
from studio.core.graph import Graph, Link
from studio.core.spec import NodeSpec
from studio.core.types import SpecOf, item_of

PICTURES = ("Image", "Mask", "Latent")


@dataclass(frozen=True, slots=True)
class Source:
    """An output that is a picture.

    Attributes:
        node: Expanded id of the node that makes it.
        output: Name of the output.
        kind: Its value type.
        title: What people call it, such as ``Resize · image``.
    """

    node: str
    output: str
    kind: str
    title: str


def sources(graph: Graph, spec_of: SpecOf) -> tuple[Source, ...]:
    """Return all pictures of a graph, in the order in which they are made."""
    found = (source_of(graph, spec_of, node) for node in graph.order())
    return tuple(dict.fromkeys(item for item in found if item))


def source_of(graph: Graph, spec_of: SpecOf, node: str) -> Source | None:
    """Return the picture that stands for a node: its own, or the one that a save node takes in."""
    used = graph.nodes.get(node)
    spec = spec_of(used.type) if used else None
    if used is None or spec is None:
        return None
    for output in spec.outputs:
        kind = item_of(output.type)
        if kind in PICTURES:
            inner = _inside(graph, node, output.name)
            title = f"{used.title or spec.title} · {output.name}"
            return Source(*inner, kind, title) if inner else None
    return _taken_in(graph, spec_of, node, spec)


def last_of(graph: Graph, spec_of: SpecOf) -> Source | None:
    """Return the picture that a graph is for: what it saves or shows, else the last one."""
    specs = {kind: spec_of(kind) for kind in {node.type for node in graph.nodes.values()}}
    showing = {kind for kind, spec in specs.items() if spec and _may_show(spec)}
    order = [node for node in reversed(graph.order()) if graph.nodes[node].type in showing]
    effects = [node for node in order if (spec := specs[graph.nodes[node].type]) and spec.effect]
    found = (source_of(graph, spec_of, node) for node in (*effects, *order))
    return next((source for source in found if source), None)


def _may_show(spec: NodeSpec) -> bool:
    return spec.effect or any(item_of(output.type) in PICTURES for output in spec.outputs)


def taken_in(graph: Graph, spec_of: SpecOf, node: str, name: str) -> Source | None:
    """Return the picture that is linked to an input of a node."""
    link = next((link for link in graph.links_to(node) if link.input == name), None)
    return _behind(graph, spec_of, link) if link else None


def _taken_in(graph: Graph, spec_of: SpecOf, node: str, spec: NodeSpec) -> Source | None:
    """Return the picture behind the first link into an effect that is one."""
    if not spec.effect:
        return None
    found = (_behind(graph, spec_of, link) for link in graph.links_to(node))
    return next((source for source in found if source), None)


def _behind(graph: Graph, spec_of: SpecOf, link: Link) -> Source | None:
    """Return the picture that a link carries."""
    used = graph.nodes.get(link.source)
    spec = spec_of(used.type) if used else None
    output = spec.output(link.output) if spec else None
    if used is None or spec is None or output is None or item_of(output.type) not in PICTURES:
        return None
    inner = _inside(graph, link.source, link.output)
    title = f"{used.title or spec.title} · {link.output}"
    return Source(*inner, item_of(output.type), title) if inner else None


def _inside(graph: Graph, node: str, output: str) -> tuple[str, str] | None:
    """Follow an output into sub-graphs, to the node that really makes it."""
    prefix, here = "", graph
    while here.nodes[node].sub_graph in graph.graphs:
        definition = graph.graphs[here.nodes[node].sub_graph]
        port = definition.outputs.get(output)
        if port is None or not port.ends:
            return None
        prefix += f"{node}/"
        node, output = ends.split(port.ends[0])
        here = definition.graph
        if node not in here.nodes:
            return None
    return prefix + node, output
