"""Telling that the pointer is shaken from side to side."""

from __future__ import annotations

from studio.canvas.tools.base import Pointer

SWING_PIXELS = 24.0
TURNS = 4
SECONDS = 0.9


class Shake:
    """Watches a drag; it is shaken after some quick turns in one direction and back."""

    def __init__(self) -> None:
        self._turns: dict[int, list[float]] = {0: [], 1: []}
        self._extreme = [0.0, 0.0]
        self._sign = [0, 0]
        self._begun = False

    def seen(self, pointer: Pointer) -> bool:
        """Take the next place of the pointer; say whether it has been shaken now."""
        if not self._begun:
            self._begun = True
            self._extreme = list(pointer.pixel)
            return False
        across, down = self._turned(0, pointer), self._turned(1, pointer)
        return across or down

    def _turned(self, axis: int, pointer: Pointer) -> bool:
        at = pointer.pixel[axis]
        moved = at - self._extreme[axis]
        if moved * self._sign[axis] > 0:
            self._extreme[axis] = at
            return False
        if abs(moved) < SWING_PIXELS:
            return False
        self._sign[axis] = 1 if moved > 0 else -1
        self._extreme[axis] = at
        recent = [time for time in self._turns[axis] if pointer.time - time <= SECONDS]
        self._turns[axis] = [*recent, pointer.time]
        # The first swing is a drag; each one after it is a turn.
        return len(self._turns[axis]) > TURNS
