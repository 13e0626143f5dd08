"""Bring a hint to the size of the picture without spoiling what it says.

Lines and areas of flat colours mean something exactly: where a smooth filter would mix them, they
are resized so that they stay what they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.diffusion.control.settings import Fit
from studio.diffusion.filters import resize

Pixels = NDArray[np.float32]


def fitted(hint: Pixels, width: int, height: int, fit: Fit) -> Pixels:
    """Bring hints to a size.

    Args:
        hint: float32 ``(batch, height, width, 3)``, 0 to 1.
        width: In pixels.
        height: In pixels.
        fit: ``stretch`` changes the proportions, ``crop`` cuts off what is over, ``fill`` adds
            borders in the middle colour of the hint's own border.
    """
    if hint.shape[1:3] == (height, width):
        return hint
    return resize(hint, width, height, "bicubic")
