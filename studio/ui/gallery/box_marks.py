"""Detections as they are seen and edited over a picture: which count, what is hit. No Qt.

While boxes are edited, one added by hand has an id after all that was found, and can be unticked as
any other; it is left out of the edits that are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from studio.core.boxes import NO_EDITS, Box, BoxEdits, stretched
from studio.core.values import Detection, Detections
from studio.engine.codec import Codec, Encoded
from studio.ui.session.results import Result

Edge = tuple[int, int]
"""Which side of a box is meant across and down: -1 is left or top, 1 right or bottom, 0 neither."""

UNNAMED = "region"
"""What a box is called where nothing was found that it could be named after."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One box over a picture.

    Attributes:
        item: What it stands for, as it was edited.
        is_on: Whether it counts.
        by_hand: Whether somebody added it.
    """

    item: Detection
    is_on: bool = True
    by_hand: bool = False

    @property
    def text(self) -> str:
        """What it is called."""
        sure = "by hand" if self.by_hand else f"{self.item.confidence:.2f}"
        return " ".join(word for word in (str(self.item.id), self.item.label, sure) if word)


def read(result: Result | None) -> Detections | None:
    """Return the detections of a result with their key; ``None`` when it holds none."""
    if result is None or result.kind != "Detections":
        return None
    header = {"type": result.kind, "fields": dict(result.fields)}
    found = Codec().decode(Encoded(header, ()))
    assert isinstance(found, Detections)
    return replace(found, key=f"{result.key}.{result.output}")


# --- What was edited ---


def fitting(found: Detections, edits: BoxEdits) -> BoxEdits:
    """Return those edits that can be made in these detections, bound to them."""
    ids = _ids(found)
    off = tuple(number for number in edits.off if number in ids)
    moved = tuple((number, box) for number, box in edits.moved if number in ids)
    added = tuple(item for item in edits.added if item[0] < len(found.items))
    return BoxEdits(found.key, off, moved, added)


def kept(found: Detections, edits: BoxEdits) -> BoxEdits:
    """Return what a graph keeps: without boxes that were added and unticked again."""
    first = _after(found)
    left = (item for number, item in enumerate(edits.added, first) if number not in edits.off)
    held = fitting(found, replace(edits, added=tuple(left)))
    return held or NO_EDITS


def marks(found: Detections, at: int, edits: BoxEdits) -> tuple[Mark, ...]:
    """Return the boxes of one picture, those that were added last."""
    moved, off = dict(edits.moved), set(edits.off)
    here = found.items[at] if at < len(found.items) else ()
    made = [Mark(_moved(item, moved.get(item.id)), item.id not in off) for item in here]
    for number, (picture, box, label) in enumerate(edits.added, _after(found)):
        if picture == at:
            item = Detection(box, label, 1.0, (), number)
            made.append(Mark(item, number not in off, by_hand=True))
    return tuple(made)


def chosen_marks(found: Detections, before: Detections | None, at: int) -> tuple[Mark, ...]:
    """Return the boxes of one picture that were chosen, after those that were not."""
    here = found.items[at] if at < len(found.items) else ()
    ids = {item.id for item in here}
    others = before.items[at] if before and at < len(before.items) else ()
    known = {item.id for items in before.items for item in items} if before else ids
    left = [Mark(item, is_on=False) for item in others if item.id not in ids]
    return (*left, *(Mark(item, by_hand=item.id not in known) for item in here))


def toggled(edits: BoxEdits, number: int) -> BoxEdits:
    """Tick a box, or untick it."""
    return replace(edits, off=tuple(sorted(set(edits.off) ^ {number})))


def placed(found: Detections, edits: BoxEdits, number: int, box: Box) -> BoxEdits:
    """Give a box another place."""
    first = _after(found)
    if number >= first:
        added = list(edits.added)
        picture, _, label = added[number - first]
        added[number - first] = picture, box, label
        return replace(edits, added=tuple(added))
    moved = {**dict(edits.moved), number: box}
    return replace(edits, moved=tuple(sorted(moved.items())))


def with_box(found: Detections, edits: BoxEdits, at: int, box: Box) -> tuple[BoxEdits, int]:
    """Add a box to a picture, named after what was found most; returns its id, too."""
    number = _after(found) + len(edits.added)
    return replace(edits, added=(*edits.added, (at, box, _label(found, at)))), number


def _label(found: Detections, at: int) -> str:
    here = Counter(item.label for item in found.items[at]) if at < len(found.items) else Counter()
    labels = here or Counter(item.label for items in found.items for item in items)
    return labels.most_common(1)[0][0] if labels else UNNAMED


def _moved(item: Detection, box: Box | None) -> Detection:
    if box is None:
        return item
    return replace(item, box=box, polygon=stretched(item.polygon, item.box, box))


def _ids(found: Detections) -> set[int]:
    return {item.id for items in found.items for item in items}


def _after(found: Detections) -> int:
    """Return the first id that nothing has."""
    return max(_ids(found), default=0) + 1


# --- Boxes under the pointer ---


def inside(marks: Iterable[Mark], x: float, y: float) -> Mark | None:
    """Return the smallest box that a place is in."""
    held = (mark for mark in marks if _holds(mark.item.box, x, y))
    return min(held, key=lambda mark: _area(mark.item.box), default=None)


def edge_at(box: Box, x: float, y: float, reach: float) -> Edge | None:
    """Return the edge or corner of a box that a place is near enough to."""
    left, top, right, bottom = box
    if not _holds((left - reach, top - reach, right + reach, bottom + reach), x, y):
        return None
    across = _near(x, left, right, reach)
    down = _near(y, top, bottom, reach)
    return (across, down) if across or down else None


def resized(box: Box, edge: Edge, dx: float, dy: float, size: tuple[int, int]) -> Box:
    """Move an edge or a corner to a whole pixel of the picture; a box never turns inside out."""
    left, top, right, bottom = box
    width, height = size
    if edge[0] < 0:
        left = min(max(round(left + dx), 0.0), right - 1)
    elif edge[0] > 0:
        right = max(min(round(right + dx), float(width)), left + 1)
    if edge[1] < 0:
        top = min(max(round(top + dy), 0.0), bottom - 1)
    elif edge[1] > 0:
        bottom = max(min(round(bottom + dy), float(height)), top + 1)
    return float(left), float(top), float(right), float(bottom)


def shifted(box: Box, dx: float, dy: float, size: tuple[int, int]) -> Box:
    """Move a box by whole pixels; it stays in the picture."""
    left, top, right, bottom = box
    across = _within(round(dx), -left, size[0] - right)
    down = _within(round(dy), -top, size[1] - bottom)
    return left + across, top + down, right + across, bottom + down


def between(x: float, y: float, other_x: float, other_y: float, size: tuple[int, int]) -> Box:
    """Return the box between two places, of whole pixels inside of the picture."""
    across = sorted(float(round(_within(value, 0, size[0]))) for value in (x, other_x))
    down = sorted(float(round(_within(value, 0, size[1]))) for value in (y, other_y))
    return across[0], down[0], across[1], down[1]


def _near(value: float, low: float, high: float, reach: float) -> int:
    """Tell which end a number is near; in the inner half of a small box it is near none."""
    reach = min(reach, max((high - low) / 4, reach / 2))
    if abs(value - high) <= reach and abs(value - high) <= abs(value - low):
        return 1
    return -1 if abs(value - low) <= reach else 0


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, min(low, high)), max(low, high))


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
