"""What can be said of a graph without running it: keys, issues, families. No Qt.

Everything here is a function of immutable graphs, for a thread in the background.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.core.widgets import FileRef

if TYPE_CHECKING:
    from studio.core.errors import StudioError
    from studio.core.graph import Graph
    from studio.core.registry import Registry


@dataclass(frozen=True)
class KnownFacts:
    """What was found out about files, said again without touching a disk.

    Attributes:
        registry: The node types.
        problems: Why a file cannot be opened, or ``None``.
        known: Families of files.
    """

    registry: Registry
    problems: Mapping[FileRef, StudioError | None] = field(default_factory=dict)
    known: Mapping[FileRef, str] = field(default_factory=dict)

    def problem(self, ref: FileRef, /) -> StudioError | None:
        """Say why a file cannot be opened, as far as that is known."""
        return self.problems.get(ref)

    def families(self, graph: Graph, /) -> Mapping[tuple[str, str], str]:
        """Return the family of each output that has a known one, by node and output."""
        from studio.facts.flow import families

        return families(graph, self.registry, lambda ref: self.known.get(ref, ""))
