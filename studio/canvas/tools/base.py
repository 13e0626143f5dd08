"""What a gesture is: a tool that is begun, moved, ended or cancelled, and what it sees and shows.

Tools know no Qt. They get positions, buttons and modifiers, and give one edit of the graph, a
selection or a view. Until a gesture ends, what it does is shown by `Stage.preview` and
`Stage.sketch` only, so a cancelled one leaves no trace.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

from studio.canvas.fits import End, Shelf
from studio.canvas.state import Camera, CanvasState, Hit, Point, Rect, Selection
from studio.core.check import Facts
from studio.core.diff import Diff
from studio.core.graph import Graph, Link
from studio.core.registry import Registry
from studio.core.types import SpecOf

if TYPE_CHECKING:
    from studio.canvas.scene import Scene

Button = Literal["left", "middle", "right", ""]
Cursor = Literal["arrow", "hand", "cross", "closed_hand", "split_h", "split_d", "forbidden", "text"]
DRAG_PIXELS = 6.0
EDGE_PIXELS = 28.0
PAN_SPEED = 900.0


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is and what is held.

    Attributes:
        at: Canvas point.
        pixel: The same in the widget.
        button: Button that the gesture began with; empty while none is held.
        modifiers: Of ``Ctrl``, ``Shift``, ``Alt``, and the held keys ``Space`` and ``X``.
        clicks: 2 for the second press of a double click.
        time: Seconds on any clock that runs evenly.
    """

    at: Point
    pixel: Point
    button: Button = ""
    modifiers: frozenset[str] = frozenset()
    clicks: int = 1
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class Flight:
    """A link that is being drawn.

    Attributes:
        start: Where it comes from: its output, or the pointer when it is drawn backwards.
        end: Where it leads to.
        type: Type of what it carries.
        refused: Why it may not end where the pointer is; empty when it may.
        choices: What would fit instead: names of files or node types.
    """

    start: Point
    end: Point
    type: str
    refused: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is painted over the canvas while a gesture runs.

    Attributes:
        band: Rubber band.
        stroke: Way of the pointer that cuts or reroutes links.
        flights: Links that are being drawn.
        fitting: Sockets that would take the link, of the nodes in sight; the others are dimmed.
            ``None`` while no link is drawn.
        guides: Lines that a dragged node is aligned with.
        hot_links: Links that the gesture would change.
        hot_node: Node whose body would take the link; empty: none.
        ghosts: Outlines of what would be there.
    """

    band: Rect | None = None
    stroke: tuple[Point, ...] = ()
    flights: tuple[Flight, ...] = ()
    fitting: frozenset[tuple[str, str, str]] | None = None
    guides: tuple[tuple[Point, Point], ...] = ()
    hot_links: tuple[Link, ...] = ()
    hot_node: str = ""
    ghosts: tuple[Rect, ...] = ()


BARE = Overlay()


class Stage(Protocol):
    """The canvas as tools see it."""

    @property
    def scene(self) -> Scene:
        """Where everything is."""

    @property
    def state(self) -> CanvasState:
        """What is seen and chosen."""

    @property
    def graph(self) -> Graph:
        """The graph that is shown, with the sub-graphs of its document."""

    @property
    def registry(self) -> Registry:
        """The node types."""

    @property
    def spec_of(self) -> SpecOf:
        """Finds the spec of any node type, sub-graphs included."""

    @property
    def facts(self) -> Facts | None:
        """What is true of files."""

    @property
    def shelf(self) -> Shelf:
        """Finds files of a family."""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the widget in pixels."""

    def edit(self, name: str, graph: Graph, merge: Hashable | None = None) -> None:
        """Make one undo step of it; steps with the same `merge` are one."""

    def preview(self, at: Mapping[str, Point], by: Point = (0.0, 0.0)) -> None:
        """Show nodes at other places, so far from `at`, without changing the graph."""

    def sketch(self, graph: Graph | None) -> None:
        """Show another graph for the eye only; ``None`` shows the real one again."""

    def select(self, selection: Selection) -> None:
        """Choose something."""

    def look(self, camera: Camera) -> None:
        """Show another part of the canvas."""

    def redraw(self) -> None:
        """Paint the overlay again."""

    def ask_node(self, at: Point, source: End | None) -> None:
        """Open the search for a node that goes here; one that fits, if a link was dropped."""

    def open(self, hit: Hit) -> None:
        """Open what was clicked: an editor, a sub-graph, the fix of an issue."""

    def say(self, text: str) -> None:
        """Show a hint in the status bar."""


class Tool:
    """A gesture from press to release. The base does nothing but tell a click from a drag.

    Attributes:
        hint: What can be done while it runs; for the status bar.
        cursor: Shape of the pointer.
        follows: Whether the canvas moves along when the pointer nears its edge.
    """

    hint: str = ""
    cursor: Cursor = "arrow"
    follows: bool = False

    def __init__(self, stage: Stage, hit: Hit) -> None:
        self.stage = stage
        self.hit = hit
        self.dragging = False
        self._shown = BARE

    @property
    def overlay(self) -> Overlay:
        """What is painted over the canvas."""
        return self._shown

    def begin(self, pointer: Pointer) -> None:
        """Take the press of the button."""
        self.pressed = pointer
        self.last = pointer

    def move(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        if not self.dragging and _far(self.pressed.pixel, pointer.pixel):
            self.dragging = True
            self.start(self.pressed)
        self.last = pointer
        if self.dragging:
            self.drag(pointer)

    def end(self, pointer: Pointer) -> None:
        """Take the release of the button: make the edit."""
        self.move(pointer)
        if self.dragging:
            self.drop(pointer)
        else:
            self.click(pointer)
        self.show(BARE)

    def cancel(self) -> None:
        """Leave everything as it was when the gesture began."""
        if self.dragging:
            self.abandon()
        self.show(BARE)

    def overtaken(self, change: Diff) -> bool:
        """Take in an edit that was made while it runs; says whether the gesture can go on.

        Most cannot: they would bring back what was there when they began.
        """
        return False

    def tick(self, seconds: float) -> bool:
        """Pan while the pointer rests near the edge; say whether the canvas moved."""
        push = (
            edge_push(self.last.pixel, self.stage.size) if self.follows and self.dragging else None
        )
        if not push:
            return False
        camera = self.stage.state.camera.panned((push[0] * seconds, push[1] * seconds))
        self.stage.look(camera)
        self.move(replace(self.last, at=camera.to_canvas(self.last.pixel)))
        return True

    def show(self, overlay: Overlay) -> None:
        """Paint another overlay."""
        if overlay != self._shown:
            self._shown = overlay
            self.stage.redraw()

    # What a gesture is made of; each tool has its own.

    def start(self, pointer: Pointer) -> None:
        """Take what is dragged; `pointer` is where it was pressed."""

    def drag(self, pointer: Pointer) -> None:
        """Show what a release here would do."""

    def drop(self, pointer: Pointer) -> None:
        """Do it."""

    def click(self, pointer: Pointer) -> None:
        """Do what a press without a drag means."""

    def abandon(self) -> None:
        """Undo what `drag` has shown."""


def is_quiet(change: Diff) -> bool:
    """Say whether a change is of values and titles alone: nothing came, went or moved."""
    other = change.whole.keys() - {"graphs", "form", "title"}
    return not (other or change.added or change.removed or change.order)


def edge_push(pixel: Point, size: tuple[float, float]) -> Point | None:
    """Return the pixels a second that the canvas is pushed by a pointer near its edge."""
    push = _push(pixel[0], size[0]), _push(pixel[1], size[1])
    return push if any(push) else None


def _push(at: float, length: float) -> float:
    inside = min(EDGE_PIXELS, length / 4)
    depth = max(inside - at, 0.0) - max(at - (length - inside), 0.0)
    return PAN_SPEED * min(max(depth / inside, -1.0), 1.0) if inside else 0.0


def _far(first: Point, second: Point) -> bool:
    return abs(first[0] - second[0]) >= DRAG_PIXELS or abs(first[1] - second[1]) >= DRAG_PIXELS
