"""Edits of nodes: add, delete, replace, duplicate, modes, titles, parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from studio.canvas.edits import links
from studio.canvas.fits import End, Fits
from studio.core.clipboard import copied, pasted
from studio.core.errors import CycleError
from studio.core.graph import Graph, Link, Mode, Node
from studio.core.migrations import node_of
from studio.core.spec import NodeSpec
from studio.core.types import SpecOf
from studio.core.view import Point
from studio.core.widgets import Seed, plain


def added(graph: Graph, spec: NodeSpec, at: Point) -> tuple[Graph, str]:
    """Add a node of a type with its defaults.

    Returns:
        The graph, and the id of the new node.
    """
    base = spec.id.removeprefix("graph:").rpartition(".")[2] or "node"
    key = graph.fresh_id(base)
    found = graph.with_node(key, fresh(spec))
    return found.with_view(found.view.moved({key: at})), key


def fresh(spec: NodeSpec) -> Node:
    """Return a new node of a type. A sub-graph brings its own values, so none are repeated."""
    if spec.id.startswith("graph:"):
        return Node(spec.id, spec.version)
    seeded = any(isinstance(item.widget, Seed) for item in spec.inputs)
    return replace(node_of(spec), seed_mode="random" if seeded else "")


def added_to(
    graph: Graph, spec: NodeSpec, at: Point, end: End, name: str, spec_of: SpecOf
) -> tuple[Graph, str]:
    """Add a node and link it to the end that was dropped on nothing.

    Args:
        graph: Where it goes.
        spec: Its type.
        at: Its left top.
        end: The end of the link that is there already.
        name: Its own input or output.
        spec_of: Finds the spec of a node type.
    """
    found, key = added(graph, spec, at)
    other = End(key, name, "output" if end.side == "input" else "input")
    return links.connected(found, end.link_to(other), spec_of), key


def deleted(graph: Graph, nodes: Iterable[str]) -> Graph:
    """Delete nodes with their links; frames that lose all nodes go with them."""
    gone = [key for key in nodes if key in graph.nodes]
    found = graph.without_nodes(*gone)
    frames = tuple(
        frame
        for before, frame in zip(graph.view.frames, found.view.frames, strict=True)
        if frame.nodes or not before.nodes
    )
    return found.with_view(replace(found.view, frames=frames))


def deleted_and_healed(graph: Graph, nodes: Collection[str], spec_of: SpecOf) -> Graph:
    """Delete nodes and join what they stood between."""
    return deleted(links.healed(graph, nodes, spec_of), nodes)


def replaced(
    graph: Graph, node: str, spec: NodeSpec, spec_of: SpecOf
) -> tuple[Graph, tuple[Link, ...]]:
    """Make a node one of another type, keeping its id, place and title, and what fits.

    Parameters of the same name stay where the new type takes their value. A link goes to the socket
    of the same name, else to the best one that is free.

    Returns:
        The graph, and the links that found no place.
    """
    old = graph.nodes[node]
    new = fresh(spec)
    kept = {name: value for name, value in old.params.items() if _takes(spec, name, value)}
    mode: Mode = "on" if old.mode == "frozen" else old.mode  # another type made what it kept
    held = replace(new, params={**new.params, **kept}, title=_own_title(old, spec_of), mode=mode)
    ins, outs = graph.links_to(node), graph.links_from(node)
    found = graph.without_links(*ins, *outs).with_node(node, held)
    lost: list[Link] = []
    for link in (*ins, *outs):
        changed = _relinked(found, node, link, spec_of)
        found, lost = (changed, lost) if changed else (found, [*lost, link])
    return found, tuple(lost)


def _relinked(graph: Graph, node: str, link: Link, spec_of: SpecOf) -> Graph | None:
    """Add a link of a node whose type was changed, or return ``None`` if nothing takes it."""
    spec = spec_of(graph.nodes[node].type)
    far = (
        End(link.source, link.output, "output")
        if link.target == node
        else End(link.target, link.input, "input")
    )
    same = link.input if link.target == node else link.output
    near = End(node, same, "input" if link.target == node else "output")
    known = spec and (spec.input(same) if near.side == "input" else spec.output(same))
    judge = Fits(graph, spec_of, None, far)
    best = near if known and not judge.issue(near) else judge.best(node)
    if best is None or (best != near and best.side == "input" and best.links(graph)):
        return None
    index = link.index if best.side == "output" or best == near else None
    try:
        new = replace(far.link_to(best), index=index)
        return graph.with_link(new) if index is not None else links.connected(graph, new, spec_of)
    except CycleError:
        return None


def _takes(spec: NodeSpec, name: str, value: Any) -> bool:
    item = spec.input(name)
    return bool(item and item.widget is not None and item.problem(value) is None)


def _own_title(node: Node, spec_of: SpecOf) -> str:
    """Return the title that the user gave; one that only repeats the type's is not one."""
    spec = spec_of(node.type)
    return "" if spec and node.title == spec.title else node.title


def duplicated(
    graph: Graph, nodes: Iterable[str], by: Point, *, incoming: bool, notes: Collection[int] = ()
) -> tuple[Graph, tuple[str, ...]]:
    """Copy nodes with the links among them; copies of notes are the last notes then.

    Args:
        graph: Where they are.
        nodes: Their ids.
        by: How far from the originals the copies go.
        incoming: Whether the copies also get what the originals get from others.
        notes: Numbers of notes that are copied too.

    Returns:
        The graph, and the ids of the copies.
    """
    chosen, view = set(nodes), graph.view
    places = [view.layout[key].at for key in chosen if key in view.layout]
    places += [view.notes[number].at for number in notes]
    corner = (
        min((x for x, _ in places), default=0.0) + by[0],
        min((y for _, y in places), default=0.0) + by[1],
    )
    return pasted(graph, copied(graph, chosen, notes=notes), at=corner, keep_links=incoming)


def toggled(
    graph: Graph, nodes: Iterable[str], mode: Mode, keys: Mapping[str, str] | None = None
) -> Graph:
    """Mute, bypass or freeze nodes; turn them on when all of them are so already.

    Args:
        graph: Where they are.
        nodes: Their ids.
        mode: What they become.
        keys: For freezing: the key of the result that each one keeps.
    """
    chosen = list(nodes)
    new: Mode = "on" if all(graph.nodes[key].mode == mode for key in chosen) else mode
    for key in chosen:
        graph = graph.with_mode(key, new, (keys or {}).get(key, "") if new == "frozen" else "")
    return graph


def titled(graph: Graph, node: str, title: str, spec_of: SpecOf) -> Graph:
    """Rename a node; an empty title, or the type's own, shows the type's."""
    spec = spec_of(graph.nodes[node].type)
    text = title.strip()
    return graph.titled(node, "" if spec and text == spec.title else text)


def with_param(graph: Graph, nodes: Iterable[str], name: str, value: Any, spec_of: SpecOf) -> Graph:
    """Set a parameter of all nodes that have it and take the value."""
    for key in nodes:
        spec = spec_of(graph.nodes[key].type)
        if spec and _takes(spec, name, value):
            graph = graph.with_param(key, name, value)
    return graph


def without_param(graph: Graph, nodes: Iterable[str], name: str, spec_of: SpecOf) -> Graph:
    """Set a parameter back to its default."""
    for key in nodes:
        spec = spec_of(graph.nodes[key].type)
        item = spec.input(name) if spec else None
        if item and item.widget is not None and name in graph.nodes[key].params:
            params = {**graph.nodes[key].params, name: plain(item.default)}
            if item.required or graph.nodes[key].sub_graph:
                del params[name]
            graph = graph.with_node(key, replace(graph.nodes[key], params=params))
    return graph
