"""Which pixels of the canvas are painted again, and when."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QRectF, QTimer
from PySide6.QtWidgets import QWidget

from studio.canvas.state import Camera, Point, Rect
from studio.canvas.tools.base import Overlay

if TYPE_CHECKING:
    from studio.canvas.scene import Change
    from studio.ui.canvas.painter import Painter

_IDLE_MS = 80
"""How long nothing must move before what is blurred is made sharp."""
_BUDGET_MS = 6.0
_PULSE_MS = 100
_REACH = 160.0
"""How far the curve of a link may leave the box around its ends, at zoom 1."""
_CARD = (380.0, 150.0)
"""Room for the sentence below the pointer when a link is refused."""
_EDGE = 8.0


class Refresh(QObject):
    """Collects what changed, in as few pixels as possible.

    Args:
        canvas: Whose pixels they are.
        painter: Paints them.
    """

    def __init__(self, canvas: QWidget, painter: Painter) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._painter = painter
        self._idle = QTimer(self, singleShot=True)
        self._idle.timeout.connect(self._refine)
        self._beat = QTimer(self, interval=_PULSE_MS)
        self._beat.timeout.connect(self._pulse)
        self._running: list[Rect] = []
        self._camera = Camera()
        self._began = monotonic()

    @property
    def settled(self) -> bool:
        """Whether everything is sharp and nothing is about to be painted again."""
        return self._painter.settled() and not self._idle.isActive() and not self._beat.isActive()

    def phase(self, period_ms: int) -> float:
        """Return how far the pulse of running nodes is, 0 to 1; always 0 with reduced motion."""
        passed = (monotonic() - self._began) * 1000
        return passed % period_ms / period_ms if period_ms else 0.0

    def everything(self) -> None:
        """Paint all of it."""
        self._canvas.update()

    def change(self, change: Change, camera: Camera) -> None:
        """Paint what a change of the scene touches."""
        if change.all:
            self.everything()
        else:
            self.canvas_rects(change.rects, camera)

    def canvas_rects(self, rects: Iterable[Rect], camera: Camera) -> None:
        """Paint parts of the canvas."""
        x, y, zoom = camera.x, camera.y, camera.zoom
        for left, top, right, bottom in _outermost(rects):
            across, down = floor((left - x) * zoom), floor((top - y) * zoom)
            wide, high = ceil((right - x) * zoom) - across, ceil((bottom - y) * zoom) - down
            self._canvas.update(across - 1, down - 1, wide + 2, high + 2)

    def widget_rects(self, rects: Iterable[Rect]) -> None:
        """Paint parts of the widget."""
        for left, top, right, bottom in rects:
            self._canvas.update(QRectF(left, top, right - left, bottom - top).toAlignedRect())

    def overlay(self, before: Overlay, after: Overlay, camera: Camera) -> None:
        """Paint where the overlay of a gesture was and is."""
        if (before.fitting, before.hot_node) != (
            after.fitting,
            after.hot_node,
        ) or before.hot_links != after.hot_links:
            self.everything()
        else:
            for shown in (before, after):
                self.canvas_rects(overlay_rects(shown, camera.zoom), camera)

    def looked(self, before: Camera, after: Camera, fixed: Iterable[QRect]) -> None:
        """Show another part of the canvas: pixels that are still right are moved.

        Args:
            before: What was seen.
            after: What is seen now.
            fixed: Parts of the widget that do not move along.
        """
        if self._idle.isActive():  # a gesture goes on: smoothness comes first
            self._idle.start(_IDLE_MS)
        x, y = (before.x - after.x) * after.zoom, (before.y - after.y) * after.zoom
        whole = abs(x - round(x)) < 0.01 and abs(y - round(y)) < 0.01
        far = abs(x) >= self._canvas.width() or abs(y) >= self._canvas.height()
        if before.zoom != after.zoom or not whole or far:
            self.everything()
            return
        right, down = round(x), round(y)
        self._canvas.scroll(right, down, self._canvas.rect())
        for rect in fixed:
            self._canvas.update(rect)
            self._canvas.update(rect.translated(right, down))

    def pulse(self, running: list[Rect], camera: Camera, *, still: bool) -> None:
        """Let the edges of running nodes pulse while there are any in sight.

        Args:
            running: Where they are on the canvas.
            camera: What is seen.
            still: Whether nothing shall move.
        """
        self._running, self._camera = running, camera
        if running and not still:
            if not self._beat.isActive():
                self._beat.start()
        else:
            self._beat.stop()

    def painted(self) -> None:
        """Make sharp what was painted quickly, as soon as nothing moves."""
        if not self._painter.settled() and not self._idle.isActive():
            self._idle.start(_IDLE_MS)

    def stop(self) -> None:
        """Let no timer run any longer."""
        self._idle.stop()
        self._beat.stop()

    def _refine(self) -> None:
        self.widget_rects(self._painter.refine(_BUDGET_MS))
        if not self._painter.settled():
            self._idle.start(0)

    def _pulse(self) -> None:
        for rect in self._running:
            self.canvas_rects(_edges(rect), self._camera)


def widget_rect(rect: Rect, camera: Camera) -> QRect:
    """Return the pixels over a part of the canvas, and one around them."""
    left, top = camera.to_widget(rect[:2])
    right, bottom = camera.to_widget(rect[2:])
    return QRectF(left - 1, top - 1, right - left + 2, bottom - top + 2).toAlignedRect()


def overlay_rects(overlay: Overlay, zoom: float) -> list[Rect]:
    """Return the parts of the canvas that the overlay of a gesture covers."""
    near = 6.0 / zoom
    found = [_around([overlay.band[:2], overlay.band[2:]], near)] if overlay.band else []
    if overlay.stroke:
        found.append(_around(overlay.stroke, near))
    for flight in overlay.flights:
        found.append(_around([flight.start, flight.end], _REACH + 12 / zoom))
        if flight.refused:
            found += [_card(end, zoom) for end in (flight.start, flight.end)]
    found += [_around(guide, near) for guide in overlay.guides]
    found += [_around([ghost[:2], ghost[2:]], near) for ghost in overlay.ghosts]
    return found


def _outermost(rects: Iterable[Rect]) -> list[Rect]:
    """Return rectangles without those that lie in a larger one, such as links of one output."""
    kept: list[Rect] = []
    for rect in sorted(rects, key=_area, reverse=True):
        left, top, right, bottom = rect
        if not any(a <= left and b <= top and c >= right and d >= bottom for a, b, c, d in kept):
            kept.append(rect)
    return kept


def _area(rect: Rect) -> float:
    return (rect[2] - rect[0]) * (rect[3] - rect[1])


def _card(end: Point, zoom: float) -> Rect:
    wide, high = _CARD[0] / zoom, _CARD[1] / zoom
    return end[0] - wide, end[1] - high, end[0] + wide, end[1] + high


def _around(points: Iterable[Point], margin: float) -> Rect:
    places = list(points)
    across, down = [x for x, _ in places], [y for _, y in places]
    return min(across) - margin, min(down) - margin, max(across) + margin, max(down) + margin


def _edges(rect: Rect) -> list[Rect]:
    left, top, right, bottom = rect
    return [
        (left - _EDGE, top - _EDGE, right + _EDGE, top + _EDGE),
        (left - _EDGE, bottom - _EDGE, right + _EDGE, bottom + _EDGE),
        (left - _EDGE, top, left + _EDGE, bottom),
        (right - _EDGE, top, right + _EDGE, bottom),
    ]
