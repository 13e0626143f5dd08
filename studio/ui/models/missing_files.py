"""Files that a graph names and nobody finds: which they are, and what may be meant. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from studio.core.errors import Issue, StudioError
from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.core.widgets import FilePath, FileRef, ModelFile, plain
from studio.engine.fingerprint import Fingerprints
from studio.roots import Roots, near_names
from studio.ui.inspector.files import as_written, model_files
from studio.ui.session.fixes import is_missing_file, spot_of
from studio.ui.session.hashing import HashingError


@dataclass(frozen=True, slots=True)
class Missing:
    """A file that is not there, with everything that names it.

    Attributes:
        ref: As the graph names it.
        kind: Kind of model folder; empty for a file that is no model.
        places: Definition (empty: the graph itself), node and input of each use.
    """

    ref: FileRef
    kind: str
    places: tuple[tuple[str, str, str], ...]

    @property
    def name(self) -> str:
        """The name of the file without its folder."""
        return PurePosixPath(self.ref.path).name


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that may be meant.

    Attributes:
        how: Whether it has the same content, a name that is near, or was chosen by the user.
        ref: As a graph names it.
    """

    how: Literal["content", "near", "chosen"]
    ref: FileRef


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to.

    Attributes:
        offer: The best there is; ``None``: nothing.
        reading: A file that is being read, as it may have the same content.
    """

    offer: Offer | None = None
    reading: Path | None = None


def missing_files(issues: Iterable[Issue], graph: Graph, registry: Registry) -> tuple[Missing, ...]:
    """Return the files that are missing, each once, in the order of the issues."""
    found: dict[FileRef, Missing] = {}
    for issue in issues:
        if not is_missing_file(issue):
            continue
        owner, spot = spot_of(graph, issue, registry)
        item = spot.input
        if item is None or (isinstance(item.widget, FilePath) and item.widget.folder):
            continue
        ref: FileRef = replace(item, type="file").coerce(spot.value)
        kind = item.widget.folder if isinstance(item.widget, ModelFile) else ""
        known = found.get(ref, Missing(ref, kind, ()))
        place = (owner, spot.node, spot.name)
        if place not in known.places:
            found[ref] = replace(known, places=(*known.places, place))
    return tuple(found.values())


def replaced(graph: Graph, chosen: Mapping[Missing, FileRef]) -> Graph:
    """Return a graph that names other files, everywhere where one was missing."""
    for missing, ref in chosen.items():
        for owner, node, name in missing.places:
            inner = graph.graphs[owner].graph if owner else graph
            inner = inner.with_param(node, name, plain(ref))
            graph = (
                graph.with_graph(owner, replace(graph.graphs[owner], graph=inner))
                if (owner)
                else inner
            )
    return graph


def search(
    missing: Missing, roots: Roots, base: str, fingerprints: Fingerprints, *, thorough: bool = False
) -> Found:
    """Look for a file by its content, then by its name. Reads folders: for a thread.

    Files of the same size as the missing one are read to know their content.

    Args:
        missing: What is looked for.
        roots: The folders that the graph may name files in.
        base: The folder of the graph, or nothing.
        fingerprints: What is known of the content of files.
        thorough: Whether all files of the kind are read when the size is not known.
    """
    listed = model_files(roots, missing.kind) if missing.kind else ()
    digest, size = _identity(missing, roots, fingerprints)
    reading = None
    if digest:
        reading = _read_alike(listed, size, roots, fingerprints, thorough=thorough)
        same = roots.same_content(digest)
        if same:
            ref = replace(as_written(same, roots, base), blake3=digest)
            return Found(Offer("content", ref))
    return Found(_near(missing, listed), reading)


def _identity(missing: Missing, roots: Roots, fingerprints: Fingerprints) -> tuple[str, int]:
    """Return digest and size of what is missing: the graph's, or those of when it was last read."""
    with suppress(StudioError):
        for place in roots.candidates(missing.ref):
            digest, size = fingerprints.remembered(place)
            if digest and missing.ref.blake3 in ("", digest):
                return digest, size
    return missing.ref.blake3, 0


def _read_alike(
    listed: Iterable[FileRef], size: int, roots: Roots, known: Fingerprints, *, thorough: bool
) -> Path | None:
    """Read the files that may be the missing one; return one that is not read yet."""
    reading = None
    for ref in listed:
        with suppress(StudioError, OSError):
            path = roots.resolve(ref)
            alike = path.stat().st_size == size if size else thorough
            if path.is_file() and alike:
                try:
                    known.of(path)
                except HashingError:
                    reading = path
    return reading


def _near(missing: Missing, listed: Iterable[FileRef]) -> Offer | None:
    names = {PurePosixPath(ref.path).name: ref for ref in listed}
    near = near_names(missing.name, list(names))
    return Offer("near", names[near[0]]) if near else None
