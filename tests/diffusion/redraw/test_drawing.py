"""One part of one picture drawn anew, with tiny real networks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from studio.core.context import result_of
from studio.core.errors import NotFiniteError
from studio.core.values import Mask
from studio.diffusion.painting import Painter
from studio.diffusion.redraw.crops import Crop
from studio.diffusion.redraw.drawing import Redraw, drawn, paste, redraw
from studio.diffusion.redraw.ring import ringed
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.tiling import Tile
from studio.facts.families import family
from tests import tiny
from tests.diffusion.setting import prompt

pytestmark = pytest.mark.torch

SD15 = family("sd15")
CROP = Crop(Tile(10, 6, 42, 30), 64, 48)
SETTINGS = Settings(seed=3, steps=2, guidance=2.0, denoise=0.6)


@cache
def networks() -> tuple[Any, Any]:
    return tiny.sd15_unet(), tiny.vae()


def tools(**changes: Any) -> Redraw:
    unet, vae = networks()
    painter = Painter(unet, SD15, "epsilon", (), lambda code, text: None)
    made = Redraw(painter, vae, SD15.latent_scale, (prompt(1),), prompt(2), SETTINGS)
    return replace(made, **changes)


def picture(channels: int = 3) -> NDArray[np.float32]:
    made = np.random.default_rng(0).random((40, 56, channels), np.float32)
    made.setflags(write=False)
    return made


def soft_mask() -> NDArray[np.float32]:
    mask = np.zeros((40, 56), np.float32)
    mask[12:24, 16:36] = np.linspace(0, 1, 20, dtype=np.float32)
    mask.setflags(write=False)
    return mask


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_what_the_mask_keeps_keeps_its_bits(channels: int) -> None:
    before, mask = picture(channels), soft_mask()
    after = result_of(redraw(tools(), before, mask, CROP))
    assert after.shape == before.shape
    np.testing.assert_array_equal(after[mask == 0], before[mask == 0])
    assert (after[mask > 0.5] != before[mask > 0.5]).any()


def test_alpha_stays_as_it_was() -> None:
    before = picture(4)
    after = result_of(redraw(tools(), before, None, CROP))
    np.testing.assert_array_equal(after[..., 3], before[..., 3])


def test_without_a_mask_the_whole_crop_is_redrawn_and_nothing_else() -> None:
    before = picture()
    after = result_of(redraw(tools(), before, None, CROP))
    changed = (after != before).any(-1)
    assert changed[CROP.tile.slices].mean() > 0.99
    changed[CROP.tile.slices] = False
    assert not changed.any()


def test_the_same_is_drawn_twice() -> None:
    first, second = (result_of(redraw(tools(), picture(), soft_mask(), CROP)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_part_is_laid_over_by_its_alpha() -> None:
    before, alpha = picture(), soft_mask()[CROP.tile.slices]
    made = np.full((24, 32, 3), 0.5, np.float32)
    after = paste(before, made, alpha, CROP)
    expected = made * alpha[..., None] + before[CROP.tile.slices] * (1 - alpha[..., None])
    np.testing.assert_allclose(after[CROP.tile.slices], expected, atol=1e-7)


def test_grey_stays_grey() -> None:
    part = picture(1)[CROP.tile.slices]
    assert result_of(drawn(tools(), part, None, CROP, (56, 40))).shape == (24, 32, 1)


def test_no_denoise_only_goes_through_the_vae() -> None:
    still = replace(SETTINGS, denoise=0.0)
    one = result_of(drawn(tools(settings=still), picture()[CROP.tile.slices], None, CROP, (56, 40)))
    other = replace(still, seed=99)
    two = result_of(drawn(tools(settings=other), picture()[CROP.tile.slices], None, CROP, (56, 40)))
    np.testing.assert_array_equal(one, two)


def test_cycles_draw_again_from_the_last_result() -> None:
    part = picture()[CROP.tile.slices]
    once, twice = (
        result_of(drawn(tools(cycles=cycles), part, None, CROP, (56, 40))) for cycles in (1, 2)
    )
    assert np.abs(once - twice).max() > 1e-3


def test_progress_rises_to_its_end_and_shows_what_comes() -> None:
    shown = tools(cycles=2, preview=lambda denoised: np.zeros((2, 2, 3), np.uint8))
    steps = list(redraw(shown, picture(), soft_mask(), CROP))
    done = [step.done for step in steps]
    assert done == sorted(done)
    assert {step.total for step in steps} == {6}
    assert max(done) <= 6
    assert sum(step.preview is not None for step in steps) == 4


def test_it_stops_at_every_step() -> None:
    count = len(list(redraw(tools(), picture(), soft_mask(), CROP)))
    for stop in range(1, count + 1):
        walk = redraw(tools(), picture(), soft_mask(), CROP)
        for _ in range(stop):
            next(walk)
        walk.close()


def test_numbers_that_are_none_stop_it() -> None:
    broken = picture().copy()
    broken[15, 20] = np.nan
    with pytest.raises(NotFiniteError):
        result_of(redraw(tools(), broken, soft_mask(), CROP))


def test_the_region_of_a_prompt_is_cut_to_the_crop() -> None:
    region = np.zeros((1, 40, 56), np.float32)
    region[:, :, 26:] = 1
    here = np.zeros((1, 24, 32), np.float32)
    here[:, :, 16:] = 1
    part, base = picture()[CROP.tile.slices], prompt(5)
    by_picture = (prompt(1), replace(base, mask=Mask(region)))
    by_crop = (prompt(1), replace(base, mask=Mask(here)))
    whole = Crop(Tile(0, 0, 32, 24), 64, 48)
    one = result_of(drawn(tools(positive=by_picture), part, None, CROP, (56, 40)))
    two = result_of(drawn(tools(positive=by_crop), part, None, whole, (32, 24)))
    np.testing.assert_allclose(one, two, atol=1e-5)


@dataclass
class Seen:
    """A control that only notes how it was cropped."""

    crops: list[Any] = field(default_factory=list)

    def cropped(self, box: Any, size: Any) -> Any:
        self.crops.append((box, size))
        return self


def test_controls_are_cut_to_the_crop() -> None:
    control: Any = Seen()
    painter = replace(tools().painter, controls=(control,))
    still = tools(painter=painter, settings=replace(SETTINGS, denoise=0.0))
    result_of(redraw(still, picture(), soft_mask(), CROP))
    assert control.crops == [((10, 6, 42, 30), (56, 40))]


def test_the_ring_takes_back_a_shift_of_colours() -> None:
    source = picture()[:24, :32]
    mask = np.zeros((24, 32), np.float32)
    mask[8:16, 8:24] = 1
    made = np.clip(source * 0.5, 0, 1) + np.array([0.1, 0.0, 0.2], np.float32)
    truth = np.clip(source * 0.5, 0, 1)
    ring = ringed(made, truth, mask)
    np.testing.assert_allclose(ring, truth, atol=1e-5)


def test_the_ring_looks_only_around_the_mask() -> None:
    source = np.full((64, 64, 3), 0.5, np.float32)
    made = source.copy()
    mask = np.zeros((64, 64), np.float32)
    mask[28:36, 28:36] = 1
    made[28:36, 28:36], made[:8] = 0.9, 0.0
    np.testing.assert_array_equal(ringed(made, source, mask), made)


@pytest.mark.parametrize("mask", [None, np.ones((24, 32), np.float32)])
def test_where_nothing_is_kept_the_border_is_compared(mask: Any) -> None:
    source = np.full((24, 32, 1), 0.5, np.float32)
    np.testing.assert_allclose(ringed(source + np.float32(0.25), source, mask), source, atol=1e-6)


def test_torch_is_left_as_it_was() -> None:
    before = torch.random.get_rng_state()
    result_of(redraw(tools(), picture(), soft_mask(), CROP))
    assert torch.equal(before, torch.random.get_rng_state())
