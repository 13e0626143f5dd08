"""What a node shows beside its layout."""

from __future__ import annotations

from typing import Literal, NamedTuple

from studio.canvas.states import StateKind
from studio.core.errors import Severity
from studio.ui.canvas.shades import Dress


class Face(NamedTuple):
    """Everything that a node shows beside its layout.

    Attributes:
        kind: State.
        stale: Whether a frozen one is out of date.
        footer: Left text of the footer.
        note: Right text of the footer.
        text: Sentence of the strip.
        fix: What the strip offers.
        badge: Severity of the badge; empty: none.
        hovered: Whether the pointer is over it.
        color: Name of its own colour; empty: none.
        comment: Line above it.
        pinned: Whether it stays where it is.
        picture: What tells its thumbnail from others.
        counts: Tokens of its prompts, by parameter.
        words: What its result says.
    """

    kind: StateKind = "unknown"
    stale: bool = False
    footer: str = ""
    note: str = ""
    text: str = ""
    fix: str = ""
    badge: Severity | Literal[""] = ""
    hovered: bool = False
    color: str = ""
    comment: str = ""
    pinned: bool = False
    picture: tuple[int, int] = (0, 0)
    counts: tuple[tuple[str, str], ...] = ()
    words: str = ""

    def dress(self, category: str) -> Dress:
        """Return what the colours depend on."""
        return Dress(self.kind, category, self.color, self.stale, self.hovered)
