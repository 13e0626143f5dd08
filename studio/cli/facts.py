"""What the checks ask about files, answered from disk without torch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from studio.core.errors import StudioError
from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.core.widgets import FileRef
from studio.roots import Roots


class FileFacts:
    """Answers for one graph in one folder."""

    def __init__(self, registry: Registry, roots: Roots) -> None:
        self._registry = registry
        self._roots = roots
        self._family = cache(self._family_of)

    def problem(self, ref: FileRef, /) -> StudioError | None:
        """Say why a file cannot be opened, or return ``None`` if it is there."""
        try:
            self._roots.resolve(ref)
        except StudioError as wrong:
            return wrong
        return None

    def families(self, graph: Graph, /) -> Mapping[tuple[str, str], str]:
        """Return the family of each output that has a known one, by node and output."""
        from studio.facts.flow import families

        return families(graph, self._registry, self._family)

    def _family_of(self, ref: FileRef) -> str:
        from studio.facts.families import describe
        from studio.facts.header import read_header

        try:
            return describe(read_header(self._roots.resolve(ref))).family
        except StudioError:
            return ""  # missing or damaged: other rules say so, an unknown family refuses nothing
