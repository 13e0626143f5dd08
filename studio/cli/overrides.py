"""Changes to a graph from the command line: ``--set node.param=value`` and ``--seed``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from studio.core.errors import GraphError, Place, RangeError, TypeMismatchError
from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.core.spec import Input
from studio.core.sub_graphs import specs
from studio.core.types import SpecOf
from studio.core.widgets import FileRef, Seed


def assign(graph: Graph, registry: Registry, texts: Iterable[str]) -> tuple[Graph, list[str]]:
    """Apply assignments such as ``sample.steps=30``.

    Returns:
        The graph, and the paths of files that the user named himself.

    Raises:
        GraphError: There is no such node or parameter, a link fills it, or the text is no
            assignment.
        RangeError: The value is outside its range.
        TypeMismatchError: The value is of another type.
    """
    granted: list[str] = []
    for text in texts:
        node, item, value = _parsed(graph, registry, text)
        if isinstance(value, FileRef):
            granted.append(value.path)
        graph = graph.with_param(node, item.name, value)
    return graph, granted


def _parsed(graph: Graph, registry: Registry, text: str) -> tuple[str, Input, Any]:
    target, equals, raw = text.partition("=")
    name, dot, parameter = target.rpartition(".")
    if not (equals and dot):
        raise GraphError(f"--set {text!r} is not of the form node.param=value")
    node = _node(graph, name)
    spec = specs(graph, registry)(graph.nodes[node].type)
    inputs = {item.name: item for item in spec.inputs if not item.is_socket} if spec else {}
    item = inputs.get(parameter) or _port(graph, node, inputs, parameter)
    _refuse_linked(graph, node, item)
    return node, item, _value(item, raw, Place(node, item.name))


def _refuse_linked(graph: Graph, node: str, item: Input) -> None:
    """Refuse a value that nobody would look at, because a link brings another."""
    sources = [link.source for link in graph.links_to(node) if link.input == item.name]
    if sources:
        raise GraphError(
            f"{node}.{item.name} is linked, so a value for it counts for nothing",
            fix=f"set a parameter of {sources[0]}, or remove the link",
        )


def _port(graph: Graph, node: str, inputs: dict[str, Input], name: str) -> Input:
    """Return the port of a sub-graph that people call so; its id means nothing to them."""
    held = graph.graphs.get(graph.nodes[node].sub_graph)
    ports = held.inputs if held else {}
    called = [inputs[key] for key, port in ports.items() if port.name == name and key in inputs]
    if len(called) == 1:
        return called[0]
    known = ", ".join(ports[key].name if key in ports else key for key in inputs) or "none"
    raise GraphError(f"{node} has no parameter {name!r}", fix=f"it has {known}")


def _node(graph: Graph, name: str) -> str:
    if name in graph.nodes:
        return name
    titled = [node for node, item in graph.nodes.items() if name and item.title == name]
    if len(titled) == 1:
        return titled[0]
    if titled:
        raise GraphError(f"{len(titled)} nodes are called {name!r}", fix="use the id of one")
    raise GraphError(f"there is no node {name!r}", fix=f"there are {', '.join(graph.nodes)}")


def _value(item: Input, raw: str, place: Place) -> Any:
    try:
        value = item.coerce(_read(item, raw))
    except (TypeError, ValueError) as wrong:
        raise TypeMismatchError(f"{place}: {wrong}", place=place) from None
    problem = item.problem(value)
    if problem:
        raise RangeError(f"{place}: {problem}", place=place)
    return value


def _read(item: Input, raw: str) -> Any:
    if item.type in ("str", "file", "asset"):
        return raw
    lowered = raw.strip().lower()
    if item.type == "bool" and lowered in ("true", "yes", "on", "1", "false", "no", "off", "0"):
        return lowered in ("true", "yes", "on", "1")
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def seeded(graph: Graph, registry: Registry, seed: int) -> Graph:
    """Set every seed that has no link, inside sub-graphs too.

    Raises:
        RangeError: The seed does not fit in 64 bits.
    """
    problem = Seed().problem(seed)
    if problem:
        raise RangeError(f"--seed: {problem}")
    spec_of = specs(graph, registry)
    for name, definition in graph.graphs.items():
        inside = _seeded_nodes(definition.graph, spec_of, seed)
        graph = graph.with_graph(name, replace(definition, graph=inside))
    return _seeded_nodes(graph, spec_of, seed)


def _seeded_nodes(graph: Graph, spec_of: SpecOf, seed: int) -> Graph:
    for node, item in graph.nodes.items():
        spec = spec_of(item.type)
        linked = {link.input for link in graph.links_to(node)}
        for entry in spec.inputs if spec else ():
            if isinstance(entry.widget, Seed) and entry.name not in linked:
                graph = graph.with_param(node, entry.name, seed)
    return graph
