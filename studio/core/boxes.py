"""Boxes edited by hand: what was unticked, moved and added on a picture with detections.

Edits are a value of one parameter. They name detections by id, and the detections that they were
made for by key, so that a node can tell when these have changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels; not empty."""

MOST = 10_000
"""Edits of one kind; a picture has no more things in it that anybody would touch."""
_FARTHEST = 1e6
_LARGEST = 2**31
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class BoxEdits:
    """What was changed by hand in detections.

    In a saved graph: ``{"made_for": "...", "off": [3], "moved": {"2": [l, t, r, b]}, "added":
    [{"item": 0, "box": [l, t, r, b], "label": "face"}]}``, without what is empty.

    Attributes:
        made_for: Key of the detections that were edited; empty: any.
        off: Ids of detections that do not count, in order.
        moved: New boxes by id, in the order of the ids.
        added: Further boxes: picture of the batch counted from 0, box, label.
    """

    made_for: str = ""
    off: tuple[int, ...] = ()
    moved: tuple[tuple[int, Box], ...] = ()
    added: tuple[tuple[int, Box, str], ...] = ()

    def __len__(self) -> int:
        """Return how many edits there are."""
        return len(self.off) + len(self.moved) + len(self.added)

    def as_data(self) -> dict[str, Any]:
        """Return the edits as JSON values, without what is empty."""
        moved = {str(number): list(box) for number, box in self.moved}
        added = [{"item": at, "box": list(box), "label": label} for at, box, label in self.added]
        data = {"made_for": self.made_for, "off": list(self.off), "moved": moved, "added": added}
        return {name: value for name, value in data.items() if value}


NO_EDITS = BoxEdits()
"""Nothing was changed by hand."""


def box_edits(data: Any) -> BoxEdits:
    """Read edits from JSON values; equal edits give equal values, however they were written.

    Raises:
        TypeError: They are not of the form that `BoxEdits` shows.
        ValueError: A box is empty or far outside, or there are too many.
    """
    if isinstance(data, BoxEdits):
        return data
    table = _table(data, "edits of boxes", ("made_for", "off", "moved", "added"))
    made_for = _text(table.get("made_for", ""))
    off = tuple(sorted({_whole(item) for item in _row(table.get("off", ()))}))
    held = _table(table.get("moved", {}), "moved boxes")
    moved = {_id(number): _box(box) for number, box in held.items()}
    added = tuple(_added(item) for item in _row(table.get("added", ())))
    if max(len(off), len(moved), len(added)) > MOST:
        raise ValueError(f"there are more than {MOST:,} edits of boxes")
    return BoxEdits(made_for, off, tuple(sorted(moved.items())), added)


def stretched(
    outline: Iterable[tuple[float, float]], old: Box, new: Box
) -> tuple[tuple[float, float], ...]:
    """Return an outline, moved and stretched along with its box."""
    across = (new[2] - new[0]) / max(old[2] - old[0], 1e-6)
    down = (new[3] - new[1]) / max(old[3] - old[1], 1e-6)
    return tuple((new[0] + (x - old[0]) * across, new[1] + (y - old[1]) * down) for x, y in outline)


def _added(data: Any) -> tuple[int, Box, str]:
    table = _table(data, "an added box", ("item", "box", "label"))
    label = _text(table.get("label", ""))
    return _whole(table.get("item", 0)), _box(table.get("box")), label


def _table(data: Any, what: str, names: Iterable[str] = ()) -> Mapping[str, Any]:
    if not isinstance(data, Mapping) or not all(isinstance(name, str) for name in data):
        raise TypeError(f"{_short(data)} is not {what}")
    unknown = sorted(set(data) - set(names)) if names else []
    if unknown:
        raise TypeError(f"{what} have no part {_short(unknown[0])}")
    return data


def _row(data: Any) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise TypeError(f"{_short(data)} is not a list of edits of boxes")
    return tuple(data)


def _box(data: Any) -> Box:
    if not isinstance(data, list | tuple) or len(data) != 4:
        raise TypeError(f"{_short(data)} is not a box: left, top, right, bottom")
    left, top, right, bottom = (_number(item) for item in data)
    if left >= right or top >= bottom:
        raise ValueError(f"the box {_short(data)} is empty")
    return left, top, right, bottom


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{_short(value)} is not a number of pixels")
    if not math.isfinite(value) or abs(value) > _FARTHEST:
        raise ValueError(f"{_short(value)} pixels are far outside any picture")
    return float(value) + 0.0  # minus zero is zero, in keys too


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _LARGEST:
        raise TypeError(f"{_short(value)} is not a whole number from 0")
    return value


def _id(value: str) -> int:
    if not value.isdecimal() or not value.isascii() or len(value) > len(str(_LARGEST)):
        raise TypeError(f"{_short(value)} is not the id of a detection")
    return _whole(int(value))


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise TypeError(f"{_short(value)} is not a text of at most {_LONGEST} letters")
    return value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
