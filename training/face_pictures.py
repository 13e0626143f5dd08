"""Pictures for the face detector's training: tiles of faces and solids, at all sizes."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from training.judge_boxes import Box
from training.round_trips import tripped_scene
from training.toyworld import Scene, render, sample_scene
from training.toyworld.canvas import Bytes
from training.toyworld.truth import scene_truth

LEAST_FACE = 12
"""Smaller faces, in pixels, are not shown."""
_METHODS = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4, cv2.INTER_NEAREST)
_GRIDS = ((1, 1), (1, 1), (1, 1), (2, 1), (1, 2), (2, 2), (2, 2), (3, 3))


@dataclass(frozen=True, slots=True)
class Marked:
    """A picture, uint8 ``(height, width, 3)``, and the boxes of its faces."""

    pixels: Bytes
    faces: tuple[Box, ...]


def marked_scene(scene: Scene, size: int = 128) -> Marked:
    """A drawn scene and the boxes of its faces."""
    faces = [truth.box for truth in scene_truth(scene, size) if truth.label == "face"]
    return Marked(render(scene, size), tuple(faces))


def marked_trips(tripped: Bytes) -> list[Marked]:
    """Pictures that went through the VAE, by their number, with the boxes of their faces."""
    truths = [marked_scene(tripped_scene(index)) for index in range(len(tripped))]
    return [Marked(pixels, truth.faces) for pixels, truth in zip(tripped, truths, strict=True)]


def sample_picture(rng: Random, width: int, height: int, tripped: Sequence[Marked]) -> Marked:
    """A random picture of tiles, each a scene; some went through the VAE, all are distorted.

    Args:
        rng: where every choice comes from.
        width: in pixels.
        height: likewise.
        tripped: scenes that went through the VAE.
    """
    pixels = np.full((height, width, 3), [rng.randrange(256) for _ in range(3)], np.uint8)
    faces: list[Box] = []
    columns, rows = rng.choice(_GRIDS)
    for row in range(rows):
        for column in range(columns):
            cell = (width // columns, height // rows)
            side = int(min(cell) * rng.choice((1.0, rng.uniform(0.4, 1.0))))
            left = column * cell[0] + rng.randint(0, cell[0] - side)
            top = row * cell[1] + rng.randint(0, cell[1] - side)
            tile = _tile(rng, side, tripped)
            pixels[top : top + side, left : left + side] = tile.pixels
            faces += [moved(face, 1, left, top) for face in tile.faces]
    return Marked(_distorted(pixels, rng), tuple(faces))


def _tile(rng: Random, side: int, tripped: Sequence[Marked]) -> Marked:
    """One square scene, often a face, of any sharpness, sometimes mirrored."""
    if rng.random() < 0.6:
        tile = rng.choice(tripped)
    else:
        scene = sample_scene(rng, "face" if rng.random() < 0.5 else None)
        tile = marked_scene(scene, rng.choice((64, 128, 128, min(side, 320))))
    scale = side / len(tile.pixels)
    faces = tuple(moved(face, scale) for face in tile.faces)
    if any(box[2] - box[0] < LEAST_FACE for box in faces):
        return Marked(np.full((side, side, 3), rng.randrange(256), np.uint8), ())
    method = cv2.INTER_AREA if scale < 1 else rng.choice(_METHODS)
    pixels = np.asarray(cv2.resize(tile.pixels, (side, side), interpolation=method), np.uint8)
    if rng.random() < 0.5:
        faces = tuple((side - face[2], face[1], side - face[0], face[3]) for face in faces)
        pixels = pixels[:, ::-1]
    return Marked(pixels, faces)


def moved(box: Box, scale: float, right: float = 0, down: float = 0) -> Box:
    """A box of a picture that was enlarged and then moved."""
    left, top, far, low = (length * scale for length in box)
    return left + right, top + down, far + right, low + down


def _distorted(pixels: Bytes, rng: Random) -> Bytes:
    """Other light and colours, a little noise, sometimes soft."""
    gains = [rng.uniform(0.8, 1.2) * rng.uniform(0.93, 1.07) for _ in range(3)]
    shift = rng.uniform(-18, 18)
    if rng.random() < 0.2:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.5, 1.5)), np.uint8)
    steps = np.arange(256)[:, None] * np.array(gains) + shift
    table = np.clip(steps, 0, 255).astype(np.uint8)[:, None]
    lit = np.asarray(cv2.LUT(pixels, table), np.uint8)
    if rng.random() > 0.25:
        return lit
    noise = np.random.default_rng(rng.randrange(2**31)).standard_normal(lit.shape, np.float32)
    return np.clip(lit + noise * rng.uniform(1, 8), 0, 255).astype(np.uint8)
