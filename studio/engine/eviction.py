"""What leaves the store first: GreedyDual.

A result's priority is the clock at its last use plus what it would cost to make again, a megabyte.
The clock is the priority of the last result that left, so that old expensive results leave too.
"""

from __future__ import annotations

from collections.abc import Iterable

LEAST_BYTES = 4096
MEGABYTE = 1_000_000


def worth(seconds: float, size: int) -> float:
    """Return the seconds that keeping a megabyte of a result saves."""
    return seconds * MEGABYTE / max(size, LEAST_BYTES)


def choose(
    rows: Iterable[tuple[str, int, float]], excess: int
) -> tuple[list[str], int, float | None]:
    """Choose what leaves until `excess` bytes are free.

    Args:
        rows: Key, bytes and priority, the lowest priority first, without what is pinned.
        excess: Bytes to free.

    Returns:
        The keys, their bytes, and the new clock; ``None`` when nothing leaves.
    """
    leaving: list[str] = []
    freed, clock = 0, None
    for key, size, priority in rows:
        if freed >= excess:
            break
        leaving.append(key)
        freed += size
        clock = priority
    return leaving, freed, clock
