"""The difference of two graphs as plain data, for a journal; as small as the edit was.

`studio.core.diff` says what changed to the program; this says it to a file. A patch holds a graph
of only what is new, the names of what is gone, and the names of the fields that it replaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from studio.core.diff import Diff, diff, replaced
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
    links, links_way = _links(change, before, after)
    fields = [name for name in _FIELDS if name in change.whole]
    part = Graph(
        nodes={**change.added, **change.changed},
        links=links,
        graphs=graphs,
        view=view,
        **{name: change.whole[name] for name in fields},
    )
    way = {
        "gone": list(change.removed),
        "order": list(change.order),
        "set": fields,
        **links_way,
        **view_way,
        **graphs_way,
    }
    return part, {name: item for name, item in way.items() if item}


def _links(change: Diff, before: Graph, after: Graph) -> tuple[tuple[Link, ...], dict[str, Any]]:
    """Return the links to write, and where they go: at the end, or in place of a stretch."""
    old, new = before.links, after.links
    if old is new or not (change.linked or change.unlinked or "links" in change.whole):
        return (), {}
    if change.linked and change.unlinked:
        gone = set(change.unlinked)
        if (*(link for link in old if link not in gone), *change.linked) == new:
            return change.linked, {"cut": [str(link) for link in change.unlinked]}
    most = min(len(old), len(new))
    start = _shared(old, new, most)
    end = _shared(old[::-1], new[::-1], most - start)
    return new[start : len(new) - end], {"stretch": [start, len(old) - end]}


def _shared(old: tuple[Link, ...], new: tuple[Link, ...], most: int) -> int:
    """Return how many links are the same at the beginning, at most so many."""
    for place in range(most):
        if old[place] is not new[place] and old[place] != new[place]:
            return place
    return most


def _view(before: View, after: View) -> tuple[View, dict[str, Any]]:
    old, new = before.layout, after.layout
    placed, lost = ({}, []) if old is new else _changed(old, new)
    fields = [name for name in _VIEW if getattr(before, name) != getattr(after, name)]
    view = View(layout=placed, **{name: getattr(after, name) for name in fields})
    return view, {"unplaced": lost, "view": fields}


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
        key: new[key] for key in replaced(old, new) if key not in old or old[key] != new[key]
    }
    return changed, [key for key in old if key not in new]


# --- Applying ---


def _joined(graph: Graph, part: Graph, way: Mapping[str, Any]) -> Graph:
    fields = way.get("set", ())
    nodes = _with(graph.nodes, part.nodes, way.get("gone", ()))
    if "order" in way:
        nodes = {key: nodes[key] for key in way["order"]}
    return Graph(
        nodes=nodes,
        links=_linked(graph.links, part.links, way),
        graphs=_defined(graph, part, way),
        view=_seen(graph.view, part.view, way),
        **{name: getattr(part if name in fields else graph, name) for name in _FIELDS},
    )


def _linked(
    links: tuple[Link, ...], new: tuple[Link, ...], way: Mapping[str, Any]
) -> tuple[Link, ...]:
    if "cut" in way:
        cut = {Link.parse(text) for text in way["cut"]}
        return tuple(link for link in links if link not in cut) + new
    start, end = way.get("stretch", (len(links), len(links)))
    return links[:start] + new + links[end:]


def _seen(view: View, part: View, way: Mapping[str, Any]) -> View:
    fields = way.get("view", ())
    return View(
        layout=_with(view.layout, part.layout, way.get("unplaced", ())),
        **{name: getattr(part if name in fields else view, name) for name in _VIEW},
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
