"""Outlines of things: from what a network draws, and from regions of a mask.

An outline is one closed polygon through the middles of the outermost pixels, counted from 0.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.core.boxes import Box
from studio.core.values import Detection
from studio.diffusion.detect.letterbox import Letterbox

Floats = NDArray[np.float32]
Outline = tuple[tuple[float, float], ...]

REGION = "region"
"""Label of what was drawn by hand."""


def mixed(
    part: Floats, prototypes: Floats, box: Box, frame: Letterbox, size: tuple[int, int]
) -> Outline:
    """Return the outline of what a network found in a box.

    The mix of the prototypes is brought to the size of the picture, linearly, and cut at one half.

    Args:
        part: ``(prototypes,)``, the share of each prototype.
        prototypes: ``(prototypes, height, width)``.
        box: In pixels of the picture.
        frame: Where the picture lies in what the network saw.
        size: Width and height of the picture.

    Returns:
        The largest region; nothing when there is none.

    Source:
        Bolya et al. 2019, "YOLACT", arXiv:1904.02689, equation 1.
    """
    left, top = int(max(0, box[0])), int(max(0, box[1]))
    right, bottom = (min(size[at], int(np.ceil(box[2 + at]))) for at in (0, 1))
    if right <= left or bottom <= top:
        return ()
    drawn = np.tensordot(part, prototypes, 1).astype(np.float32)
    across, down = (have / seen for have, seen in zip(drawn.shape[::-1], frame.outer, strict=True))
    # The middle of the first pixel of the box, in pixels of the prototypes.
    x = ((left + 0.5) * frame.scale[0] + frame.left) * across - 0.5
    y = ((top + 0.5) * frame.scale[1] + frame.top) * down - 0.5
    way = np.array([[frame.scale[0] * across, 0, x], [0, frame.scale[1] * down, y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    shape = right - left, bottom - top
    level = cv2.warpAffine(drawn, way, shape, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    # The logistic function is one half at nought.
    return _largest((level > 0).astype(np.uint8), left, top)


def regions(mask: Floats) -> list[Detection]:
    """Return the separate regions of a mask, where it is above one half.

    Args:
        mask: ``(height, width)``, 0 to 1.
    """
    drawn = (mask > 0.5).astype(np.uint8)
    count, numbers, facts, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    found = []
    for number in range(1, count):
        left, top, width, height = (int(value) for value in facts[number, :4])
        own = (numbers[top : top + height, left : left + width] == number).astype(np.uint8)
        box = (float(left), float(top), float(left + width), float(top + height))
        found.append(Detection(box, REGION, 1.0, _largest(own, left, top)))
    return found


def _largest(drawn: NDArray[np.uint8], left: int, top: int) -> Outline:
    """Return the outline of the largest region, moved by the place of the box."""
    contours, _ = cv2.findContours(drawn, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return ()
    points = max(contours, key=cv2.contourArea).reshape(-1, 2)
    return tuple((float(x + left), float(y + top)) for x, y in points)
