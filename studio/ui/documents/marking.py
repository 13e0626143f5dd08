"""Which nodes an edit may have given other results: a look at what differs, no more. No Qt."""

from __future__ import annotations

from collections.abc import Mapping

from studio.core.diff import diff
from studio.core.graph import Graph, Node, SubGraph


def touched(before: Graph, after: Graph) -> frozenset[str]:
    """Return the nodes of the graph at which two versions differ in what is computed."""
    change = diff(before, after)
    found = set(change.added)
    found.update(
        name for name, node in change.changed.items() if _computes(before.nodes[name], node)
    )
    ends = {link.target for link in (*change.unlinked, *change.linked)}
    found |= ends & after.nodes.keys()
    if before.graphs is not after.graphs:
        inner = _changed_graphs(before.graphs, after.graphs)
        found.update(name for name, node in after.nodes.items() if node.sub_graph in inner)
    return frozenset(found)


def _computes(before: Node, after: Node) -> bool:
    """Say whether a node differs in more than its title and what others keep at it."""
    return (before.type, before.version, before.mode, before.frozen) != (
        after.type,
        after.version,
        after.mode,
        after.frozen,
    ) or (before.params is not after.params and before.params != after.params)


def _changed_graphs(
    before: Mapping[str, SubGraph], after: Mapping[str, SubGraph]
) -> frozenset[str]:
    """Return the definitions that differ, and those that use them at any depth."""
    found = {name for name, item in after.items() if before.get(name) is not item}
    grew = True
    while grew:
        more = {
            name
            for name, item in after.items()
            if name not in found
            and any(node.sub_graph in found for node in item.graph.nodes.values())
        }
        grew = bool(more)
        found |= more
    return frozenset(found)
