"""Which errors of a graph keep it from running: those at nodes that its targets need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from studio.core.errors import GraphError, Issue
from studio.core.expand import expand
from studio.core.graph import Graph
from studio.core.registry import Registry


def for_this_run(found: Iterable[Issue], graph: Graph, registry: Registry) -> list[Issue]:
    """Turn errors at nodes that nothing saved or shown needs into warnings."""
    spare = _spare(graph, registry)
    return [
        replace(issue, severity="warning") if issue.place.node in spare else issue
        for issue in found
        if issue.severity != "info"
    ]


def _spare(graph: Graph, registry: Registry) -> set[str]:
    """Return the nodes that run for no target, inside sub-graphs too."""
    try:
        flat = expand(graph, registry)
    except GraphError:
        return set()
    specs = {node: registry.spec(item.type) for node, item in flat.nodes.items()}
    effects = [node for node, spec in specs.items() if spec and spec.effect]
    return set(flat.nodes) - flat.upstream(effects) if effects else set()
