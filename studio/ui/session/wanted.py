"""What a run is asked for, in words and in seeds. No Qt."""

from __future__ import annotations

from studio.core.graph import Graph
from studio.core.types import SpecOf
from studio.ui.session.checks import Verdict
from studio.ui.session.seeds import SeedPlace, seeds


def in_words(verdict: Verdict | None, targets: tuple[str, ...]) -> str:
    """Say what of a graph runs: ``all``, ``to Decode``."""
    if not targets:
        return "all"
    names = [verdict.title(node) if verdict else node for node in targets]
    return f"to {', '.join(names[:2])}" + (", ..." if len(names) > 2 else "")


def settled_seeds(verdict: Verdict | None, graph: Graph, spec_of: SpecOf) -> dict[SeedPlace, int]:
    """Return the seeds whose nodes have their results, so that a run would change nothing."""
    met = verdict.met if verdict else frozenset()
    inner = {node.rpartition("/")[2] for node in met if "/" in node}
    return {
        (owner, node, name): value
        for (owner, node, name), value in seeds(graph, spec_of).items()
        if node in (inner if owner else met)
    }
