"""Which errors of a graph keep it from running: those at nodes that its targets need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from studio.core.errors import GraphError, Issue
from studio.core.expand import expand
from studio.core.graph import Graph
from studio.core.registry import Registry

Held = Callable[[Iterable[str]], set[str]]
"""Says which keys have results."""


def for_this_run(
    found: Iterable[Issue], graph: Graph, registry: Registry, held: Held
) -> list[Issue]:
    """Turn errors into warnings where nothing saved or shown needs the node.

    Args:
        found: Everything that is wrong.
        graph: The graph.
        registry: The node types.
        held: Tells which frozen nodes have their result, so that nothing before them is needed.
    """
    spare = _spare(graph, registry, held)
    return [
        replace(issue, severity="warning") if issue.place.node in spare else issue
        for issue in found
        if issue.severity != "info"
    ]


def _spare(graph: Graph, registry: Registry, held: Held) -> set[str]:
    """Return the nodes that run for no target, inside sub-graphs too."""
    try:
        flat = expand(graph, registry)
    except GraphError:
        return set()
    specs = {node: registry.spec(item.type) for node, item in flat.nodes.items()}
    effects = [node for node, spec in specs.items() if spec and spec.effect]
    if not effects:
        return set()
    stays = _stays(flat, held)
    cut = flat.without_links(*(link for link in flat.links if link.target in stays))
    return set(flat.nodes) - (cut.upstream(effects) - stays)


def _stays(flat: Graph, held: Held) -> set[str]:
    """Return the frozen nodes that have the result that they were frozen with."""
    keys = {key: node.frozen for key, node in flat.nodes.items() if node.mode == "frozen"}
    there = held(key for key in keys.values() if key)
    return {node for node, key in keys.items() if key in there}
