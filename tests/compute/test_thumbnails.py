"""Small pictures of results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.compute.thumbnails import LARGEST, of_pixels, thumbnail
from studio.core.values import DiffusionModel, Frames, Image, Mask, Sequence
from tests.media.test_films import folder


def pixels_of(value: object) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    small = thumbnail(value)
    assert small
    return np.frombuffer(small.data, np.uint8).reshape(small.height, small.width, 4)


@pytest.mark.parametrize("size", [(1, 1), (256, 256), (257, 100), (1000, 3), (511, 2049)])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_no_side_is_over_the_limit_and_flat_colours_stay(
    size: tuple[int, int], channels: int
) -> None:
    value = Image(np.full((2, *size, channels), 0.5, np.float32))
    small = pixels_of(value)
    assert max(small.shape) <= LARGEST
    assert set(small[..., :3].ravel()) == {128}
    assert set(small[..., 3].ravel()) == {128 if channels == 4 else 255}


def test_reducing_averages() -> None:
    checks = np.indices((512, 512)).sum(0) % 2
    small = of_pixels(checks.astype(np.float32))
    assert (small.width, small.height) == (256, 256)
    assert set(small.data[0::4]) == {128}


def test_bytes_stay_bytes() -> None:
    small = of_pixels(np.full((300, 300, 3), 7, np.uint8))
    assert set(small.data[0::4]) == {7}


def test_numbers_outside_the_range_are_clamped() -> None:
    values = np.array([[[[-1.0, np.nan, 9.0]]]], np.float32)
    assert pixels_of(Image(values)).ravel().tolist() == [0, 0, 255, 255]


def test_a_film_shows_its_own_first_frame(tmp_path: Path) -> None:
    pictures = [np.full((4, 6, 3), level, np.float32) for level in (0.0, 0.2, 0.4)]
    film = Frames(str(folder(tmp_path / "film", pictures)), start=1, stop=3)
    assert set(pixels_of(film)[..., :3].ravel()) == {51}


def test_a_list_shows_its_first_item_and_handles_show_nothing() -> None:
    mask = Mask(np.ones((1, 2, 2), np.float32))
    assert pixels_of(Sequence((mask, mask)))[0, 0].tolist() == [255] * 4
    assert thumbnail(DiffusionModel("a")) is None
    assert thumbnail(Sequence(())) is None
