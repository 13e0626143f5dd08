"""What is where in a picture: class, box, mask and depth of every thing."""

from dataclasses import dataclass

import cv2
import numpy as np

from training.toyworld.canvas import Bytes, Canvas, Floats
from training.toyworld.faces import draw_face
from training.toyworld.scene import Scene
from training.toyworld.solids import draw_thing

_NEAREST, _STEP = 0.85, 0.15  # depth of the last thing drawn, and between one and the next


@dataclass(frozen=True, slots=True)
class Truth:
    """One thing in a picture.

    Attributes:
        label: its kind, or ``face``.
        box: left, top, right, bottom in pixels; right and bottom lie outside.
        mask: uint8 ``(size, size)``, 0 to 255, with what other things hide.
        nearness: 1 at the eye, 0 at the background.
    """

    label: str
    box: tuple[int, int, int, int]
    mask: Bytes
    nearness: float


def scene_truth(scene: Scene, size: int = 128) -> list[Truth]:
    """The things of a scene, farthest (drawn first) first."""
    covers = [(thing.kind, _cover(scene, index, size)) for index, thing in enumerate(scene.things)]
    if scene.face is not None:
        covers.append(("face", _cover(scene, -1, size)))
    truths = []
    for index, (label, mask) in enumerate(covers):
        left, top, width, height = cv2.boundingRect((mask >= 128).astype(np.uint8))
        nearness = _NEAREST - _STEP * (len(covers) - 1 - index)
        truths.append(Truth(label, (left, top, left + width, top + height), mask, nearness))
    return truths


def depth_map(scene: Scene, size: int = 128) -> Floats:
    """Nearness of every pixel, float32 ``(size, size)``, 0 (background) to 1."""
    depth = np.zeros((size, size), np.float32)
    for truth in scene_truth(scene, size):
        depth[truth.mask >= 128] = truth.nearness
    return depth


def _cover(scene: Scene, index: int, size: int) -> Bytes:
    """Draw one thing alone, to see which pixels it covers."""
    canvas = Canvas(size)
    if index < 0 and scene.face is not None:
        draw_face(canvas, scene.face)
    else:
        draw_thing(canvas, scene.things[index])
    return canvas.cover
