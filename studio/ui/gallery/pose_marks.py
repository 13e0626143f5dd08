"""People as they are posed over a picture: their points in pixels, and what is hit. No Qt.

A point that is not there keeps a place with a confidence of 0, so that it can be shown again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median

from studio.core.skeleton import LIMBS, standing
from studio.core.values import PosePoint, Poses
from studio.core.widgets import BODY_POINTS
from studio.engine.codec import Codec, Encoded
from studio.ui.session.results import Result

Person = tuple[PosePoint, ...]
People = tuple[Person, ...]
Size = tuple[int, int]

NAMES = (
    "nose", "neck", "right shoulder", "right elbow", "right wrist", "left shoulder", "left elbow",
    "left wrist", "right hip", "right knee", "right ankle", "left hip", "left knee", "left ankle",
    "right eye", "left eye", "right ear", "left ear",
)  # fmt: skip
NECK = 1
_TRUNK = (1, 8, 11)
"""Points whose middle is the middle of a person."""
_OUT = 1.0
"""How far a point may be out of the picture, in sizes of it."""
_DIGITS = 5


def read(result: Result | None) -> Poses | None:
    """Return the poses of a result; ``None`` when it holds none."""
    if result is None or result.kind != "Poses":
        return None
    header = {"type": result.kind, "fields": dict(result.fields)}
    made = Codec().decode(Encoded(header, ()))
    assert isinstance(made, Poses)
    return made


# --- From and to what a graph holds ---


def from_poses(poses: Poses, at: int, size: Size) -> People:
    """Return the people of one picture in the pixels of another size."""
    across, down = size[0] / max(poses.size[0], 1), size[1] / max(poses.size[1], 1)
    here = poses.items[at] if at < len(poses.items) else ()
    scaled = (tuple((x * across, y * down, seen) for x, y, seen in one.points) for one in here)
    return tuple(completed(person, size) for person in scaled if len(person) == BODY_POINTS)


def from_edits(value: Iterable[Iterable[Sequence[float]]], size: Size) -> People:
    """Return the people of a parameter in pixels."""
    return tuple(
        completed(tuple((x * size[0], y * size[1], seen) for x, y, seen in person), size)
        for person in value
    )


def as_edits(people: People, size: Size) -> list[list[list[float]]]:
    """Return people as a parameter holds them: shares of the width and height."""
    return [
        [[round(x / size[0], _DIGITS), round(y / size[1], _DIGITS), seen] for x, y, seen in person]
        for person in people
    ]


def completed(person: Person, size: Size) -> Person:
    """Give points that were never seen a place: where somebody who stands would have them."""
    if all(seen > 0 or (x, y) != (0, 0) for x, y, seen in person):
        return person
    whole = standing(*size)
    seen_at = [number for number, (_, _, seen) in enumerate(person) if seen > 0]
    scale = _extent(person, seen_at) / max(_extent(whole, seen_at), 1e-6) if seen_at else 1.0
    scale = scale or 1.0
    dx = median([person[n][0] - whole[n][0] * scale for n in seen_at]) if seen_at else 0.0
    dy = median([person[n][1] - whole[n][1] * scale for n in seen_at]) if seen_at else 0.0
    return tuple(
        (x, y, seen) if seen > 0 or (x, y) != (0, 0)
        else (*_inside(whole[n][0] * scale + dx, whole[n][1] * scale + dy, size), 0.0)
        for n, (x, y, seen) in enumerate(person)
    )  # fmt: skip


# --- Changes ---


def moved(
    people: People, person: int, points: Iterable[int], dx: float, dy: float, size: Size
) -> People:
    """Move some points of a person; they stay near the picture."""
    wanted = set(points)
    made = tuple(
        (*_inside(x + dx, y + dy, size), seen) if number in wanted else (x, y, seen)
        for number, (x, y, seen) in enumerate(people[person])
    )
    return (*people[:person], made, *people[person + 1 :])


def toggled(people: People, person: int, point: int) -> People:
    """Hide a point, or show it."""
    x, y, seen = people[person][point]
    held = list(people[person])
    held[point] = x, y, 0.0 if seen > 0 else 1.0
    return (*people[:person], tuple(held), *people[person + 1 :])


def added(people: People, size: Size) -> People:
    """Add somebody who stands beside those that are there."""
    width, height = size
    step = width * 0.1 * ((len(people) + 1) // 2) * (1 if len(people) % 2 else -1)
    one = tuple((*_inside(x + step, y, size), seen) for x, y, seen in standing(width, height))
    return (*people, one)


def removed(people: People, person: int) -> People:
    """Take somebody away."""
    return (*people[:person], *people[person + 1 :])


def beyond(point: int) -> tuple[int, ...]:
    """Return a point and those that hang on it, seen from the neck; the neck moves all."""
    found = [point]
    for number in found:
        found += [end for start, end in LIMBS if start == number and end not in found]
    return tuple(found)


EVERYTHING = tuple(range(BODY_POINTS))


# --- Under the pointer ---


def middle(person: Person) -> tuple[float, float]:
    """Return where a person is taken to be moved as a whole."""
    seen = [person[number] for number in _TRUNK if person[number][2] > 0] or [
        point for point in person if point[2] > 0
    ]
    held = seen or list(person)
    return (
        sum(x for x, _, _ in held) / len(held),
        sum(y for _, y, _ in held) / len(held),
    )


def point_at(people: People, x: float, y: float, reach: float) -> tuple[int, int] | None:
    """Return person and number of the nearest point in reach; those that are there come first."""
    found = [
        (seen <= 0, math.hypot(px - x, py - y), who, number)
        for who, person in enumerate(people)
        for number, (px, py, seen) in enumerate(person)
        if math.hypot(px - x, py - y) <= reach
    ]
    return min(found)[2:] if found else None


def middle_at(people: People, x: float, y: float, reach: float) -> int | None:
    """Return the person whose middle is in reach."""
    for who, person in enumerate(people):
        px, py = middle(person)
        if math.hypot(px - x, py - y) <= reach:
            return who
    return None


def limb_at(people: People, x: float, y: float, reach: float) -> int | None:
    """Return the person one of whose limbs is in reach."""
    for who, person in enumerate(people):
        for start, end in LIMBS:
            one, other = person[start], person[end]
            if one[2] > 0 and other[2] > 0 and _apart(one, other, x, y) <= reach:
                return who
    return None


def _apart(one: PosePoint, other: PosePoint, x: float, y: float) -> float:
    """Return how far a place is from a line between two points."""
    ax, ay, bx, by = one[0], one[1], other[0] - one[0], other[1] - one[1]
    along = ((x - ax) * bx + (y - ay) * by) / max(bx * bx + by * by, 1e-9)
    along = min(max(along, 0.0), 1.0)
    return math.hypot(x - ax - along * bx, y - ay - along * by)


def _extent(person: Sequence[PosePoint], numbers: Sequence[int]) -> float:
    across = [person[number][0] for number in numbers]
    down = [person[number][1] for number in numbers]
    return math.hypot(max(across) - min(across), max(down) - min(down))


def _inside(x: float, y: float, size: Size) -> tuple[float, float]:
    width, height = size
    return (
        min(max(x, -_OUT * width), (1 + _OUT) * width),
        min(max(y, -_OUT * height), (1 + _OUT) * height),
    )
