"""Gestures: one class each, chosen by what is under the pointer and which keys are held."""

from __future__ import annotations

from collections.abc import Mapping

from studio.canvas.state import Hit, HitKind
from studio.canvas.tools.base import Pointer, Tool
from studio.canvas.tools.gestures import Gestures
from studio.canvas.tools.links import BreakLinks, Cut, DrawLink, MoveLinks
from studio.canvas.tools.nodes import DuplicateNodes, MoveNodes
from studio.canvas.tools.scrub import PressField
from studio.canvas.tools.select import Asker, Band, Click, Opener
from studio.canvas.tools.shapes import (
    AddReroute,
    FitWidth,
    MoveReroute,
    RerouteAcross,
    SizeNote,
    Width,
)
from studio.canvas.tools.view import Pan, Zoom

_ANYWHERE: tuple[tuple[str, type[Tool]], ...] = (
    ("pan", Pan), ("zoom", Zoom), ("cut", Cut), ("reroute_across", RerouteAcross),
)  # fmt: skip
_BODY: tuple[HitKind, ...] = ("node", "header", "thumbnail", "field")
_ON: tuple[tuple[str, tuple[HitKind, ...], type[Tool]], ...] = (
    ("move_links", ("socket",), MoveLinks),
    ("break_links", ("socket",), BreakLinks),
    ("reroute", ("link", "reroute"), AddReroute),
    ("duplicate", (*_BODY, "frame_title", "note"), DuplicateNodes),
)
_PRESSED: Mapping[HitKind, type[Tool]] = {
    "empty": Band, "frame": Band, "frame_title": MoveNodes, "node": MoveNodes, "header": MoveNodes,
    "thumbnail": MoveNodes, "mark": Opener, "badge": Opener, "strip": Opener, "field": PressField,
    "socket": DrawLink, "edge": Width, "link": Click, "reroute": MoveReroute, "note": MoveNodes,
    "note_corner": SizeNote,
}  # fmt: skip
_TWICE: Mapping[HitKind, type[Tool]] = {
    "empty": Asker, "frame": Asker, "edge": FitWidth, "link": AddReroute, "reroute": AddReroute,
    "socket": DrawLink,
}  # fmt: skip


def tool_for(hit: Hit, pointer: Pointer, gestures: Gestures) -> type[Tool] | None:
    """Return the gesture that a press begins, or nothing.

    Args:
        hit: What is under the pointer.
        pointer: The press.
        gestures: The chords of the keymap.
    """
    for name, tool in _ANYWHERE:
        if gestures.means(name, pointer):
            return tool
    for name, kinds, tool in _ON:
        if hit.kind in kinds and gestures.means(name, pointer):
            return tool
    if pointer.button != "left":
        return None
    if pointer.clicks == 2:
        return _TWICE.get(hit.kind, Opener)
    return _PRESSED[hit.kind]
