"""Images to frames: in their order, of one size, and back again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodes.image.to_frames import frames_of_images
from studio.core.context import result_of
from studio.core.errors import ShapeError
from studio.core.values import Frames, Image, Sequence
from studio.media import films
from tests.nodes.fakes import FakeFolder, image


def film_of(folder: Path, *images: Image, fps: float = 8.0) -> Frames:
    ctx: Any = FakeFolder(folder)
    return result_of(frames_of_images(Sequence(images), fps, ctx=ctx))


def test_lists_of_batches_become_frames_in_their_order(tmp_path: Path) -> None:
    batch, single = image(2), Image(1 - image(1).pixels)
    film = film_of(tmp_path, batch, single, fps=12)
    assert (film.stop, film.fps) == (3, 12)
    wanted = [*batch.pixels, *single.pixels]
    pairs = zip(films.read(film), wanted, strict=True)
    assert max(float(np.abs(made - given).max()) for made, given in pairs) <= 0.51 / 65535


def test_pictures_of_two_sizes_are_no_film(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="picture 2 is 16 x 9, the first 16 x 12"):
        film_of(tmp_path, image(), image(height=9))


def test_nothing_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="no pictures"):
        film_of(tmp_path)
