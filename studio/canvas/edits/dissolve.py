"""Dissolving a sub-graph into what is inside. What runs is the same before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from studio.canvas.edits.ports import redirected
from studio.canvas.edits.sub_graphs import middle
from studio.core import ends
from studio.core.errors import GraphError
from studio.core.graph import Graph, Link, Node, Port, SubGraph
from studio.core.types import SpecOf
from studio.core.view import Layout, View

_End = tuple[str, str]


def dissolved(
    graph: Graph, node: str, spec_of: SpecOf, inside: str = ""
) -> tuple[Graph, tuple[str, ...]]:
    """Put what is inside a sub-graph in the place of the node that uses it.

    The definition stays in the document.

    Args:
        graph: Where the node is.
        node: Its id.
        spec_of: Finds the spec of a node type.
        inside: Id of the sub-graph that `graph` is in, whose ports go on leading to the nodes.

    Returns:
        The graph, and the ids of the nodes that were inside.

    Raises:
        GraphError: The node uses no sub-graph, or is muted, bypassed or frozen.
    """
    user = graph.nodes[node]
    item = graph.graphs.get(user.sub_graph)
    if item is None:
        raise GraphError(f"{node} uses no sub-graph", fix="choose a node that does")
    if user.mode != "on":
        raise GraphError(f"{node} is {user.mode}", fix="turn it on before it is dissolved")
    outside = graph.without_nodes(node)
    nodes, words = dict(outside.nodes), {}
    for key, inner in _instances(user, item).items():
        words[key] = Graph(nodes).fresh_id(key)
        nodes[words[key]] = inner
    links = _joined(graph, node, item, words, spec_of)
    form = tuple(
        entry for old in graph.form for entry in _inside(old, node, item.inputs, words)[:1]
    )
    found = replace(outside, nodes=nodes, links=links, form=form, _cache={})
    if inside in graph.graphs:
        found = found.with_graph(inside, _around(graph.graphs[inside], node, item, words))
    return found.with_view(_view_inside(graph, outside, node, item, words)), tuple(words.values())


def _instances(user: Node, item: SubGraph) -> dict[str, Node]:
    """Return the inner nodes with the parameters of the node that uses them."""
    found = dict(item.graph.nodes)
    for key, port in item.inputs.items():
        for inner, name in map(ends.split, port.ends) if key in user.params else ():
            if inner in found:
                params = {**found[inner].params, name: user.params[key]}
                found[inner] = replace(found[inner], params=params)
    return found


def _joined(
    graph: Graph, node: str, item: SubGraph, words: Mapping[str, str], spec_of: SpecOf
) -> tuple[Link, ...]:
    """Lead outer links to what is behind the ports; they follow, or replace, the inner ones."""
    inner = [
        replace(link, source=words[link.source], target=words[link.target])
        for link in item.graph.links
        if link.source in words and link.target in words
    ]
    following: defaultdict[_End, int] = defaultdict(int)
    for link in inner:
        end = (link.target, link.input)
        following[end] = max(following[end], (link.index or 0) + 1)
    outer: list[Link] = []
    replaced: set[_End] = set()
    for link in graph.links:
        made = _source(link, node, item, words)
        for old, name in _targets(link, node, item) if made else ():
            end = (words.get(old, old) if link.target == node else old, name)
            index = link.index
            if link.target == node:
                spec = spec_of(item.graph.nodes[old].type)
                taken = spec.input(name) if spec else None
                many = bool(taken and taken.many)
                index = (index or 0) + following[end] if many else None
                replaced |= set() if many else {end}
            outer.append(Link(*(made or ("", "")), *end, index))
    return (*(link for link in inner if (link.target, link.input) not in replaced), *outer)


def _source(link: Link, node: str, item: SubGraph, words: Mapping[str, str]) -> _End | None:
    if link.source != node:
        return link.source, link.output
    port = item.outputs.get(link.output)
    made = ends.split(port.ends[0]) if port and port.ends else ("", "")
    return (words[made[0]], made[1]) if made[0] in words else None


def _targets(link: Link, node: str, item: SubGraph) -> list[_End]:
    if link.target != node:
        return [(link.target, link.input)]
    port = item.inputs.get(link.input)
    found = [ends.split(text) for text in port.ends] if port else []
    return [end for end in found if end[0] in item.graph.nodes]


def _around(around: SubGraph, node: str, item: SubGraph, words: Mapping[str, str]) -> SubGraph:
    """Let the ports of the sub-graph around lead to what was inside."""
    return redirected(
        around,
        lambda end: _inside(end, node, item.inputs, words),
        lambda end: _inside(end, node, item.outputs, words)[:1],
    )


def _inside(
    entry: str, node: str, ports: Mapping[str, Port], words: Mapping[str, str]
) -> list[str]:
    """Return the ends behind a port of a node, written ``node.port``; any other stays."""
    try:
        key, name = ends.split(entry)
    except ValueError:
        return [entry]
    if key != node:
        return [entry]
    found = [ends.split(text) for text in ports[name].ends] if name in ports else []
    return [ends.join(words[inner], end) for inner, end in found if inner in words]


def _view_inside(
    graph: Graph, outside: Graph, node: str, item: SubGraph, words: Mapping[str, str]
) -> View:
    """Spread what was inside around the place of the node."""
    held, view = outside.view, item.graph.view
    amid = middle(view.layout, view.layout) or (0.0, 0.0)
    at = graph.view.layout.get(node, Layout()).at
    by = at[0] - amid[0], at[1] - amid[1]
    layout = {
        words[key]: replace(old, at=(old.at[0] + by[0], old.at[1] + by[1]))
        for key, old in view.layout.items()
        if key in words
    }
    texts = {
        str(link): str(replace(link, source=words[link.source], target=words[link.target]))
        for link in item.graph.links
        if link.source in words and link.target in words
    }
    reroutes = {
        texts[text]: tuple((x + by[0], y + by[1]) for x, y in points)
        for text, points in view.reroutes.items()
        if text in texts
    }
    frames = tuple(
        replace(frame, nodes=tuple(words[key] for key in frame.nodes if key in words))
        for frame in view.frames
    )
    notes = tuple(replace(note, at=(note.at[0] + by[0], note.at[1] + by[1])) for note in view.notes)
    return replace(
        held,
        layout={**held.layout, **layout},
        reroutes={**held.reroutes, **reroutes},
        frames=held.frames + frames,
        notes=held.notes + notes,
    )
