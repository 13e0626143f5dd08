"""Restores faces: each is cut out with its surroundings, restored by a face network and laid back.

Face networks know one size, 512 x 512, in which a face fills about the middle half. Faces are
restored as they stand, not turned upright: detections have no eyes to turn them by.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.context import Preview, Progress
from studio.core.errors import FamilyMismatchError, ShapeError
from studio.core.values import Detection, Detections, Image
from studio.diffusion.pixels.filters import bleed
from studio.diffusion.pixels.tones import ToneMatch, matched
from studio.diffusion.redraw.crops import Crop, WorkSize, crop_around
from studio.diffusion.redraw.drawing import paste
from studio.diffusion.tiling import Tile
from studio.diffusion.upscale.networks import FACE_SIDE, UpscalerNetwork
from studio.diffusion.upscale.through import Through

Pixels = NDArray[np.float32]
Warn = Callable[[str, str], None]
Make = Callable[[], Generator[Progress, None, Image]]
Keep = Callable[[Pixels, Make], Generator[Progress, None, Image]]

LEAST_SIDE = 8
"""Pixels a side below which a box holds no face that could be restored."""

_SQUARE = WorkSize("fixed", width=FACE_SIDE, height=FACE_SIDE, allow_smaller=True)


@dataclass(frozen=True, slots=True)
class Restoring:
    """How faces are restored.

    Attributes:
        strength: Share of the restored face, 0 to 1.
        padding: What is seen around a face, in shares of its longer side.
        feather: How softly it is laid back, in shares of what was cut out, up to one half.
        tones: How it gets the colours of the original.
    """

    strength: float = 0.8
    padding: float = 0.3
    feather: float = 0.15
    tones: ToneMatch = "wavelet"


def restore_faces(
    network: UpscalerNetwork,
    pixels: Pixels,
    detections: Detections,
    how: Restoring,
    keep: Keep,
    warn: Warn,
) -> Generator[Progress, None, Pixels]:
    """Restore the faces of a batch, one after the other, each on the last result.

    Args:
        network: A face network, on any device.
        pixels: float32 ``(batch, height, width, 1 | 3 | 4)``, 0 to 1; kept as they are.
        detections: Where the faces are; found in pictures of any size with these proportions.
        how: How they are restored.
        keep: Stores restored faces.
        warn: Takes a code and a text.

    Returns:
        float32 of the same shape; bits outside of what was cut out are the same.

    Raises:
        FamilyMismatchError: The network was not made for faces.
        ShapeError: The detections are of another number of pictures.
    """
    if not network.is_face:
        raise FamilyMismatchError(
            f"{network.architecture} knows nothing of faces",
            fix="choose a face network such as GFPGAN or RestoreFormer, or use Upscale image",
        )
    _check_items(detections, len(pixels))
    through, result = Through(network, warn), pixels.copy()
    found = [(at, one) for at, items in enumerate(detections.items) for one in items]
    for done, (index, one) in enumerate(found, start=1):
        crop = _crop(one, detections.size, pixels.shape[1], pixels.shape[2], how)
        if crop is None:
            warn("W_TOO_SMALL", f"face {one.id} is under {LEAST_SIDE} px a side, and left as it is")
        else:
            made = yield from _restored(through, result[index], crop, how, keep)
            result[index] = made
        yield Progress(done, len(found), _preview_of(result[index]))
    return result


def _restored(
    through: Through, picture: Pixels, crop: Crop, how: Restoring, keep: Keep
) -> Generator[Progress, None, Pixels]:
    part = picture[crop.tile.slices]
    colours = np.ascontiguousarray((bleed(part) if part.shape[-1] == 4 else part)[..., :3])

    def make() -> Generator[Progress, None, Image]:
        yield from ()
        return Image(through(colours)[None])

    kept = yield from keep(colours, make)
    made = matched(kept.pixels[0], colours, how.tones)
    alpha = _alpha(crop.tile, picture.shape[0], picture.shape[1], how.feather)
    return paste(picture, np.clip(made, 0, 1), alpha * np.float32(how.strength), crop)


def _crop(
    one: Detection, size: tuple[int, int], height: int, width: int, how: Restoring
) -> Crop | None:
    """Return the square around a face, moved into the picture; ``None`` for specks."""
    across, down = width / size[0], height / size[1]
    left, top, right, bottom = one.box
    box = Tile(
        round(left * across), round(top * down), round(right * across), round(bottom * down)
    ).within(height, width)
    if min(box.width, box.height) < LEAST_SIDE:
        return None
    padding = round(max(box.width, box.height) * how.padding)
    return crop_around(box, height, width, padding, _SQUARE)


def _alpha(tile: Tile, height: int, width: int, feather: float) -> Pixels:
    """Return how much of a restored part is seen: nothing at its sides within the picture."""
    down = _rise(tile.top, tile.bottom, height, feather)
    across = _rise(tile.left, tile.right, width, feather)
    return down[:, None] * across[None, :]


def _rise(start: int, end: int, length: int, feather: float) -> Pixels:
    """Rise from 0 to 1 over half a sine and fall again, but not at the borders of the picture."""
    ramp = max((end - start) * feather, 1.0)
    places = np.arange(end - start)
    before = places if start > 0 else np.full(len(places), np.inf)
    after = places[::-1] if end < length else np.full(len(places), np.inf)
    nearest = np.clip(np.minimum(before, after) / ramp, 0, 1)
    return np.asarray((1 - np.cos(np.pi * nearest)) / 2, np.float32)


def _preview_of(picture: Pixels) -> Preview:
    def draw() -> NDArray[np.uint8]:
        step = -(-max(picture.shape[:2]) // 256)
        small = (np.clip(picture[::step, ::step, :3], 0, 1) * 255 + 0.5).astype(np.uint8)
        return np.repeat(small, 3, -1) if small.shape[-1] == 1 else small

    return draw


def _check_items(detections: Detections, items: int) -> None:
    if len(detections.items) != items:
        raise ShapeError(
            f"the detections are of {len(detections.items)} pictures, the batch has {items}",
            fix="detect in the same pictures",
        )
