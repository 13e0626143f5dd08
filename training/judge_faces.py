"""Says what a picture of a cartoon face shows, without any model: colours, areas, geometry."""

from dataclasses import dataclass

import cv2
import numpy as np

from training.judge import nearest_colour
from training.toyworld.canvas import Bytes, Floats
from training.toyworld.palette import COLOURS, HAIR, SKIN
from training.toyworld.scene import Face

_SKIN_TOLERANCE = 28
_GLASSES = 0.22  # least dark part of the region around the eyes
_HAT = 0.35  # least part of the top of the head in one hat colour


@dataclass(frozen=True, slots=True)
class FaceVerdict:
    """What is right about a face."""

    found: bool
    skin: bool
    hair: bool
    expression: bool
    glasses: bool
    hat: bool
    position: bool


@dataclass(frozen=True, slots=True)
class SeenFace:
    """What a picture shows; ``dark`` is the dark part of the region around the eyes, 0 to 1."""

    skin: str
    hair: str
    expression: str | None
    dark: float
    hat: str | None
    column: str


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the skin is: ``r`` is half its width; the chin is 1.14 r below the centre."""

    skin: str
    mask: Bytes
    cx: float
    cy: float
    r: float

    def rows(self, top: float, bottom: float) -> slice:
        return slice(max(0, int(self.cy + top * self.r)), max(1, int(self.cy + bottom * self.r)))

    def columns(self, left: float, right: float) -> slice:
        return slice(max(0, int(self.cx + left * self.r)), max(1, int(self.cx + right * self.r)))


def judge_face(face: Face, picture: Bytes) -> FaceVerdict:
    """Compare a picture, uint8 ``(128, 128, 3)``, with the face that it should show."""
    seen = find_face(picture)
    if seen is None:
        return FaceVerdict(*([False] * 7))
    return FaceVerdict(
        found=True,
        skin=seen.skin == face.skin,
        hair=seen.hair == face.hair,
        expression=seen.expression == face.expression,
        glasses=(seen.dark > _GLASSES) == face.glasses,
        hat=seen.hat == face.hat,
        position=seen.column == face.column,
    )


def find_face(picture: Bytes) -> SeenFace | None:
    """Read a face off a picture, or ``None`` when there is none."""
    head = _find_head(picture)
    if head is None:
        return None
    pixels = picture.astype(np.float32)
    eyes = pixels[head.rows(-0.48, 0.3), head.columns(-0.8, 0.8)]
    place = head.cx / len(picture)
    return SeenFace(
        skin=head.skin,
        hair=_hair(head, pixels),
        expression=_expression(head, pixels),
        dark=float((eyes.max(-1) < 100).mean()),
        hat=_hat(head, picture),
        column="left" if place < 0.43 else "right" if place > 0.57 else "centre",
    )


def face_box(picture: Bytes) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom of the face on a picture with its hair, or ``None``."""
    head = _find_head(picture)
    if head is None:
        return None
    top = 1.54 if _hat(head, picture) else 1.34
    r = head.r
    return head.cx - 1.24 * r, head.cy - top * r, head.cx + 1.24 * r, head.cy + 1.18 * r


def _find_head(picture: Bytes) -> _Head | None:
    """The largest region of a skin colour that has a head's size and touches no border."""
    side, best, best_area = len(picture), None, 700
    for skin, colour in SKIN.items():
        away = np.abs(picture.astype(np.float32) - np.array(colour, np.float32) * 0.97).max(-1)
        close = (away < _SKIN_TOLERANCE).astype(np.uint8)
        close[:3] = 0
        count, labels, stats, _ = cv2.connectedComponentsWithStats(close, connectivity=4)
        for label in range(1, count):
            left, top, width, height, area = (int(value) for value in stats[label])
            inside = left > 0 and top > 0 and left + width < side and top + height < side
            if area > best_area and width <= 100 and inside:
                r = width / 2
                mask = (labels == label).astype(np.uint8)
                best = _Head(skin, mask, left + r, top + height - 1.14 * r, r)
                best_area = area
    return best


def _hair(head: _Head, pixels: Floats) -> str:
    """The hair colour nearest to the median beside the temples."""
    rows = head.rows(-0.4, -0.1)
    beside = [pixels[rows, head.columns(*span)] for span in ((-1.16, -1.08), (1.08, 1.16))]
    samples = np.concatenate([part.reshape(-1, 3) for part in beside])
    middle = np.median(samples, 0) if len(samples) else np.zeros(3)
    return min(HAIR, key=lambda name: float(np.abs(middle - np.array(HAIR[name])).sum()))


def _expression(head: _Head, pixels: Floats) -> str | None:
    """Round: surprised; else the middle of the mouth lies below (smiling) or above its ends."""
    rows, columns = head.rows(0.3, 1.02), head.columns(-0.62, 0.62)
    mouth, inside = pixels[rows, columns], _hull(head.mask)[rows, columns] > 0
    red, green = mouth[..., 0], mouth[..., 1]
    ys, xs = np.nonzero((red - green > 60) & (green < 0.42 * red) & inside)
    if len(xs) <= 8:
        return None
    width, height = np.ptp(xs) + 1, np.ptp(ys) + 1
    if height / width > 0.95:
        return "surprised"
    along = (xs - xs.min()) / width
    ends, middle = ys[(along < 0.25) | (along > 0.75)], ys[(along > 0.35) & (along < 0.65)]
    if not len(ends) or not len(middle):
        return None
    return "smiling" if middle.mean() > ends.mean() else "sad"


def _hull(mask: Bytes) -> Bytes:
    """The convex hull: glasses, nose and a wide open mouth may cut the skin in two."""
    points = cv2.findNonZero(mask)
    full = np.zeros_like(mask)
    cv2.fillConvexPoly(full, cv2.convexHull(points), (1.0,))
    return full


def _hat(head: _Head, picture: Bytes) -> str | None:
    """The colour of the crown, when enough of it is that colour between light and shadow."""
    crown = picture[head.rows(-1.5, -0.66), head.columns(-0.65, 0.65)]
    if not crown.size:
        return None
    nearest, pixels = nearest_colour(np.ascontiguousarray(crown)), crown.astype(np.float32)
    shares = {}
    for index, (name, colour) in enumerate(COLOURS.items()):
        direction = np.array(colour, np.float32)
        light = (pixels @ direction) / (direction @ direction)
        away = np.abs(pixels - light[..., None] * direction).max(-1)
        # Ginger hair is a dark orange: 0.75 of a hat's colour, hence the lower limit.
        lit = (light > 0.79) & (light < 1.12)
        shares[name] = float(((nearest == index) & (away < 34) & lit).mean())
    name = max(shares, key=lambda key: shares[key])
    return name if shares[name] > _HAT else None
