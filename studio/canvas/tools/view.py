"""Looking elsewhere: pan, zoom, and what the wheel and the keys do to the camera."""

from __future__ import annotations

from studio.canvas.state import Camera, Point
from studio.canvas.tools.base import Cursor, Pointer, Tool
from studio.core.diff import Diff

WHEEL_FACTOR = 1.2
DRAG_FACTOR = 1.008


class Pan(Tool):
    """Pushes the canvas along with the pointer."""

    hint = "Drag to pan"
    cursor: Cursor = "closed_hand"

    def start(self, pointer: Pointer) -> None:
        """Remember the view."""
        self._before = self.stage.state.camera

    def drag(self, pointer: Pointer) -> None:
        """Show what was pressed under the pointer."""
        pixel, first = pointer.pixel, self.pressed.pixel
        self.stage.look(self._before.panned((pixel[0] - first[0], pixel[1] - first[1])))

    def overtaken(self, change: Diff) -> bool:
        """Go on: no edit moves the view."""
        return True

    def abandon(self) -> None:
        """Return to the view before."""
        self.stage.look(self._before)


class Zoom(Pan):
    """Zooms at the point that was pressed; up is nearer."""

    hint = "Drag up to zoom in, down to zoom out"
    cursor: Cursor = "cross"

    def drag(self, pointer: Pointer) -> None:
        """Zoom by the height of the drag."""
        up = self.pressed.pixel[1] - pointer.pixel[1]
        self.stage.look(self._before.zoomed(self.pressed.pixel, DRAG_FACTOR**up))


def wheeled(camera: Camera, pixel: Point, notches: float) -> Camera:
    """Return the view after the wheel was turned at a pixel; up, positive, is nearer."""
    return camera.zoomed(pixel, WHEEL_FACTOR**notches)
