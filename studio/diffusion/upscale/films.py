"""Enlarges films: one frame after the other, each written as soon as it is done."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from itertools import count
from pathlib import Path

from studio.core.context import Progress, result_of, ticks
from studio.core.values import Frames, Image
from studio.diffusion.pictures import encode
from studio.diffusion.stills import still
from studio.diffusion.upscale.finishing import PLAIN, Finish
from studio.diffusion.upscale.networks import UpscalerNetwork
from studio.diffusion.upscale.pictures import Make, Pixels, Tiling, UpscaleStep, enlarge
from studio.diffusion.upscale.targets import Target
from studio.diffusion.upscale.through import Warn
from studio.files import atomic_write
from studio.media import films

BITS = 16
"""Bits a channel of the frames that are written: less than half of one in 65,535 is lost."""


def enlarge_frames(
    network: UpscalerNetwork,
    film: Frames,
    folder: Path,
    target: Target,
    cut: Tiling,
    warn: Warn,
    finish: Finish = PLAIN,
) -> Generator[Progress, None, Frames]:
    """Enlarge a film, with never more than a frame and its result in memory.

    Frames that are in the folder already are left alone, so that what was broken off goes on.

    Args:
        network: On any device.
        film: What is enlarged.
        folder: Takes a picture for each frame.
        target: The size that is wanted.
        cut: How frames are cut into tiles.
        warn: Takes a code and a text.
        finish: How results come to their exact size.

    Returns:
        The film in the folder, of the same speed.

    Raises:
        StudioError: As `frames.read` and `enlarge` raise.
    """
    total = films.count_of(film)
    begun = next(index for index in count() if not still(folder, index).exists())
    for index, picture in enumerate(films.read(film, skip=begun), start=begun):
        walk = enlarge(network, picture[None], target, cut, _made, warn, finish)
        made = yield from ticks(walk, partial(_told, index, total))
        data = encode(made[0], "png", bits=BITS)
        del made, picture  # so that the next one is not read beside it
        atomic_write(still(folder, index), data, durable=False)
    return Frames(str(folder), 0, total, film.fps, film.loop)


def _made(pixels: Pixels, make: Make) -> Generator[Progress, None, Image]:
    """Make every tile anew: tiles of films would fill the store, and no frame comes back."""
    yield from ()
    return result_of(make())


def _told(index: int, total: int, step: UpscaleStep) -> Progress:
    """Tell how far one frame is as how far all of them are."""
    return Progress(index * step.total + step.done, total * step.total, step.preview)
