"""Edits of the inputs and outputs of sub-graphs: promote, demote, reorder, rename.

They change a definition, so they take the whole document: its root graph, and the trail of node ids
that leads into the sub-graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from studio.canvas.fits import End, Side
from studio.core import ends
from studio.core.errors import GraphError
from studio.core.graph import SUB_GRAPH, Graph, Node, Port, SubGraph
from studio.core.types import ANY, SpecOf

_Ports = Mapping[str, Port]


def definition_of(root: Graph, trail: Sequence[str]) -> str:
    """Return the id of the sub-graph that a trail leads into.

    Raises:
        GraphError: It leads nowhere.
    """
    graph, name = root, ""
    for key in trail:
        name = graph.nodes[key].sub_graph if key in graph.nodes else ""
        if name not in root.graphs:
            raise GraphError(f"{'/'.join(trail)} leads to no sub-graph", fix="go back to the top")
        graph = root.graphs[name].graph
    if not name:
        raise GraphError("the top of a document has no inputs and outputs", fix="enter a sub-graph")
    return name


def promoted(
    root: Graph, trail: Sequence[str], end: End, spec_of: SpecOf, levels: int = 1
) -> tuple[Graph, str]:
    """Make a socket or parameter inside a sub-graph one of its own; again for each level outwards.

    Args:
        root: The document.
        trail: The way into the sub-graph that `end` is in.
        end: What is promoted.
        spec_of: Finds the spec of a node type.
        levels: How many sub-graphs it goes out of, at most all of the trail.

    Returns:
        The document, and the id of the outermost port.

    Raises:
        GraphError: The trail leads nowhere, or there is no such socket.
    """
    port, found = "", end
    for depth in range(len(trail), len(trail) - min(levels, len(trail)), -1):
        name = definition_of(root, trail[:depth])
        kind = _type_of(root.graphs[name].graph, found, spec_of, root)
        root, port = _with_port(root, name, found, kind)
        found = End(trail[depth - 1], port, end.side)
    if not port:
        raise GraphError("this is not in a sub-graph", fix="enter one first")
    return root, port


def _with_port(root: Graph, name: str, end: End, kind: str) -> tuple[Graph, str]:
    item = root.graphs[name]
    text = ends.join(end.node, end.name)
    held = ports_of(item, end.side)
    for key, port in held.items():
        if text in port.ends:
            return root, key
    taken = dict.fromkeys((*item.inputs, *item.outputs), Node(""))
    key = Graph(taken).fresh_id(end.name)
    return _with_ports(root, name, end.side, {**held, key: Port(end.name, kind, (text,))}), key


def _type_of(graph: Graph, end: End, spec_of: SpecOf, root: Graph) -> str:
    node = graph.nodes.get(end.node)
    if node and node.sub_graph in root.graphs:
        # Its spec may be older than the port that was promoted a level further in.
        port = ports_of(root.graphs[node.sub_graph], end.side).get(end.name)
        if port:
            return port_type(port.type, end.node)
    spec = spec_of(node.type) if node else None
    found = (spec.input if end.side == "input" else spec.output)(end.name) if spec else None
    if found is None:
        raise GraphError(f"there is no {end.side} {end.node}.{end.name}", fix="choose another one")
    return port_type(found.type, end.node)


def port_type(kind: str, node: str) -> str:
    """Return the type of a port; "any, but the same" stays apart from that of other nodes."""
    return kind.replace(ANY, f"{ANY}{node}.", 1) if ANY in kind else kind


def demoted(root: Graph, trail: Sequence[str], side: Side, port: str) -> Graph:
    """Take a port away, with the links that its users have to it.

    Where a single node uses the sub-graph, the value that it gave stays inside.

    Raises:
        GraphError: The trail leads nowhere, or there is no such port.
    """
    name = definition_of(root, trail)
    if port not in ports_of(root.graphs[name], side):
        raise GraphError(f"{name} has no {side} {port}", fix="choose another one")
    return _without_port(root, name, side, port)


def _without_port(root: Graph, name: str, side: Side, port: str) -> Graph:
    """Take a port away with all that its users have for it: first the ports that show it outside."""
    for outer, shown, end in [*_showing(root, name, side, port)]:
        held = ports_of(root.graphs[outer], side)
        left = tuple(text for text in held[shown].ends if text != end)
        if left:
            lost = {**held, shown: replace(held[shown], ends=left)}
            root = _with_ports(root, outer, side, lost)
        else:
            root = _without_port(root, outer, side, shown)
    item = root.graphs[name]
    users = [node for graph in _graphs(root) for node in _users(graph, name).values()]
    if side == "input" and len(users) == 1 and port in users[0].params:
        root = _with_value(root, name, item.inputs[port], users[0].params[port])
    kept = {key: held for key, held in ports_of(item, side).items() if key != port}
    root = _with_ports(root, name, side, kept)
    return _everywhere(root, lambda graph: _unused(graph, name, side, port))


def _showing(root: Graph, name: str, side: Side, port: str) -> Iterator[tuple[str, str, str]]:
    """Yield the ports of other sub-graphs that lead to a port: sub-graph, port, and its end."""
    for outer, item in root.graphs.items():
        wanted = {ends.join(key, port) for key in _users(item.graph, name)}
        for shown, held in ports_of(item, side).items():
            yield from ((outer, shown, text) for text in held.ends if text in wanted)


def reordered(root: Graph, trail: Sequence[str], side: Side, port: str, to: int) -> Graph:
    """Move a port to another place among those of its side."""
    name = definition_of(root, trail)
    held = ports_of(root.graphs[name], side)
    order = [key for key in held if key != port]
    order.insert(to, port)
    return _with_ports(root, name, side, {key: held[key] for key in order})


def renamed(root: Graph, trail: Sequence[str], side: Side, port: str, to: str) -> Graph:
    """Give a port another name for people; its id stays, so no link is lost."""
    name = definition_of(root, trail)
    held = ports_of(root.graphs[name], side)
    return _with_ports(root, name, side, {**held, port: replace(held[port], name=to)})


def titled(root: Graph, name: str, title: str) -> Graph:
    """Give a sub-graph another title."""
    return root.with_graph(name, replace(root.graphs[name], title=title))


def redirected(
    item: SubGraph, taken: Callable[[str], Sequence[str]], given: Callable[[str], Sequence[str]]
) -> SubGraph:
    """Let the ports of a sub-graph lead to other ends.

    Args:
        item: The sub-graph.
        taken: Returns the ends that take the place of one of an input.
        given: The same for outputs.
    """

    def changed(held: _Ports, change: Callable[[str], Sequence[str]]) -> dict[str, Port]:
        moved = {
            key: tuple(dict.fromkeys(text for end in port.ends for text in change(end)))
            for key, port in held.items()
        }
        return {key: replace(port, ends=moved[key]) for key, port in held.items()}

    return replace(item, inputs=changed(item.inputs, taken), outputs=changed(item.outputs, given))


def without_lost(root: Graph, name: str) -> Graph:
    """Take away what the ports of a sub-graph have lost: ends whose nodes are gone, then ports.

    Args:
        root: The document after an edit inside the sub-graph.
        name: Id of the sub-graph.
    """
    sides: tuple[Side, Side] = ("input", "output")
    for side in sides:
        item = root.graphs[name]
        held = {key: _kept(port, item.graph) for key, port in ports_of(item, side).items()}
        if all(port is ports_of(item, side)[key] for key, port in held.items()):
            continue
        root = _with_ports(root, name, side, held)
        for key in (key for key, port in held.items() if not port.ends):
            root = _without_port(root, name, side, key)
    return root


def ports_of(item: SubGraph, side: Side) -> _Ports:
    """Return the ports of one side."""
    return item.inputs if side == "input" else item.outputs


def _kept(port: Port, graph: Graph) -> Port:
    left = tuple(text for text in port.ends if ends.split(text)[0] in graph.nodes)
    return port if left == port.ends else replace(port, ends=left)


def _with_ports(root: Graph, name: str, side: Side, ports: _Ports) -> Graph:
    item = root.graphs[name]
    changed = replace(item, inputs=ports) if side == "input" else replace(item, outputs=ports)
    return root.with_graph(name, changed)


def _with_value(root: Graph, name: str, port: Port, value: object) -> Graph:
    item = root.graphs[name]
    graph = item.graph
    for node, param in map(ends.split, port.ends):
        graph = graph.with_param(node, param, value) if node in graph.nodes else graph
    return root.with_graph(name, replace(item, graph=graph))


def _graphs(root: Graph) -> Iterator[Graph]:
    yield root
    for item in root.graphs.values():
        yield item.graph


def _everywhere(root: Graph, change: Callable[[Graph], Graph]) -> Graph:
    """Change the document's own graph and those of all its definitions."""
    for name, item in root.graphs.items():
        changed = change(item.graph)
        if changed is not item.graph:
            root = root.with_graph(name, replace(item, graph=changed))
    return change(root)


def _users(graph: Graph, name: str) -> dict[str, Node]:
    return {key: node for key, node in graph.nodes.items() if node.type == SUB_GRAPH + name}


def _unused(graph: Graph, name: str, side: Side, port: str) -> Graph:
    """Take away links, values and form entries that users of a sub-graph have for a port."""
    for key, node in _users(graph, name).items():
        graph = graph.without_links(*End(key, port, side).links(graph))
        if side == "input":
            if port in node.params:
                params = {param: value for param, value in node.params.items() if param != port}
                graph = graph.with_node(key, replace(node, params=params))
            if ends.join(key, port) in graph.form:
                graph = graph.with_form(
                    entry for entry in graph.form if entry != ends.join(key, port)
                )
    return graph
