"""Pan, zoom, selection and hover: what a window remembers of a graph and never saves with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from studio.core.graph import Graph, Link

Point = tuple[float, float]
Rect = tuple[float, float, float, float]
"""Left, top, right, bottom."""

ZOOM_MIN, ZOOM_MAX = 0.02, 4.0

HitKind = Literal[
    "empty", "node", "header", "mark", "badge", "socket", "field", "thumbnail", "strip", "edge",
    "link", "reroute", "frame", "frame_title", "note", "note_corner",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """What is under a point.

    Attributes:
        kind: ``node`` is the body where nothing more special is; ``edge`` is the right one, which
            sets the width; ``strip`` is the offer to fix something.
        node: Id of the node.
        name: Name of the input, output or parameter.
        side: Of a socket: ``input`` or ``output``; of a field: ``input``.
        link: The link, also for a reroute.
        index: Number of the reroute, frame or note.
    """

    kind: HitKind = "empty"
    node: str = ""
    name: str = ""
    side: Literal["input", "output", ""] = ""
    link: Link | None = None
    index: int = -1


NOTHING = Hit()


@dataclass(frozen=True, slots=True)
class Camera:
    """Which part of the canvas is seen.

    Attributes:
        x: Canvas point at the left of the widget.
        y: Canvas point at its top.
        zoom: Widget pixels for one canvas pixel.
    """

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0

    def to_canvas(self, pixel: Point) -> Point:
        """Return the canvas point under a pixel of the widget."""
        return pixel[0] / self.zoom + self.x, pixel[1] / self.zoom + self.y

    def to_widget(self, point: Point) -> Point:
        """Return the pixel of the widget over a canvas point."""
        return (point[0] - self.x) * self.zoom, (point[1] - self.y) * self.zoom

    def panned(self, pixels: Point) -> Camera:
        """Return the view after the canvas was pushed by so many pixels."""
        return replace(self, x=self.x - pixels[0] / self.zoom, y=self.y - pixels[1] / self.zoom)

    def zoomed(self, at: Point, factor: float) -> Camera:
        """Return the view at another zoom; the canvas point under the pixel `at` stays."""
        zoom = min(max(self.zoom * factor, ZOOM_MIN), ZOOM_MAX)
        x, y = self.to_canvas(at)
        return Camera(x - at[0] / zoom, y - at[1] / zoom, zoom)

    def seen(self, width: float, height: float) -> Rect:
        """Return the part of the canvas that a widget of this size shows."""
        return self.x, self.y, self.x + width / self.zoom, self.y + height / self.zoom

    @staticmethod
    def fitting(rect: Rect, width: float, height: float, margin: float = 40.0) -> Camera:
        """Return the view that shows a part of the canvas whole, at most at zoom 1."""
        wide, high = max(rect[2] - rect[0], 1.0), max(rect[3] - rect[1], 1.0)
        room = max(width - 2 * margin, 1.0) / wide, max(height - 2 * margin, 1.0) / high
        zoom = min(max(min(*room, 1.0), ZOOM_MIN), ZOOM_MAX)
        x, y = (rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2
        return Camera(x - width / zoom / 2, y - height / zoom / 2, zoom)

    @staticmethod
    def fitting_beside(rect: Rect, size: Point, corner: Point) -> Camera:
        """Return the view that shows a part of the canvas whole, left of a place or above it.

        Args:
            rect: A part of the canvas.
            size: Width and height of the widget.
            corner: Left top of the place, in pixels; it reaches to the right bottom of the widget.
        """
        beside = Camera.fitting(rect, corner[0], size[1]), Camera.fitting(rect, size[0], corner[1])
        return max(beside, key=lambda camera: camera.zoom)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen.

    Attributes:
        nodes: Ids.
        links: The links themselves.
        frames: Their numbers in the view.
        notes: Their numbers in the view.
    """

    nodes: frozenset[str] = frozenset()
    links: frozenset[Link] = frozenset()
    frames: frozenset[int] = frozenset()
    notes: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether anything is chosen."""
        return bool(self.nodes or self.links or self.frames or self.notes)

    def within(self, graph: Graph) -> Selection:
        """Return the part that exists in a graph."""
        if not self:
            return self
        return Selection(
            frozenset(node for node in self.nodes if node in graph.nodes),
            self.links & frozenset(graph.links) if self.links else self.links,
            frozenset(frame for frame in self.frames if frame < len(graph.view.frames)),
            frozenset(note for note in self.notes if note < len(graph.view.notes)),
        )


@dataclass(slots=True)
class CanvasState:
    """How one graph, or one sub-graph, is looked at right now.

    Attributes:
        camera: Part of the canvas that is seen.
        selection: What is chosen.
        focus: Node that the keyboard is at; empty: none.
        hover: What the pointer is over.
        places: Views that were left, for going back.
        fitted: Whether the camera has been set; a graph is shown whole at first.
        whole: Camera that showed the graph whole, until the graph is edited.
    """

    camera: Camera = field(default_factory=Camera)
    selection: Selection = field(default_factory=Selection)
    focus: str = ""
    hover: Hit = NOTHING
    places: list[Camera] = field(default_factory=list)
    fitted: bool = False
    whole: Camera | None = None
