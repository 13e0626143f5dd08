from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from studio.core.context import result_of
from studio.core.errors import NotFiniteError, ShapeError, UnsupportedError
from studio.diffusion import stages
from studio.diffusion.vae import decode, encode, factor, tile_edge, whole_bytes
from tests import tiny

pytestmark = pytest.mark.torch

SCALE = 0.18215
PLENTY = 2**40
Pixels = NDArray[np.float32]


@pytest.fixture(scope="module")
def vae() -> Any:
    network = copy.deepcopy(tiny.vae())
    generator = torch.Generator().manual_seed(5)
    for module in network.modules():
        if isinstance(module, torch.nn.GroupNorm):
            module.weight.data += 0.3 * torch.randn(module.weight.shape, generator=generator)
            module.bias.data += 0.3 * torch.randn(module.bias.shape, generator=generator)
    return network


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(3))


def slope(*shape: int) -> torch.Tensor:
    rows, columns = torch.meshgrid(
        torch.linspace(-1, 1, shape[-2]), torch.linspace(-2, 2, shape[-1]), indexing="ij"
    )
    return (rows + columns).expand(shape).contiguous()


def picture(*shape: int) -> Pixels:
    return np.random.default_rng(4).random(shape, np.float32)


def silent(code: str, text: str) -> None:
    raise AssertionError(text)


def decoded(vae: Any, samples: torch.Tensor, budget: int = PLENTY) -> Pixels:
    return result_of(decode(vae, SCALE, samples, budget=budget, warn=silent))


def encoded(vae: Any, pixels: Pixels, budget: int = PLENTY) -> torch.Tensor:
    return result_of(encode(vae, SCALE, pixels, budget=budget, warn=silent))


def test_decoding_is_that_of_diffusers(vae: Any) -> None:
    samples = noise(1, 4, 8, 6)
    expected = vae.decode(samples / 0.18215).sample[0].permute(1, 2, 0) / 2 + 0.5
    found = decoded(vae, samples)
    assert found.shape == (1, 64, 48, 3)
    assert found.flags.c_contiguous
    assert np.array_equal(found[0], expected.numpy())


def test_encoding_is_the_scaled_mode_of_diffusers(vae: Any) -> None:
    pixels = picture(1, 64, 48, 3)
    values = torch.tensor(pixels).permute(0, 3, 1, 2).contiguous() * 2 - 1
    expected = vae.encode(values).latent_dist.mode() * 0.18215
    assert torch.equal(encoded(vae, pixels), expected)


@pytest.mark.parametrize("budget", [PLENTY, 1])
def test_an_item_alone_is_the_item_in_a_batch(vae: Any, budget: int) -> None:
    samples, pixels = noise(3, 4, 5, 7), picture(3, 40, 56, 3)
    together, latents = decoded(vae, samples, budget), encoded(vae, pixels, budget)
    for k in range(3):
        assert np.array_equal(decoded(vae, samples[k : k + 1], budget)[0], together[k])
        assert torch.equal(encoded(vae, pixels[k : k + 1], budget)[0], latents[k])


@pytest.mark.parametrize("make", [noise, slope])
@pytest.mark.parametrize("edge", [3, 8, 16, 31, 64, 100])
def test_a_tiled_half_is_the_whole_half(vae: Any, make: Any, edge: int) -> None:
    for part, values in (("decoder", make(1, 4, 9, 7)), ("encoder", make(1, 3, 72, 56))):
        network = getattr(vae, part)
        of = stages.decoder_stages if part == "decoder" else stages.encoder_stages
        before = values.clone()
        found = result_of(stages.run(of(network), values, edge))
        assert (found - network(values)).abs().max() <= 1e-4
        assert torch.equal(values, before)


def test_a_tiled_picture_has_no_seams(vae: Any) -> None:
    flat = torch.full((1, 4, 24, 24), 0.3)
    whole, tiled = decoded(vae, flat), decoded(vae, flat, budget=1)
    assert tile_edge(vae, "decoder", 192, 192, 1) == 64
    for axis in (1, 2):
        steps, expected = np.diff(tiled, axis=axis), np.diff(whole, axis=axis)
        assert np.abs(steps - expected).max() <= 1e-5


def test_tiles_follow_from_the_budget(vae: Any) -> None:
    needed = whole_bytes(vae, "decoder", 512, 768)
    assert tile_edge(vae, "decoder", 512, 768, needed) == 0
    assert tile_edge(vae, "decoder", 512, 768, needed - 1) > 0
    edges = [tile_edge(vae, "decoder", 4096, 4096, budget) for budget in (2**20, 2**24, 2**28)]
    assert edges == sorted(edges)
    assert edges[0] == 64


def test_the_estimate_is_what_was_measured_with_the_usual_widths() -> None:
    class Usual:
        dtype = torch.float32

        class config:  # noqa: N801  # named as diffusers names it
            block_out_channels = (128, 256, 512, 512)

    pixels = 384 * 384
    assert 0.9 < whole_bytes(Usual, "decoder", 384, 384) / (974 * 4 * pixels) < 1.2
    assert 0.9 < whole_bytes(Usual, "encoder", 384, 384) / (641 * 4 * pixels) < 1.2


def test_stages_hold_less_than_the_whole_picture(vae: Any) -> None:
    """Counts the bytes of all tensors that operations make and nothing has freed yet."""
    samples = noise(1, 4, 16, 16)
    peaks = [peak_of(lambda budget=budget: decoded(vae, samples, budget)) for budget in (PLENTY, 1)]
    assert peaks[1] < 0.75 * peaks[0]


def peak_of(work: Any) -> int:
    import weakref

    from torch.utils._python_dispatch import TorchDispatchMode

    alive: dict[int, int] = {}
    peak = 0

    class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves it untyped
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            nonlocal peak
            result = func(*args, **(kwargs or {}))
            if isinstance(result, torch.Tensor):
                storage = result.untyped_storage()
                address = storage.data_ptr()
                if address not in alive:
                    alive[address] = storage.nbytes()
                    weakref.finalize(storage, alive.pop, address, None)
                peak = max(peak, sum(alive.values()))
            return result

    with Watch():  # type: ignore[no-untyped-call]  # torch leaves it untyped
        work()
    return peak


def test_sides_are_filled_up_to_a_multiple_of_eight(vae: Any) -> None:
    pixels = picture(1, 21, 30, 3)
    filled = np.pad(pixels, ((0, 0), (0, 3), (0, 2), (0, 0)), mode="edge")
    found = encoded(vae, pixels)
    assert found.shape == (1, 4, 3, 4)
    assert torch.equal(found, encoded(vae, filled))


def test_grey_is_three_equal_channels_and_alpha_is_left_out(vae: Any) -> None:
    grey, rgba = picture(1, 16, 16, 1), picture(1, 16, 16, 4)
    assert torch.equal(encoded(vae, grey), encoded(vae, np.repeat(grey, 3, axis=3)))
    assert torch.equal(encoded(vae, rgba), encoded(vae, np.ascontiguousarray(rgba[..., :3])))


def test_inputs_are_not_modified(vae: Any) -> None:
    samples, pixels = noise(1, 4, 8, 8), picture(1, 64, 64, 3)
    copies = samples.clone(), pixels.copy()
    weights = {name: value.clone() for name, value in vae.state_dict().items()}
    decoded(vae, samples, 1)
    pixels.flags.writeable = False
    encoded(vae, pixels, 1)
    assert torch.equal(samples, copies[0])
    assert np.array_equal(pixels, copies[1])
    assert all(torch.equal(value, weights[name]) for name, value in vae.state_dict().items())


@pytest.mark.parametrize("shape", [(0, 4, 8, 8), (1, 4, 0, 8), (1, 16, 8, 8), (4, 8, 8)])
def test_latents_of_the_wrong_shape_are_refused(vae: Any, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="4 channels"):
        decoded(vae, torch.zeros(shape))


@pytest.mark.parametrize("shape", [(0, 8, 8, 3), (1, 8, 0, 3), (1, 8, 8, 2), (8, 8, 3)])
def test_pictures_of_the_wrong_shape_are_refused(vae: Any, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="cannot be encoded"):
        encoded(vae, np.zeros(shape, np.float32))


@pytest.mark.parametrize("budget", [PLENTY, 1])
def test_steps_count_up_to_their_total(vae: Any, budget: int) -> None:
    for walk in (
        decode(vae, SCALE, noise(2, 4, 10, 12), budget=budget, warn=silent),
        encode(vae, SCALE, picture(2, 80, 96, 3), budget=budget, warn=silent),
    ):
        steps = list(walk)
        assert [step.done for step in steps] == list(range(1, steps[0].total + 1))
        assert {step.total for step in steps} == {steps[0].total}


def test_tiled_work_stops_at_any_tile(vae: Any) -> None:
    walk = decode(vae, SCALE, noise(1, 4, 32, 32), budget=1, warn=silent)
    assert next(walk).total > 50
    next(walk)
    walk.close()
    assert decoded(vae, noise(1, 4, 2, 2)).shape == (1, 16, 16, 3)


def test_what_is_no_number_is_refused(vae: Any) -> None:
    samples, pixels = noise(1, 4, 8, 8), picture(1, 16, 16, 3)
    samples[0, 0, 0, 0] = float("nan")
    pixels[0, 0, 0, 0] = np.inf
    with pytest.raises(NotFiniteError, match="latent"):
        decoded(vae, samples)
    with pytest.raises(NotFiniteError, match="picture"):
        encoded(vae, pixels)


def test_a_format_that_is_too_narrow_is_left_for_float32(vae: Any) -> None:
    loud = copy.deepcopy(vae)
    loud.post_quant_conv.weight *= 1e4
    expected = decoded(loud, noise(2, 4, 4, 4))
    half = copy.deepcopy(loud).half()
    told: list[str] = []
    walk = decode(
        half, SCALE, noise(2, 4, 4, 4), budget=PLENTY, warn=lambda *what: told.extend(what)
    )
    found = result_of(walk)
    assert told == ["W_DTYPE", "float16 is too narrow for this VAE; float32 is used"]
    assert np.abs(found - expected).max() <= 0.02
    assert half.dtype == torch.float16


def test_a_broken_vae_is_named(vae: Any) -> None:
    broken = copy.deepcopy(vae)
    broken.decoder.conv_out.bias[0] = float("nan")
    with pytest.raises(NotFiniteError, match="decoder"):
        decoded(broken, noise(1, 4, 4, 4))


def test_other_blocks_cannot_run_in_tiles(vae: Any) -> None:
    other = copy.deepcopy(vae)
    other.decoder.up_blocks[1] = torch.nn.Identity()
    with pytest.raises(UnsupportedError, match="Identity"):
        stages.decoder_stages(other.decoder)


def test_a_latent_is_eight_pixels_wide(vae: Any) -> None:
    assert factor(vae) == 8
