"""How a graph is written: as plain data, and as text with one node or link on a line."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from studio.core.graph import Graph, Node, Port, SubGraph
from studio.core.migrations import FORMAT
from studio.core.view import Frame, Layout, Note

_BLOCKS = (
    "nodes", "links", "inputs", "outputs", "layout", "reroutes", "bookmarks", "frames", "notes",
)  # fmt: skip

_line = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def to_data(graph: Graph) -> dict[str, Any]:
    """Return a whole document as plain JSON values, in the order in which it is written."""
    found = {"wirebrush": FORMAT, "title": graph.title, **_graph_data(graph)}
    if graph.graphs:
        # Behind the links is where people look for them.
        graphs = {name: _sub_data(item) for name, item in graph.graphs.items()}
        head = {name: found.pop(name) for name in ("wirebrush", "title", "nodes", "links")}
        found = {**head, "graphs": graphs, **found}
    return {**found, **graph.extra}


def pretty(data: dict[str, Any], indent: str = "") -> str:
    """Return plain data of a document as text.

    Raises:
        TypeError: A value is no JSON.
        ValueError: A number is not finite.
    """
    deeper = f"{indent}  "
    lines = []
    for key, item in data.items():
        if key == "graphs" and isinstance(item, dict) and not indent:
            inner = {name: pretty(sub, f"{deeper}  ") for name, sub in item.items()}
            value = _block([f"{_line(name)}: {text}" for name, text in inner.items()], deeper, "{}")
        elif key in _BLOCKS and isinstance(item, dict):
            rows = [f"{_line(name)}: {_line(entry)}" for name, entry in item.items()]
            value = _block(rows, deeper, "{}")
        elif key in _BLOCKS and isinstance(item, list):
            value = _block([_line(entry) for entry in item], deeper, "[]")
        else:
            value = _line(item)
        lines.append(f"{_line(key)}: {value}")
    return _block(lines, indent, "{}")


def _graph_data(graph: Graph) -> dict[str, Any]:
    view = graph.view
    found: dict[str, Any] = {
        "nodes": {key: _node_data(node) for key, node in graph.nodes.items()},
        "links": [str(link) for link in graph.links],
        "form": list(graph.form),
        "layout": {key: _changed(item, _LAYOUT) for key, item in view.layout.items()},
        "reroutes": dict(view.reroutes),
        "bookmarks": dict(view.bookmarks),
        "frames": [_changed(item, _FRAME) for item in view.frames],
        "notes": [_changed(item, _NOTE) for item in view.notes],
    }
    return {key: item for key, item in found.items() if item or key in ("nodes", "links")}


def _sub_data(item: SubGraph) -> dict[str, Any]:
    inputs = {key: _port_data(port, "to", list(port.ends)) for key, port in item.inputs.items()}
    outputs = {key: _port_data(port, "from", port.ends[0]) for key, port in item.outputs.items()}
    head = {"title": item.title, "inputs": inputs, "outputs": outputs}
    return {**head, **_graph_data(item.graph), **item.graph.extra}


def _port_data(port: Port, name: str, inner: Any) -> dict[str, Any]:
    return {"name": port.name, "type": port.type, name: inner, **port.extra}


def _node_data(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {"type": node.type, "version": node.version}
    for name in ("title", "seed_mode", "frozen"):
        if getattr(node, name):
            found[name] = getattr(node, name)
    if node.mode != "on":
        found["mode"] = node.mode
    return {**found, "params": dict(node.params), **node.extra}


def _defaults(plain: Layout | Frame | Note) -> tuple[tuple[str, Any], ...]:
    """Return what need not be written; places are always written."""
    unequal = object()
    return tuple(
        (field.name, unequal if field.name == "at" else getattr(plain, field.name))
        for field in fields(plain)
        if field.name != "extra"
    )


_LAYOUT, _FRAME, _NOTE = _defaults(Layout()), _defaults(Frame()), _defaults(Note())


def _changed(item: Layout | Frame | Note, defaults: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    """Return the fields that differ from their defaults."""
    found = {}
    for name, default in defaults:
        value = getattr(item, name)
        if value != default:
            found[name] = value
    return {**found, **item.extra}


def _block(rows: list[str], indent: str, brackets: str) -> str:
    if not rows:
        return brackets
    inner = ",\n".join(f"{indent}  {row}" for row in rows)
    return f"{brackets[0]}\n{inner}\n{indent}{brackets[1]}"
