"""Documents on folders of a test's own, without a window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.graph import Graph, Node
from studio.core.registry import Registry
from studio.paths import Paths
from studio.ui.documents.document import Document
from studio.ui.documents.documents import Documents


def paths_in(folder: Path) -> Paths:
    """Return an installation in a folder."""
    return Paths(folder / "data", folder / "cache", folder / "resources")


@contextmanager
def documents_in(folder: Path) -> Iterator[Documents]:
    """Open documents with their journals in a folder, and end in order."""
    made = Documents(paths_in(folder), Registry())
    try:
        yield made
    finally:
        made.finish()


def died(documents: Documents) -> None:
    """Let go of everything as the system does when a process is killed; nothing is removed."""
    documents.desk.close(finish=True)
    documents._bridge.close()
    documents.journals._lock.close()


def chain(count: int) -> Graph:
    """Return nodes that stand in a row."""
    return Graph({f"n{index}": Node("toy.blur", 1, {"radius": 1.0}) for index in range(count)})


def rename(document: Document, title: str) -> None:
    """Do an edit whose result is easy to see."""
    document.edit(f"Call it {title}", document.graph.with_title(title))
