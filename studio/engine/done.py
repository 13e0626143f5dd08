"""What becomes of the calls of a node in one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from studio.engine.events import Thumbnail, Written


@dataclass(frozen=True, slots=True)
class Turn:
    """Which call of a mapped node this is.

    Attributes:
        item: Index of the item.
        items: How many there are; 0: the node is not mapped.
        owner: Key of the mapped node's result.
    """

    item: int = 0
    items: int = 0
    owner: str = ""


ONLY = Turn()
"""The call of a node that is not mapped."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a call.

    Attributes:
        key: Names the result.
        words: What each output holds.
        said: All of it where it is numbers or texts; of an effect: what it was given.
        thumbnail: Small picture of it.
        files: What an effect wrote.
        seconds: How long it took.
        size: Bytes of the result in memory.
        peak: Most memory in use meanwhile, in bytes; 0: not measured.
        stored: Whether it waits for a commit.
        reused: Whether it was held; for a mapped node, how many calls were.
    """

    key: str
    words: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    thumbnail: Thumbnail | None = None
    files: tuple[Written, ...] = ()
    seconds: float = 0.0
    size: int = 0
    peak: int = 0
    stored: bool = False
    reused: int = 0

    def plus(self, other: Done) -> Done:
        """Return a mapped node with one more call."""
        return replace(
            self,
            thumbnail=self.thumbnail or other.thumbnail,
            files=self.files + other.files,
            seconds=self.seconds + other.seconds,
            size=self.size + other.size,
            peak=max(self.peak, other.peak),
            stored=self.stored or other.stored,
            reused=self.reused + other.reused,
        )
