"""Says what a picture of the toy world shows, without any model: colours, contours, templates.

The judge is itself measured on drawn pictures, whose truth is known (``tests/training``).
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from training.toyworld.canvas import Bytes, Floats
from training.toyworld.palette import BACKGROUNDS, COLOURS, KINDS
from training.toyworld.render import render
from training.toyworld.scene import Scene, Thing

_NAMES = tuple(COLOURS)
_MIN_SATURATION, _MIN_VALUE = 112, 84  # of 255; duller pixels belong to the background
_MIN_AREA, _COUNTED_AREA = 90, 150
_TEMPLATE = 32
_LIKE = 0.72  # overlap with the best template below which a blob has no kind
_CELL = 0.1  # half width of the middle column and row
_RELATED = 0.08  # least distance, as a fraction of the picture, between related things


@dataclass(frozen=True, slots=True)
class Blob:
    """A connected region of one palette colour; ``x``, ``y`` are its box's centre, 0 to 1."""

    colour: str
    kind: str | None
    x: float
    y: float
    area: int


@dataclass(frozen=True, slots=True)
class ThingVerdict:
    """What is right about one thing."""

    colour: bool
    kind: bool
    position: bool


@dataclass(frozen=True, slots=True)
class SceneVerdict:
    """What is right about a picture of solids; ``relation`` is ``None`` when none was asked for."""

    things: tuple[ThingVerdict, ...]
    relation: bool | None
    count: bool

    @property
    def all_right(self) -> bool:
        """Whether nothing is wrong."""
        things = all(t.colour and t.kind and t.position for t in self.things)
        return things and self.count and self.relation is not False


def judge_things(scene: Scene, picture: Bytes) -> SceneVerdict:
    """Compare a picture, uint8 ``(128, 128, 3)``, with the solids that it should show."""
    blobs = find_blobs(picture)
    candidates: list[Blob | None] = [*blobs[:5], *([None] * len(scene.things))]

    def score(chosen: tuple[Blob | None, ...]) -> float:
        verdicts = [_verdict(scene, t, b) for t, b in zip(scene.things, chosen, strict=True)]
        return sum(1.02 * v.colour + v.kind + 1.01 * v.position for v in verdicts)

    best = max(itertools.permutations(candidates, len(scene.things)), key=score)
    return SceneVerdict(
        tuple(_verdict(scene, t, b) for t, b in zip(scene.things, best, strict=True)),
        _related(scene.relation, best) if scene.relation else None,
        sum(blob.area > _COUNTED_AREA for blob in blobs) == len(scene.things),
    )


def _verdict(scene: Scene, thing: Thing, blob: Blob | None) -> ThingVerdict:
    if blob is None:
        return ThingVerdict(False, False, False)
    if scene.mode == "three":
        near = abs(blob.x - thing.x) < 0.15 and abs(blob.y - thing.y) < 0.16
    else:
        columns, rows = ("left", "centre", "right"), ("top", "centre", "bottom")
        near = columns[_cell(blob.x)] == thing.column and rows[_cell(blob.y)] == thing.row
    return ThingVerdict(blob.colour == thing.colour, blob.kind == thing.kind, near)


def _cell(place: float) -> int:
    return int(place > 0.5 - _CELL) + int(place > 0.5 + _CELL)


def _related(relation: str, blobs: tuple[Blob | None, ...]) -> bool:
    first, second = blobs
    if first is None or second is None:
        return False
    distance = {
        "left of": second.x - first.x,
        "right of": first.x - second.x,
        "above": second.y - first.y,
        "below": first.y - second.y,
    }[relation]
    return distance > _RELATED


def find_blobs(picture: Bytes) -> list[Blob]:
    """The solids in a picture, uint8 ``(height, width, 3)``, largest first."""
    side = len(picture)
    blobs = []
    for colour, mask in _regions(picture):
        left, top, width, height = cv2.boundingRect(mask)
        if width > 0.8 * side:  # a band of the sky
            continue
        kind, likeness = _most_like(mask, colour)
        if likeness < 0.5 and width > 3 * height:
            continue
        middle = ((left + width / 2) / side, (top + height / 2) / side)
        known = kind if likeness > _LIKE else None
        blobs.append(Blob(colour, known, *middle, int(np.count_nonzero(mask))))
    return sorted(blobs, key=lambda blob: -blob.area)


def _regions(picture: Bytes) -> Iterator[tuple[str, Bytes]]:
    """Connected regions of palette colours as masks of 0 and 1, small holes closed."""
    nearest = nearest_colour(picture)
    for index, colour in enumerate(_NAMES):
        mask = (nearest == index).astype(np.uint8)
        mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        for label in range(1, count):
            if stats[label, cv2.CC_STAT_AREA] >= _MIN_AREA:
                yield colour, _without_small_holes((labels == label).astype(np.uint8))


def nearest_colour(picture: Bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Index of the palette colour with the nearest hue, or -1 where the picture is dull."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV_FULL)
    palette = np.array([list(COLOURS.values())], np.uint8)
    hues = cv2.cvtColor(palette, cv2.COLOR_RGB2HSV_FULL)[0, :, 0].astype(np.float32)
    away = np.abs(hsv[..., 0].astype(np.float32)[..., None] - hues)
    nearest = np.minimum(away, 256 - away).argmin(-1)
    vivid = (hsv[..., 1] > _MIN_SATURATION) & (hsv[..., 2] > _MIN_VALUE)
    return np.where(vivid, nearest, -1)


def _without_small_holes(mask: Bytes) -> Bytes:
    """Close holes under a tenth of the area (highlights); larger ones belong to the shape."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    full = np.zeros_like(mask)
    cv2.drawContours(full, contours, -1, (1.0,), -1)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(full - mask, connectivity=4)
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] > 0.1 * np.count_nonzero(full):
            full[labels == label] = 0
    return full


def _most_like(mask: Bytes, colour: str) -> tuple[str, float]:
    """The kind whose template overlaps most, with the overlap (intersection over union)."""
    shape = _standardised(mask)
    overlap = {
        kind: max(_overlap(shape, template) for template in templates)
        for kind, templates in _templates(colour).items()
    }
    kind = max(overlap, key=lambda name: overlap[name])
    return kind, overlap[kind]


def _overlap(a: Floats, b: Floats) -> float:
    return float(np.minimum(a, b).sum() / np.maximum(a, b).sum())


def _standardised(mask: Bytes) -> Floats:
    """A mask cut out, centred in a square, ``(32, 32)``, 0 to 1."""
    left, top, width, height = cv2.boundingRect(mask)
    side = max(width, height)
    square = np.zeros((side, side), np.uint8)
    y, x = (side - height) // 2, (side - width) // 2
    square[y : y + height, x : x + width] = mask[top : top + height, left : left + width] * 255
    small = cv2.resize(square, (_TEMPLATE, _TEMPLATE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)


@cache
def _templates(colour: str) -> dict[str, list[Floats]]:
    """How each kind looks to this judge in one colour, small, medium and large."""
    templates: dict[str, list[Floats]] = {}
    for kind in KINDS:
        thing = Thing(kind, colour, "medium", "centre", "centre", 0.5, 0.5, 19)
        sizes = [replace(thing, radius=radius) for radius in (12, 19, 29)]
        pictures = [render(Scene("one", "white", (one,))) for one in sizes]
        regions = [max(_regions(p), key=lambda pair: np.count_nonzero(pair[1])) for p in pictures]
        templates[kind] = [_standardised(mask) for _, mask in regions]
    return templates


def judge_background(picture: Bytes) -> str:
    """The background whose border looks most like the picture's."""
    border = np.ones(picture.shape[:2], bool)
    border[6:-6, 6:-6] = False
    seen = picture.astype(np.float32)[border]
    return min(BACKGROUNDS, key=lambda name: _distance(seen, _border_of(name)[border]))


def _distance(a: Floats, b: Floats) -> float:
    return float(np.median(np.abs(a - b).max(-1)))


@cache
def _border_of(background: str) -> Floats:
    return np.asarray(render(Scene("one", background)), np.float32)
