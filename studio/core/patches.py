"""The difference of two graphs as plain data, for a journal; as small as the edit was.

`studio.core.diff` says what changed to the program; this says it to a file. A patch holds a graph
of only what is new, the names of what is gone, and the names of the fields that it replaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from studio.core.diff import Diff, diff
from studio.core.document import from_data
from studio.core.errors import DocumentError
from studio.core.graph import Graph, Link, SubGraph
from studio.core.view import View
from studio.core.written import to_data

_FIELDS = ("form", "title", "extra")
_VIEW = ("reroutes", "bookmarks", "frames", "notes")

T = TypeVar("T")


def patch(before: Graph, after: Graph) -> dict[str, Any]:
    """Return what leads from one graph to another.

    Returns:
        Plain data: ``part`` is a graph of what is new, ``way`` says what else to do.
    """
    part, way = _parted(before, after)
    return {"part": to_data(part), "way": way}


def patched(graph: Graph, data: Mapping[str, Any]) -> Graph:
    """Return the graph after a patch that begins at it.

    Raises:
        DocumentError: It is no patch.
    """
    try:
        return _joined(graph, from_data(data["part"]), data["way"])
    except (KeyError, TypeError, AttributeError, ValueError) as wrong:
        raise DocumentError(f"it is no patch of a graph ({wrong!r})") from None


# --- Making ---


def _parted(before: Graph, after: Graph) -> tuple[Graph, dict[str, Any]]:
    change = diff(before, after)
    view, view_way = _view(before.view, after.view)
    graphs, graphs_way = _graphs(before.graphs, after.graphs)
    links, straight = _links(change, before, after)
    replaced = [name for name in _FIELDS if name in change.whole]
    part = Graph(
        nodes={**change.added, **change.changed},
        links=links,
        graphs=graphs,
        view=view,
        **{name: change.whole[name] for name in replaced},
    )
    way = {
        "gone": list(change.removed),
        "order": list(change.order),
        "cut": [str(link) for link in change.unlinked] if straight else [],
        "set": replaced if straight else [*replaced, "links"],
        **view_way,
        **graphs_way,
    }
    return part, {name: item for name, item in way.items() if item}


def _links(change: Diff, before: Graph, after: Graph) -> tuple[tuple[Link, ...], bool]:
    """Return the links to write, and whether they come after those that stay."""
    if not (change.linked or change.unlinked or "links" in change.whole):
        return (), True
    gone = set(change.unlinked)
    kept = tuple(link for link in before.links if link not in gone) if gone else before.links
    straight = (*kept, *change.linked) == after.links
    return (change.linked, True) if straight else (after.links, False)


def _view(before: View, after: View) -> tuple[View, dict[str, Any]]:
    old, new = before.layout, after.layout
    placed, lost = ({}, []) if old is new else _changed(old, new)
    replaced = [name for name in _VIEW if getattr(before, name) != getattr(after, name)]
    view = View(layout=placed, **{name: getattr(after, name) for name in replaced})
    return view, {"unplaced": lost, "view": replaced}


def _graphs(
    before: Mapping[str, SubGraph], after: Mapping[str, SubGraph]
) -> tuple[dict[str, SubGraph], dict[str, Any]]:
    """Return the definitions that changed, with only what is new inside."""
    if before is after:
        return {}, {}
    changed, lost = _changed(before, after)
    parts, inside = {}, {}
    for name, item in changed.items():
        old = before[name].graph if name in before else Graph()
        part, inside[name] = _parted(old, item.graph)
        parts[name] = replace(item, graph=part)
    return parts, {"graphs": inside, "undefined": lost}


def _changed(old: Mapping[str, T], new: Mapping[str, T]) -> tuple[dict[str, T], list[str]]:
    changed = {
        key: item
        for key, item in new.items()
        if old.get(key) is not item and (key not in old or old[key] != item)
    }
    return changed, [key for key in old if key not in new]


# --- Applying ---


def _joined(graph: Graph, part: Graph, way: Mapping[str, Any]) -> Graph:
    replaced = way.get("set", ())
    nodes = _with(graph.nodes, part.nodes, way.get("gone", ()))
    if "order" in way:
        nodes = {key: nodes[key] for key in way["order"]}
    cut = {Link.parse(text) for text in way.get("cut", ())}
    kept = tuple(link for link in graph.links if link not in cut) if cut else graph.links
    return Graph(
        nodes=nodes,
        links=part.links if "links" in replaced else kept + part.links,
        graphs=_defined(graph, part, way),
        view=_seen(graph.view, part.view, way),
        **{name: getattr(part if name in replaced else graph, name) for name in _FIELDS},
    )


def _seen(view: View, part: View, way: Mapping[str, Any]) -> View:
    replaced = way.get("view", ())
    return View(
        layout=_with(view.layout, part.layout, way.get("unplaced", ())),
        **{name: getattr(part if name in replaced else view, name) for name in _VIEW},
    )


def _defined(graph: Graph, part: Graph, way: Mapping[str, Any]) -> dict[str, SubGraph]:
    inside = way.get("graphs", {})
    graphs = {
        name: replace(item, graph=_joined(_inner(graph, name), item.graph, inside[name]))
        for name, item in part.graphs.items()
    }
    return _with(graph.graphs, graphs, way.get("undefined", ()))


def _inner(graph: Graph, name: str) -> Graph:
    return graph.graphs[name].graph if name in graph.graphs else Graph()


def _with(old: Mapping[str, T], new: Mapping[str, T], gone: list[str]) -> dict[str, T]:
    found = {**old, **new}
    for key in gone:
        found.pop(key, None)
    return found
