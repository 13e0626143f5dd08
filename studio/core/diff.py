"""What changed between two graphs: for the canvas, for merges, and for people who compare files.

Applied to the graph before, a difference gives the graph after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.core.graph import Graph, Link, Node

_WHOLE = ("links", "graphs", "form", "view", "title", "extra")


@dataclass(frozen=True, slots=True)
class Diff:
    """The way from one graph to another.

    Attributes:
        added: New nodes by id.
        removed: Ids of nodes that are gone.
        changed: Nodes that differ, as they are afterwards.
        linked: New links.
        unlinked: Links that are gone.
        whole: Other fields of `Graph` that differ, as they are afterwards; ``links`` too, for
            their order matters.
        order: Ids of all nodes when their order is not the one that adding at the end would give.
    """

    added: Mapping[str, Node] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    changed: Mapping[str, Node] = field(default_factory=dict)
    linked: tuple[Link, ...] = ()
    unlinked: tuple[Link, ...] = ()
    whole: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.added or self.removed or self.changed or self.whole or self.order)

    @property
    def computes(self) -> bool:
        """Whether a result may differ: more than the view, titles or the form changed."""
        relevant = {name for name in self.whole if name in ("links", "graphs")}
        return bool(self.added or self.removed or self.changed or relevant)


def diff(before: Graph, after: Graph) -> Diff:
    """Return what changed; nodes that both share cost one comparison of identity each."""
    added = {key: node for key, node in after.nodes.items() if key not in before.nodes}
    removed = tuple(key for key in before.nodes if key not in after.nodes)
    changed = {
        key: node
        for key, node in after.nodes.items()
        if key in before.nodes and before.nodes[key] is not node and before.nodes[key] != node
    }
    same_links = before.links is after.links
    old, new = (set(), set()) if same_links else (set(before.links), set(after.links))
    kept = [key for key in before.nodes if key in after.nodes]
    straight = list(after.nodes) == [*kept, *added]
    return Diff(
        added,
        removed,
        changed,
        () if same_links else tuple(link for link in after.links if link not in old),
        () if same_links else tuple(link for link in before.links if link not in new),
        {
            name: getattr(after, name)
            for name in _WHOLE
            if getattr(before, name) is not getattr(after, name)
            and getattr(before, name) != getattr(after, name)
        },
        () if straight else tuple(after.nodes),
    )


def applied(change: Diff, graph: Graph) -> Graph:
    """Return the graph after a change.

    Args:
        change: A difference that begins at `graph`.
        graph: The graph before.
    """
    gone = set(change.removed)
    nodes = {
        key: change.changed.get(key, node) for key, node in graph.nodes.items() if key not in gone
    }
    nodes |= change.added
    if change.order:
        nodes = {key: nodes[key] for key in change.order}
    fields = {name: change.whole.get(name, getattr(graph, name)) for name in _WHOLE}
    return Graph(nodes=nodes, **fields)
