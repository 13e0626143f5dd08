"""What mute and bypass mean: the graph that runs.

Freezing changes nothing here: the planner takes a frozen node's result from the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from studio.core.graph import Graph, Link
from studio.core.spec import NodeSpec
from studio.core.types import SpecOf

_End = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Effective:
    """The part of a graph that runs.

    Attributes:
        graph: Without muted nodes, what needs them, and bypassed nodes.
        dropped: Nodes that do not run because of a mute, with the muted node, in order.
        cut: Links behind a bypassed node that has nothing to pass on.
    """

    graph: Graph
    dropped: Mapping[str, str]
    cut: tuple[Link, ...] = ()


def effective(graph: Graph, spec_of: SpecOf) -> Effective:
    """Return what runs of a graph, and what does not.

    Every output of a bypassed node passes on the first linked input of its type, in the order of
    the inputs; links behind an output that has none are cut. Muted nodes, and all that need them,
    are left out.

    Args:
        graph: An expanded graph; it may have faults.
        spec_of: Finds the spec of a node type.
    """
    bypassed = {key for key, node in graph.nodes.items() if node.mode == "bypassed"}
    muted = [key for key, node in graph.nodes.items() if node.mode == "muted"]
    if not bypassed and not muted:
        return Effective(graph, {})
    passed, cut = _pass_on(graph, bypassed, spec_of)
    dropped = _dropped(passed, muted)
    return Effective(_without(passed, dropped), dropped, cut)


def passage(spec: NodeSpec, output: str, graph: Graph, node: str) -> Link | None:
    """Return the link whose value a bypassed node passes on as one of its outputs."""
    found = spec.output(output)
    links = graph.inputs_of(node)
    for item in spec.inputs:
        if found and item.type == found.type and links.get(item.name):
            return links[item.name][0]
    return None


def _pass_on(graph: Graph, bypassed: set[str], spec_of: SpecOf) -> tuple[Graph, tuple[Link, ...]]:
    """Lead links around the bypassed nodes, and take these out."""
    if not bypassed:
        return graph, ()
    origins: dict[_End, _End | None] = {}
    links, cut = [], []
    for link in graph.links:
        if link.target in bypassed:
            continue
        origin = _origin(graph, (link.source, link.output), bypassed, spec_of, origins)
        if origin is None:
            cut.append(link)
        else:
            links.append(replace(link, source=origin[0], output=origin[1]))
    nodes = {key: node for key, node in graph.nodes.items() if key not in bypassed}
    return Graph(nodes, tuple(links), graph.graphs, title=graph.title), tuple(cut)


def _origin(
    graph: Graph,
    end: _End,
    bypassed: set[str],
    spec_of: SpecOf,
    origins: dict[_End, _End | None],
) -> _End | None:
    """Walk back through bypassed nodes to what a link really carries; remember the way."""
    walked: dict[_End, None] = {}
    here: _End | None = end
    while here and here[0] in bypassed and here not in origins and here not in walked:
        walked[here] = None
        spec = spec_of(graph.nodes[here[0]].type)
        link = passage(spec, here[1], graph, here[0]) if spec else None
        here = (link.source, link.output) if link else None
    if here and here[0] in bypassed:
        here = origins.get(here)
    for step in walked:
        origins[step] = here
    return here


def _dropped(graph: Graph, muted: list[str]) -> dict[str, str]:
    """Return each node that does not run, with the muted node that it waits for."""
    found = {node: node for node in muted}
    waiting = list(muted)
    for node in waiting:
        for link in graph.links_from(node):
            if link.target not in found and link.target in graph.nodes:
                found[link.target] = found[node]
                waiting.append(link.target)
    return found


def _without(graph: Graph, dropped: Mapping[str, str]) -> Graph:
    if not dropped:
        return graph
    nodes = {key: node for key, node in graph.nodes.items() if key not in dropped}
    links = tuple(
        link for link in graph.links if link.source not in dropped and link.target not in dropped
    )
    return Graph(nodes, links, graph.graphs, title=graph.title)
