"""From a scene to a picture."""

from random import Random

import cv2
import numpy as np

from training.toyworld.backgrounds import draw_background
from training.toyworld.canvas import Bytes, Canvas
from training.toyworld.faces import draw_face
from training.toyworld.scene import Scene
from training.toyworld.solids import draw_thing

cv2.setNumThreads(1)  # the pictures are tiny; threads would only fight with those of the training


def render(scene: Scene, size: int = 128) -> Bytes:
    """Draw a scene.

    Args:
        scene: what to draw.
        size: side of the picture in pixels; the same scene at 512 is the same picture, finer.

    Returns:
        uint8 ``(size, size, 3)``, sRGB.
    """
    canvas = Canvas(size)
    draw_background(canvas, scene.background, Random(scene.texture))
    for thing in scene.things:
        draw_thing(canvas, thing)
    if scene.face is not None:
        draw_face(canvas, scene.face)
    return np.asarray(np.clip(canvas.pixels + 0.5, 0, 255), np.uint8)
