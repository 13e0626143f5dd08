"""A picture as a detector sees it: smaller, with grey borders; and the way back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_GREY = 114
"""What the borders had in training."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where a picture lies in what a detector sees.

    Attributes:
        scale: Pixels of the detector for one of the picture, across and down; they differ a little,
            for lengths are whole.
        left: Width of the border on the left.
        top: Height of the border above.
        inner: Width and height of the picture between the borders.
        outer: Width and height with the borders.
    """

    scale: tuple[float, float]
    left: int
    top: int
    inner: tuple[int, int]
    outer: tuple[int, int]

    def seen(self, pixels: Floats) -> Floats:
        """Return a picture as the detector sees it.

        The detectors learned from 8-bit pictures that were resized as such, so this is done here.

        Args:
            pixels: ``(height, width, channels)``, 0 to 1; grey becomes RGB, alpha is left out.

        Returns:
            ``(3, height, width)``, RGB, 0 to 1.
        """
        whole = np.clip(np.rint(pixels[..., :3] * 255), 0, 255).astype(np.uint8)
        if pixels.shape[-1] < 3:
            whole = np.repeat(whole[..., :1], 3, 2)
        if whole.shape[1::-1] != self.inner:
            whole = cv2.resize(whole, self.inner, interpolation=cv2.INTER_LINEAR)
        framed = np.full((self.outer[1], self.outer[0], 3), _GREY, np.uint8)
        across, down = self.inner
        framed[self.top : self.top + down, self.left : self.left + across] = whole
        seen: Floats = framed.transpose(2, 0, 1).astype(np.float32, order="C")
        seen /= 255
        return seen

    def back(self, boxes: Floats) -> Floats:
        """Return boxes in pixels of the picture: ``(count, 4)``."""
        corner = np.array([self.left, self.top] * 2, np.float32)
        return np.asarray((boxes - corner) / np.array(self.scale * 2, np.float32), np.float32)


def letterbox(
    width: int, height: int, size: tuple[int, int] | None, side: int, multiple: int
) -> Letterbox:
    """Fit a picture into what a detector takes.

    Args:
        width: Of the picture.
        height: Of the picture.
        size: Width and height that the detector takes; ``None`` is any.
        side: Longer side of the picture as the detector sees it, where it takes any size.
        multiple: Width and height are multiples of this, where it takes any size.
    """
    across, down = size or (side, side)
    scale = min(across / width, down / height)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    if size is None:
        across, down = (-(-length // multiple) * multiple for length in inner)
    left, top = ((o - i) // 2 for o, i in zip((across, down), inner, strict=True))
    scales = inner[0] / width, inner[1] / height
    return Letterbox(scales, left, top, inner, (across, down))
