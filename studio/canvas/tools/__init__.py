"""Gestures: one class each, chosen by what is under the pointer and which keys are held."""

from __future__ import annotations

from studio.canvas.state import Hit
from studio.canvas.tools.base import Pointer, Tool
from studio.canvas.tools.gestures import Gestures
from studio.canvas.tools.select import Asker, Band, Click, Opener
from studio.canvas.tools.view import Pan, Zoom


def tool_for(hit: Hit, pointer: Pointer, gestures: Gestures) -> type[Tool] | None:
    """Return the gesture that a press begins, or nothing.

    Args:
        hit: What is under the pointer.
        pointer: The press.
        gestures: The chords of the keymap.
    """
    for name, tool in (("pan", Pan), ("zoom", Zoom)):
        if gestures.means(name, pointer):
            return tool
    if pointer.button != "left":
        return None
    if hit.kind == "empty":
        return Asker if pointer.clicks == 2 else Band
    return Opener if pointer.clicks == 2 else Click
