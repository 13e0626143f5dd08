"""Choosing things: clicks and the rubber band."""

from __future__ import annotations

from studio.canvas.state import Hit, Rect, Selection
from studio.canvas.tools.base import BARE, Cursor, Overlay, Pointer, Tool, is_quiet
from studio.core.diff import Diff


class Band(Tool):
    """The rubber band: what it touches is chosen while it is drawn. Shift adds, Ctrl subtracts."""

    hint = "Shift adds, Ctrl subtracts"
    cursor: Cursor = "cross"
    follows = True

    def start(self, pointer: Pointer) -> None:
        """Remember what was chosen."""
        self._before = self.stage.state.selection

    def drag(self, pointer: Pointer) -> None:
        """Choose what the band touches."""
        band = rect_of(self.pressed.at, pointer.at)
        self.stage.select(combined(self._before, self._touched(band), pointer.modifiers))
        self.show(Overlay(band=band))

    def drop(self, pointer: Pointer) -> None:
        """Keep what is chosen."""
        self.show(BARE)

    def click(self, pointer: Pointer) -> None:
        """Choose the frame that was clicked; nothing, by a click on nothing."""
        new = of_hit(self.hit)
        if new or not pointer.modifiers & {"Shift", "Ctrl"}:
            self.stage.select(clicked(self.stage.state.selection, new, pointer.modifiers))

    def overtaken(self, change: Diff) -> bool:
        """Go on while nothing came or went."""
        return is_quiet(change)

    def abandon(self) -> None:
        """Choose again what was chosen before."""
        self.stage.select(self._before)

    def _touched(self, band: Rect) -> Selection:
        scene = self.stage.scene
        nodes = frozenset(scene.nodes_in(band))
        # Links are thin and everywhere: a band is for them only when it holds nothing else.
        links = frozenset() if nodes else frozenset(scene.links_in(band))
        return Selection(
            nodes, links, frozenset(scene.frames_in(band)), frozenset(scene.notes_in(band))
        )


class Click(Tool):
    """Chooses what was pressed; Shift adds it, Ctrl takes it out or in."""

    def click(self, pointer: Pointer) -> None:
        """Choose it."""
        self.stage.select(clicked(self.stage.state.selection, of_hit(self.hit), pointer.modifiers))


class Opener(Tool):
    """Opens what was clicked: an editor, a sub-graph, the offer of a strip."""

    def click(self, pointer: Pointer) -> None:
        """Open it."""
        self.stage.open(self.hit)


class Asker(Tool):
    """Asks for a node on a double click on nothing."""

    def click(self, pointer: Pointer) -> None:
        """Ask."""
        self.stage.ask_node(pointer.at, None)


def of_hit(hit: Hit) -> Selection:
    """Return the choice of what is under the pointer."""
    if hit.link and hit.kind in ("link", "reroute"):
        return Selection(links=frozenset({hit.link}))
    if hit.kind in ("frame", "frame_title"):
        return Selection(frames=frozenset({hit.index}))
    if hit.kind in ("note", "note_corner"):
        return Selection(notes=frozenset({hit.index}))
    return Selection(frozenset({hit.node})) if hit.node else Selection()


def combined(before: Selection, new: Selection, modifiers: frozenset[str]) -> Selection:
    """Return what is chosen after something was, by the keys that are held."""
    if "Ctrl" in modifiers:
        return _without(before, new)
    return _with(before, new) if "Shift" in modifiers else new


def clicked(before: Selection, new: Selection, modifiers: frozenset[str]) -> Selection:
    """Return what is chosen after a click: Shift adds, Ctrl takes in or out."""
    if "Ctrl" in modifiers:
        return _without(before, new) if _with(before, new) == before else _with(before, new)
    return combined(before, new, modifiers)


def _with(before: Selection, new: Selection) -> Selection:
    return Selection(
        before.nodes | new.nodes,
        before.links | new.links,
        before.frames | new.frames,
        before.notes | new.notes,
    )


def _without(before: Selection, gone: Selection) -> Selection:
    return Selection(
        before.nodes - gone.nodes,
        before.links - gone.links,
        before.frames - gone.frames,
        before.notes - gone.notes,
    )


def rect_of(first: tuple[float, float], second: tuple[float, float]) -> Rect:
    """Return the rectangle between two corners, whichever they are."""
    left, right = sorted((first[0], second[0]))
    top, bottom = sorted((first[1], second[1]))
    return left, top, right, bottom
