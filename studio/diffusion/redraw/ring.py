"""Match the colours of a redrawn part to its surroundings, by what both show around the mask."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]

_SHARE = 16
_LEAST = 4


def ringed(made: Pixels, source: Pixels, mask: Pixels | None) -> Pixels:
    """Shift each channel so that a part agrees with what was there, in a ring around the mask.

    Outside of the mask both show the same, so what differs there is the drift of the VAE and of
    sampling. The ring is a sixteenth of the longer side wide. Where the mask leaves nothing free,
    the border of the part takes its place.

    Args:
        made: float32 ``(height, width, channels)``, the redrawn part.
        source: What was there, of the same size.
        mask: float32 ``(height, width)``, 1 where it was redrawn; ``None`` is everywhere.
    """
    ring = _ring(mask, made.shape[0], made.shape[1])
    shift = (source[ring].mean(0, dtype=np.float64) - made[ring].mean(0, dtype=np.float64)).astype(
        np.float32
    )
    return np.asarray(np.clip(made + shift, 0, 1), np.float32)


def _ring(mask: Pixels | None, height: int, width: int) -> NDArray[np.bool_]:
    """Return the pixels to compare, at least one."""
    reach = max(max(height, width) // _SHARE, _LEAST)
    if mask is not None:
        drawn = (mask > 0).astype(np.uint8)
        brush = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
        found = (cv2.dilate(drawn, brush) > 0) & (drawn == 0)
        if found.any():
            return np.asarray(found)
    border = np.ones((height, width), np.bool_)
    border[reach:-reach, reach:-reach] = False
    return border
