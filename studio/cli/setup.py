"""What the commands put together before they start."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import DocumentError, MissingFileError
from studio.core.registry import Registry
from studio.paths import Paths
from studio.settings import MEBIBYTE, Settings, read_settings

if TYPE_CHECKING:
    from studio.engine.store import Store

PICTURES = (".png", ".jpg", ".jpeg", ".webp")


def builtin_registry() -> Registry:
    """Return the node types that ship with the program."""
    import nodes

    registry = Registry()
    registry.scan(nodes)
    return registry


def graph_text(name: str) -> str:
    """Return the text of a graph file, of standard input, or of the graph in a picture.

    Raises:
        MissingFileError: There is no such file.
        DocumentError: The file is not text, or the picture carries no graph.
    """
    if name == "-":
        return _decoded(sys.stdin.buffer.read(), "standard input")
    path = Path(name)
    if not path.is_file():
        raise MissingFileError(f"{name} was not found", fix="give the path of a graph file")
    if path.suffix.lower() in PICTURES:
        return carried_graph(path)
    return _decoded(path.read_bytes(), name)


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{name} is not text in UTF-8 ({error.reason})") from None


def carried_graph(path: Path) -> str:
    """Return the graph that a picture carries, inside or beside it.

    Raises:
        DocumentError: It carries none.
    """
    from studio.facts.pictures import read_carried

    text = read_carried(path).graph
    if not text:
        raise DocumentError(
            f"{path} carries no graph", fix="pictures keep it only as long as no program removes it"
        )
    return text


def folder_of(name: str) -> str:
    """Return the folder that relative paths in this graph start from; standard input has none."""
    return "" if name == "-" else str(Path(name).resolve().parent)


def settings(paths: Paths) -> Settings:
    """Return the user's settings; what is wrong with the file is said on standard error."""
    found, problems = read_settings(paths.settings)
    for issue in problems:
        sys.stderr.write(f"{issue}\n")
    return found


def open_store(paths: Paths, chosen: Settings) -> Store:
    """Return the stored results of this user."""
    from studio.engine.db import Database
    from studio.engine.store import Store

    return Store(Database(paths.store), limit=chosen.store_mb * MEBIBYTE)
