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

    def exists(self, ref: FileRef, /) -> bool:
        """Tell whether a file is there."""
        return self._roots.exists(ref)

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
