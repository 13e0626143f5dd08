"""Which outputs of a graph are pictures, and which of them the viewer shows. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.core import ends
from studio.core.graph import Graph, Link
from studio.core.spec import NodeSpec
from studio.core.types import SpecOf, item_of

PICTURES = ("Image", "Mask", "Latent", "Frames")
DETECTIONS = "Detections"

End = tuple[str, str]
"""Expanded id of a node, and the name of one of its outputs."""


@dataclass(frozen=True, slots=True)
class Source:
    """An output that is a picture.

    Attributes:
        node: Expanded id of the node that makes it.
        output: Name of the output.
        kind: Its value type.
        title: What people call it, such as ``Resize · image``.
        found: Detections that are seen over it; ``None``: the picture alone.
        before: The detections that `found` were chosen from, if a node chooses among some.
    """

    node: str
    output: str
    kind: str
    title: str
    found: End | None = None
    before: End | None = None

    @property
    def end(self) -> End:
        """What it was asked for: the detections, or the picture itself."""
        return self.found or (self.node, self.output)

    def under(self, prefix: str) -> Source:
        """Return it with the ids of a graph that is inside another."""
        found, before = (end and (prefix + end[0], end[1]) for end in (self.found, self.before))
        return replace(self, node=prefix + self.node, found=found, before=before)


def sources(graph: Graph, spec_of: SpecOf) -> tuple[Source, ...]:
    """Return all pictures of a graph, in the order in which they are made."""
    found = (source_of(graph, spec_of, node) for node in graph.order())
    return tuple(dict.fromkeys(item for item in found if item))


def source_of(graph: Graph, spec_of: SpecOf, node: str) -> Source | None:
    """Return the picture that stands for a node.

    It is its own, the one that a save node takes in, or the one that its detections were found in.
    """
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
    return _taken_in(graph, spec_of, node, spec) or _found(graph, spec_of, node, spec)


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


def picture_behind(graph: Graph, spec_of: SpecOf, node: str) -> Source | None:
    """Return the nearest image that a node's values come from."""
    waiting, seen = [node], set[str]()
    while waiting:
        here = waiting.pop(0)
        if here not in seen:
            seen.add(here)
            links = graph.links_to(here)
            found = (_behind(graph, spec_of, link) for link in links)
            image = next((source for source in found if source and source.kind == "Image"), None)
            if image:
                return image
            waiting += [link.source for link in links]
    return None


def linked(graph: Graph, spec_of: SpecOf, node: str, kind: str) -> End | None:
    """Return the output with values of a type that is linked to a node, as it is inside."""
    for link in graph.links_to(node):
        if _kind(graph, spec_of, link.source, link.output) == kind:
            return _inside(graph, link.source, link.output)
    return None


def _found(graph: Graph, spec_of: SpecOf, node: str, spec: NodeSpec) -> Source | None:
    """Return the picture that the detections of a node were found in."""
    named = (output.name for output in spec.outputs if item_of(output.type) == DETECTIONS)
    output = next(named, "")
    found = _inside(graph, node, output) if output else None
    picture = picture_behind(graph, spec_of, node) if found else None
    if picture is None:
        return None
    before = linked(graph, spec_of, node, DETECTIONS)
    title = f"{graph.nodes[node].title or spec.title} · {output}"
    return replace(picture, title=title, found=found, before=before)


def _kind(graph: Graph, spec_of: SpecOf, node: str, name: str) -> str:
    """Return the type of the values of an output; empty when there is none."""
    used = graph.nodes.get(node)
    spec = spec_of(used.type) if used else None
    output = spec.output(name) if spec else None
    return item_of(output.type) if output else ""


def _taken_in(graph: Graph, spec_of: SpecOf, node: str, spec: NodeSpec) -> Source | None:
    """Return the picture behind the first link into an effect that is one."""
    if not spec.effect:
        return None
    found = (_behind(graph, spec_of, link) for link in graph.links_to(node))
    return next((source for source in found if source), None)


def _behind(graph: Graph, spec_of: SpecOf, link: Link) -> Source | None:
    """Return the picture that a link carries."""
    kind = _kind(graph, spec_of, link.source, link.output)
    inner = _inside(graph, link.source, link.output) if kind in PICTURES else None
    if inner is None:
        return None
    used = graph.nodes[link.source]
    spec = spec_of(used.type)
    title = f"{used.title or (spec.title if spec else '')} · {link.output}"
    return Source(*inner, kind, title)


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
