"""Hints of colours without a network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from studio.core.errors import ShapeError
from studio.diffusion.hints import colours
from tests.diffusion.hints.setting import Pixels, batch, digest

MASK = np.zeros((1, 72, 96), np.float32)
MASK[:, 10:30, 20:50] = 1
ALL: dict[str, Callable[[Pixels], Pixels]] = {
    "blur": partial(colours.blur, sigma=9),
    "tile": partial(colours.tile, down=4),
    "color_grid": partial(colours.color_grid, edge=24),
    "shuffle": partial(colours.shuffle, seed=5),
    "luminance": partial(colours.recolor, by="luminance", gamma=1),
    "intensity": partial(colours.recolor, by="intensity", gamma=0.5),
    "inpaint": partial(colours.inpaint_hint, mask=MASK),
}
GOLDEN: dict[str, list[float]] = {
    "blur": [0.5138, 0.5108, 0.6028, 0.6634, 0.4371, 0.3329, 0.5825, 0.674, 0.5105, 0.5057, 0.6254, 0.6819],
    "tile": [0.5305, 0.5278, 0.6091, 0.6634, 0.4258, 0.2232, 0.6138, 0.6795, 0.5277, 0.5141, 0.6402, 0.6855],
    "color_grid": [0.5312, 0.5279, 0.6088, 0.663, 0.4249, 0.2207, 0.6161, 0.6799, 0.5283, 0.514, 0.6403, 0.6855],
    "shuffle": [0.6251, 0.6311, 0.6359, 0.6651, 0.3353, 0.4438, 0.6034, 0.6482, 0.4387, 0.3511, 0.2553, 0.4441],
    "luminance": [0.5749, 0.565, 0.6502, 0.7039, 0.4529, 0.2163, 0.6665, 0.7313, 0.5716, 0.5491, 0.7005, 0.7444],
    "intensity": [0.7552, 0.7605, 0.8036, 0.8399, 0.699, 0.5938, 0.8218, 0.8605, 0.7536, 0.753, 0.8414, 0.8704],
    "inpaint": [0.3847, -0.3404, 0.5306, 0.663, 0.3742, -0.0861, 0.584, 0.6799, 0.5283, 0.514, 0.6403, 0.6855],
}  # fmt: skip
every = pytest.mark.parametrize("name", ALL)


@every
def test_a_hint_is_the_same_as_ever(name: str) -> None:
    np.testing.assert_allclose(digest(ALL[name](batch())), GOLDEN[name], atol=1e-4)


@every
def test_hints_have_the_size_of_the_picture(name: str) -> None:
    made = ALL[name](batch())
    assert made.shape == batch().shape
    assert made.dtype == np.float32
    assert made.max() <= 1
    assert made.min() >= (-1 if name == "inpaint" else 0)


@every
def test_a_picture_alone_gives_what_it_gives_in_a_batch(name: str) -> None:
    whole = ALL[name](batch())
    for k in range(2):
        np.testing.assert_array_equal(ALL[name](batch()[k : k + 1])[0], whole[k])


@every
@pytest.mark.parametrize("shape", [(1, 1, 1, 3), (1, 1, 300, 3), (1, 300, 1, 3)])
def test_the_smallest_pictures_give_hints(name: str, shape: tuple[int, ...]) -> None:
    made = ALL[name](np.full(shape, 0.25, np.float32))
    assert made.shape == shape
    assert np.isfinite(made).all()


def test_no_detail_is_taken_at_1() -> None:
    np.testing.assert_array_equal(colours.tile(batch(), 1), batch())


def test_more_detail_is_taken_with_a_smaller_picture() -> None:
    lost = [np.abs(colours.tile(batch(), down) - batch()).mean() for down in (1.5, 3, 8)]
    assert lost == sorted(lost)


def test_squares_have_their_mean_colour() -> None:
    made = colours.color_grid(batch(), 24)
    mean = batch()[:, 24:48, 48:72].mean((1, 2))
    np.testing.assert_allclose(made[:, 30, 60], mean, atol=1e-5)
    assert len(np.unique(made[0].reshape(-1, 3), axis=0)) <= 12


def test_pictures_smaller_than_a_square_have_one_colour() -> None:
    made = colours.color_grid(batch(), 256)
    assert len(np.unique(made[0].reshape(-1, 3), axis=0)) == 1


def test_the_seed_moves_what_is_shuffled() -> None:
    one, again, other = (colours.shuffle(batch(), seed) for seed in (1, 1, 2**64 - 1))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).mean() > 0.01


def test_all_pictures_of_a_batch_are_shuffled_alike() -> None:
    same = np.repeat(batch()[:1], 2, 0)
    made = colours.shuffle(same, 3)
    np.testing.assert_array_equal(made[0], made[1])


def test_shuffled_colours_are_those_of_the_picture() -> None:
    red = np.zeros((1, 40, 40, 3), np.float32)
    red[..., 0] = 0.7
    np.testing.assert_allclose(colours.shuffle(red, 9), red, atol=1e-6)


@pytest.mark.parametrize("by", ["luminance", "intensity"])
def test_grey_keeps_its_order_and_black_and_white_stay(by: colours.Brightness) -> None:
    slope = np.repeat(np.linspace(0, 1, 9, dtype=np.float32)[None, None, :, None], 3, -1)
    made = colours.recolor(slope, by, 1)[0, 0, :, 0]
    assert (np.diff(made) > 0).all()
    np.testing.assert_allclose(made[[0, -1]], [0, 1], atol=1e-4)


def test_the_intensity_is_the_strongest_channel() -> None:
    np.testing.assert_array_equal(colours.recolor(batch(), "intensity", 1)[..., 1], batch().max(-1))


def test_gamma_is_a_power() -> None:
    plain, dark = (colours.recolor(batch(), "luminance", gamma) for gamma in (1, 2))
    np.testing.assert_allclose(dark, plain**2, atol=1e-6)


def test_what_is_masked_is_minus_1_and_the_rest_stays() -> None:
    made = colours.inpaint_hint(batch(), MASK)
    assert (made[:, 10:30, 20:50] == -1).all()
    np.testing.assert_array_equal(made[:, 30:], batch()[:, 30:])


def test_a_mask_is_cut_at_one_half_and_brought_to_the_size_of_the_picture() -> None:
    small = np.array([[[0.49, 0.51]]], np.float32)
    marked = colours.inpaint_hint(np.zeros((1, 8, 8, 3), np.float32), small)[0, 0, :, 0] < 0
    assert marked.tolist() == [False] * 4 + [True] * 4


def test_each_picture_may_have_its_mask() -> None:
    made = colours.inpaint_hint(batch(), np.concatenate([MASK, 0 * MASK]))
    assert (made[0].min(), made[1].min() >= 0) == (-1, True)
    with pytest.raises(ShapeError, match="there are 3 masks for 2 pictures"):
        colours.inpaint_hint(batch(), np.repeat(MASK, 3, 0))
