"""The latent nodes on a tiny checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, get_args

import numpy as np
import pytest
import torch

from nodes.latent.decode import decode_latent
from nodes.latent.empty import empty_latent
from nodes.latent.encode import encode_image
from nodes.latent.mask import mask_latent
from nodes.latent.upscale import upscale_latent
from studio.core.context import Progress, result_of
from studio.core.errors import (
    FamilyMismatchError,
    NotFiniteError,
    RangeError,
    ShapeError,
    UnknownFamilyError,
)
from studio.core.spec import Input, NodeSpec
from studio.core.values import DiffusionModel, Handle, Image, Latent, Mask, Vae
from studio.diffusion.latents import Method
from studio.diffusion.vae import decode
from tests import tiny

pytestmark = pytest.mark.torch

VAE = Vae("tiny.safetensors", "sd15")
METHODS = get_args(Method)


@dataclass
class Lender:
    """A context that lends one VAE, and notes what was said."""

    network: Any = field(default_factory=tiny.vae)
    memory_budget: int = 2**40
    lent: int = 0
    warned: list[tuple[str, str]] = field(default_factory=list)

    @contextmanager
    def on_device(self, handle: Handle) -> Iterator[Any]:
        self.lent += 1
        try:
            yield self.network
        finally:
            self.lent -= 1

    def warn(self, code: str, text: str) -> None:
        self.warned.append((code, text))


def picture(*shape: int) -> Image:
    return Image(np.random.default_rng(1).random(shape, np.float32))


def latent(*shape: int) -> Latent:
    return Latent(torch.randn(shape, generator=torch.Generator().manual_seed(2)), "sd15")


def encoded(ctx: Any, image: Image, vae: Vae = VAE) -> Latent:
    return result_of(encode_image(vae, image, ctx=ctx))


def decoded(ctx: Any, given: Latent, vae: Vae = VAE) -> Image:
    return result_of(decode_latent(vae, given, ctx=ctx))


def parameter(node: Any, name: str) -> Input:
    spec: NodeSpec = node.__node_spec__
    return next(item for item in spec.inputs if item.name == name)


def test_an_empty_latent_is_zeros_of_the_family() -> None:
    made = empty_latent(DiffusionModel("x", "sdxl"), 64, 128, 3)
    assert made.family == "sdxl"
    assert torch.equal(made.samples, torch.zeros(3, 4, 16, 8))
    assert (made.mask, made.sigma) == (None, 0.0)


def test_an_empty_latent_needs_a_family() -> None:
    with pytest.raises(UnknownFamilyError):
        empty_latent(DiffusionModel("x"), 64, 64, 1)


@pytest.mark.parametrize("name", ["width", "height"])
@pytest.mark.parametrize("value", [0, 56, 100, 8200, -64])
def test_sizes_outside_the_range_are_refused(name: str, value: int) -> None:
    size = parameter(empty_latent, name)
    assert size.problem(value)
    assert not size.problem(64)
    assert not size.problem(8192)


@pytest.mark.parametrize("value", [0, 257, -1])
def test_batches_outside_the_range_are_refused(value: int) -> None:
    assert parameter(empty_latent, "batch").problem(value)


def test_decoding_scales_and_lends_the_vae_for_as_long_as_it_works() -> None:
    ctx: Any = Lender()
    given = latent(2, 4, 4, 5)
    walk = decode(tiny.vae(), 0.18215, given.samples, budget=2**40, warn=ctx.warn)
    expected = result_of(walk)
    told: list[Progress] = []
    steps = decode_latent(VAE, given, ctx=ctx)
    told.append(next(steps))
    assert ctx.lent == 1
    assert told[0].done == 1
    steps.close()
    assert ctx.lent == 0
    assert np.array_equal(decoded(ctx, given).pixels, expected)
    assert not ctx.warned


def test_a_small_budget_decodes_in_tiles_with_the_same_result() -> None:
    given = latent(1, 4, 10, 12)
    whole, tiled = decoded(Lender(), given), decoded(Lender(memory_budget=1), given)
    assert np.abs(whole.pixels - tiled.pixels).max() <= 1e-4
    steps: Any = decode_latent(VAE, given, ctx=Lender(memory_budget=1))  # type: ignore[arg-type]  # only what the node asks for
    assert len(list(steps)) > len(tiny.vae().decoder.up_blocks) + 5


def test_encoding_and_decoding_keep_size_batch_and_family() -> None:
    ctx = Lender()
    made = encoded(ctx, picture(2, 24, 40, 3))
    assert (made.samples.shape, made.family) == ((2, 4, 3, 5), "sd15")
    assert decoded(ctx, made).pixels.shape == (2, 24, 40, 3)
    assert not ctx.warned


def test_odd_sizes_are_filled_up_and_told() -> None:
    ctx = Lender()
    assert encoded(ctx, picture(1, 21, 30, 3)).samples.shape == (1, 4, 3, 4)
    [(code, text)] = ctx.warned
    assert code == "W_QUALITY"
    assert "30 x 21" in text
    assert "32 x 24" in text


def test_alpha_is_left_out_and_told() -> None:
    ctx, image = Lender(), picture(1, 16, 16, 4)
    opaque = Image(np.concatenate([image.pixels[..., :3], np.ones((1, 16, 16, 1), "f4")], axis=3))
    assert torch.equal(encoded(ctx, image).samples, encoded(ctx, opaque).samples)
    assert [code for code, _ in ctx.warned] == ["W_UNUSED"]


def test_a_vae_without_a_family_uses_its_own_scale() -> None:
    ctx = Lender(network=tiny.vae(scale=0.5))
    image = picture(1, 16, 16, 3)
    made = encoded(ctx, image, Vae("vae.safetensors"))
    assert made.family == ""
    assert [code for code, _ in ctx.warned] == ["W_QUALITY"]
    known = encoded(Lender(network=tiny.vae()), image)
    assert torch.allclose(made.samples / 0.5, known.samples / 0.18215)
    assert decoded(ctx, made, Vae("vae.safetensors")).pixels.shape == (1, 16, 16, 3)


def test_wrong_families_are_refused_before_anything_is_lent() -> None:
    with pytest.raises(FamilyMismatchError, match="XL"):
        decoded(None, latent(1, 4, 4, 4), Vae("x", "sdxl"))


def test_noise_that_is_left_over_is_told() -> None:
    ctx = Lender()
    decoded(ctx, replace(latent(1, 4, 2, 2), sigma=3.0))
    assert [code for code, _ in ctx.warned] == ["W_NOISE_MISMATCH"]


def test_what_cannot_be_a_picture_is_refused() -> None:
    with pytest.raises(ShapeError):
        encoded(Lender(), Image(np.zeros((0, 16, 16, 3), np.float32)))
    with pytest.raises(ShapeError):
        decoded(Lender(), latent(1, 16, 4, 4))
    with pytest.raises(NotFiniteError):
        decoded(Lender(), Latent(torch.full((1, 4, 2, 2), torch.inf), "sd15"))


@pytest.mark.parametrize("mode", ["soft", "hard", "gradient"])
def test_a_mask_is_put_on_a_latent(mode: Any) -> None:
    given, mask = latent(2, 4, 4, 6), Mask(np.ones((1, 32, 48), np.float32))
    masked = mask_latent(given, mask, mode)
    assert masked.mask is mask
    assert masked.mask_mode == mode
    assert masked.samples is given.samples
    assert given.mask is None


@pytest.mark.parametrize("shape", [(1, 48, 32), (3, 32, 48), (1, 0, 48), (0, 32, 48)])
def test_masks_that_do_not_fit_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError):
        mask_latent(latent(2, 4, 4, 6), Mask(np.ones(shape, np.float32)))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [0.5, 1.4, 2.0])
def test_resizing_a_latent_keeps_items_apart(method: Method, scale: float) -> None:
    given = replace(latent(3, 4, 10, 6), item_seeds=(1, 2, 3), sigma=0.5)
    before = given.samples.clone()
    resized = upscale_latent(given, scale, method)
    assert resized.samples.shape == (3, 4, round(10 * scale), round(6 * scale))
    assert (resized.item_seeds, resized.sigma, resized.family) == ((1, 2, 3), 0.5, "sd15")
    assert torch.equal(given.samples, before)
    alone = upscale_latent(replace(given, samples=given.samples[1:2].clone()), scale, method)
    assert torch.equal(alone.samples[0], resized.samples[1])


def test_nearest_repeats_and_area_averages() -> None:
    given = latent(1, 4, 4, 4)
    double = upscale_latent(given, 2.0, "nearest").samples
    assert torch.equal(double[..., ::2, 1::2], given.samples)
    half = upscale_latent(given, 0.5, "area").samples
    assert torch.allclose(half[0, 0, 0, 0], given.samples[0, 0, :2, :2].mean())


@pytest.mark.parametrize("method", METHODS)
def test_a_flat_latent_stays_flat(method: Method) -> None:
    given = Latent(torch.full((1, 4, 5, 7), 0.25), "sd15")
    for scale in (0.3, 3.0):
        found = upscale_latent(given, scale, method).samples
        assert torch.allclose(found, torch.tensor(0.25), atol=1e-6)


def test_a_latent_keeps_at_least_one_row() -> None:
    assert upscale_latent(latent(1, 4, 2, 2), 0.125).samples.shape == (1, 4, 1, 1)


def test_latents_over_the_limit_are_refused() -> None:
    with pytest.raises(RangeError, match="8200"):
        upscale_latent(latent(1, 4, 2, 205), 5.0)
    with pytest.raises(ShapeError, match="empty"):
        upscale_latent(latent(1, 4, 0, 2), 2.0)


@pytest.mark.parametrize("value", [0.0, 9.0, float("nan"), float("inf")])
def test_scales_outside_the_range_are_refused(value: float) -> None:
    assert parameter(upscale_latent, "scale").problem(value)
