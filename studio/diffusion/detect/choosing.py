"""Which detections are kept, in which order, and what was changed in them by hand.

A detection is one record: box, outline, label and confidence are kept, moved and dropped together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from studio.core.boxes import NO_EDITS, Box, BoxEdits, stretched
from studio.core.errors import RangeError, ShapeError
from studio.core.values import Detection, Detections, Mask
from studio.diffusion.detect.geometry import area, clipped
from studio.diffusion.pixels.masks import check_proportions

By = Literal["area", "confidence"]
Order = Literal["none", "left_right", "top_down", "centre_edge", "area", "confidence"]

Warn = Callable[[str, str], None]
Found = tuple[Detection, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which detections stay.

    Attributes:
        top: How many of each picture; 0 is all.
        by: What decides who is among them: the largest or the most certain.
        area_min: Least share of the picture that a box covers.
        area_max: Most share.
        labels: Names that stay, joined by commas; empty is all.
        order: How those that stay are sorted.
    """

    top: int = 0
    by: By = "area"
    area_min: float = 0.0
    area_max: float = 1.0
    labels: str = ""
    order: Order = "left_right"

    def __post_init__(self) -> None:
        """Check what no single range can.

        Raises:
            RangeError: The most area is below the least.
        """
        if self.area_min > self.area_max:
            raise RangeError(
                f"the least area is {self.area_min:g}, and the most is {self.area_max:g}",
                fix="let the least be below the most",
            )


def chosen(
    found: Detections, choice: Choice, edits: BoxEdits, inside: Mask | None, warn: Warn
) -> Detections:
    """Return those detections that stay, with what was changed by hand, in order.

    What was unticked goes first, so that it takes no place among the top; what was added by hand is
    never filtered out.

    Args:
        found: Left as it is.
        choice: What stays.
        edits: What was changed by hand. What was changed in other detections than these is told,
            and not done.
        inside: Keeps those whose box it touches, one mask or one for each picture; ``None`` keeps
            all.
        warn: Takes a code and a text.

    Raises:
        ShapeError: There is another number of masks than of pictures, or they have other
            proportions.
    """
    if inside is not None and len(inside.pixels) not in (1, len(found.items)):
        raise ShapeError(
            f"there are {len(inside.pixels)} masks for {len(found.items)} pictures",
            fix="give one, or one for each",
        )
    if inside is not None:
        check_proportions(inside.pixels, *found.size)
    if edits.made_for not in ("", found.key):
        edits = _set_aside(edits, warn)
    _tell(found, edits, warn)
    names = {name.strip().casefold() for name in choice.labels.split(",") if name.strip()}
    extra = _added(found, edits)
    items = []
    for at, item in enumerate(found.items):
        kept = _edited(item, edits, found.size)
        kept = tuple(one for one in kept if not names or one.label.casefold() in names)
        kept = tuple(one for one in kept if _fits(one, choice, found.size))
        kept = tuple(one for one in kept if inside is None or _touches(one, inside, at, found.size))
        items.append(_sorted((*_top(kept, choice), *extra.get(at, ())), choice.order, found.size))
    return Detections(tuple(items), found.size)


def _set_aside(edits: BoxEdits, warn: Warn) -> BoxEdits:
    """Make no edits that were made for other detections: their ids may mean other faces here."""
    if edits:
        warn(
            "W_EDITS",
            f"{len(edits)} edits by hand were made for other detections than these, and are not "
            "applied; they are kept: open Edit boxes to see them here and take over those that fit",
        )
    return NO_EDITS


def _tell(found: Detections, edits: BoxEdits, warn: Warn) -> None:
    """Say when edits name what is not there."""
    ids = {one.id for item in found.items for one in item}
    named = {*edits.off, *(number for number, _ in edits.moved)}
    lost = sorted(named - ids)
    if lost:
        said = ", ".join(map(str, lost[:8]))
        warn("W_EDITS", f"nothing has the id {said} any more; its edits are kept, but do nothing")
    away = sorted({at for at, _, _ in edits.added if at >= len(found.items)})
    if away:
        warn("W_EDITS", f"boxes were added to picture {away[0] + 1} of {len(found.items)}")


def _edited(item: Found, edits: BoxEdits, size: tuple[int, int]) -> Found:
    moved = dict(edits.moved)
    off = set(edits.off)
    held = (one for one in item if one.id not in off)
    return tuple(_moved(one, moved[one.id], size) if one.id in moved else one for one in held)


def _moved(one: Detection, box: Box, size: tuple[int, int]) -> Detection:
    """Return a detection with another box; its outline is moved and stretched along."""
    outline = stretched(one.polygon, one.box, box)
    return replace(one, box=clipped(box, *size), polygon=outline)


def _added(found: Detections, edits: BoxEdits) -> dict[int, list[Detection]]:
    """Return what was added by hand, by picture; numbered after all that was found."""
    last = max((one.id for item in found.items for one in item), default=0)
    extra: dict[int, list[Detection]] = {}
    for number, (at, box, label) in enumerate(edits.added, start=last + 1):
        made = Detection(clipped(box, *found.size), label, 1.0, (), number)
        if area(made.box):
            extra.setdefault(at, []).append(made)
    return extra


def _fits(one: Detection, choice: Choice, size: tuple[int, int]) -> bool:
    share = area(one.box) / max(size[0] * size[1], 1)
    return choice.area_min <= share <= choice.area_max


def _touches(one: Detection, inside: Mask, at: int, size: tuple[int, int]) -> bool:
    """Say whether a mask changes anything in a box."""
    pixels = inside.pixels[at if len(inside.pixels) > 1 else 0]
    across, down = pixels.shape[1] / size[0], pixels.shape[0] / size[1]
    left, top, right, bottom = one.box
    columns = slice(int(left * across), max(int(left * across) + 1, round(right * across)))
    rows = slice(int(top * down), max(int(top * down) + 1, round(bottom * down)))
    return bool((pixels[rows, columns] > 0).any())


def _top(item: Found, choice: Choice) -> Found:
    """Return the first few by area or confidence, in the order that they had."""
    if not choice.top:
        return item
    best = sorted(item, key=_KEYS[choice.by](1, 1))[: choice.top]
    return tuple(one for one in item if one in best)


def _sorted(item: Found, order: Order, size: tuple[int, int]) -> Found:
    return item if order == "none" else tuple(sorted(item, key=_KEYS[order](*size)))


Key = Callable[[Detection], tuple[Any, ...]]


def _place(one: Detection) -> tuple[Any, ...]:
    """Return what tells apart detections that are the same otherwise."""
    left, top, *_ = one.box
    return (top, left, one.box, one.id)


def _by(*numbers: Callable[[Detection], float]) -> Callable[[int, int], Key]:
    return lambda width, height: lambda one: (*(number(one) for number in numbers), *_place(one))


def _from_centre(width: int, height: int) -> Key:
    def distance(one: Detection) -> tuple[Any, ...]:
        left, top, right, bottom = one.box
        x, y = (left + right - width) / 2, (top + bottom - height) / 2
        return (x * x + y * y, *_place(one))

    return distance


_KEYS: dict[str, Callable[[int, int], Key]] = {
    "left_right": _by(lambda one: one.box[0]),
    "top_down": _by(lambda one: one.box[1]),
    "centre_edge": _from_centre,
    "area": _by(lambda one: -area(one.box)),
    "confidence": _by(lambda one: -one.confidence),
}
