"""From a file to a graph and back, in any thread; no Qt."""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core import assets, document
from studio.core.errors import DocumentError
from studio.core.graph import Graph
from studio.facts.graph_files import graph_text, is_picture
from studio.files import MARK, atomic_write
from studio.paths import real

if TYPE_CHECKING:
    from studio.core.registry import Registry

SUFFIX = ".json"
BACKUP = ".bak"
DRAFT = "draft.json"


class ChangedOnDiskError(DocumentError):
    """Another program wrote the file since it was read."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A graph as it was read.

    Attributes:
        id: For the document.
        graph: What the file holds.
        text: The file's content.
        path: The file, or ``None`` when it was a picture, which is never written over.
        title: For a document without a file.
        digest: Of the file's content.
    """

    id: str
    graph: Graph
    text: bytes
    path: Path | None
    title: str
    digest: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written.

    Attributes:
        path: The file.
        text: Its content.
        digest: Of the content.
    """

    path: Path
    text: bytes
    digest: str


def new_id() -> str:
    """Return a name for a document that no other one has."""
    return uuid.uuid4().hex[:12]


def digest_of(content: bytes) -> str:
    """Return what tells one content from another."""
    return sha256(content).hexdigest()


def disk_digest(path: Path) -> str:
    """Return the digest of a file's content; empty when it cannot be read."""
    with suppress(OSError):
        return digest_of(path.read_bytes())
    return ""


def load(path: Path, registry: Registry, drafts: Path) -> Loaded:
    """Read a graph file, or the graph that a picture carries; assets inside are laid beside it.

    Args:
        path: The file.
        registry: Brings nodes to their present versions.
        drafts: Folder in which graphs without a file keep their assets.

    Raises:
        MissingFileError: There is no such file.
        DocumentError: It is damaged, newer than the program, or carries no graph.
    """
    path = path.absolute()
    text = graph_text(path)
    try:
        graph = document.read(text, registry)
    except DocumentError as wrong:
        raise DocumentError(
            f"{path.name} cannot be opened: {wrong.text}",
            fix=wrong.fix or _previous(path),
            line=wrong.line,
            field=wrong.field,
        ) from wrong
    content, made = text.encode("utf-8", "replace"), new_id()
    digest = digest_of(content)
    own = None if is_picture(path) else path
    if own is None or assets.EMBEDDED in graph.extra:
        graph = assets.unpacked(graph, own or drafts / made / DRAFT, atomic_write)
        content = document.write(graph).encode()
    return Loaded(made, graph, content, own, "" if own else path.stem, digest if own else "")


def store(graph: Graph, path: Path, *, known: str | None) -> Stored:
    """Write a graph; what was there before stays beside it with `BACKUP` at its end.

    Args:
        graph: The graph.
        path: The file.
        known: Digest of what may be written over; ``None``: anything.

    Raises:
        ChangedOnDiskError: The file holds something else.
        WriteError: It cannot be written.
        DocumentError: The graph cannot be written.
    """
    text = document.write(graph).encode()
    place = real(path) if path.is_symlink() else path  # a link goes on leading to its file
    found = disk_digest(place)
    if known is not None and found not in ("", known):
        raise ChangedOnDiskError(
            f"{path.name} was changed by another program since it was opened",
            fix="save it under another name, or write over it",
        )
    digest = digest_of(text)
    if found and found != digest:
        _keep_previous(place)
    atomic_write(place, text)
    return Stored(path, text, digest)


def with_assets(graph: Graph, old: Path, new: Path) -> Graph:
    """Copy the assets of a graph beside another file, and return the graph that names them there.

    Raises:
        WriteError: One cannot be written.
    """
    if old == new or not assets.used(graph):
        return graph
    return assets.moved(graph, old, new, atomic_write)


def with_title(graph: Graph, old: Path | None, new: Path) -> Graph:
    """Name a graph after its file, unless somebody gave it a title of its own.

    Args:
        graph: The graph.
        old: The file that it belonged to; ``None``: it had none.
        new: The file that it belongs to.
    """
    own = graph.title and not (old and graph.title == old.stem)
    return graph if own or old == new else graph.with_title(new.stem)


def backup_of(path: Path) -> Path:
    """Return where the previous version of a file is."""
    return path.with_name(path.name + BACKUP)


def _keep_previous(path: Path) -> None:
    """Give the present version its other name in one step, without writing it again."""
    stage = path.with_name(f"{MARK}{uuid.uuid4().hex}.tmp")
    # Saving matters more than the previous version, which a full disk may refuse.
    with suppress(OSError):
        try:
            os.link(path, stage)
        except OSError:  # a file system without hard links
            shutil.copyfile(path, stage)
        stage.replace(backup_of(path))
    with suppress(OSError):
        stage.unlink(missing_ok=True)


def _previous(path: Path) -> str:
    backup = backup_of(path)
    return f"{backup.name} holds the version before it" if backup.is_file() else ""
