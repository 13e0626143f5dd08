"""What was done by hand, step by step, and the way back. No Qt."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Steps(Generic[T]):
    """The states of something that is edited.

    Args:
        first: Where it begins; states are never changed, only replaced.

    Attributes:
        now: The present state.
    """

    def __init__(self, first: T) -> None:
        self.now = first
        self._past: list[T] = []
        self._future: list[T] = []
        self._merge: object = None

    @property
    def can_undo(self) -> bool:
        """Whether anything was done."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether anything was taken back."""
        return bool(self._future)

    def do(self, state: T, merge: object = None) -> None:
        """Go to another state; the same one is no step.

        Args:
            state: The new one.
            merge: Joins it with the last step if that has the same, as presses of one key do.
        """
        if state == self.now:
            return
        if merge is None or merge != self._merge:
            self._past.append(self.now)
        self.now, self._merge = state, merge
        self._future.clear()

    def undo(self) -> None:
        """Go back one step."""
        self._go(self._past, self._future)

    def redo(self) -> None:
        """Go forth again."""
        self._go(self._future, self._past)

    def _go(self, origin: list[T], other: list[T]) -> None:
        if origin:
            other.append(self.now)
            self.now, self._merge = origin.pop(), None
