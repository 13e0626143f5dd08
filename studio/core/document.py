"""The saved file: text to graph and back.

The file is readable JSON, one node or link on a line, so that a version control system can compare
and merge it. Keys and node types that are not known are kept whole. What cannot be read is a
`DocumentError` with line and field; what can be read but not run is for `studio.core.check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from itertools import chain
from typing import Any, get_args

from studio.core import ends
from studio.core.columns import columns_of, made, shared
from studio.core.errors import DocumentError
from studio.core.graph import Graph, Link, Mode, Node, Port, SubGraph
from studio.core.json_text import field_of, line_of, parse
from studio.core.migrations import modernised, upgraded
from studio.core.registry import Registry
from studio.core.view import Frame, Layout, Note, View
from studio.core.written import pretty, to_data

MAX_NODES = 100_000
MAX_LINKS = 200_000

_GRAPH = {
    "title": str, "nodes": dict, "links": list, "form": list, "layout": dict, "reroutes": dict,
    "bookmarks": dict, "frames": list, "notes": list,
}  # fmt: skip
_NODE = {
    "type": str, "version": int, "title": str, "mode": str, "frozen": str, "seed_mode": str,
    "params": dict,
}  # fmt: skip
_LAYOUT = {
    "at": list, "width": (int, float, type(None)), "collapsed": bool, "color": (str, type(None)),
    "comment": str, "pinned": bool, "preview": bool,
}  # fmt: skip
_MODES = get_args(Mode)
_NUMBERS = {int, float}
_FRAME = {"title": str, "color": (str, type(None)), "nodes": list}
_NOTE = {"text": str, "at": list, "size": list}
_INPUT = {"name": str, "type": str, "to": list}
_OUTPUT = {"name": str, "type": str, "from": str}

Path = tuple[str | int, ...]


class _BadError(Exception):
    """What is wrong and where; becomes a `DocumentError` with its line."""

    def __init__(self, text: str, path: Path, fix: str = "") -> None:
        super().__init__(text)
        self.path = path
        self.fix = fix


def read(text: str | bytes, registry: Registry | None = None) -> Graph:
    """Read a saved graph.

    Args:
        text: The file's content, UTF-8 when bytes.
        registry: Brings nodes to the present versions of their types and fills in parameters that
            the file leaves out; without it the nodes stay as they were saved.

    Raises:
        DocumentError: The file is damaged, beyond the limits, or of a newer format.
    """
    data = parse(text)
    try:
        graph = _document(data)
    except _BadError as wrong:
        line, field = line_of(text, wrong.path), field_of(wrong.path)
        raise DocumentError(str(wrong), fix=wrong.fix, line=line, field=field) from None
    return modernised(graph, registry) if registry else graph


def write(graph: Graph) -> str:
    """Write a graph as a file; `read` gives an equal graph.

    Raises:
        DocumentError: A parameter is no JSON value, or not a finite number.
    """
    try:
        text = f"{pretty(to_data(graph))}\n"
    except (TypeError, ValueError) as wrong:
        raise DocumentError(f"the graph cannot be written: {wrong}") from wrong
    return text.encode("utf-8", "replace").decode("utf-8")


def from_data(data: Any) -> Graph:
    """Return the graph of plain data, as `to_data` made it.

    Raises:
        DocumentError: It is no graph, beyond the limits, or of a newer format.
    """
    try:
        return _document(data)
    except _BadError as wrong:
        raise DocumentError(str(wrong), fix=wrong.fix, field=field_of(wrong.path)) from None


# --- Reading ---


def _document(data: Any) -> Graph:
    if not isinstance(data, dict):
        raise _BadError("it is not a Wirebrush graph but a plain value", ())
    try:
        data = upgraded(data)
    except DocumentError as wrong:
        raise _BadError(wrong.text, (wrong.field,), wrong.fix) from None
    values, rest = _fields(data, (), {"wirebrush": int, "graphs": dict})
    graphs = {
        name: _sub_graph(item, ("graphs", name)) for name, item in values.get("graphs", {}).items()
    }
    graph = _graph(rest, (), graphs)
    all_graphs = [graph, *(item.graph for item in graphs.values())]
    _limit(sum(len(item.nodes) for item in all_graphs), MAX_NODES, "nodes")
    _limit(sum(len(item.links) for item in all_graphs), MAX_LINKS, "links")
    return graph


def _graph(data: dict[str, Any], path: Path, graphs: dict[str, SubGraph]) -> Graph:
    values, extra = _fields(data, path, _GRAPH)
    nodes = _nodes(values.get("nodes", {}), (*path, "nodes"))
    return Graph(
        nodes=nodes,
        links=_links(values.get("links", []), (*path, "links"), nodes),
        graphs=graphs,
        form=tuple(_texts(values.get("form", []), (*path, "form"))),
        view=_view(values, path),
        title=values.get("title", ""),
        extra=extra,
    )


def _sub_graph(data: Any, path: Path) -> SubGraph:
    values, rest = _fields(data, path, {"title": str, "inputs": dict, "outputs": dict})
    inputs = {
        key: _port(item, (*path, "inputs", key), _INPUT)
        for key, item in values.get("inputs", {}).items()
    }
    outputs = {
        key: _port(item, (*path, "outputs", key), _OUTPUT)
        for key, item in values.get("outputs", {}).items()
    }
    return SubGraph(values.get("title", ""), inputs, outputs, _graph(rest, path, {}))


def _port(data: Any, path: Path, kinds: Mapping[str, Any]) -> Port:
    values, extra = _fields(data, path, kinds, required=tuple(kinds))
    inner = [values["from"]] if "from" in kinds else _texts(values["to"], (*path, "to"))
    for text in inner:
        _end(text, path)
    return Port(values["name"], values["type"], tuple(inner), extra)


def _nodes(data: dict[str, Any], path: Path) -> dict[str, Node]:
    columns = columns_of([*data.values()], Node, _NODE)
    if (
        not columns
        or "" in data
        or min(columns.get("version", [1])) < 1
        or not {*columns.get("mode", ())} <= {*_MODES}
    ):
        return {_id(key, path): _node(item, (*path, key)) for key, item in data.items()}
    columns["type"] = shared(columns["type"], {})
    return dict(zip(data, made(Node, columns, len(data)), strict=True))


def _node(data: Any, path: Path) -> Node:
    values, extra = _fields(data, path, _NODE, required=("type",))
    if values.get("version", 1) < 1:
        raise _BadError("a version is 1 or more", (*path, "version"))
    mode = values.get("mode", "on")
    if mode not in _MODES:
        raise _BadError(f"{mode[:80]!r} is none of {', '.join(_MODES)}", (*path, "mode"))
    return Node(**values, extra=extra)


def _links(data: list[Any], path: Path, nodes: Iterable[str]) -> tuple[Link, ...]:
    try:
        *words, indices = ends.split_links(data)
    except (TypeError, ValueError):
        return tuple(_link(item, (*path, place)) for place, item in enumerate(data))
    known = {node: node for node in nodes}
    columns = [*(shared(column, known) for column in words), indices]
    names = [field.name for field in fields(Link)]
    return tuple(made(Link, dict(zip(names, columns, strict=True)), len(data)))


def _link(data: Any, path: Path) -> Link:
    if not isinstance(data, str):
        raise _BadError('a link is a text such as "a.image -> b.image"', path)
    try:
        return Link.parse(data)
    except ValueError as wrong:
        raise _BadError(str(wrong), path) from None


def _view(values: dict[str, Any], path: Path) -> View:
    return View(
        layout=_layouts(values.get("layout", {}), (*path, "layout")),
        reroutes={
            key: tuple(
                _point(point, (*path, "reroutes", key, place))
                for place, point in enumerate(_list(item, (*path, "reroutes", key)))
            )
            for key, item in values.get("reroutes", {}).items()
        },
        bookmarks={
            key: _numbers(item, 3, (*path, "bookmarks", key))
            for key, item in values.get("bookmarks", {}).items()
        },
        frames=tuple(
            _frame(item, (*path, "frames", place))
            for place, item in enumerate(values.get("frames", []))
        ),
        notes=tuple(
            _note(item, (*path, "notes", place))
            for place, item in enumerate(values.get("notes", []))
        ),
    )


def _layouts(data: dict[str, Any], path: Path) -> dict[str, Layout]:
    columns = columns_of([*data.values()], Layout, _LAYOUT) or {}
    at = columns.get("at", ())
    if {*map(len, at)} != {2} or not {*map(type, chain.from_iterable(at))} <= _NUMBERS:
        return {key: _layout(item, (*path, key)) for key, item in data.items()}
    columns["at"] = [*map(tuple, at)]
    return dict(zip(data, made(Layout, columns, len(data)), strict=True))


def _layout(data: Any, path: Path) -> Layout:
    values, extra = _fields(data, path, _LAYOUT)
    if "at" in values:
        values["at"] = _point(values["at"], (*path, "at"))
    return Layout(**values, extra=extra)


def _frame(data: Any, path: Path) -> Frame:
    values, extra = _fields(data, path, _FRAME)
    if "nodes" in values:
        values["nodes"] = tuple(_texts(values["nodes"], (*path, "nodes")))
    return Frame(**values, extra=extra)


def _note(data: Any, path: Path) -> Note:
    values, extra = _fields(data, path, _NOTE)
    for name in ("at", "size"):
        if name in values:
            values[name] = _point(values[name], (*path, name))
    return Note(**values, extra=extra)


def _fields(
    data: Any, path: Path, kinds: Mapping[str, Any], required: tuple[str, ...] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part an object into what is known, with types checked, and the rest, kept whole."""
    if not isinstance(data, dict):
        raise _BadError("an object { } is expected here", path)
    for name in required:
        if name not in data:
            raise _BadError(f"{name!r} is missing", path)
    known, rest = {}, {}
    for name, value in data.items():
        kind = kinds.get(name)
        if kind is None:
            rest[name] = value
        elif type(value) is kind or (isinstance(value, kind) and not isinstance(value, bool)):
            known[name] = value
        else:
            raise _BadError(f"{name!r} must be {_said(kind)}", (*path, name))
    return known, rest


def _texts(data: list[Any], path: Path) -> list[str]:
    for place, item in enumerate(data):
        if not isinstance(item, str):
            raise _BadError("a text is expected here", (*path, place))
    return data


def _list(data: Any, path: Path) -> list[Any]:
    if not isinstance(data, list):
        raise _BadError("a list [ ] is expected here", path)
    return data


def _numbers(data: Any, count: int, path: Path) -> Any:
    good = isinstance(data, list) and len(data) == count
    if not good or not {*map(type, data)} <= _NUMBERS:
        raise _BadError(f"{count} numbers are expected here", path)
    return tuple(data)


def _point(data: Any, path: Path) -> tuple[float, float]:
    point: tuple[float, float] = _numbers(data, 2, path)
    return point


def _end(text: str, path: Path) -> None:
    try:
        ends.split(text)
    except ValueError as wrong:
        raise _BadError(str(wrong), path) from None


def _id(key: str, path: Path) -> str:
    if not key:
        raise _BadError("a node has an empty id", path)
    return key


def _limit(count: int, limit: int, what: str) -> None:
    if count > limit:
        raise DocumentError(f"it has {count} {what}, more than {limit}", field=what)


def _said(kind: Any) -> str:
    names = {str: "a text", int: "a whole number", dict: "an object { }", list: "a list [ ]"}
    names |= {bool: "true or false", float: "a number", type(None): "null"}
    return " or ".join(names[one] for one in (kind if isinstance(kind, tuple) else (kind,)))
