"""What the painters must know of one painting besides the scene."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from studio.canvas.state import Camera, CanvasState, Rect
from studio.canvas.tools.base import BARE, Overlay

LinksShown = Literal["all", "selection", "none"]


@dataclass(slots=True)
class Frame:
    """How the canvas is looked at while it is painted once.

    Attributes:
        camera: Part of the canvas that is seen.
        size: Of the widget in logical pixels.
        ratio: Device pixels for one of these.
        dirty: Parts of the widget to paint; empty: all of it.
        overlay: What the running gesture shows.
        state: Selection, focus and hover.
        moving: Whether a gesture runs.
        pulse: How far the pulse of running nodes is, 0 to 1.
        show_links: Which links are drawn whole.
        timings: Whether nodes show how long they took.
        minimap: Whether the minimap is shown.
    """

    camera: Camera
    size: tuple[float, float]
    ratio: float = 1.0
    dirty: list[Rect] = field(default_factory=list)
    overlay: Overlay = BARE
    state: CanvasState = field(default_factory=CanvasState)
    moving: bool = False
    pulse: float = 0.0
    show_links: LinksShown = "all"
    timings: bool = False
    minimap: bool = False
