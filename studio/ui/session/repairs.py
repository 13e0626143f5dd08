"""One click that puts an issue right: an edit of the document, a folder, a permission."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import Issue
from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.ui.session.fixes import LOCATE, allowed_path, fixed, folder_to_make, label

if TYPE_CHECKING:
    from studio.ui.documents.document import Document


def label_of(issue: Issue, graph: Graph, registry: Registry) -> str:
    """Return what one click would do about an issue, in two or three words; empty: nothing."""
    return "Create it" if _folder(issue, graph, "", registry) else label(issue)


def repair(
    issue: Issue,
    document: Document,
    registry: Registry,
    grant: Callable[[str], None],
    make_folder: Callable[[Path], None],
    locate: Callable[[], None],
) -> None:
    """Put an issue right.

    Args:
        issue: What is wrong.
        document: Where.
        registry: The node types.
        grant: Lets graphs read a file.
        make_folder: Makes a folder.
        locate: Asks where missing files are.
    """
    folder = _folder(issue, document.graph, document.base, registry)
    allowed = allowed_path(issue, document.graph, registry)
    if folder:
        make_folder(folder)
    elif allowed:
        grant(allowed)
    elif label(issue) == LOCATE:
        locate()
    else:
        document.edit(label(issue), fixed(document.graph, issue, registry))


def _folder(issue: Issue, graph: Graph, base: str, registry: Registry) -> Path | None:
    path = folder_to_make(issue, graph, registry)
    return Path(base, path) if path else None
