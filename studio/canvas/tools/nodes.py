"""Gestures that carry nodes: move, duplicate, place new ones, pull out, insert on a link."""

from __future__ import annotations

from dataclasses import replace

from studio.canvas import arrange, place
from studio.canvas.edits import links, look, nodes, reroutes
from studio.canvas.state import Hit, Point, Rect, Selection
from studio.canvas.tools.base import BARE, Overlay, Pointer, Stage, is_quiet
from studio.canvas.tools.select import Click, of_hit
from studio.canvas.tools.shake import Shake
from studio.core.diff import Diff, applied
from studio.core.graph import Graph, Link

_SNAP, _ALIGNED = 8.0, 0.5
"""Pixels from a line that Shift brings a node to, and that count as lying on it."""
_GUIDED = 20
"""Up to so many nodes are brought in line with others; more have no one edge to go by."""


class MoveNodes(Click):
    """Carries what is chosen. Dropped on a link, one node is inserted; shaken, it is pulled out."""

    hint = "Drop on a link to insert (Alt: not), Shift snaps, shake to pull out"
    follows = True

    def start(self, pointer: Pointer) -> None:
        """Take what was pressed, with all that is chosen if it is part of that."""
        self._before = self.stage.state.selection
        pressed = of_hit(self.hit)
        if not _holds(self._before, pressed):
            self.stage.select(_joined(self._before, pressed) if _adds(pointer) else pressed)
        self.base = self.stage.graph
        self._name = "Move"
        self._take(self.stage.state.selection)

    def _take(self, chosen: Selection) -> None:
        """Remember where everything is that is carried."""
        scene, view = self.stage.scene, self.base.view
        keys = look.carried(self.base, chosen)
        pinned = {key for key in keys if key in view.layout and view.layout[key].pinned}
        free = keys - pinned
        self.origins: dict[str, Point] = {
            key: scene.rect(key)[:2] for key in scene.ids if key in free
        }
        self._notes = {index: view.notes[index].at for index in chosen.notes}
        self._frames = _frames_apart(self.stage, frozenset(self.origins))
        self._divides: dict[Link, bool] = {}
        self._shake = Shake()
        self._pulled = False
        self._by: Point = (0.0, 0.0)

    def drag(self, pointer: Pointer) -> None:
        """Show everything at its new place, and the link that would be divided."""
        self._by = (pointer.at[0] - self.pressed.at[0], pointer.at[1] - self.pressed.at[1])
        guides = self._align("Shift" in pointer.modifiers)
        if self._shake.seen(pointer) and not self._pulled:
            self._pull_out()
        if self.sketched:
            self.stage.sketch(self.result(None))
        else:
            self.stage.preview(self.origins, self._by)
        hot = self._hot_link(pointer)
        self.show(Overlay(guides=guides, hot_links=(hot,) if hot else ()))

    def drop(self, pointer: Pointer) -> None:
        """Make it so."""
        hot = self._hot_link(pointer)
        found = self.result(hot)
        self._restore()
        if found != self.stage.graph:
            self.stage.edit(f"{self._name} and insert" if hot else self._name, found)

    def overtaken(self, change: Diff) -> bool:
        """Carry on with values that others set meanwhile, such as the seed of a run that begins."""
        if is_quiet(change) and self.dragging:
            self.base = applied(change, self.base)
            self.drag(self.last)
        return is_quiet(change)

    def abandon(self) -> None:
        """Put everything back."""
        self._restore()
        self.stage.select(self._before)

    @property
    def sketched(self) -> bool:
        """Whether more than places differ from what the canvas shows."""
        return self.base is not self.stage.graph or bool(self._notes) or self._carries_reroutes

    @property
    def _carries_reroutes(self) -> bool:
        return len(self.origins) > 1 and bool(self.base.view.reroutes)

    def result(self, hot: Link | None) -> Graph:
        """Return the graph as a drop here would leave it, with the node on a link if there is one."""
        found = look.moved(self.base, self._places()) if self.origins else self.base
        if self._carries_reroutes:
            found = reroutes.shifted(found, frozenset(self.origins), self._by)
        for index, at in self._notes.items():
            found = look.with_note(found, index, at=(at[0] + self._by[0], at[1] + self._by[1]))
        if hot:
            key = next(iter(self.origins))
            found = links.inserted(found, key, hot, self.stage.spec_of) or found
            found = look.moved(found, self._room(key, hot))
        into = self._frame_under()
        return look.joined(found, into, set(self.origins)) if into >= 0 else found

    def _places(self) -> dict[str, Point]:
        by = self._by
        return {key: (at[0] + by[0], at[1] + by[1]) for key, at in self.origins.items()}

    def _align(self, snaps: bool) -> tuple[tuple[Point, Point], ...]:
        """Return the lines that the nodes lie on, and bring them there if they are near."""
        if not 0 < len(self.origins) <= _GUIDED:
            return ()
        first = min(x for x, _ in self.origins.values()), min(y for _, y in self.origins.values())
        at = first[0] + self._by[0], first[1] + self._by[1]
        camera = self.stage.state.camera
        reach = (_SNAP if snaps else _ALIGNED) / camera.zoom
        seen = camera.seen(*self.stage.size)
        snap = arrange.guides(self.stage.scene, self.origins, at, reach, seen)
        if snaps:
            self._by = snap.at[0] - first[0], snap.at[1] - first[1]
        return snap.lines

    def _pull_out(self) -> None:
        """Take the nodes out of their links from here on."""
        healed = links.healed(self.base, set(self.origins), self.stage.spec_of)
        if healed.links != self.base.links:
            self._pulled = True
            self.base, self._name = healed, "Pull out"
            self.stage.say("Pulled out; what it stood between is linked")

    def _hot_link(self, pointer: Pointer) -> Link | None:
        """Return the link that the one carried node would be inserted on."""
        if len(self.origins) != 1 or "Alt" in pointer.modifiers or self._pulled:
            return None
        key = next(iter(self.origins))
        link = self.stage.scene.link_under(self._rect(key), apart=(key,))
        if link is not None and link not in self._divides:
            self._divides[link] = divides(self.stage, self.base, key, link)
        return link if link is not None and self._divides[link] else None

    def _rect(self, key: str) -> Rect:
        left, top, right, bottom = self.stage.scene.rect(key)
        x, y = self.origins[key][0] + self._by[0], self.origins[key][1] + self._by[1]
        return x, y, x + right - left, y + bottom - top

    def _room(self, key: str, link: Link) -> dict[str, Point]:
        """Return places for the node on a link and for those that make way for it."""
        left, top, right, bottom = self._rect(key)
        size = right - left, bottom - top
        at, others = place.make_room(self.stage.scene, link, size, (left, top), (key,))
        return {**others, key: at}

    def _frame_under(self) -> int:
        """Return the frame that everything carried was dropped in, or -1."""
        middles = [_middle(self._rect(key)) for key in self.origins]
        for index, rect in self._frames.items():
            if middles and all(_inside(rect, at) for at in middles):
                return index
        return -1

    def _restore(self) -> None:
        self.show(BARE)
        if self.sketched:
            self.stage.sketch(None)
        else:
            self.stage.preview(self.origins)


class DuplicateNodes(MoveNodes):
    """Carries copies of what is chosen away; the originals stay."""

    hint = "Drop the copies; Shift snaps"

    def start(self, pointer: Pointer) -> None:
        """Copy what was pressed, with all that is chosen if it is part of that."""
        pressed, graph = of_hit(self.hit), self.stage.graph
        self._before = self.stage.state.selection
        chosen = self._before if _holds(self._before, pressed) else pressed
        keys, beside = look.carried(graph, chosen), (0.0, 0.0)
        self.base, copies = nodes.duplicated(
            graph, keys, beside, incoming=False, notes=chosen.notes
        )
        self._name = "Duplicate"
        self.stage.sketch(self.base)
        written = range(len(graph.view.notes), len(self.base.view.notes))
        self._new = Selection(frozenset(copies), notes=frozenset(written))
        self._take(self._new)

    def drop(self, pointer: Pointer) -> None:
        """Keep the copies, and choose them."""
        super().drop(pointer)
        self.stage.select(self._new)

    def _hot_link(self, pointer: Pointer) -> Link | None:
        return None  # Alt is held from the start, and Alt keeps nodes off links


class PlaceNodes(MoveNodes):
    """Carries new nodes with the pointer until it is clicked.

    Args:
        stage: The canvas.
        name: What the edit is called, such as ``Add Blur``.
        graph: The graph with the new nodes.
        new: Their ids.
    """

    hint = "Click to put it down, Esc drops it"

    def __init__(self, stage: Stage, name: str, graph: Graph, new: frozenset[str]) -> None:
        super().__init__(stage, Hit())
        self._before = stage.state.selection
        self.base, self._name, self._new = graph, name, new

    def begin(self, pointer: Pointer) -> None:
        """Hang the nodes on the pointer."""
        super().begin(pointer)
        self.dragging = True
        self.stage.sketch(self.base)
        self._take(Selection(self._new))
        self.drag(pointer)

    def drop(self, pointer: Pointer) -> None:
        """Put them down, and choose them."""
        super().drop(pointer)
        self.stage.select(Selection(self._new))


def divides(stage: Stage, graph: Graph, key: str, link: Link) -> bool:
    """Tell whether a node may be put on a link: it fits, and its own sockets there are free."""
    kind = stage.scene.type_of(link.source, "output", link.output)
    through = links.passage_of(graph, key, link, stage.spec_of, kind)
    if through is None or through[0] in graph.inputs_of(key):
        return False
    free = all(held.output != through[1] for held in graph.links_from(key))
    return free and links.inserted(graph, key, link, stage.spec_of) is not None


def _frames_apart(stage: Stage, moving: frozenset[str]) -> dict[int, Rect]:
    """Return the frames that hold none of the carried nodes, the topmost first."""
    frames = stage.graph.view.frames
    apart = [index for index, frame in enumerate(frames) if not moving & set(frame.nodes)]
    return {index: stage.scene.frame_rect(index) for index in reversed(apart)}


def _adds(pointer: Pointer) -> bool:
    return "Shift" in pointer.modifiers


def _holds(chosen: Selection, part: Selection) -> bool:
    return (
        part.nodes <= chosen.nodes and part.frames <= chosen.frames and part.notes <= chosen.notes
    )


def _joined(chosen: Selection, part: Selection) -> Selection:
    return replace(
        chosen,
        nodes=chosen.nodes | part.nodes,
        frames=chosen.frames | part.frames,
        notes=chosen.notes | part.notes,
    )


def _middle(rect: Rect) -> Point:
    return (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2


def _inside(rect: Rect, at: Point) -> bool:
    return rect[0] <= at[0] <= rect[2] and rect[1] <= at[1] <= rect[3]
