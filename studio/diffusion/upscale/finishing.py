"""What is done to an enlarged picture last: its exact size, its tones, and how much of it is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.diffusion.pixels.filters import Aspect, Method, resize_to
from studio.diffusion.pixels.tones import ToneMatch, matched
from studio.media import colour

Pixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Finish:
    """How an enlarged picture is finished.

    Attributes:
        method: How it is resampled to its exact size.
        is_linear: Whether that mixes linear light instead of encoded values.
        strength: Share of the network's result beside a plainly resampled original, 0 to 1.
        tones: How it gets the tones of the original.
        has_alpha: Whether alpha is kept.
    """

    method: Method = "lanczos"
    is_linear: bool = False
    strength: float = 1.0
    tones: ToneMatch = "off"
    has_alpha: bool = True


PLAIN = Finish()


def finished(
    made: Pixels, original: Pixels, box: tuple[int, int], aspect: Aspect, finish: Finish = PLAIN
) -> Pixels:
    """Bring an enlarged picture to its size, and mix it with the original.

    Args:
        made: ``(height, width, 1 | 3 | 4)``, what the network made.
        original: What it was made of, with as many channels.
        box: Width and height of the box.
        aspect: What gives way when the proportions differ.
        finish: How.

    Returns:
        As many channels as `made`.
    """
    result = _resampled(made, box, aspect, finish)
    if finish.strength == 1 and finish.tones == "off":
        return result
    plain = _resampled(original, box, aspect, finish)
    colours = matched(result[..., :3], plain[..., :3], finish.tones)
    mixed = plain[..., :3] + np.float32(finish.strength) * (colours - plain[..., :3])
    return np.concatenate([np.clip(mixed, 0, 1), result[..., 3:]], -1, dtype=np.float32)


def _resampled(pixels: Pixels, box: tuple[int, int], aspect: Aspect, finish: Finish) -> Pixels:
    """Resample into a box, in linear light if that is wanted; alpha is linear by itself."""
    if not finish.is_linear or pixels.shape[1::-1] == box:
        plain: Pixels = resize_to(pixels[None], *box, aspect, finish.method)[0]
        return plain
    linear = np.concatenate([colour.decode(pixels[..., :3]), pixels[..., 3:]], -1)
    made = resize_to(linear[None], *box, aspect, finish.method)[0]
    return np.concatenate([colour.encode(made[..., :3]), made[..., 3:]], -1, dtype=np.float32)
