"""Files that belong to a graph: painted masks, imported pictures, kept beside it.

An asset is named by the digest of its content and stands in ``<graph>.assets``; a parameter names
it as ``{"path": "<graph>.assets/<digest>.png"}``, relative to the graph. This module decides; the
caller passes in what writes and removes files.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from studio.core.errors import DocumentError
from studio.core.graph import Graph, Node
from studio.core.json_text import MAX_STRING
from studio.core.widgets import FileRef

EMBEDDED = "assets"
ENDING = ".assets"
"""Of the name of a folder with assets."""
_DIGITS = 40
_NAME = re.compile(rf"[0-9a-f]{{{_DIGITS}}}(?:\.[a-z0-9]{{1,8}})?")

MOST_BYTES = MAX_STRING * 3 // 4
"""Of one asset inside a graph: base64 makes four characters of three bytes."""
MOST_TEXT = 24 << 20
"""Characters of all assets inside a graph, so that pictures and graph files stay readable."""

Content = Callable[[str], bytes | None]
Save = Callable[[Path, bytes], object]
Remove = Callable[[Path], object]


def folder_of(graph_file: Path) -> Path:
    """Return the folder of a graph's assets."""
    return graph_file.with_suffix(ENDING)


def name_of(content: bytes, suffix: str) -> str:
    """Return the file name of an asset: the same content has the same name."""
    return f"{sha256(content).hexdigest()[:_DIGITS]}{suffix.lower()}"


def add(graph_file: Path, content: bytes, suffix: str, save: Save) -> FileRef:
    """Keep a file beside a graph.

    Args:
        graph_file: Where the graph is saved.
        content: Of the file.
        suffix: Ending of its name, such as ``.png``.
        save: Writes a file atomically; called only if the asset is not there yet.

    Returns:
        What a parameter of the graph holds.
    """
    path = folder_of(graph_file) / name_of(content, suffix)
    if not path.exists():
        save(path, content)
    return FileRef(f"{path.parent.name}/{path.name}")


def used(graph: Graph) -> set[str]:
    """Return the names of all assets that a graph names, also in nodes of unknown types."""
    return {path.rpartition("/")[2] for path in _paths(graph)}


def collect(graph_file: Path, graphs: Iterable[Graph], remove: Remove) -> tuple[str, ...]:
    """Remove the assets that nobody names, and return their names.

    Args:
        graph_file: Where the graph is saved.
        graphs: The saved graph and those of every undo step.
        remove: Removes a file.
    """
    named: set[str] = set()
    for graph in graphs:
        named |= used(graph)
    folder = folder_of(graph_file)
    present = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    gone = tuple(name for name in present if name not in named and _NAME.fullmatch(name))
    for name in gone:
        remove(folder / name)
    return gone


def moved(graph: Graph, old: Path, new: Path, save: Save) -> Graph:
    """Copy a graph's assets beside another file, and return the graph that names them there.

    One that is gone is named all the same: it holds up no saving, and the checks tell of it.
    """
    for path in sorted(set(_paths(graph))):
        place = folder_of(new) / path.rpartition("/")[2]
        held = None if place.exists() else content(old, path)
        if held is not None:
            save(place, held)
    return _with_folder(graph, folder_of(new).name)


def content(graph_file: Path, path: str) -> bytes | None:
    """Return what an asset holds; ``None``: it is gone.

    Args:
        graph_file: Where the graph is saved. A copy of a file stands beside the folder of the first.
        path: As a parameter names it.
    """
    folder, _, name = path.rpartition("/")
    for place in (folder_of(graph_file), graph_file.parent / folder.rpartition("/")[2]):
        with suppress(OSError):
            return (place / name).read_bytes()
    return None


def embedded(graph: Graph, content: Content) -> tuple[Graph, tuple[str, ...]]:
    """Return the graph with its assets inside, for a picture to carry, and the names of the others.

    Args:
        graph: The graph.
        content: Returns what an asset holds, by its path; ``None``: it cannot be read.

    Returns:
        Assets that are gone, or for which there is no room, are left out.
    """
    texts, left = dict[str, str](), []
    for name, path in sorted({path.rpartition("/")[2]: path for path in _paths(graph)}.items()):
        held = content(path)
        if held is None or len(held) > MOST_BYTES:
            left.append(name)
        else:
            texts[name] = base64.b64encode(held).decode("ascii")
    found, room = dict[str, str](), MOST_TEXT
    for name in sorted(texts, key=lambda name: (len(texts[name]), name)):
        room -= len(texts[name])
        if room >= 0:
            found[name] = texts[name]
        else:
            left.append(name)
    whole = replace(graph, extra={**graph.extra, EMBEDDED: found}) if found else graph
    return whole, tuple(sorted(left))


def unpacked(graph: Graph, graph_file: Path, save: Save) -> Graph:
    """Write the assets that a graph carries beside it, and return the graph without them.

    Raises:
        DocumentError: An asset is not what its name says.
    """
    held = graph.extra.get(EMBEDDED, {})
    if not isinstance(held, dict):
        raise DocumentError("the assets inside are no object { }", field=EMBEDDED)
    contents = {name: _decoded(name, text) for name, text in held.items()}
    for name, content in contents.items():
        save(folder_of(graph_file) / name, content)
    extra = {key: value for key, value in graph.extra.items() if key != EMBEDDED}
    return _with_folder(replace(graph, extra=extra), folder_of(graph_file).name)


def _decoded(name: str, text: Any) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        content = b""
    if not _NAME.fullmatch(name) or name_of(content, Path(name).suffix) != name:
        raise DocumentError(f"the asset {name[:80]!r} is damaged", field=f"{EMBEDDED}.{name[:80]}")
    return content


def _is_asset(value: Any) -> bool:
    path = value.get("path") if isinstance(value, dict) else None
    folder, _, name = path.rpartition("/") if isinstance(path, str) else ("", "", "")
    return folder.endswith(ENDING) and bool(_NAME.fullmatch(name))


def _paths(graph: Graph) -> Iterator[str]:
    inside = [graph, *(item.graph for item in graph.graphs.values())]
    waiting: list[Any] = [node.params for part in inside for node in part.nodes.values()]
    waiting += [node.extra for part in inside for node in part.nodes.values()]
    while waiting:
        value = waiting.pop()
        if _is_asset(value):
            yield value["path"]
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple):
            waiting.extend(value)


def _with_folder(graph: Graph, folder: str) -> Graph:
    """Return the graph with its asset parameters in another folder."""
    graphs = {
        key: replace(item, graph=_nodes_in(item.graph, folder))
        for key, item in graph.graphs.items()
    }
    return replace(_nodes_in(graph, folder), graphs=graphs)


def _nodes_in(graph: Graph, folder: str) -> Graph:
    return replace(graph, nodes={key: _node_in(node, folder) for key, node in graph.nodes.items()})


def _node_in(node: Node, folder: str) -> Node:
    params = {
        key: {**value, "path": f"{folder}/{value['path'].rpartition('/')[2]}"}
        if _is_asset(value)
        else value
        for key, value in node.params.items()
    }
    return node if params == node.params else replace(node, params=params)
