"""Enlarging in tiles: no seams, any size, grey and alpha, and numbers that run over."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest
import torch
from spandrel import MAIN_REGISTRY
from torch import Tensor

from studio.core.context import Progress, result_of
from studio.core.errors import NotFiniteError, RangeError, ShapeError
from studio.core.values import Image
from studio.diffusion.pixels.filters import resize
from studio.diffusion.upscale.finishing import Finish
from studio.diffusion.upscale.networks import UpscalerNetwork
from studio.diffusion.upscale.pictures import Make, Pixels, Tiling, enlarge, settled
from studio.diffusion.upscale.targets import Target
from tests.counts import count
from tests.diffusion.upscale.test_networks import described
from tests.tiny_upscalers import lively, make

pytestmark = pytest.mark.torch

WHOLE = Tiling(0)
ITSELF = Target()
SETTINGS = [
    Tiling(edge, overlap)
    for overlap in (8, 12, 16, 24, 32)
    for edge in (64, 96, 128, 160, 200)
    if overlap <= edge // 4
][:20]


def network(name: str = "lively") -> UpscalerNetwork:
    model = lively() if name == "lively" else make(name)
    return UpscalerNetwork(MAIN_REGISTRY.load(model.state_dict()))


def plain(call: Callable[[Tensor], Tensor], scale: int = 1, **facts: Any) -> UpscalerNetwork:
    """Return a network that is a function."""
    found = described(torch.nn.Conv2d(1, 1, 1), call=lambda model, values: call(values))
    vars(found).update(facts, scale=scale)
    return UpscalerNetwork(found)


def made_anew(pixels: Pixels, make: Make) -> Generator[Progress, None, Image]:
    return make()


def enlarged(
    of: UpscalerNetwork, pixels: Pixels, target: Target = ITSELF, cut: Tiling = WHOLE
) -> Pixels:
    def fail(code: str, text: str) -> None:
        raise AssertionError(text)

    return result_of(enlarge(of, pixels, target, cut, made_anew, fail))


def noise(*shape: int) -> Pixels:
    return np.random.default_rng(3).random(shape, np.float32)


def gradient(height: int, width: int) -> Pixels:
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return np.stack([across, down, across * down], -1, dtype=np.float32)[None]


def double(values: Tensor) -> Tensor:
    return values.repeat_interleave(2, 2).repeat_interleave(2, 3)


# --- Tiles ---


@pytest.mark.parametrize("name", ["lively", "SwinIR", "ESRGAN"])
@pytest.mark.parametrize(
    "picture", [gradient(150, 203), noise(1, 150, 203, 3)], ids=["even", "noise"]
)
def test_tiles_leave_no_seams(name: str, picture: Pixels) -> None:
    with_tiles = network(name)
    whole = enlarged(with_tiles, picture)
    assert np.ptp(whole) > 0.02
    for cut in SETTINGS[:: count(20, 1)]:
        apart = np.abs(enlarged(with_tiles, picture, cut=cut) - whole)
        assert apart.mean() <= 1 / 255, cut
        assert apart.max() <= 4 / 255, cut


def test_without_surroundings_there_would_be_seams() -> None:
    picture = noise(1, 150, 203, 3)
    whole = enlarged(network(), picture)
    assert np.abs(enlarged(network(), picture, cut=Tiling(64, 0)) - whole).max() > 4 / 255


def test_there_are_twenty_settings() -> None:
    assert len(set(SETTINGS)) == 20


def test_tiles_lie_where_they_belong() -> None:
    picture = noise(1, 70, 131, 3)
    made = enlarged(plain(double, 2), picture, cut=Tiling(64, 8))
    assert np.allclose(made, picture.repeat(2, 1).repeat(2, 2), atol=1e-6)


def test_no_tile_is_larger_than_its_edge_and_surroundings() -> None:
    seen: list[tuple[int, ...]] = []

    def look(values: Tensor) -> Tensor:
        seen.append(tuple(values.shape[2:]))
        return values

    enlarged(plain(look), noise(1, 90, 200, 3), cut=Tiling(64, 16))
    assert len(seen) == 2 * 4
    assert max(max(size) for size in seen) <= 64 + 2 * 16


def test_tiles_begin_where_the_windows_of_the_whole_picture_begin() -> None:
    picture = noise(1, 130, 130, 3)
    lefts: list[float] = []

    def look(values: Tensor) -> Tensor:
        lefts.append(float(values[0, 0, 0, 0]))
        return values

    model = torch.nn.Conv2d(1, 1, 1)
    model.window_size = 8  # type: ignore[assignment]  # as spandrel's networks have it
    windowed = plain(look, model=model)
    assert windowed.multiple == 8
    enlarged(windowed, picture, cut=Tiling(64, 12))
    assert set(lefts) <= set(picture[0, ::8, ::8, 0].ravel().tolist())


def test_smaller_tiles_after_short_memory_still_add_up() -> None:
    """T16: tiles that are not square, and memory that runs short after the first row."""
    picture = noise(1, 200, 310, 3)
    cut = Tiling(128, 32, splits=2)
    kept: list[Pixels] = []

    def keep(pixels: Pixels, make: Make) -> Generator[Progress, None, Image]:
        made = yield from make()
        kept.append(pixels)
        return made

    def stored(pixels: Pixels, make: Make) -> Generator[Progress, None, Image]:
        if any(np.array_equal(pixels, item) for item in kept[:3]):
            yield from ()
            return Image(pixels.repeat(2, 0).repeat(2, 1)[None])
        return (yield from make())

    doubled = plain(double, 2)
    result_of(enlarge(doubled, picture, Target(), Tiling(128, 32), keep, print))
    made = result_of(enlarge(doubled, picture, Target(), cut, stored, print))
    assert np.allclose(made, picture.repeat(2, 1).repeat(2, 2), atol=1e-6)


def edge_of(of: UpscalerNetwork, height: int, width: int, cut: Tiling) -> int | None:
    return settled(of, height, width, cut).edge


def test_the_size_of_tiles_follows_the_memory_that_was_measured() -> None:
    of = network()
    need = of.bytes_per_pixel * 500 * 500 * 1.5
    assert edge_of(of, 500, 500, Tiling(budget=int(need) + 1)) == 500
    fitting = edge_of(of, 500, 500, Tiling(budget=int(need / 4)))
    assert fitting == 250 - 2 * 16
    assert edge_of(of, 500, 500, Tiling(budget=1)) == 64
    assert edge_of(of, 500, 300, Tiling(0, budget=1)) == 500
    assert edge_of(plain(double, purpose="FaceSR"), 500, 300, Tiling(64)) == 500


def test_an_open_cut_lets_tiles_see_as_far_as_the_network_looks() -> None:
    def far(values: Tensor) -> Tensor:
        wide = torch.nn.functional.pad(values, (24, 24, 0, 0), mode="replicate")
        return (wide[..., :-48] + values + wide[..., 48:]) / 3

    cut = Tiling(None, 16, budget=1)
    assert plain(far).reach == 24
    assert plain(double, 2).reach == 0
    assert settled(plain(far), 200, 200, cut).overlap == 24
    assert settled(plain(double, 2), 200, 200, cut).overlap == 16
    assert settled(plain(far), 200, 200, Tiling(64, 16)).overlap == 16


def test_every_tile_is_a_step_and_shows_the_picture_so_far() -> None:
    picture = noise(2, 70, 131, 3)
    walk = enlarge(plain(double, 2), picture, Target(), Tiling(64, 8), made_anew, print)
    steps = [(step.done, step.total, step.preview()) for step in walk]
    assert [step[:2] for step in steps] == [(done, 12) for done in range(1, 13)]
    first = steps[0][2]
    assert max(first.shape) <= 256
    assert first.dtype == np.uint8
    assert np.abs(first / 255 - picture[0].repeat(2, 0).repeat(2, 1)[::2, ::2]).max() < 0.01


# --- Sizes ---


@pytest.mark.parametrize(
    ("target", "size"),
    [
        (Target(), (46, 34)),
        (Target(1.5), (34, 26)),
        (Target(3.3), (76, 56)),
        (Target(0.5), (12, 8)),
        (Target(width=100, height=100, aspect="fit"), (100, 74)),
        (Target(width=31, height=57, aspect="fill"), (31, 57)),
        (Target(width=31, height=57, aspect="stretch"), (31, 57)),
        (Target(megapixels=17 * 23 * 9 / 1e6), (69, 51)),
    ],
)
def test_any_size_is_met_exactly(target: Target, size: tuple[int, int]) -> None:
    made = enlarged(network(), noise(1, 17, 23, 3), target)
    assert made.shape == (1, size[1], size[0], 3)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (2, 3), (15, 15), (33, 17)])
@pytest.mark.parametrize("name", ["lively", "SwinIR", "HAT", "SAFMN"])
def test_pictures_of_any_size_go_through(name: str, size: tuple[int, int]) -> None:
    """T15: also those that are smaller than a tile."""
    of = network(name)
    made = enlarged(of, noise(1, *size, 3))
    assert made.shape == (1, size[0] * of.scale, size[1] * of.scale, 3)


def test_an_item_of_a_batch_is_what_it_would_be_alone() -> None:
    batch = noise(3, 40, 90, 3)
    together = enlarged(network(), batch, cut=Tiling(64, 16))
    alone = enlarged(network(), batch[1:2].copy(), cut=Tiling(64, 16))
    assert np.array_equal(together[1], alone[0])


@pytest.mark.parametrize("shape", [(0, 8, 8, 3), (1, 0, 8, 3), (1, 8, 8, 2)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="cannot be enlarged"):
        enlarged(network(), np.zeros(shape, np.float32))


def test_an_overlap_wider_than_the_tiles_allow_is_refused() -> None:
    with pytest.raises(RangeError, match="17 px is over a quarter of the tiles of 64"):
        enlarged(network(), noise(1, 8, 8, 3), cut=Tiling(64, 17))


# --- Channels and depth ---


def test_grey_stays_grey() -> None:
    grey = noise(1, 20, 30, 1)
    made = enlarged(network(), grey)
    assert made.shape == (1, 40, 60, 1)
    coloured = enlarged(network(), grey.repeat(3, -1))
    assert np.allclose(made, coloured.mean(-1, keepdims=True), atol=1e-6)


def test_a_grey_network_takes_colours_one_by_one() -> None:
    picture = noise(1, 20, 30, 3)
    made = enlarged(network("DnCNN"), picture)
    green = enlarged(network("DnCNN"), picture[..., 1:2].copy())
    assert np.allclose(made[..., 1:2], green, atol=1e-6)


def test_a_network_with_alpha_gets_opaque_colours() -> None:
    seen: list[Tensor] = []

    def look(values: Tensor) -> Tensor:
        seen.append(values)
        return values

    picture = noise(1, 8, 8, 3)
    assert np.array_equal(enlarged(plain(look, input_channels=4), picture), picture)
    assert seen[0].shape == (1, 4, 8, 8)
    assert float(seen[0][:, 3].min()) == 1


def test_alpha_is_enlarged_and_colours_spread_under_it() -> None:
    picture = np.zeros((1, 32, 32, 4), np.float32)
    picture[:, 8:24, 8:24] = (0.9, 0.5, 0.1, 1)
    made = enlarged(plain(double, 2), picture)
    assert np.array_equal(made[..., 3], picture[..., 3].repeat(2, 1).repeat(2, 2))
    assert np.allclose(made[..., :3], (0.9, 0.5, 0.1))


def test_alpha_that_is_the_same_everywhere_needs_no_network() -> None:
    picture = noise(1, 20, 30, 4)
    picture[..., 3] = 0.25
    made = enlarged(network(), picture)
    assert np.array_equal(made[..., 3], np.full((1, 40, 60), 0.25, np.float32))
    assert np.array_equal(made[..., :3], enlarged(network(), picture[..., :3].copy()))


def test_alpha_can_be_left_out() -> None:
    picture = noise(1, 20, 30, 4)
    made = result_of(
        enlarge(network(), picture, ITSELF, WHOLE, made_anew, print, Finish(has_alpha=False))
    )
    assert np.array_equal(made, enlarged(network(), picture[..., :3].copy()))


def test_sixteen_bits_stay_apart() -> None:
    levels = np.arange(64 * 64, dtype=np.float32).reshape(1, 64, 64, 1) / np.float32(65535)
    made = enlarged(plain(double, 2), levels)
    assert len(np.unique(np.round(made * 65535))) == 64 * 64


def test_the_input_stays_as_it_is() -> None:
    picture = noise(1, 20, 30, 4)
    picture.setflags(write=False)
    before = picture.copy()
    enlarged(network(), picture, Target(1.5), Tiling(64, 16))
    assert np.array_equal(picture, before)


def test_a_smaller_size_is_a_resized_result_of_the_network() -> None:
    picture = noise(1, 20, 30, 3)
    half = enlarged(network(), picture, Target(1))
    assert np.allclose(half, resize(enlarged(network(), picture), 30, 20), atol=1e-6)


# --- Numbers that run over ---


def test_tiles_that_run_over_in_halves_are_done_again_in_float32() -> None:
    formats: list[torch.dtype] = []

    def large(values: Tensor) -> Tensor:
        formats.append(values.dtype)
        bright = values.amax() > 0.5
        return values * 1e5 / 1e5 if bright else values

    picture = np.full((1, 64, 128, 3), 0.25, np.float32)
    picture[:, :, 64:] = 0.75
    said: list[str] = []
    halves = plain(large).half()
    walk = enlarge(
        halves, picture, Target(), Tiling(64, 0), made_anew, lambda code, text: said.append(code)
    )
    assert np.allclose(result_of(walk), picture, atol=1e-6)
    assert formats == [torch.float16, torch.float16, torch.float32]
    assert said == ["W_DTYPE"]


def test_a_network_that_is_broken_in_float32_is_refused() -> None:
    with pytest.raises(NotFiniteError, match="upscaler"):
        enlarged(plain(lambda values: values / 0), noise(1, 8, 8, 3))


def test_a_picture_that_is_no_number_is_refused() -> None:
    picture = noise(1, 8, 8, 3)
    picture[0, 3, 3, 0] = np.nan
    with pytest.raises(NotFiniteError, match="picture"):
        enlarged(network(), picture)


def test_results_stay_between_black_and_white() -> None:
    made = enlarged(plain(lambda values: values * 3 - 1), noise(1, 8, 8, 3))
    assert (made.min(), made.max()) == (0, 1)
