"""Poses people over a picture: what the mouse and the keys do, and how they are seen. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QTransform

from studio.ui.gallery import pose_marks
from studio.ui.gallery.pose_marks import NAMES, People
from studio.ui.gallery.pose_paint import paint_frame, paint_lit, paint_people
from studio.ui.gallery.shapes import ShapeTool
from studio.ui.gallery.still import Still
from studio.ui.looks.looks import Looks

Point = tuple[int, int]
"""Number of a person, and of one of the points."""

_CURSORS = {"point": Qt.CursorShape.PointingHandCursor, "whole": Qt.CursorShape.SizeAllCursor}


class PoseTool(ShapeTool):
    """The hand on the picture while people are posed.

    A drag moves a point, with Alt the limb that hangs on it, from the middle or with Alt from a limb
    the whole person; a right click hides a point.

    Args:
        looks: The theme.
        people: Where it begins, in pixels of the picture.
        found: What a reset goes back to.
        size: Width and height of the picture in pixels.

    Attributes:
        chosen: The point that keys mean; ``None``: none.
    """

    name = "Posing people"
    words: ClassVar = {
        "add": ("ph.user-plus", "Add person"),
        "toggle": ("ph.eye-slash", "Hide or show point"),
        "remove": ("ph.user-minus", "Remove person"),
    }

    def __init__(
        self,
        looks: Looks,
        people: People,
        found: People,
        size: tuple[int, int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(looks, people, size, parent)
        self.found = found
        self.chosen: Point | None = None
        self._hovered: Point | None = None
        self._start: QPointF | None = None
        self._held: tuple[int, tuple[int, ...]] | None = None
        self._still = Still()

    @property
    def people(self) -> People:
        """The people as they are now."""
        found: People = self.now
        return found

    @property
    def told(self) -> str:
        """How many people there are, and which point is chosen."""
        count = len(self.people)
        text = f"{count} {'person' if count == 1 else 'people'}"
        point = self._hovered or self.chosen
        if point is None or point[0] >= count:
            return text
        hidden = "" if self.people[point[0]][point[1]][2] > 0 else ", hidden"
        return f"{text} · {NAMES[point[1]]}{hidden}"

    # --- Commands ---

    def add(self) -> None:
        """Add somebody who stands."""
        self.chosen = len(self.steps.now), pose_marks.NECK
        self.do(pose_marks.added(self.steps.now, self.size))

    def toggle(self) -> None:
        """Hide the chosen point, or show it."""
        if self.chosen:
            self.do(pose_marks.toggled(self.steps.now, *self.chosen))

    def delete(self) -> None:
        """Hide the chosen point, or show it."""
        self.toggle()

    def remove(self) -> None:
        """Take away the person that is chosen, or the only one."""
        people = self.steps.now
        who = self.chosen[0] if self.chosen else 0
        if people and (self.chosen or len(people) == 1):
            self.chosen = self._hovered = None
            self.do(pose_marks.removed(people, who))

    def reset(self) -> None:
        """Make everybody stand as they were found."""
        self.chosen = self._hovered = None
        self.do(self.found)

    def walk(self, step: int) -> bool:
        """Choose the next point or the one before, through all people."""
        each = [(who, point) for who, one in enumerate(self.people) for point in range(len(one))]
        start = -1 if step > 0 else len(each)
        place = (each.index(self.chosen) if self.chosen in each else start) + step
        self.chosen = each[place] if 0 <= place < len(each) else None
        self.show()
        return self.chosen is not None

    def nudge(self, dx: int, dy: int, *, other: bool) -> None:
        """Move the chosen point by pixels, or the whole person."""
        if self.chosen:
            who, point = self.chosen
            points = pose_marks.EVERYTHING if other else (point,)
            self.do(self._moved(who, points, dx, dy), ("nudge", self.chosen, other))

    # --- The hand ---

    def press(self, place: QPointF, event: QMouseEvent) -> bool:
        """Take a point, a limb or a person; a right press hides or shows a point."""
        x, y = place.x(), place.y()
        point = pose_marks.point_at(self.people, x, y, self.reach)
        if event.button() == Qt.MouseButton.RightButton and point:
            self.chosen = point
            self.toggle()
            return True
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self._held = self._grasped(point, x, y, alt=alt)
        if self._held is None:
            return False
        self._start, self.chosen = place, point or (self._held[0], pose_marks.NECK)
        self.show()
        return True

    def move(self, place: QPointF) -> None:
        """Move what was taken, or light what would be."""
        if self._start and self._held:
            self.attempt(self._dragged(place))
        else:
            self._hover(place)

    def release(self, place: QPointF, event: QMouseEvent) -> None:
        """Keep what was moved."""
        if self._start and self._held:
            self.do(self._dragged(place))
        self._leave_gesture()
        self._hover(place)

    def leave(self) -> None:
        """Light nothing: the pointer is elsewhere."""
        self._light(None)

    def paint(self, painter: QPainter, turned: QTransform) -> None:
        """Paint the people with their handles."""
        self._turned = turned
        paint_frame(painter, self._looks, turned, self.size)
        people, looks = self.people, self._looks
        moved = self._held[0] if self._held and self._tried is not None else len(people)
        still = people[:moved] + people[moved + 1 :]
        self._still.paint(
            painter, turned, still, lambda under, turned: paint_people(under, looks, turned, still)
        )
        paint_people(painter, looks, turned, people[moved : moved + 1])
        paint_lit(painter, looks, turned, people, self.chosen, self._hovered)

    # --- Inside ---

    def _grasped(
        self, point: Point | None, x: float, y: float, *, alt: bool
    ) -> tuple[int, tuple[int, ...]] | None:
        """Return the person and the points that a drag would move."""
        people = self.people
        if point:
            return point[0], pose_marks.beyond(point[1]) if alt else (point[1],)
        who = pose_marks.middle_at(people, x, y, 1.5 * self.reach)
        if who is None and alt:
            who = pose_marks.limb_at(people, x, y, self.reach)
        return None if who is None else (who, pose_marks.EVERYTHING)

    def _dragged(self, place: QPointF) -> People:
        assert self._start
        assert self._held
        apart = place - self._start
        return self._moved(*self._held, apart.x(), apart.y())

    def _moved(self, who: int, points: Iterable[int], dx: float, dy: float) -> People:
        return pose_marks.moved(self.steps.now, who, points, dx, dy, self.size)

    def _hover(self, place: QPointF) -> None:
        x, y = place.x(), place.y()
        point = pose_marks.point_at(self.people, x, y, self.reach)
        whole = point is None and self._grasped(None, x, y, alt=False)
        does = "point" if point else "whole" if whole else ""
        self.pointed.emit(_CURSORS.get(does, Qt.CursorShape.ArrowCursor))
        self._light(point)

    def _light(self, point: Point | None) -> None:
        if point != self._hovered:
            self._hovered = point
            self.show()

    def _leave_gesture(self) -> None:
        super()._leave_gesture()
        self._start = self._held = None
