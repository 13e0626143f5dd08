"""Lay pictures over each other, as the W3C Compositing recommendation defines it.

Arrays are float32 ``(batch, height, width, channels)``, sRGB-encoded, straight alpha.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import ShapeError

Pixels = NDArray[np.float32]
Mix = Callable[[Pixels, Pixels], Pixels]

BlendMode = Literal[
    "normal", "multiply", "screen", "overlay", "darken", "lighten", "color_dodge", "color_burn",
    "hard_light", "soft_light", "difference", "exclusion", "add", "subtract", "divide",
]  # fmt: skip

_TINY = np.float32(1e-6)


def _hard_light(below: Pixels, above: Pixels) -> Pixels:
    return np.where(above <= 0.5, 2 * below * above, _screen(below, 2 * above - 1))


def _screen(below: Pixels, above: Pixels) -> Pixels:
    return below + above - below * above


def _soft_light(below: Pixels, above: Pixels) -> Pixels:
    lift = np.where(
        below <= 0.25, ((16 * below - 12) * below + 4) * below, np.sqrt(np.maximum(below, 0))
    )
    darker = below - (1 - 2 * above) * below * (1 - below)
    return np.where(above <= 0.5, darker, below + (2 * above - 1) * (lift - below))


def _dodge(below: Pixels, above: Pixels) -> Pixels:
    made = np.minimum(1, below / np.maximum(1 - above, _TINY))
    return np.asarray(np.where(below <= 0, 0, np.where(above >= 1, 1, made)), np.float32)


def _burn(below: Pixels, above: Pixels) -> Pixels:
    made = 1 - np.minimum(1, (1 - below) / np.maximum(above, _TINY))
    return np.asarray(np.where(below >= 1, 1, np.where(above <= 0, 0, made)), np.float32)


def _divide(below: Pixels, above: Pixels) -> Pixels:
    return np.asarray(below / np.maximum(above, _TINY), np.float32)


MODES: dict[str, Mix] = {
    "normal": lambda below, above: above,
    "multiply": lambda below, above: below * above,
    "screen": _screen,
    "overlay": lambda below, above: _hard_light(above, below),
    "darken": np.minimum,
    "lighten": np.maximum,
    "color_dodge": _dodge,
    "color_burn": _burn,
    "hard_light": _hard_light,
    "soft_light": _soft_light,
    "difference": lambda below, above: np.abs(below - above),
    "exclusion": lambda below, above: below + above - 2 * below * above,
    "add": lambda below, above: below + above,
    "subtract": lambda below, above: below - above,
    "divide": _divide,
}


def blend(
    below: Pixels,
    above: Pixels,
    mode: BlendMode = "normal",
    opacity: float = 1.0,
    mask: Pixels | None = None,
) -> Pixels:
    """Lay one picture over another.

    Args:
        below: Seen where the upper one lets it through.
        above: Of the same size; a batch of one serves all items of the other.
        mode: How the colours mix where both are seen.
        opacity: Of the upper picture, 0 to 1.
        mask: ``(batch, height, width)``, where the upper picture is seen; of the same size.

    Returns:
        As many channels as the richer of the two.

    Raises:
        ShapeError: Sizes or batches differ.

    Source:
        W3C Compositing and Blending Level 1, 2024, sections 5 and 10; add, subtract and divide as
        in picture editors.
    """
    below, above = _alike(below, above)
    cover = np.float32(opacity) * _alpha(above)
    if mask is not None:
        cover = cover * _fitting(mask[..., None], below, "the mask")
    backdrop = _alpha(below)
    mixed = MODES[mode](below[..., :3], above[..., :3])
    colour = (1 - backdrop) * above[..., :3] + backdrop * mixed
    if below.shape[-1] != 4:
        return np.asarray(below + cover * (colour - below), np.float32)
    total = cover + backdrop * (1 - cover)
    seen = cover * colour + (1 - cover) * backdrop * below[..., :3]
    colour = np.divide(seen, total, out=np.zeros_like(seen), where=total > _TINY)
    return np.concatenate([colour, total], -1, dtype=np.float32)


def _alpha(pixels: Pixels) -> Pixels:
    if pixels.shape[-1] == 4:
        return np.clip(pixels[..., 3:], 0, 1)
    return np.ones_like(pixels[..., :1])


def _alike(below: Pixels, above: Pixels) -> tuple[Pixels, Pixels]:
    channels = max(below.shape[-1], above.shape[-1])
    above = _fitting(above, below, "the upper picture")
    below = np.broadcast_to(below, (len(above), *below.shape[1:]))
    return with_channels(below, channels), with_channels(above, channels)


def _fitting(pixels: Pixels, other: Pixels, name: str) -> Pixels:
    """Return a batch that goes with another, repeating a single item."""
    if pixels.shape[1:3] != other.shape[1:3]:
        sizes = f"{pixels.shape[2]} x {pixels.shape[1]}", f"{other.shape[2]} x {other.shape[1]}"
        text = f"{name} is {sizes[0]}, the picture below is {sizes[1]}"
        raise ShapeError(text, fix="bring both to one size with Resize")
    if len(pixels) != len(other) and 1 not in (len(pixels), len(other)):
        text = f"{name} is a batch of {len(pixels)}, the picture below of {len(other)}"
        raise ShapeError(text, fix="use batches of one length, or a single picture")
    batch = max(len(pixels), len(other))
    return np.broadcast_to(pixels, (batch, *pixels.shape[1:]))


def with_channels(pixels: Pixels, channels: int) -> Pixels:
    """Return the same picture with at least so many channels: grey as colours, opaque alpha."""
    if pixels.shape[-1] < min(channels, 3):
        pixels = np.repeat(pixels, 3, -1)
    if pixels.shape[-1] < channels:
        pixels = np.concatenate([pixels, np.ones_like(pixels[..., :1])], -1)
    return pixels
