"""Which buttons and keys mean which gesture, as a keymap says it.

A keymap's ``gestures`` maps names of gestures to lists of chords such as ``Ctrl+Right`` or
``Space+Left``: held keys in any order, then a button. What a chord does may depend on what is under
the pointer, so two gestures may share one when they apply to different things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.canvas.tools.base import Button, Pointer

Chord = tuple[frozenset[str], Button]

NAMES = (
    "pan", "zoom", "cut", "reroute_across", "reroute", "break_links", "move_links", "duplicate",
)  # fmt: skip
"""Gestures with a chord of their own; a plain left drag does what is under the pointer."""

_BUTTONS: Mapping[str, Button] = {"Left": "left", "Middle": "middle", "Right": "right"}
_HELD = frozenset({"Ctrl", "Shift", "Alt", "Space", "X"})


@dataclass(frozen=True, slots=True)
class Gestures:
    """The chords of the pointer.

    Attributes:
        chords: For each gesture, those that begin it.
    """

    chords: Mapping[str, frozenset[Chord]]

    @classmethod
    def read(cls, texts: Mapping[str, Sequence[str]]) -> Gestures:
        """Make them from the ``gestures`` of a whole keymap.

        Raises:
            ValueError: A gesture or a chord is not known.
        """
        unknown = sorted(set(texts) - set(NAMES))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no gesture; known are {', '.join(NAMES)}")
        return cls({name: frozenset(map(chord, texts.get(name, ()))) for name in NAMES})

    def means(self, name: str, pointer: Pointer) -> bool:
        """Tell whether a press with these keys begins a gesture."""
        return (pointer.modifiers, pointer.button) in self.chords[name]


def chord(text: str) -> Chord:
    """Read one chord.

    Raises:
        ValueError: It is not written as ``Ctrl+Right``.
    """
    *held, button = text.split("+")
    if button not in _BUTTONS or not _HELD.issuperset(held):
        raise ValueError(f"{text!r} is no chord of the pointer, such as Ctrl+Right or Space+Left")
    return frozenset(held), _BUTTONS[button]
