"""Give a picture the colours of another one that shows the same: mean, low frequencies, or Lab.

Arrays are float32 ``(height, width, 1 | 3)``, sRGB-encoded; both pictures have one size. Grey
pictures have one tone to match, so each way works on it alone.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.diffusion.pixels.filters import gaussian
from studio.media.colour import decode, encode

Pixels = NDArray[np.float32]

ToneMatch = Literal["off", "mean", "wavelet", "lab"]

LOW_RADIUS = 13.0
"""Deviation in pixels of the blur that parts colour from detail.

It is that of five levels of the undecimated wavelet with the kernel 1 2 1, each twice as wide as
the one before: half of 1 + 4 + 16 + 64 + 256, and its root.
"""


_TO_XYZ = np.array(
    [
        [0.433953, 0.376219, 0.189828],
        [0.212671, 0.715160, 0.072169],
        [0.017758, 0.109477, 0.872766],
    ]
)
"""From linear sRGB to XYZ, each in shares of the white of D65."""
_TO_LAB = np.array([[0.0, 1.16, 0.0], [5.0, -5.0, 0.0], [0.0, 2.0, -2.0]])
"""From the roots of XYZ to lightness (with its offset) and colours, in hundredths."""
_BEND = 6 / 29


def matched(picture: Pixels, model: Pixels, way: ToneMatch) -> Pixels:
    """Return a picture with the tones of another one.

    Args:
        picture: Keeps its detail.
        model: Of the same size; gives the tones.
        way: ``mean`` shifts each channel as a whole, ``wavelet`` takes everything that is broader
            than about 30 pixels, ``lab`` takes mean and spread of lightness and of both colours.

    Source:
        ``wavelet``: Wang et al. 2023, arXiv:2305.07015, section 3.4. ``lab``: Reinhard et al. 2001,
        Color Transfer between Images, in CIE Lab (CIE 15:2004).
    """
    if way == "mean":
        return _spread(picture, model, is_scaled=False)
    if way == "wavelet":
        return np.asarray(picture + _low(model) - _low(picture), np.float32)
    if way == "lab":
        return _in_lab(picture, model)
    return picture


def _low(picture: Pixels) -> Pixels:
    blurred: Pixels = gaussian(picture[None], LOW_RADIUS)[0]
    return blurred


def _in_lab(picture: Pixels, model: Pixels) -> Pixels:
    if picture.shape[-1] == 1:
        return _spread(picture, model, is_scaled=True)
    return _from_lab(_spread(_lab(picture), _lab(model), is_scaled=True))


def _lab(picture: Pixels) -> Pixels:
    """Return lightness and the two opponent colours."""
    light = decode(picture) @ _TO_XYZ.T
    root = np.where(light > _BEND**3, np.cbrt(light), light / (3 * _BEND**2) + 4 / 29)
    return np.asarray(root @ _TO_LAB.T, np.float32)


def _from_lab(lab: Pixels) -> Pixels:
    root = lab @ np.linalg.inv(_TO_LAB).T
    light = np.where(root > _BEND, root**3, 3 * _BEND**2 * (root - 4 / 29))
    return encode(np.asarray(light @ np.linalg.inv(_TO_XYZ).T, np.float32))


def _spread(picture: Pixels, model: Pixels, *, is_scaled: bool) -> Pixels:
    """Give each channel the mean of another picture's, and its deviation."""
    before, wanted = (item.mean((0, 1), dtype=np.float64) for item in (picture, model))
    factor = np.ones_like(before)
    if is_scaled:
        narrow, wide = (item.std((0, 1), dtype=np.float64) for item in (picture, model))
        factor = np.divide(wide, narrow, out=factor, where=narrow > 1e-6)
    shift = (wanted - before * factor).astype(np.float32)
    return np.asarray(picture * factor.astype(np.float32) + shift, np.float32)
