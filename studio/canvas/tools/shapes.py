"""Gestures that change one thing: width of a node, reroutes, size of a note, links by a stroke."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from studio.canvas.edits import look, reroutes
from studio.canvas.state import Point
from studio.canvas.tools.base import BARE, Cursor, Pointer
from studio.canvas.tools.links import Cut
from studio.canvas.tools.select import Click
from studio.core.graph import Graph, Link

if TYPE_CHECKING:
    from studio.canvas.scene import Scene


class Shape(Click, ABC):
    """Shows another graph while it is dragged, and makes one edit of it."""

    name = ""

    @abstractmethod
    def changed(self, pointer: Pointer) -> Graph:
        """Return the graph as a drop here would leave it."""

    def drag(self, pointer: Pointer) -> None:
        """Show it."""
        self.stage.sketch(self.changed(pointer))

    def drop(self, pointer: Pointer) -> None:
        """Make it so."""
        found = self.changed(pointer)
        self.stage.sketch(None)
        if found != self.stage.graph:
            self.stage.edit(self.name, found)

    def abandon(self) -> None:
        """Show what was there."""
        self.stage.sketch(None)


class Width(Shape):
    """Drags the right edge of a node."""

    name = "Set width"
    hint = "Shift: any width; double-click fits the content"
    cursor: Cursor = "split_h"

    def start(self, pointer: Pointer) -> None:
        """Remember the width."""
        left, _, right, _ = self.stage.scene.rect(self.hit.node)
        self._width = right - left

    def changed(self, pointer: Pointer) -> Graph:
        """Return the graph with the node as wide as the drag says."""
        metrics = self.stage.scene.metrics
        width = self._width + pointer.at[0] - self.pressed.at[0]
        if "Shift" not in pointer.modifiers:
            width = round(width / metrics.width_step) * metrics.width_step
        width = min(max(width, metrics.width_min), metrics.width_max)
        return look.with_layout(self.stage.graph, [self.hit.node], width=width)


class FitWidth(Click):
    """Gives a node the width of its content again."""

    def click(self, pointer: Pointer) -> None:
        """Forget the width that was set by hand."""
        held = self.stage.graph.view.layout.get(self.hit.node)
        if held and held.width is not None:
            self.stage.edit(
                "Fit width", look.with_layout(self.stage.graph, [self.hit.node], width=None)
            )


class SizeNote(Shape):
    """Drags the corner of a note."""

    name = "Resize note"
    cursor: Cursor = "split_d"

    def changed(self, pointer: Pointer) -> Graph:
        """Return the graph with the note as large as the drag says."""
        wide, high = self.stage.graph.view.notes[self.hit.index].size
        by = pointer.at[0] - self.pressed.at[0], pointer.at[1] - self.pressed.at[1]
        size = (wide + by[0], high + by[1])
        return look.with_note(self.stage.graph, self.hit.index, size=size)


class MoveReroute(Shape):
    """Drags a point of a link."""

    name = "Move reroute"
    follows = True

    def changed(self, pointer: Pointer) -> Graph:
        """Return the graph with the point where the pointer is."""
        assert self.hit.link
        return reroutes.moved(self.stage.graph, self.hit.link, self.hit.index, pointer.at)


class AddReroute(Shape):
    """Adds a point to a link and carries it; pressed on a point without a drag, takes it away."""

    name = "Add reroute"
    hint = "Drag to place the point"
    follows = True

    def changed(self, pointer: Pointer) -> Graph:
        """Return the graph with the new point where the pointer is."""
        assert self.hit.link
        if self.hit.kind == "reroute":
            return reroutes.moved(self.stage.graph, self.hit.link, self.hit.index, pointer.at)
        link = self.hit.link
        ways = _ends(self.stage.scene, link)
        found, index = reroutes.added(self.stage.graph, link, self.pressed.at, ways)
        return reroutes.moved(found, link, index, pointer.at)

    def click(self, pointer: Pointer) -> None:
        """Add a point here, or take the one that is here away."""
        assert self.hit.link
        if self.hit.kind == "reroute":
            found = reroutes.removed(self.stage.graph, self.hit.link, self.hit.index)
            self.stage.edit("Remove reroute", found)
        else:
            self.stage.edit(self.name, self.changed(pointer))


class RerouteAcross(Cut):
    """Adds a point to each link that a stroke crosses; links of one output share theirs."""

    hint = "Links that the stroke crosses get a point"

    def drop(self, pointer: Pointer) -> None:
        """Add the points."""
        scene = self.stage.scene
        crossed = scene.links_crossing(self.stroke)
        ways = {link: _ends(scene, link) for link in crossed}
        places = {link: self._crossing(link, *ways[link]) for link in crossed}
        self.show(BARE)
        if crossed:
            found = reroutes.added_across(self.stage.graph, places, ways)
            self.stage.edit("Add reroutes" if len(crossed) > 1 else "Add reroute", found)

    def _crossing(self, link: Link, start: Point, end: Point) -> Point:
        via = reroutes.points_of(self.stage.graph, link)
        curve = self.stage.scene.curve(start, end, via).tolist()
        return crossing(self.stroke, curve) or self.stroke[-1]


def crossing(stroke: Sequence[Point], curve: Iterable[Sequence[float]]) -> Point | None:
    """Return where a stroke first crosses a curve made of lines ``x1 y1 x2 y2``."""
    for one in curve:
        for place in range(len(stroke) - 1):
            found = _meeting(stroke[place], stroke[place + 1], one)
            if found:
                return found
    return None


def _meeting(first: Point, second: Point, line: Sequence[float]) -> Point | None:
    ax, ay = second[0] - first[0], second[1] - first[1]
    bx, by = line[2] - line[0], line[3] - line[1]
    across = ax * by - ay * bx
    if not across:
        return None
    cx, cy = line[0] - first[0], line[1] - first[1]
    along, beside = (cx * by - cy * bx) / across, (cx * ay - cy * ax) / across
    if not (0 <= along <= 1 and 0 <= beside <= 1):
        return None
    return first[0] + along * ax, first[1] + along * ay


def _ends(scene: Scene, link: Link) -> tuple[Point, Point]:
    return (
        scene.socket_at(link.source, "output", link.output),
        scene.socket_at(link.target, "input", link.input),
    )
