"""The way from a document's graph into its sub-graphs: a trail of node ids; no Qt."""

from __future__ import annotations

from dataclasses import replace

from studio.core.errors import GraphError
from studio.core.graph import Graph

Trail = tuple[str, ...]


def definition(root: Graph, trail: Trail) -> str:
    """Return the id of the sub-graph at the end of a trail; empty at the root.

    Raises:
        GraphError: A node of the trail does not exist, or uses no sub-graph.
    """
    graph, found = root, ""
    for node in trail:
        held = graph.nodes.get(node)
        found = held.sub_graph if held else ""
        if found not in root.graphs:
            raise GraphError(f"{node!r} is no sub-graph that can be entered")
        graph = root.graphs[found].graph
    return found


def valid(root: Graph, trail: Trail) -> Trail:
    """Return as much of a trail as leads somewhere."""
    for length in range(len(trail), 0, -1):
        try:
            definition(root, trail[:length])
        except GraphError:
            continue
        return trail[:length]
    return ()


def scene(root: Graph, trail: Trail) -> Graph:
    """Return the graph at the end of a trail, with the definitions of the document."""
    name = definition(root, trail)
    # The adjacency is shared, for the links are the same.
    return replace(root.graphs[name].graph, graphs=root.graphs) if name else root


def with_scene(root: Graph, trail: Trail, scene: Graph) -> Graph:
    """Return the document after what is at the end of a trail was edited.

    Args:
        root: The document before.
        trail: Nodes that lead to the sub-graph.
        scene: The edited graph; its definitions become those of the document.

    Raises:
        GraphError: The trail leads nowhere, or the edit removed the sub-graph that it is in.
    """
    name = definition(root, trail)
    if not name:
        return scene
    if name not in scene.graphs:
        raise GraphError(f"the sub-graph {name!r} cannot be removed from inside")
    inner = replace(scene, graphs={})
    edited = {**scene.graphs, name: replace(scene.graphs[name], graph=inner)}
    return replace(root, graphs=edited)
