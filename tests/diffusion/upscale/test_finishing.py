"""The last steps of enlarging: exact size, tones, strength."""

from __future__ import annotations

import numpy as np
import pytest

from studio.diffusion.pixels.filters import Pixels, resize
from studio.diffusion.upscale.finishing import Finish, finished
from studio.media import colour
from tests.nodes.fakes import pixels

SMALL = pixels((6, 8, 3))
LARGE = pixels((12, 16, 3)) * np.float32(0.5)


def shown(finish: Finish, made: Pixels = LARGE, box: tuple[int, int] = (16, 12)) -> Pixels:
    return finished(made, SMALL, box, "stretch", finish)


def test_without_wishes_the_result_is_the_networks() -> None:
    assert np.array_equal(shown(Finish()), LARGE)


def test_strength_mixes_with_a_plain_enlargement() -> None:
    plain = resize(SMALL[None], 16, 12)[0]
    assert np.allclose(shown(Finish(strength=0)), np.clip(plain, 0, 1), atol=1e-6)
    half = np.clip((plain + LARGE) / 2, 0, 1)
    assert np.allclose(shown(Finish(strength=0.5)), half, atol=1e-6)


def test_tones_come_from_the_original() -> None:
    plain = resize(SMALL[None], 16, 12)[0]
    gap = np.abs(shown(Finish(tones="mean")).mean((0, 1)) - plain.mean((0, 1)))
    assert gap.max() < 0.01
    assert np.abs(LARGE.mean((0, 1)) - plain.mean((0, 1))).min() > 0.1


def test_linear_light_keeps_the_light_of_fine_stripes() -> None:
    stripes = np.zeros((8, 8, 3), np.float32)
    stripes[::2] = 1
    encoded = finished(stripes, stripes, (4, 4), "stretch", Finish("area"))
    linear = finished(stripes, stripes, (4, 4), "stretch", Finish("area", is_linear=True))
    assert np.allclose(encoded, 0.5)
    assert np.allclose(colour.decode(linear), 0.5, atol=1e-3)


@pytest.mark.parametrize("is_linear", [False, True])
def test_the_method_is_the_one_asked_for(is_linear: bool) -> None:
    made = shown(Finish("nearest", is_linear), box=(8, 6))
    assert np.allclose(made, resize(LARGE[None], 8, 6, "nearest")[0], atol=1e-5)


def test_alpha_stays_whatever_is_done_to_colours() -> None:
    made = np.concatenate([LARGE, pixels((12, 16, 1))], -1)
    result = finished(made, SMALL, (16, 12), "stretch", Finish(strength=0.3, tones="lab"))
    assert np.array_equal(result[..., 3], made[..., 3])
