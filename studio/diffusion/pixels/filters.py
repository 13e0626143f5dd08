"""Pixel work on whole batches: resize, crop, blur, adjust, blend.

Everything takes and returns float32 ``(batch, height, width, channels)`` arrays with 1, 3 or 4
channels and leaves its arguments alone. All of it works on sRGB-encoded values, as picture editors
do by default; with an alpha channel, colours are weighted by it, so that what is invisible bleeds
into nothing. A pixel that is not a number stays one and spreads no further than a filter reaches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from studio.core.errors import ShapeError

Pixels = NDArray[np.float32]

Method = Literal["nearest", "bilinear", "bicubic", "lanczos", "area"]
Aspect = Literal["fit", "fill", "stretch"]

_METHODS = {
    "nearest": Pillow.Resampling.NEAREST,
    "bilinear": Pillow.Resampling.BILINEAR,
    "bicubic": Pillow.Resampling.BICUBIC,
    "lanczos": Pillow.Resampling.LANCZOS,
    "area": Pillow.Resampling.BOX,
}
# Rec. 709 weights, as in W3C Filter Effects 1.
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def resize(pixels: Pixels, width: int, height: int, method: Method = "lanczos") -> Pixels:
    """Resample to another size; making smaller averages over all the pixels that meet.

    Pillow's filters grow with the factor when shrinking; OpenCV's do not, and alias.
    """
    if pixels.shape[1:3] == (height, width):
        return pixels
    if method == "nearest":
        return _resample(pixels, width, height, method)
    return _through_alpha(pixels, lambda part: _resample(part, width, height, method))


def _resample(pixels: Pixels, width: int, height: int, method: Method) -> Pixels:
    batch, _, _, channels = pixels.shape
    made = np.empty((batch, height, width, channels), np.float32)
    for item in range(batch):
        for channel in range(channels):
            plane = Pillow.fromarray(np.ascontiguousarray(pixels[item, :, :, channel]))
            made[item, :, :, channel] = np.asarray(plane.resize((width, height), _METHODS[method]))
    return made


def resize_to(
    pixels: Pixels, width: int, height: int, aspect: Aspect, method: Method = "lanczos"
) -> Pixels:
    """Resize into a box: inside it (fit), over it with the rest cut off evenly (fill), or exactly.

    Args:
        pixels: Any size.
        width: Of the box in pixels.
        height: Of the box in pixels.
        aspect: What gives way when the proportions differ.
        method: How new pixels come about.
    """
    if aspect == "stretch":
        return resize(pixels, width, height, method)
    across, down = width / pixels.shape[2], height / pixels.shape[1]
    factor = min(across, down) if aspect == "fit" else max(across, down)
    inner = scaled(pixels.shape[2], factor), scaled(pixels.shape[1], factor)
    made = resize(pixels, *inner, method)
    return made if aspect == "fit" else crop(made, *_middle(inner, (width, height)), width, height)


def scaled(length: int, factor: float) -> int:
    """Return a length in pixels times a factor, rounded, at least 1."""
    return max(1, round(length * factor))


def _middle(outer: tuple[int, int], inner: tuple[int, int]) -> tuple[int, int]:
    return (outer[0] - inner[0]) // 2, (outer[1] - inner[1]) // 2


def crop(pixels: Pixels, left: int, top: int, width: int, height: int) -> Pixels:
    """Cut out a rectangle.

    Raises:
        ShapeError: It reaches beyond the picture.
    """
    outer = pixels.shape[2], pixels.shape[1]
    if min(left, top) < 0 or left + width > outer[0] or top + height > outer[1]:
        raise ShapeError(
            f"the cut of {width} x {height} at {left}, {top} reaches beyond the picture, "
            f"which is {outer[0]} x {outer[1]}",
            fix="make it smaller or move it",
        )
    return np.ascontiguousarray(pixels[:, top : top + height, left : left + width])


def crop_middle(pixels: Pixels, width: int, height: int) -> Pixels:
    """Cut a rectangle out of the middle.

    Raises:
        ShapeError: It is larger than the picture.
    """
    outer = pixels.shape[2], pixels.shape[1]
    return crop(pixels, *_middle(outer, (width, height)), width, height)


def gaussian(pixels: Pixels, radius: float) -> Pixels:
    """Blur with a Gaussian whose standard deviation is `radius` pixels; edges are mirrored."""
    if radius <= 0:
        return pixels
    return _through_alpha(pixels, lambda part: _each(part, lambda item: _blur(item, radius)))


def _blur(item: Pixels, radius: float) -> Pixels:
    blurred = cv2.GaussianBlur(item, (0, 0), radius, borderType=cv2.BORDER_REFLECT)
    return cast(Pixels, blurred)


def _each(pixels: Pixels, work: Callable[[Pixels], Pixels]) -> Pixels:
    """Do something to every ``(height, width, channels)`` item; OpenCV drops a single channel."""
    made = [work(item) for item in pixels]
    return np.stack([item[..., None] if item.ndim == 2 else item for item in made])


def _through_alpha(pixels: Pixels, work: Callable[[Pixels], Pixels]) -> Pixels:
    """Do something that mixes pixels to colours weighted by their alpha."""
    if pixels.shape[-1] != 4:
        return work(pixels)
    alpha = np.clip(pixels[..., 3:], 0, 1)
    made = work(np.concatenate([pixels[..., :3] * alpha, alpha], -1))
    alpha = np.clip(made[..., 3:], 0, 1)
    colour = np.divide(made[..., :3], alpha, out=np.zeros_like(made[..., :3]), where=alpha > 1e-6)
    return np.concatenate([colour, alpha], -1)


def bleed(picture: Pixels) -> Pixels:
    """Give what is invisible the colours of the nearest pixel that is seen; alpha stays.

    Args:
        picture: One picture, ``(height, width, 4)``.
    """
    hidden = picture[..., 3] <= 0
    if hidden.all() or not hidden.any():
        return picture
    _, nearest = cv2.distanceTransformWithLabels(
        hidden.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    seen = np.flatnonzero(~hidden)
    sources = np.zeros(int(nearest.max()) + 1, np.intp)
    sources[nearest.ravel()[seen]] = seen
    colours = picture.reshape(-1, 4)[sources[nearest], :3]
    return np.concatenate([colours, picture[..., 3:]], -1)


def adjust(
    pixels: Pixels,
    brightness: float = 0.0,
    contrast: float = 1.0,
    gamma: float = 1.0,
    saturation: float = 1.0,
    hue: float = 0.0,
) -> Pixels:
    """Change tones, then colours; alpha stays.

    Args:
        pixels: Any size. Grey pictures have no colours to change.
        brightness: Added.
        contrast: Factor of the distance from middle grey.
        gamma: Above 1 lifts the middle tones, black and white stay.
        saturation: Factor of the distance from grey of the same brightness; 0 is grey.
        hue: Turn round the circle of colours, in degrees.

    Source:
        W3C Filter Effects Module Level 1, saturate and hueRotate.
    """
    colour, alpha = pixels[..., :3], pixels[..., 3:]
    made = (colour - np.float32(0.5)) * np.float32(contrast) + np.float32(0.5 + brightness)
    if gamma != 1:
        made = np.sign(made) * np.abs(made) ** np.float32(1 / gamma)
    if made.shape[-1] == 3 and (saturation != 1 or hue):
        made = made @ _turn(saturation, hue).T
    return np.concatenate([made, alpha], -1, dtype=np.float32)


def _turn(saturation: float, hue: float) -> Pixels:
    """Return the matrix that scales and turns colours about the grey axis."""
    grey = np.tile(_LUMA, (3, 1))
    side = np.array([[-0.2126, -0.7152, 0.9278], [0.143, 0.140, -0.283], [-0.7874, 0.7152, 0.0722]])
    angle = np.deg2rad(hue)
    turned = grey + np.cos(angle) * (np.eye(3) - grey) + np.sin(angle) * side
    mixed = (grey + saturation * (np.eye(3) - grey)) @ turned
    return cast(Pixels, mixed.astype(np.float32))
