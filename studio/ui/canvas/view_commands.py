"""Commands that change what is seen and chosen, and the keyboard's way over the canvas."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Literal

from studio.canvas.edits import look
from studio.canvas.state import Camera, Rect, Selection
from studio.canvas.tools.keyboard import Direction, neighbours, nudged
from studio.ui.canvas.chosen import Command, Commands
from studio.ui.canvas.command_list import BOOKMARKS

_STEP = 1.25
_NUDGE = 8.0
_MARGIN = 40.0
_DIRECTIONS: tuple[Direction, ...] = ("left", "right", "up", "down")


class ViewCommands(Commands):
    """What the ``canvas.`` and ``view.`` actions do."""

    def table(self) -> Iterator[Command]:
        """Name what each command does."""
        canvas, stage = self.canvas, self.stage
        yield Command("canvas.fit_all", canvas.fit, self.has_document)
        yield Command("canvas.fit_selection", self._fit_selection, self.has_document)
        yield Command("canvas.zoom_in", partial(self._zoom, _STEP), self.has_document)
        yield Command("canvas.zoom_out", partial(self._zoom, 1 / _STEP), self.has_document)
        yield Command("canvas.zoom_one", self._zoom_one, self.has_document)
        yield Command("canvas.back", stage.go_back, lambda: stage.has_back)
        yield Command("canvas.forward", stage.go_forward, lambda: stage.has_onward)
        yield Command("canvas.find", partial(self._find, False), self.has_document)
        yield Command("canvas.find_everywhere", partial(self._find, True), self.has_document)
        yield Command("canvas.cancel", canvas.cancel)
        yield Command("canvas.leave", canvas.leave)
        yield Command("canvas.enter", canvas.enter, self.has_document)
        for number in BOOKMARKS:
            has = partial(self._has_bookmark, str(number))
            yield Command(f"canvas.go_{number}", partial(self._go, str(number)), has)
            yield Command(
                f"canvas.mark_{number}", partial(self._mark, str(number)), self.has_document
            )
        yield from self._options()
        yield from self._choosing()
        yield from self._walking()

    def _options(self) -> Iterator[Command]:
        canvas = self.canvas
        yield Command("view.links", canvas.cycle_links, self.has_document)
        for name in ("minimap", "timings"):
            yield Command(
                f"view.{name}", partial(self._flip, name), self.has_document,
                partial(getattr, canvas, name),
            )  # fmt: skip

    def _choosing(self) -> Iterator[Command]:
        yield Command("canvas.select_all", self._select_all, self.has_document)
        yield Command("canvas.select_none", partial(self.stage.select, Selection()))
        yield Command("canvas.select_inverse", self._select_inverse, self.has_document)
        sides: tuple[Literal["upstream", "downstream"], ...] = ("upstream", "downstream")
        for side in sides:
            step, branch = partial(self._reach, side, False), partial(self._reach, side, True)
            yield Command(f"canvas.select_{side}", step, self.has_nodes)
            yield Command(f"canvas.select_branch_{side}", branch, self.has_nodes)

    def _walking(self) -> Iterator[Command]:
        for direction in _DIRECTIONS:
            walk, nudge = partial(self._walk, direction), partial(self._nudge, direction)
            yield Command(f"canvas.focus_{direction}", walk, self.has_document)
            yield Command(f"canvas.nudge_{direction}", nudge, self.has_nodes)

    def _fit_selection(self) -> None:
        self.canvas.fit(self.nodes or None)

    def _zoom(self, factor: float) -> None:
        wide, high = self.stage.size
        self.stage.look(self.stage.state.camera.zoomed((wide / 2, high / 2), factor))

    def _zoom_one(self) -> None:
        self._zoom(1 / self.stage.state.camera.zoom)

    def _find(self, everywhere: bool) -> None:
        self.canvas.finder.open(everywhere=everywhere)

    def _has_bookmark(self, name: str) -> bool:
        return name in self.graph.view.bookmarks

    def _go(self, name: str) -> None:
        camera = look.bookmark(self.graph, name)
        if camera:
            self.stage.travel(camera)

    def _mark(self, name: str) -> None:
        self.stage.edit(
            f"Set bookmark {name}", look.bookmarked(self.graph, name, self.canvas.camera)
        )
        self.stage.say(f"{name} comes back here")

    def _flip(self, name: Literal["minimap", "timings"]) -> None:
        shown = not getattr(self.canvas, name)
        if name == "minimap":
            self.canvas.set_options(minimap=shown)
        else:
            self.canvas.set_options(timings=shown)

    def _select_all(self) -> None:
        view = self.graph.view
        frames, notes = range(len(view.frames)), range(len(view.notes))
        self.stage.select(
            Selection(frozenset(self.graph.nodes), frozenset(), frozenset(frames), frozenset(notes))
        )

    def _select_inverse(self) -> None:
        chosen = self.stage.state.selection.nodes
        self.stage.select(Selection(frozenset(self.graph.nodes.keys() - chosen)))

    def _reach(self, side: Literal["upstream", "downstream"], whole: bool) -> None:
        found = neighbours(self.graph, self.nodes, side, whole=whole)
        if found:
            self.stage.select(Selection(found))

    def _walk(self, direction: Direction) -> None:
        self.canvas.show_focus(True)
        node = self.canvas.keys.arrow(direction)
        if node:
            self._show(self.stage.scene.rect(node))

    def _show(self, rect: Rect) -> None:
        """Bring a part of the canvas into sight by the shortest way."""
        camera = self.stage.state.camera
        left, top, right, bottom = camera.seen(*self.stage.size)
        margin = _MARGIN / camera.zoom
        x = min(rect[0] - margin - left, 0.0) or max(rect[2] + margin - right, 0.0)
        y = min(rect[1] - margin - top, 0.0) or max(rect[3] + margin - bottom, 0.0)
        self.stage.look(Camera(camera.x + x, camera.y + y, camera.zoom))

    def _nudge(self, direction: Direction) -> None:
        places = {node: self.stage.scene.rect(node)[:2] for node in self.nodes}
        found = nudged(self.graph, places, direction, _NUDGE)
        self.stage.edit("Nudge", found, merge=("nudge", *self.nodes))
