"""What is known of a node beside the graph: how far its result is, and what is shown with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

from studio.core.errors import Severity

StateKind = Literal[
    "fresh", "stale", "waiting", "running", "failed", "muted", "bypassed", "frozen",
    "missing_type", "missing_model", "unknown",
]  # fmt: skip

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class NodeState:
    """How one node is drawn besides what the graph says of it.

    Attributes:
        kind: State at a glance.
        stale: Whether a frozen node's inputs changed since its result was made.
        share: Part that is done while it runs, 0 to 1; negative: not known.
        footer: Left text of the footer, such as ``step 12 / 20`` or ``needs a run``.
        note: Right text of the footer, such as ``1.8 s left`` or ``held``.
        text: Sentence of the strip of a failed node or of one that misses something.
        fix: What the strip offers to do, in two or three words; empty: nothing.
        badge: Severity of the mark beside the state mark; empty: none.
        hint: What the badge says when the pointer rests on it.
        picture: Number of its thumbnail, another one for each other picture; 0: none.
        picture_size: Width and height of that thumbnail in pixels.
        words: What its result says that is a number or a text; empty: nothing.
    """

    kind: StateKind = "unknown"
    stale: bool = False
    share: float = -1.0
    footer: str = ""
    note: str = ""
    text: str = ""
    fix: str = ""
    badge: Severity | Literal[""] = ""
    hint: str = ""
    picture: int = 0
    picture_size: tuple[int, int] = (0, 0)
    words: str = ""


def distinct(states: Iterable[State]) -> list[State]:
    """Return each object among states once: thousands of nodes share a few of them."""
    held = list(states)
    return list(dict(zip(map(id, held), held, strict=True)).values())
