"""What the commands put together before they start."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core import assets
from studio.core.document import read
from studio.core.registry import Registry
from studio.facts import graph_files
from studio.paths import Paths, real, with_cache
from studio.settings import MEBIBYTE, Settings, read_settings

if TYPE_CHECKING:
    from studio.core.graph import Graph
    from studio.engine.fingerprint import Fingerprints
    from studio.engine.store import Store

CARRIED_SECONDS = 30 * 24 * 3600.0
"""How long the files stay that a picture carried, after it was last opened."""


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
        return graph_files.decoded(sys.stdin.buffer.read(), "standard input")
    return graph_files.graph_text(Path(name))


def opened_graph(name: str, registry: Registry, paths: Paths) -> Graph:
    """Return a graph, with the files that it carries laid where runs find them.

    Raises:
        MissingFileError: There is no such file.
        DocumentError: It cannot be read, or the picture carries no graph.
        WriteError: What it carries cannot be laid down.
    """
    graph = read(graph_text(name), registry)
    if assets.EMBEDDED not in graph.extra:
        return graph
    from studio.files import atomic_write

    opened = assets.unpacked(graph, paths.carried, atomic_write)
    long_ago = time.time() - CARRIED_SECONDS
    for path in assets.folder_of(paths.carried).iterdir():
        if path.stat().st_mtime < long_ago:
            path.unlink(missing_ok=True)
    return opened


def folder_of(name: str) -> str:
    """Return the folder that relative paths in this graph start from; standard input has none."""
    return "" if name == "-" else str(real(name).parent)


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

    store = with_cache(paths, chosen.cache).store
    return Store(Database(store), limit=chosen.store_mb * MEBIBYTE)


def digests(paths: Paths, chosen: Settings) -> Fingerprints:
    """Return what is known of the content of files; nothing where the store cannot be opened."""
    from studio.core.errors import WriteError
    from studio.engine.db import NAME, Database
    from studio.engine.fingerprint import Fingerprints

    store = with_cache(paths, chosen.cache).store
    try:
        return Fingerprints(Database(store) if (store / NAME).is_file() else None)
    except WriteError:
        return Fingerprints()
