"""Edits boxes over a picture: what the mouse and the keys do, and how they are seen. Asks nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPen, QTransform

from studio.core.boxes import Box, BoxEdits
from studio.core.values import Detections
from studio.ui.gallery import box_marks
from studio.ui.gallery.box_marks import Edge, Mark
from studio.ui.gallery.box_paint import (
    in_sight,
    on_pictures,
    on_view,
    paint_handles,
    paint_lit,
    paint_still,
)
from studio.ui.gallery.shapes import ShapeTool
from studio.ui.gallery.still import Still
from studio.ui.looks.looks import Looks

_LEAST = 4.0
"""Pixels of the view that a drag must cover to be one, and not a click."""
_SHARE = 0.25
"""Of the picture's sides, for a box that is added by a key."""


class BoxTool(ShapeTool):
    """The hand on the picture while its boxes are edited.

    Args:
        looks: The theme.
        found: What was found.
        edits: What was edited so far; what no longer fits is left out.
        at: Which picture of the batch this is.

    Attributes:
        found: What was found.
        at: Which picture of the batch this is.
        chosen: Id of the box that keys mean; 0: none.
    """

    name = "Editing boxes"
    words: ClassVar = {
        "add": ("ph.selection-plus", "Add box"),
        "toggle": ("ph.check-square", "Tick or untick box"),
        "remove": ("ph.trash", "Remove box"),
    }

    def __init__(
        self,
        looks: Looks,
        found: Detections,
        edits: BoxEdits,
        at: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(looks, box_marks.fitting(found, edits), found.size, parent)
        self.found, self.at = found, at
        self.chosen = self._hovered = 0
        self._is_old = bool(edits) and edits.made_for not in ("", found.key)
        self._tags: Mapping[int, QRectF] = {}
        self._start: QPointF | None = None
        self._grabbed: Mark | None = None
        self._edge: Edge | None = None
        self._draft: Box | None = None
        self._is_drag = self._is_click = False
        self._still = Still()
        self._made: tuple[BoxEdits | None, tuple[Mark, ...]] = (None, ())

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The boxes as they are now."""
        if self._made[0] is not self.now:
            self._made = self.now, box_marks.marks(self.found, self.at, self.now)
        return self._made[1]

    @property
    def kept(self) -> BoxEdits:
        """What a graph keeps of all this."""
        return box_marks.kept(self.found, self.steps.now)

    @property
    def told(self) -> str:
        """How many count, and which one is chosen."""
        marks = self.marks
        count = sum(mark.is_on for mark in marks)
        chosen = self._named(self.chosen)
        more = f" · {chosen.text}{'' if chosen.is_on else ', unticked'}" if chosen else ""
        return f"{count} of {len(marks)} kept{more}"

    @property
    def warning(self) -> str:
        """Say when the edits that are there were made for something else."""
        return "made for other detections" if self._is_old else ""

    # --- Commands ---

    def add(self) -> None:
        """Add a box in the middle of the picture."""
        width, height = self.size
        across, down = width * _SHARE, height * _SHARE
        middle = width / 2, height / 2
        self._add(box_marks.between(
            middle[0] - across / 2, middle[1] - down / 2, middle[0] + across / 2,
            middle[1] + down / 2, self.size,
        ))  # fmt: skip

    def toggle(self) -> None:
        """Tick the chosen box, or untick it."""
        if self._named(self.chosen):
            self.do(box_marks.toggled(self.steps.now, self.chosen))

    def delete(self) -> None:
        """Untick the chosen box; one that was added goes."""
        self.remove()

    def remove(self) -> None:
        """Untick the chosen box; one that was added goes."""
        mark = self._named(self.chosen)
        if mark and mark.is_on:
            self.do(box_marks.toggled(self.steps.now, self.chosen))

    def reset(self) -> None:
        """Tick everything that was found, where it was found, and drop what was added."""
        self.chosen = 0
        self.do(BoxEdits(self.found.key))

    def walk(self, step: int) -> bool:
        """Choose the next box or the one before."""
        ids = [mark.item.id for mark in self.marks]
        start = -1 if step > 0 else len(ids)
        place = (ids.index(self.chosen) if self.chosen in ids else start) + step
        self.chosen = ids[place] if 0 <= place < len(ids) else 0
        self.show()
        return self.chosen != 0

    def nudge(self, dx: int, dy: int, *, other: bool) -> None:
        """Move the chosen box by pixels; or else its right and lower edge."""
        mark = self._named(self.chosen)
        if mark is None:
            return
        box = mark.item.box
        if other:
            edge = (1 if dx else 0, 1 if dy else 0)
            made = box_marks.resized(box, edge, dx, dy, self.size)
        else:
            made = box_marks.shifted(box, dx, dy, self.size)
        self.do(self._placed(made), ("nudge", self.chosen, other))

    # --- The hand ---

    def press(self, place: QPointF, event: QMouseEvent) -> bool:
        """Take a tag, an edge, a box, or the empty picture."""
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self._start, self._is_drag = place, False
        mark = self._tag_at(event.position())
        mark, self._edge = (mark, None) if mark else self._under(place)
        self._grabbed = mark
        number = mark.item.id if mark else 0
        self._is_click = bool(mark) and not (self._edge and number == self.chosen)
        self.chosen = number
        self.show()
        return True

    def move(self, place: QPointF) -> None:
        """Move what was taken, or light what would be."""
        if self._start is None:
            self._hover(place)
            return
        apart = (place - self._start) * self._turned.m11()
        self._is_drag = self._is_drag or apart.manhattanLength() >= _LEAST
        if self._is_drag and self._grabbed:
            self.attempt(self._placed(self._dragged(self._grabbed.item.box, place)))
        elif self._is_drag:
            self._draft = self._drawn(place)
            self.touched.emit(QRectF())

    def release(self, place: QPointF, event: QMouseEvent) -> None:
        """Keep what was moved or drawn, or tick what was clicked."""
        if self._is_drag and self._grabbed:
            self.do(self._placed(self._dragged(self._grabbed.item.box, place)))
        elif self._is_drag:
            self._add(self._drawn(place))
        elif self._is_click:
            self.toggle()
        self._leave_gesture()
        self._hover(place)

    def leave(self) -> None:
        """Light nothing: the pointer is elsewhere."""
        self._light(0)

    # --- Looks ---

    def paint(self, painter: QPainter, turned: QTransform) -> None:
        """Paint the boxes, the handles of the chosen one, and the one that is drawn."""
        self._turned = turned
        seen, looks = in_sight(painter, turned, self.marks), self._looks
        moved = self.chosen if self._tried is not None else 0
        still = [mark for mark in self.marks if mark.item.id != moved]

        def draw(under: QPainter, turned: QTransform) -> None:
            paint_still(under, looks, turned, in_sight(under, turned, still))

        self._still.paint(painter, turned, still, draw)
        paint_still(painter, looks, turned, [mark for mark in seen if mark.item.id == moved])
        self._tags = paint_lit(painter, looks, turned, seen, self.chosen, self._hovered)
        chosen = self._named(self.chosen)
        if chosen:
            paint_handles(painter, self._looks, turned, chosen.item.box)
        if self._draft:
            line = on_pictures(self._looks, "accent", "line")
            painter.setPen(QPen(line, 1.5, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(on_view(turned, self._draft))

    # --- Inside ---

    def _named(self, number: int) -> Mark | None:
        return next((mark for mark in self.marks if mark.item.id == number), None)

    def _tag_at(self, position: QPointF) -> Mark | None:
        """Return the box whose tag is at a point of the view."""
        hit = [number for number, rect in self._tags.items() if rect.contains(position)]
        return self._named(self.chosen if self.chosen in hit else hit[-1]) if hit else None

    def _under(self, place: QPointF) -> tuple[Mark | None, Edge | None]:
        """Return the box at a place of the picture, and the edge of it that is near."""
        x, y = place.x(), place.y()
        chosen = self._named(self.chosen)
        edge = box_marks.edge_at(chosen.item.box, x, y, self.reach) if chosen else None
        if chosen and edge:
            return chosen, edge
        mark = box_marks.inside(self.marks, x, y)
        return mark, box_marks.edge_at(mark.item.box, x, y, self.reach) if mark else None

    def _dragged(self, box: Box, place: QPointF) -> Box:
        """Return where a box is dragged to."""
        assert self._start is not None
        dx, dy = place.x() - self._start.x(), place.y() - self._start.y()
        if self._edge:
            return box_marks.resized(box, self._edge, dx, dy, self.size)
        return box_marks.shifted(box, dx, dy, self.size)

    def _drawn(self, place: QPointF) -> Box:
        """Return the box that is drawn."""
        start = self._start
        assert start is not None
        return box_marks.between(start.x(), start.y(), place.x(), place.y(), self.size)

    def _placed(self, box: Box) -> BoxEdits:
        return box_marks.placed(self.found, self.steps.now, self.chosen, box)

    def _add(self, box: Box) -> None:
        if box[2] > box[0] and box[3] > box[1]:
            state, self.chosen = box_marks.with_box(self.found, self.steps.now, self.at, box)
            self.do(state)

    def _hover(self, place: QPointF) -> None:
        mark, edge = self._under(place)
        self._light(mark.item.id if mark else 0)
        self.pointed.emit(_CURSORS[edge] if mark else _EMPTY)

    def _light(self, number: int) -> None:
        if number != self._hovered:
            self._hovered = number
            self.touched.emit(QRectF())

    def _leave_gesture(self) -> None:
        super()._leave_gesture()
        self._start, self._draft, self._is_drag = None, None, False


_EMPTY = Qt.CursorShape.CrossCursor
_CURSORS: Mapping[Edge | None, Qt.CursorShape] = {
    None: Qt.CursorShape.PointingHandCursor,
    **dict.fromkeys(((-1, 0), (1, 0)), Qt.CursorShape.SizeHorCursor),
    **dict.fromkeys(((0, -1), (0, 1)), Qt.CursorShape.SizeVerCursor),
    **dict.fromkeys(((-1, -1), (1, 1)), Qt.CursorShape.SizeFDiagCursor),
    **dict.fromkeys(((-1, 1), (1, -1)), Qt.CursorShape.SizeBDiagCursor),
}
