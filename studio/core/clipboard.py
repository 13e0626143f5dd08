"""A fragment of a graph as text, and its paste with fresh ids.

The text is a graph file, so it can be sent, kept in a snippet, or opened. Links between the copied
nodes stay; links from nodes outside are kept as texts and made again where those nodes exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from studio.core.assets import Content, embedded
from studio.core.document import read, write
from studio.core.errors import GraphError
from studio.core.graph import SUB_GRAPH, Graph, Link, Node, SubGraph
from studio.core.registry import Registry
from studio.core.view import Frame, Layout, Point, View

_OUTER = "outer_links"
_STEP = 40.0


def copied(
    graph: Graph,
    nodes: Iterable[str],
    content: Content | None = None,
    notes: Iterable[int] = (),
) -> str:
    """Return nodes as text, with their links, layout, frames and sub-graphs.

    Args:
        graph: Where they are.
        nodes: Their ids; unknown ones are ignored.
        content: Returns what an asset holds, by its path, to take it along; ``None``: none are.
        notes: Numbers of notes that go along.
    """
    wanted = frozenset(nodes)
    chosen = {key: node for key, node in graph.nodes.items() if key in wanted}
    inner = tuple(link for link in graph.links if link.source in chosen and link.target in chosen)
    outer = [
        str(link) for link in graph.links if link.target in chosen and link.source not in chosen
    ]
    extra: dict[str, Any] = {_OUTER: outer} if outer else {}
    written = tuple(graph.view.notes[number] for number in sorted(notes))
    view = replace(_view_of(graph, chosen, inner), notes=written)
    part = Graph(chosen, inner, _used(graph.graphs, chosen), view=view, extra=extra)
    return write(embedded(part, content)[0] if content else part)


def pasted(
    graph: Graph,
    text: str,
    *,
    at: Point | None = None,
    registry: Registry | None = None,
    keep_links: bool = True,
    keep_assets: Callable[[Graph], Graph] | None = None,
) -> tuple[Graph, tuple[str, ...]]:
    """Put copied nodes into a graph, with fresh ids.

    Args:
        graph: Where they go.
        text: What `copied` returned, or any graph file.
        at: Where the left top of all goes; else beside the place it came from.
        registry: Brings nodes to the present versions of their types.
        keep_links: Whether links from nodes outside the fragment are made again.
        keep_assets: Lays what the fragment carries beside the graph, and returns it as it belongs
            there; ``None``: it is of the same graph.

    Returns:
        The graph, and the ids of the new nodes.

    Raises:
        DocumentError: The text is no graph.
    """
    part = read(text, registry)
    part = keep_assets(part) if keep_assets else part
    names = _fresh_graphs(graph, part)
    words: dict[str, str] = {}
    nodes = dict(graph.nodes)
    for key, node in part.nodes.items():
        words[key] = Graph(nodes).fresh_id(key)
        nodes[words[key]] = _using(node, names)
    links = tuple(
        replace(link, source=words[link.source], target=words[link.target])
        for link in part.links
        if link.source in words and link.target in words
    )
    definitions = {
        names[name]: replace(item, graph=_graph_using(item.graph, names))
        for name, item in part.graphs.items()
    }
    view = _joined_views(graph.view, part.view, words, at)
    found = replace(
        graph, nodes=nodes, links=graph.links + links, view=view,
        graphs={**graph.graphs, **definitions}, _cache={},
    )  # fmt: skip
    if keep_links:
        found = _with_outer(found, part.extra.get(_OUTER), words)
    return found, tuple(words.values())


def _view_of(graph: Graph, chosen: Mapping[str, Node], links: tuple[Link, ...]) -> View:
    texts = {str(link) for link in links}
    view = graph.view
    return View(
        layout={key: item for key, item in view.layout.items() if key in chosen},
        reroutes={key: item for key, item in view.reroutes.items() if key in texts},
        frames=tuple(
            frame for frame in view.frames if frame.nodes and set(frame.nodes) <= set(chosen)
        ),
    )


def _used(graphs: Mapping[str, SubGraph], nodes: Mapping[str, Node]) -> dict[str, SubGraph]:
    """Return the definitions that nodes need, also those inside others."""
    waiting = [node.sub_graph for node in nodes.values()]
    found: dict[str, SubGraph] = {}
    for name in waiting:
        if name in graphs and name not in found:
            found[name] = graphs[name]
            waiting += [node.sub_graph for node in graphs[name].graph.nodes.values()]
    return found


def _fresh_graphs(graph: Graph, part: Graph) -> dict[str, str]:
    """Return the ids under which definitions are pasted: the same one for an equal definition."""
    found: dict[str, str] = {}
    taken = dict.fromkeys(graph.graphs, Node(""))
    for name in part.graphs:
        nested = _used(part.graphs, {"": Node(SUB_GRAPH + name)})
        same = all(graph.graphs.get(key) == item for key, item in nested.items())
        found[name] = name if same else Graph(taken).fresh_id(name)
        taken[found[name]] = Node("")
    return found


def _using(node: Node, names: Mapping[str, str]) -> Node:
    name = names.get(node.sub_graph)
    return replace(node, type=SUB_GRAPH + name) if name else node


def _graph_using(graph: Graph, names: Mapping[str, str]) -> Graph:
    return replace(graph, nodes={key: _using(node, names) for key, node in graph.nodes.items()})


def _joined_views(held: View, new: View, words: Mapping[str, str], at: Point | None) -> View:
    places = [item.at for item in new.layout.values()] + [note.at for note in new.notes]
    places = places or [(0.0, 0.0)]
    left, top = min(place[0] for place in places), min(place[1] for place in places)
    right, down = (at[0] - left, at[1] - top) if at else (_STEP, _STEP)
    layout: dict[str, Layout] = {
        words[key]: replace(item, at=(item.at[0] + right, item.at[1] + down))
        for key, item in new.layout.items()
        if key in words
    }
    frames: tuple[Frame, ...] = tuple(
        replace(frame, nodes=tuple(words[key] for key in frame.nodes if key in words))
        for frame in new.frames
    )
    reroutes = {
        _relinked(key, words): tuple((point[0] + right, point[1] + down) for point in points)
        for key, points in new.reroutes.items()
    }
    notes = tuple(replace(note, at=(note.at[0] + right, note.at[1] + down)) for note in new.notes)
    return replace(
        held,
        layout={**held.layout, **layout},
        frames=held.frames + frames,
        notes=held.notes + notes,
        reroutes={**held.reroutes, **reroutes},
    )


def _relinked(text: str, words: Mapping[str, str]) -> str:
    try:
        link = Link.parse(text)
    except ValueError:
        return text
    return str(
        replace(
            link,
            source=words.get(link.source, link.source),
            target=words.get(link.target, link.target),
        )
    )


def _with_outer(graph: Graph, texts: Any, words: Mapping[str, str]) -> Graph:
    """Make the links from outside again; what no longer fits is left out."""
    for text in texts if isinstance(texts, list) else ():
        try:
            link = Link.parse(str(text))
            if link.target in words:
                graph = graph.with_link(replace(link, target=words[link.target]))
        except (ValueError, GraphError):
            continue
    return graph
