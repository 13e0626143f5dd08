"""T2I-Adapters while sampling: the latents of diffusers' pipelines, alone and several."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    MultiAdapter,
    StableDiffusionAdapterPipeline,
    StableDiffusionXLAdapterPipeline,
    T2IAdapter,
)

from nodes.control.apply import apply
from nodes.load.controlnet import load_controlnet
from studio.core.errors import ShapeError
from studio.core.values import Image, Mask
from studio.diffusion.control.controls import hint_control
from tests import tiny
from tests.diffusion.adapters.surroundings import state_of, unet
from tests.diffusion.adapters.world import World, drawn_from_noise, latent
from tests.diffusion.pipelines import MARKS, pipeline
from tests.diffusion.setting import relative_error
from tests.tiny_adapters import published, t2i

pytestmark = MARKS

FAMILIES = {"full_adapter": "sd15", "light_adapter": "sd15", "full_adapter_xl": "sdxl"}


def hint(seed: int = 0, items: int = 1) -> Image:
    pixels = np.random.default_rng(seed).random((items, 64, 96, 3), np.float32)
    return Image(pixels, key=f"hint{seed}")


class HintWorld(World):
    """A world of T2I-Adapters."""

    door = staticmethod(hint_control)

    def apply(
        self, network: T2IAdapter, image: Image, mask: Mask | None = None, **how: Any
    ) -> None:
        """Save an adapter as its authors do, load it and apply it."""
        handle = self.saved(
            published(network), lambda path: load_controlnet(Path(path)), image, mask
        )
        self.model = apply(self.model, handle, image, mask, ctx=self.ctx, **how)


def theirs(name: str, adapter: Any, image: Any, scale: Any) -> torch.Tensor:
    """Return the latent of diffusers' pipeline."""
    kinds = {"sd15": StableDiffusionAdapterPipeline, "sdxl": StableDiffusionXLAdapterPipeline}
    made = pipeline(kinds[name], name, unet(name), adapter=adapter)
    return drawn_from_noise(made, name, image=image, adapter_conditioning_scale=scale)


def tensor(image: Image) -> torch.Tensor:
    return torch.from_numpy(np.moveaxis(image.pixels, -1, 1).copy())


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_hint_leads_to_the_latent_of_diffusers(kind: str, tmp_path: Path) -> None:
    name = FAMILIES[kind]
    world = HintWorld(tmp_path, name)
    world.apply(t2i(kind), hint(), strength=0.8)
    ours = world.sampled()
    assert relative_error(ours, theirs(name, t2i(kind), tensor(hint()), 0.8)) <= 1e-3
    assert relative_error(ours, world.sampled(controls=())) > 0.01


def test_two_adapters_lead_to_the_latent_of_diffusers(tmp_path: Path) -> None:
    world = HintWorld(tmp_path, "sd15")
    one, other = t2i(seed=5), t2i(seed=6)
    world.apply(one, hint(1), strength=0.8)
    world.apply(other, hint(2), strength=0.4)
    images = [tensor(hint(1)), tensor(hint(2))]
    both = theirs("sd15", MultiAdapter([one, other]), images, [0.8, 0.4])
    assert relative_error(world.sampled(), both) <= 1e-3


@pytest.mark.parametrize("settings", [{"strength": 0.0}, {"start": 0.4, "end": 0.4}], ids=str)
def test_what_never_acts_changes_no_bit_and_loads_nothing(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    world = HintWorld(tmp_path, "sd15")
    world.apply(t2i(), hint(), **settings)
    assert torch.equal(world.sampled(), world.sampled(controls=()))
    assert world.ctx.lent == []


def test_it_acts_between_its_start_and_its_end(tmp_path: Path) -> None:
    world = HintWorld(tmp_path, "sd15")
    world.apply(t2i(), hint(), start=0.5)
    plain, ours = list(world.walk(controls=())), list(world.walk())
    same = [torch.equal(one.x, other.x) for one, other in zip(plain, ours, strict=True)]
    assert same == [True, False]


def test_where_the_mask_is_black_nothing_acts(tmp_path: Path) -> None:
    world = HintWorld(tmp_path, "sd15")
    world.apply(t2i(), hint(), Mask(np.zeros((1, 64, 96), np.float32), key="black"))
    assert torch.equal(world.sampled(), world.sampled(controls=()))


def test_an_item_is_alone_what_it_is_in_a_batch(tmp_path: Path) -> None:
    world = HintWorld(tmp_path, "sd15")
    world.apply(t2i(), hint(5, items=2))
    together = world.sampled(replace(latent(2), item_seeds=(8, 9)))
    [control] = world.controls
    for index, seed in enumerate((8, 9)):
        alone = replace(latent(), item_seeds=(seed,))
        assert torch.equal(world.sampled(alone, [control.item(index, 2)])[0], together[index])


@pytest.mark.parametrize("kind", ["full_adapter", "full_adapter_xl"])
@pytest.mark.parametrize("size", [(7, 9), (10, 6)], ids=str)
def test_latents_of_any_size_are_steered(kind: str, size: tuple[int, int], tmp_path: Path) -> None:
    world = HintWorld(tmp_path, FAMILIES[kind])
    world.apply(t2i(kind), hint())
    start = latent(1, FAMILIES[kind], size)
    assert relative_error(world.sampled(start), world.sampled(start, ())) > 0.01


def test_a_cancelled_walk_leaves_the_denoiser_as_it_was(tmp_path: Path) -> None:
    world = HintWorld(tmp_path, "sd15")
    before = state_of(world.unet)
    world.apply(t2i(), hint())
    steps = world.walk()
    next(steps)
    steps.close()
    after = state_of(world.unet)
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_an_adapter_for_another_denoiser_is_refused(tmp_path: Path) -> None:
    world = HintWorld(tmp_path, "sd15")
    world.apply(t2i(), hint())
    world.unet = tiny.random_network(type(world.unet), 0, **_wider(world.unet.config))
    with pytest.raises(ShapeError, match="the model has"):
        world.sampled()


def _wider(config: Any) -> dict[str, Any]:
    given = {name: value for name, value in config.items() if not name.startswith("_")}
    return given | {"block_out_channels": [32, 64, 96]}
