"""What changed between two graphs: for the canvas, for merges, and for people who compare files.

Applied to the graph before, a difference gives the graph after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import compress
from operator import is_, is_not
from typing import Any, NamedTuple, TypeVar
from weakref import ref

from studio.core.graph import Graph, Link, Node

T = TypeVar("T")

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


def replaced(old: Mapping[str, T], new: Mapping[str, T]) -> list[str]:
    """Return the keys of `new` whose items are not the same objects in `old`, in order."""
    # An edit of a graph of thousands of nodes asks this several times: no step of it is Python's.
    same = len(old) == len(new) and all(map(is_, old, new))
    held = old.values() if same else map(old.get, new)
    return list(compress(new, map(is_not, new.values(), held)))


def diff(before: Graph, after: Graph) -> Diff:
    """Return what changed; what both share costs one comparison of identity."""
    # Canvas, journal and states ask about the same edit, one after the other.
    held: _Last | None = after._cache.get("diff")
    if held and held.before() is before and held.after() is after:
        return held.change
    change = _difference(before, after)
    after._cache["diff"] = _Last(ref(before), ref(after), change)
    return change


class _Last(NamedTuple):
    """What was asked about last among graphs of the same links; weak, lest they keep each other."""

    before: ref[Graph]
    after: ref[Graph]
    change: Diff


def _difference(before: Graph, after: Graph) -> Diff:
    added, removed, changed, order = _nodes(before.nodes, after.nodes)
    linked, unlinked = relinked(before.links, after.links)
    whole = {
        name: getattr(after, name)
        for name in _WHOLE
        if getattr(before, name) is not getattr(after, name)
        and getattr(before, name) != getattr(after, name)
    }
    return Diff(added, removed, changed, linked, unlinked, whole, order)


def _nodes(
    old: Mapping[str, Node], new: Mapping[str, Node]
) -> tuple[dict[str, Node], tuple[str, ...], dict[str, Node], tuple[str, ...]]:
    """Return what was added, removed and changed, and the order where it is not straight."""
    if old is new:
        return {}, (), {}, ()
    if not old:  # a graph is opened
        return dict(new), (), {}, ()
    touched = replaced(old, new)
    added = {key: new[key] for key in touched if key not in old}
    changed = {key: new[key] for key in touched if key in old and old[key] != new[key]}
    if not added and len(old) == len(new):
        return added, (), changed, () if list(old) == list(new) else tuple(new)
    kept = [key for key in old if key in new]
    removed = tuple(key for key in old if key not in new) if len(kept) < len(old) else ()
    straight = list(new) == [*kept, *added]
    return added, removed, changed, () if straight else tuple(new)


def relinked(
    old: tuple[Link, ...], new: tuple[Link, ...]
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """Return new links and links that are gone; those that both share need no hash."""
    if old is new or not old:
        return (() if old else new), ()
    held, holds = set(map(id, old)), set(map(id, new))
    came = [link for link in new if id(link) not in held]
    went = [link for link in old if id(link) not in holds]
    if came and went:
        before, after = set(went), set(came)
        came = [link for link in came if link not in before]
        went = [link for link in went if link not in after]
    return tuple(came), tuple(went)


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
