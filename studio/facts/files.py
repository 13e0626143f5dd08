"""What the checks ask about files, answered from disk without torch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from studio.core.errors import (
    FamilyMismatchError,
    StudioError,
    UnknownFamilyError,
    UnsupportedError,
)
from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.core.widgets import FileRef
from studio.roots import Roots


class FileFacts:
    """Answers for one graph in one folder; what was answered is kept in `problems`, `misfits` and `known`.

    Args:
        registry: The node types.
        roots: The folders that the graph may name files in.
    """

    def __init__(self, registry: Registry, roots: Roots) -> None:
        self._registry = registry
        self._roots = roots
        self.problems: dict[FileRef, StudioError | None] = {}
        self.misfits: dict[tuple[FileRef, str], StudioError | None] = {}
        self.known: dict[FileRef, str] = {}

    def problem(self, ref: FileRef, /) -> StudioError | None:
        """Say why a file cannot be opened, or return ``None`` if it is there."""
        if ref not in self.problems:
            self.problems[ref] = self._problem(ref)
        return self.problems[ref]

    def misfit(self, ref: FileRef, folder: str, /) -> StudioError | None:
        """Say why a file is nothing that belongs into a kind of model folder, by its header."""
        if (ref, folder) not in self.misfits:
            self.misfits[ref, folder] = self._misfit(ref, folder)
        return self.misfits[ref, folder]

    def families(self, graph: Graph, /) -> Mapping[tuple[str, str], str]:
        """Return the family of each output that has a known one, by node and output."""
        from studio.facts.flow import families

        return families(graph, self._registry, self._family)

    def _problem(self, ref: FileRef) -> StudioError | None:
        try:
            self._roots.resolve(ref)
        except StudioError as wrong:
            return wrong
        return None

    def _misfit(self, ref: FileRef, folder: str) -> StudioError | None:
        try:
            path = self._roots.resolve(ref)
            status = path.stat()
        except (StudioError, OSError):
            return None
        return _refused(path, folder, status.st_mtime_ns, status.st_size)

    def _family(self, ref: FileRef) -> str:
        if ref not in self.known:
            self.known[ref] = self._family_of(ref)
        return self.known[ref]

    def _family_of(self, ref: FileRef) -> str:
        try:
            path = self._roots.resolve(ref)
            status = path.stat()
            return _described(path, status.st_mtime_ns, status.st_size)
        except (StudioError, OSError):
            return ""  # missing or damaged: other rules say so, an unknown family refuses nothing


@lru_cache(maxsize=256)
def _described(path: Path, mtime: int, size: int) -> str:
    """Return the family of a file, read once as long as it stays as it is."""
    from studio.facts.families import describe
    from studio.facts.header import read_header

    return describe(read_header(path)).family


@lru_cache(maxsize=256)
def _refused(path: Path, folder: str, mtime: int, size: int) -> StudioError | None:
    """Return why a file is none of a kind, read once as long as it stays as it is."""
    from studio.facts.families import refuse_misfit

    try:
        refuse_misfit(path, folder)
    except (FamilyMismatchError, UnsupportedError, UnknownFamilyError) as wrong:
        return wrong
    except (StudioError, OSError):
        return None  # damaged: the node that opens it says how
    return None
