"""Films taken apart into pictures, and pictures put together into films; one held at a time."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.context import Progress
from studio.core.errors import ShapeError
from studio.core.sequences import item_at
from studio.core.values import Frames, Image, Sequence
from studio.diffusion.pictures import encode
from studio.facts.listing import digest_of, pictures_in
from studio.files import atomic_write
from studio.media import films
from studio.media.pictures import levels

Pixels = NDArray[np.float32]

READER = "studio.diffusion.pictures:read_image"


def still(folder: Path, index: int) -> Path:
    """Return where a frame of a film that is a folder of pictures stands."""
    return folder / f"{index + 1:06}.png"


def apart(film: Frames, folder: Path) -> Generator[Progress, None, Sequence[Image]]:
    """Make a list of the frames of a film, each of which is read when it is needed.

    Args:
        film: A video is decoded once, from its first frame to its last; pictures stay where they
            are.
        folder: Takes the frames of a video. Those that are there already are left alone.

    Raises:
        StudioError: As `films.read` raises.
    """
    total, source = films.count_of(film), Path(film.source)
    if source.is_dir():
        paths = pictures_in(source, "*", "natural")[film.start : film.stop]
    else:
        paths = [still(folder, index) for index in range(total)]
        begun = next((index for index, path in enumerate(paths) if not path.exists()), total)
        for index, pixels in enumerate(films.read(film, skip=begun), start=begun):
            data = encode(pixels, "png", bits=8 if _is_shallow(pixels) else 16)
            atomic_write(paths[index], data, durable=False)
            yield Progress(index + 1, total)
    return Sequence(tuple(map(str, paths)), tuple(map(digest_of, paths)), READER)


def together(
    images: Sequence[Image], folder: Path, fps: float
) -> Generator[Progress, None, Frames]:
    """Make a film of a list of pictures, in their order; the items of batches follow each other.

    Args:
        images: All of one size. Values are written with 16 bits a channel.
        folder: Takes the frames.
        fps: Frames a second.

    Raises:
        ShapeError: Two pictures differ in size, or there are none.
    """
    done, first = 0, (0, 0)
    for index in range(len(images)):
        for pixels in item_at(images, index).pixels:
            size = pixels.shape[1], pixels.shape[0]
            first = first if done else size
            if size != first:
                raise ShapeError(
                    f"picture {done + 1} is {size[0]} x {size[1]}, the first {first[0]} x {first[1]}",
                    fix="bring all to one size with Resize before",
                )
            atomic_write(still(folder, done), encode(pixels, "png", bits=16), durable=False)
            done += 1
        yield Progress(index + 1, len(images))
    if not done:
        raise ShapeError("there are no pictures for a film", fix="link a list with some")
    return Frames(str(folder), 0, done, fps)


def _is_shallow(pixels: Pixels) -> bool:
    """Say whether 8 bits a channel hold a picture to the last bit."""
    return np.array_equal(levels(pixels, 255) / np.float32(255), pixels)
