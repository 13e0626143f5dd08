"""What a command of the window is called, and where it counts; what it does is bound elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Context = Literal["window", "canvas", "viewer", "text"]


@dataclass(frozen=True, slots=True)
class Action:
    """What a command is called and where it counts.

    Attributes:
        id: Such as ``file.save``; a promise to keymaps.
        text: For people, without dots and mnemonics.
        icon: Name of the icon, such as ``ph.floppy-disk``.
        menu: Path of the menu that has it, such as ``File/Open recent``; empty: none.
        context: Where its chords count.
        help: A sentence.
        checkable: Whether it is on or off.
    """

    id: str
    text: str
    icon: str = ""
    menu: str = ""
    context: Context = "window"
    help: str = ""
    checkable: bool = False
