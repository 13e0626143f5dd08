"""What was done to a graph, step by step, and the way back; no Qt.

A step is a name and the graph after it. Graphs share what they have in common, so a step costs
little more than the list of its nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from studio.core.graph import Graph

MAX_STEPS = 1000
MAX_NODES = 4_000_000
"""Entries of all lists of nodes together; a few hundred megabytes at most."""
KEPT_STEPS = 20


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    graph: Graph
    merge: Hashable = None


class Steps:
    """The history of one graph.

    Args:
        graph: Where it begins.
    """

    def __init__(self, graph: Graph) -> None:
        self._steps = [_Step("", graph)]
        self._position = 0

    @property
    def graph(self) -> Graph:
        """The graph as it is now."""
        return self._steps[self._position].graph

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all steps that are remembered, those that were undone included."""
        return tuple(step.name for step in self._steps[1:])

    @property
    def position(self) -> int:
        """How many of them are done."""
        return self._position

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """Every graph that undo and redo can reach."""
        return tuple(step.graph for step in self._steps)

    def add(self, name: str, graph: Graph, merge: Hashable = None) -> bool:
        """Do a step; what was undone is forgotten.

        Args:
            name: For the history, such as ``Move 3 nodes``.
            graph: The graph after it.
            merge: Joins it with the last step if that has the same; ``None`` never does.

        Returns:
            False if it changes nothing, and nothing was done.
        """
        if graph is self.graph or graph == self.graph:
            return False
        del self._steps[self._position + 1 :]
        step = _Step(name, graph, merge)
        if merge is not None and self._position and self._steps[-1].merge == merge:
            self._joined(step)
        else:
            self._steps.append(step)
        self._forget()
        self._position = len(self._steps) - 1
        return True

    def go(self, position: int) -> bool:
        """Undo or redo up to a position; says whether there is such a one, and another."""
        if position == self._position or not 0 <= position < len(self._steps):
            return False
        self._position = position
        # A gesture that goes on after an undo is another step.
        self._steps[position] = replace(self._steps[position], merge=None)
        return True

    def map(self, change: Callable[[Graph], Graph]) -> None:
        """Change every graph alike, as when the files that they name have moved."""
        self._steps = [replace(step, graph=change(step.graph)) for step in self._steps]

    def _joined(self, step: _Step) -> None:
        """Let a step take the place of the last one; one that ends where it began goes."""
        if step.graph == self._steps[-2].graph:
            del self._steps[-1]
        else:
            self._steps[-1] = step

    def _forget(self) -> None:
        """Forget the oldest steps when there are too many, or they hold too much."""
        most = max(KEPT_STEPS, min(MAX_STEPS, MAX_NODES // (_size(self._steps[-1].graph) + 1)))
        excess = len(self._steps) - 1 - most
        if excess > 0:
            del self._steps[:excess]


def _size(graph: Graph) -> int:
    inner = sum(len(item.graph.nodes) for item in graph.graphs.values())
    return len(graph.nodes) + inner
