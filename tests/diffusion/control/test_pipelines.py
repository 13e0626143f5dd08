"""With controls our walk ends where the ControlNet pipelines of diffusers end, from one noise."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import (
    StableDiffusionControlNetPipeline,
    StableDiffusionXLControlNetPipeline,
    UNet2DConditionModel,
)

from studio.diffusion.sampling.noise import start_noise
from tests import tiny_control
from tests.counts import count
from tests.diffusion.control.setting import Lent, control, drawn, picture
from tests.diffusion.pipelines import MARKS, drawn_by, pipeline
from tests.diffusion.setting import WIDTHS, relative_error

pytestmark = MARKS

PIPELINES = {
    "sd15": StableDiffusionControlNetPipeline,
    "sdxl": StableDiffusionXLControlNetPipeline,
}


def theirs(
    name: str, seeds: list[int], unet: UNet2DConditionModel | None = None, **settings: Any
) -> torch.Tensor:
    """Return what a pipeline of diffusers draws with one net for each seed."""
    unet = unet or tiny_control.UNETS[name]()
    nets = [tiny_control.controlnet(seed, name, unet) for seed in seeds]
    made = pipeline(
        PIPELINES[name], name, unet,
        controlnet=nets if len(nets) > 1 else nets[0],
    )  # fmt: skip
    hints = [torch.tensor(picture(seed)).movedim(-1, 1) for seed in seeds]
    return drawn_by(
        made, name, image=hints if len(hints) > 1 else hints[0], height=48, width=80,
        num_inference_steps=8, latents=start_noise((4, 6, 10), [3]), **settings,
    )  # fmt: skip


def ours(
    name: str, *given: tuple[int, dict[str, Any]], unet: UNet2DConditionModel | None = None
) -> torch.Tensor:
    """Return what we draw with nets of these seeds and settings."""
    made = [control(Lent(seed, name, unet), picture(seed), **settings) for seed, settings in given]
    return drawn(*made, name=name, steps=8, unet=unet)


def furthest(found: torch.Tensor, expected: torch.Tensor) -> float:
    """Return the largest difference, of latents whose largest value is over 10."""
    assert expected.abs().max() > 10
    return float((found - expected).abs().max())


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_one_network_steers_as_theirs(name: str) -> None:
    expected = theirs(name, [5], controlnet_conditioning_scale=0.8)
    assert furthest(ours(name, (5, {"strength": 0.8})), expected) <= 1e-3
    assert relative_error(drawn(name=name, steps=8), expected) > 0.05


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_two_networks_for_parts_of_the_steps_steer_as_theirs(name: str) -> None:
    expected = theirs(
        name, [5, 6], controlnet_conditioning_scale=[0.8, 0.5],
        control_guidance_start=[0.0, 0.25], control_guidance_end=[0.5, 1.0],
    )  # fmt: skip
    found = ours(name, (5, {"strength": 0.8, "end": 0.5}), (6, {"strength": 0.5, "start": 0.25}))
    assert furthest(found, expected) <= 1e-3


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_the_control_mode_is_their_guess_mode(name: str) -> None:
    expected = theirs(name, [5], guess_mode=True, controlnet_conditioning_scale=1.0)
    assert furthest(ours(name, (5, {"mode": "control"})), expected) <= 1e-3


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.skipif(count(0, 1) == 0, reason="it takes 7 GB")
def test_two_networks_of_full_size_steer_as_theirs() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        unet = UNet2DConditionModel(cross_attention_dim=WIDTHS["sd15"])
    unet.requires_grad_(False).eval()
    assert unet.num_parameters() > 7e8
    expected = theirs("sd15", [5, 6], unet, controlnet_conditioning_scale=[0.8, 0.5])
    found = ours("sd15", (5, {"strength": 0.8}), (6, {"strength": 0.5}), unet=unet)
    assert furthest(found, expected) <= 1e-3
    assert relative_error(drawn(name="sd15", steps=8, unet=unet), expected) > 0.01
