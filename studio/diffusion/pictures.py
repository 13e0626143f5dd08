"""Write the pixels of picture files, and read them as values, without torch."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from studio.core.errors import ShapeError
from studio.core.values import Image
from studio.media.pictures import levels, read_pixels

Pixels = NDArray[np.float32]
Format = Literal["png", "jpeg", "webp"]

_SIDES = {"png": 1 << 30, "jpeg": 65500, "webp": 16383}


def read_image(path: str) -> Image:
    """Read a picture file as a batch of one, with its alpha; the reader of `load.folder`."""
    return Image(read_pixels(Path(path)))


def encode(pixels: Pixels, format: Format, *, quality: int = 92, bits: int = 8) -> bytes:  # noqa: A002  # the word that users know
    """Write one picture as the bytes of a file.

    Args:
        pixels: float32 ``(height, width, channels)``, sRGB-encoded, straight alpha. Values outside
            0 to 1 are clamped; what is not a number becomes black.
        format: JPEG has no alpha: such pictures are laid on white.
        quality: 1 to 100, of JPEG and WebP; WebP at 100 loses nothing.
        bits: 8 or 16 a channel, of PNG.

    Raises:
        ShapeError: The format holds no picture of this size.
    """
    if max(pixels.shape[:2]) > _SIDES[format]:
        text = f"{format} holds {_SIDES[format]} pixels a side, the picture has {pixels.shape[1]} x {pixels.shape[0]}"
        raise ShapeError(text, fix="save it as PNG")
    if format == "png" and bits == 16:
        return _encode_deep(levels(pixels, 65535).astype(np.uint16))
    if format == "jpeg" and pixels.shape[-1] == 4:
        pixels = on_white(pixels)
    made = levels(pixels, 255).astype(np.uint8)
    picture = Pillow.fromarray(made[..., 0] if made.shape[-1] == 1 else made)
    buffer = io.BytesIO()
    picture.save(buffer, format.upper(), **_settings(format, quality))
    return buffer.getvalue()


def _settings(name: Format, quality: int) -> dict[str, Any]:
    if name == "png":
        return {"compress_level": 4}
    if name == "webp":
        return {"quality": quality, "lossless": quality == 100, "exact": True, "method": 4}
    # Halved colour resolution shows on red outlines; who asks for quality does not want it.
    return {"quality": quality, "subsampling": 0 if quality >= 90 else 2, "optimize": True}


def on_white(pixels: Pixels) -> Pixels:
    """Lay a picture with alpha on white paper."""
    alpha = np.clip(pixels[..., 3:], 0, 1)
    return np.asarray(pixels[..., :3] * alpha + (1 - alpha), np.float32)


def _encode_deep(made: NDArray[np.uint16]) -> bytes:
    import cv2

    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[made.shape[-1]]
    done, data = cv2.imencode(".png", np.ascontiguousarray(made[..., order]))
    if not done:
        raise OSError("the 16-bit PNG could not be written")
    return bytes(data)
