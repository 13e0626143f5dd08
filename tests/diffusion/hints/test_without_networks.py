"""What holds for all hints that need no network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from studio.diffusion.hints import colours, lines
from tests.diffusion.hints.setting import MASK, Pixels, batch, digest

Works = dict[str, Callable[[Pixels], Pixels]]
LINES: Works = {
    "canny": partial(lines.canny, low=100, high=200, aperture=3, l2=False),
    "scribble": partial(lines.scribble, threshold=32),
    "line_art": partial(lines.line_art, sigma=6, intensity=8),
    "soft_edge": lines.soft_edge,
}
MAPS: Works = LINES | {
    "threshold": partial(lines.threshold, level=0.5),
    "otsu": partial(lines.threshold, level=None),
}
ALL: Works = MAPS | {
    "blur": partial(colours.blur, sigma=9),
    "tile": partial(colours.tile, down=4),
    "color_grid": partial(colours.color_grid, edge=24),
    "shuffle": partial(colours.shuffle, seed=5),
    "luminance": partial(colours.recolor, by="luminance", gamma=1),
    "intensity": partial(colours.recolor, by="intensity", gamma=0.5),
    "inpaint": partial(colours.inpaint_hint, mask=MASK),
}
GOLDEN: dict[str, list[float]] = {
    "canny": [0.0122, 0.0434, 0.092, 0.0556, 0.0469, 0.0139, 0.0538, 0.0295, 0.0156, 0.0451, 0.0278, 0.0278],
    "scribble": [0.0052, 0.0851, 0.0417, 0.0295, 0.026, 0.1076, 0.0503, 0.0052, 0.0087, 0.0938, 0.0, 0.0],
    "line_art": [0.0164, 0.087, 0.0417, 0.026, 0.123, 0.2301, 0.0405, 0.0035, 0.0206, 0.1033, 0.0, 0.0],
    "soft_edge": [0.077, 0.2457, 0.1231, 0.0868, 0.2492, 0.1563, 0.2559, 0.084, 0.0872, 0.2606, 0.1147, 0.0786],
    "threshold": [0.9861, 0.8472, 0.9583, 0.974, 0.6684, 0.0104, 0.9497, 0.9965, 0.9774, 0.809, 1.0, 1.0],
    "otsu": [0.9861, 0.8472, 0.9583, 0.974, 0.6684, 0.0104, 0.9497, 0.9965, 0.9774, 0.809, 1.0, 1.0],
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


@pytest.mark.parametrize("name", MAPS)
def test_maps_have_three_equal_channels_that_show_something(name: str) -> None:
    made = MAPS[name](batch())
    np.testing.assert_array_equal(made[..., 0], made[..., 1])
    np.testing.assert_array_equal(made[..., 0], made[..., 2])
    assert made.min() < made.max()


@every
def test_a_picture_alone_gives_what_it_gives_in_a_batch(name: str) -> None:
    whole = ALL[name](batch())
    for k in range(2):
        np.testing.assert_array_equal(ALL[name](batch()[k : k + 1])[0], whole[k])


@every
@pytest.mark.parametrize(
    "shape", [(1, 1, 1, 3), (1, 1, 9, 3), (1, 9, 1, 3), (1, 1, 300, 3), (1, 300, 1, 3)]
)
def test_the_smallest_pictures_give_hints(name: str, shape: tuple[int, ...]) -> None:
    made = ALL[name](np.full(shape, 0.25, np.float32))
    assert made.shape == shape
    assert np.isfinite(made).all()


@pytest.mark.parametrize("name", LINES)
def test_a_flat_picture_has_no_lines(name: str) -> None:
    assert LINES[name](np.full((1, 32, 32, 3), 0.4, np.float32)).max() < 1e-6
