"""What is known of the nodes of a scene, a number a row: thousands of them share a few states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from studio.canvas.index import Rows
from studio.canvas.states import NodeState, StateKind

_ROOM = 256
"""So many more states than nodes may be held before those are dropped that no node has."""

Known = NodeState | None
"""A state, or ``None``: nothing is known."""


class StateTable:
    """Keeps the state of each row, and those of nodes that are not here for when they come.

    Attributes:
        numbers: Number of each row's state.
        held: States by number; of the first one nothing is known.
    """

    def __init__(self) -> None:
        self.numbers: Rows = np.zeros(0, np.intp)
        self.held: list[Known] = [None]
        self._number_of: dict[int, int] = {id(None): 0}
        self._elsewhere: dict[str, Known] = {}

    def of(self, row: int) -> Known:
        """Return what is known of a row."""
        return self.held[int(self.numbers[row])]

    def rows_of(self, kind: StateKind) -> list[int]:
        """Return the rows that are in a state of this kind."""
        wanted = [k for k, state in enumerate(self.held) if state and state.kind == kind]
        return np.flatnonzero(np.isin(self.numbers, wanted)).tolist() if wanted else []

    def put(self, rows: Rows | slice, states: Sequence[Known]) -> list[tuple[Known, Known]]:
        """Give rows their states; return each pair of states, before and after, that differ."""
        objects = np.fromiter(map(id, states), np.int64, len(states))
        _, first, place = np.unique(objects, return_index=True, return_inverse=True)
        known = [self._number(states[k]) for k in first.tolist()]
        numbers = np.array(known, np.intp)[place]
        steps = np.unique(self.numbers[rows] * len(self.held) + numbers).tolist()
        self.numbers[rows] = numbers
        pairs = [divmod(step, len(self.held)) for step in steps]
        found = [(self.held[old], self.held[new]) for old, new in pairs if old != new]
        if isinstance(rows, slice) or len(self.held) > 2 * len(self.numbers) + _ROOM:
            self._tidy()  # a run makes a state each step
        return [(old, new) for old, new in found if old != new]

    def keep(self, states: Mapping[str, Known]) -> None:
        """Keep what is known of nodes that are not here."""
        self._elsewhere.update(states)

    def reorder(self, before: Sequence[str], after: Sequence[str], moved: Rows) -> None:
        """Follow nodes to other rows.

        Args:
            before: Ids by row.
            after: The same from now on.
            moved: New row of each old row, -1: gone.
        """
        kept = moved >= 0
        for row in np.flatnonzero(~kept).tolist():
            self._elsewhere[before[row]] = self.of(row)
        numbers: Rows = np.zeros(len(after), np.intp)
        numbers[moved[kept]] = self.numbers[kept]
        self.numbers = numbers
        if self._elsewhere:
            come = [row for row, node in enumerate(after) if node in self._elsewhere]
            self.put(np.array(come, np.intp), [self._elsewhere.pop(after[row]) for row in come])

    def _number(self, state: Known) -> int:
        number = self._number_of.setdefault(id(state), len(self.held))
        if number == len(self.held):
            self.held.append(state)  # which keeps its id its own
        return number

    def _tidy(self) -> None:
        """Drop the states that no row has."""
        counts = np.bincount(self.numbers, minlength=len(self.held))
        counts[0] = 1  # of the first one nothing is known
        self.numbers = (np.cumsum(counts > 0) - 1)[self.numbers]
        self.held = [self.held[k] for k in np.flatnonzero(counts).tolist()]
        self._number_of = {id(state): number for number, state in enumerate(self.held)}
