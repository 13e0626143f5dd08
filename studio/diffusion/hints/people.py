"""Networks that see people: YOLO-pose finds them, RTMPose, DWPose and ViTPose look at each one.

What an ONNX file is, the shapes of its outputs tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.core.boxes import Box
from studio.core.errors import ShapeError, UnsupportedError
from studio.core.values import Detections, Pose
from studio.diffusion.detect.geometry import best_of
from studio.diffusion.detect.letterbox import letterbox
from studio.diffusion.hints import poses
from studio.diffusion.hints.annotators import (
    Annotation,
    FolderNetwork,
    Look,
    finite,
    onnx_look,
)
from studio.diffusion.hints.pictures import Pixels
from studio.diffusion.onnx import OnnxNetwork

Array = NDArray[np.float32]

_ROOM = 1.25
"""Times that the surroundings of a person are larger than the box, as in training."""
_COCO = 17
_OVERLAP = 0.65
_SIDE = 640
"""Longer side at which YOLO-pose looks, where its file leaves that open."""
_SURE = 0.5
"""Confidence of YOLO's points; unlike that of its boxes, one half parts seen from hidden."""
_SIMCC = 2.0
"""Bins for each pixel in the answers of RTMPose."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is kept of people.

    Attributes:
        confidence: Below which a person or a point is not there.
        hands: Whether hands are kept.
        face: Whether the face is kept.
    """

    confidence: float = 0.3
    hands: bool = True
    face: bool = True


def see(
    network: Annotation, picture: Pixels, boxes: Sequence[Box] | None, wanted: Wanted
) -> tuple[Pose, ...]:
    """Return the people in a picture.

    Args:
        network: YOLO-pose, RTMPose, DWPose or ViTPose as ONNX, or ViTPose of transformers.
        picture: float32 ``(height, width, 3)``, 0 to 1.
        boxes: Where people are, for networks that look at one at a time; ``None``: one, anywhere.
        wanted: What is kept.

    Raises:
        UnsupportedError: The network answers in another way.
    """
    if isinstance(network, OnnxNetwork) and _finds_people(network):
        return _found(network, picture, wanted)
    look = _look(network)
    height, width = picture.shape[:2]
    places = [(0.0, 0.0, float(width), float(height))] if boxes is None else boxes
    people = (
        poses.from_network(
            _looked_at(network, look, picture, box),
            wanted.confidence,
            hands=wanted.hands,
            face=wanted.face,
        )
        for box in places
    )
    return tuple(filter(poses.is_person, people))


def boxes_for(
    found: Detections | None, pictures: int, width: int, height: int
) -> list[list[Box] | None]:
    """Return where people are in each picture, in pixels of a size.

    Args:
        found: In pictures of any size; ``None`` is not known.
        pictures: How many there are.
        width: Of them.
        height: Of them.

    Raises:
        ShapeError: There are detections of another number of pictures.
    """
    if found is None:
        return [None] * pictures
    if len(found.items) != pictures:
        raise ShapeError(
            f"there are detections of {len(found.items)} pictures for {pictures}",
            fix="detect in the pictures that are linked here",
        )
    scale = np.array([width / found.size[0], height / found.size[1]] * 2)
    return [[_box(np.array(one.box) * scale) for one in item] for item in found.items]


def _box(corners: NDArray[np.float64]) -> Box:
    left, top, right, bottom = (float(value) for value in corners)
    return left, top, right, bottom


def _finds_people(network: OnnxNetwork) -> bool:
    shapes = list(network.output_shapes.values())
    return len(shapes) == 1 and len(shapes[0]) == 3


def _look(network: Annotation) -> Look:
    """Return how a network wants to see one person.

    Raises:
        UnsupportedError: It answers as no known network for poses does.
    """
    if isinstance(network, FolderNetwork):
        return network.look
    shapes = list(network.output_shapes.values())
    is_bins = len(shapes) == 2 and all(len(shape) == 3 for shape in shapes)
    is_maps = len(shapes) == 1 and len(shapes[0]) == 4
    if not (is_bins or is_maps) or None in network.shape[2:]:
        said = "; ".join(" x ".join(str(n or "?") for n in shape) for shape in shapes)
        raise UnsupportedError(
            f"{network.path.name} answers with {said}, as no known network for poses does",
            fix="choose YOLO-pose, RTMPose, DWPose or ViTPose",
        )
    return onnx_look(network, "imagenet")


# --- One person at a time ---


def _looked_at(network: Annotation, look: Look, picture: Pixels, box: Box) -> Array:
    """Return the points of the person in a box, in pixels of the picture."""
    to_crop = _view(box, look.width, look.height)
    crop = cv2.warpAffine(picture, to_crop, (look.width, look.height), flags=cv2.INTER_LINEAR)
    values = look.planes(np.asarray(crop, np.float32))
    if isinstance(network, FolderNetwork):
        points = _from_maps(finite(network(values).heatmaps)[0], look)
    else:
        made = network(values)
        points = _from_bins(*made) if len(made) == 2 else _from_maps(made[0][0], look)
    back = np.asarray(cv2.invertAffineTransform(to_crop), np.float32)
    places = points[:, :2] @ back[:, :2].T + back[:, 2]
    return np.concatenate([places, points[:, 2:]], -1).astype(np.float32)


def _view(box: Box, width: int, height: int) -> Array:
    """Return the map from a picture to the view of a person, with room around and in proportion."""
    left, top, right, bottom = box
    scale = min(
        width / max(_ROOM * (right - left), 1e-3), height / max(_ROOM * (bottom - top), 1e-3)
    )
    across, down = (width / scale - left - right) / 2, (height / scale - top - bottom) / 2
    return np.array([[scale, 0, across * scale], [0, scale, down * scale]], np.float32)


def _from_bins(across: Array, down: Array) -> Array:
    """Read the answer of RTMPose: for each point how likely each column and each row is.

    Source:
        Li et al. 2022, SimCC, arXiv:2107.03332.
    """
    columns, rows = across[0], down[0]
    likely = np.minimum(columns.max(-1), rows.max(-1))
    found = columns.argmax(-1) / _SIMCC, rows.argmax(-1) / _SIMCC, likely
    return np.stack(found, -1).astype(np.float32)


def _from_maps(maps: Array, look: Look) -> Array:
    """Read heat maps: the highest place of each, moved a quarter pixel to its higher neighbour."""
    count, height, width = maps.shape
    best = maps.reshape(count, -1).argmax(-1)
    rows, columns = np.divmod(best, width)
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)), mode="edge")
    each = np.arange(count)
    right = padded[each, rows + 1, columns + 2] - padded[each, rows + 1, columns]
    below = padded[each, rows + 2, columns + 1] - padded[each, rows, columns + 1]
    x = (columns + np.sign(right) / 4 + 0.5) * (look.width / width)
    y = (rows + np.sign(below) / 4 + 0.5) * (look.height / height)
    return np.stack([x, y, maps[each, rows, columns]], -1).astype(np.float32)


# --- All people at once ---


def _found(network: OnnxNetwork, picture: Pixels, wanted: Wanted) -> tuple[Pose, ...]:
    """Return the people that YOLO-pose finds, the surest first."""
    look = onnx_look(network, "unit")
    size = (look.width, look.height) if look.width and look.height else None
    view = letterbox(picture.shape[1], picture.shape[0], size, _SIDE, look.multiple)
    rows = _rows(network(view.seen(picture)[None])[0][0])
    rows = rows[rows[:, 4] >= wanted.confidence]
    kept = best_of(rows[:, :4], rows[:, 4], np.zeros(len(rows), np.int64), _OVERLAP)
    points = rows[kept][:, -3 * _COCO :].reshape(-1, _COCO, 3)
    points[..., :2] = view.back(np.tile(points[..., :2], 2))[..., :2]
    return tuple(filter(poses.is_person, (poses.from_network(one, _SURE) for one in points)))


def _rows(answer: Array) -> Array:
    """Return one row for each person: corners of the box, confidence, points.

    Raises:
        UnsupportedError: The rows have other lengths than those of YOLO-pose.
    """
    plain, ended = 5 + 3 * _COCO, 6 + 3 * _COCO
    rows = answer if answer.shape[1] in (plain, ended) else answer.T
    if rows.shape[1] == ended:
        return rows
    if rows.shape[1] != plain:
        said = " x ".join(map(str, answer.shape))
        raise UnsupportedError(
            f"the network answers with {said}, not with rows of {plain} or {ended}",
            fix="choose a YOLO network for poses of people",
        )
    half = rows[:, 2:4] / 2
    return np.concatenate([rows[:, :2] - half, rows[:, :2] + half, rows[:, 4:]], -1)
