"""T2I-Adapters while sampling: the latents of diffusers' pipelines, alone and several."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    EulerDiscreteScheduler,
    MultiAdapter,
    StableDiffusionAdapterPipeline,
    StableDiffusionXLAdapterPipeline,
    T2IAdapter,
)
from safetensors.torch import save_file

from nodes.control.apply import apply
from nodes.load.controlnet import load_controlnet
from studio.core.context import result_of
from studio.core.errors import ShapeError
from studio.core.values import ControlNet, DiffusionModel, Image, Latent, Mask
from studio.diffusion.control.controls import hint_control
from studio.diffusion.control.hinted import HintControl
from studio.diffusion.loading import load
from studio.diffusion.sampling.noise import start_noise
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.sampling.steering import Lend
from studio.diffusion.sampling.walk import walk
from studio.facts.families import family
from tests import tiny
from tests.diffusion.adapters.surroundings import Surroundings, state_of, unet
from tests.diffusion.setting import prompt, relative_error
from tests.tiny_adapters import published, t2i

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

SEED = 3
STEPS = 4
FAMILIES = {"full_adapter": "sd15", "light_adapter": "sd15", "full_adapter_xl": "sdxl"}


def hint(seed: int = 0, items: int = 1) -> Image:
    pixels = np.random.default_rng(seed).random((items, 64, 96, 3), np.float32)
    return Image(pixels, key=f"hint{seed}")


def latent(items: int = 1, name: str = "sd15", size: tuple[int, int] = (8, 12)) -> Latent:
    return Latent(torch.zeros(items, 4, *size), name)


class World:
    """A denoiser and the T2I-Adapters that the nodes put on it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.folder = name, folder
        self.unet = unet(name)
        self.model = DiffusionModel("model", name)
        self.ctx = Surroundings()

    def apply(
        self, network: T2IAdapter, image: Image, mask: Mask | None = None, **how: Any
    ) -> None:
        """Save an adapter as its authors do, load it and apply it."""
        path = self.folder / f"{len(self.model.patches)}.safetensors"
        save_file({name: part.contiguous() for name, part in published(network).items()}, path)
        self.ctx.values |= {value.key: value for value in (image, mask) if value is not None}
        handle = load_controlnet(path)
        self.model = apply(self.model, handle, image, mask, ctx=self.ctx, **how)

    @property
    def controls(self) -> list[HintControl]:
        """Return what the patches ask for."""
        lend: Lend = lambda handle: lambda: self._lent(handle.file)  # noqa: E731
        return [hint_control(self.ctx, self.model, p, lend) for p in self.model.patches]

    def _lent(self, file: str) -> Any:
        self.ctx.lent.append(file)
        return load(ControlNet(file))

    def sampled(self, start: Latent | None = None, controls: Any = None) -> torch.Tensor:
        """Return the latent that a walk with the controls of the model, or others, ends at."""
        made: torch.Tensor = result_of(self.walk(start, controls)).samples
        return made

    def walk(self, start: Latent | None = None, controls: Any = None) -> Any:
        name = self.name
        chosen = Settings(SEED, STEPS, 5.0, sampler="euler", schedule="normal")
        return walk(
            self.unet, family(name), (prompt(1, family=name),), prompt(2, family=name),
            start or latent(1, name), chosen,
            controls=self.controls if controls is None else controls,
        )  # fmt: skip


def theirs(name: str, adapter: Any, image: Any, scale: Any) -> torch.Tensor:
    """Return the latent of diffusers' pipeline."""
    scheduler = EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
        timestep_spacing="linspace", steps_offset=1,
    )  # fmt: skip
    parts: dict[str, Any] = {"text_encoder": None, "tokenizer": None, "feature_extractor": None}
    positive, negative = prompt(1, family=name), prompt(2, family=name)
    prompts: dict[str, Any] = {
        "prompt_embeds": positive.segments[0].tokens,
        "negative_prompt_embeds": negative.segments[0].tokens,
    }
    kind: Any = StableDiffusionAdapterPipeline
    if name == "sd15":
        parts |= {"safety_checker": None, "requires_safety_checker": False}
    else:
        kind = StableDiffusionXLAdapterPipeline
        parts |= {"text_encoder_2": None, "tokenizer_2": None}
        prompts["pooled_prompt_embeds"] = positive.segments[0].pooled
        prompts["negative_pooled_prompt_embeds"] = negative.segments[0].pooled
    made = kind(vae=tiny.vae(), unet=unet(name), adapter=adapter, scheduler=scheduler, **parts)
    made.set_progress_bar_config(disable=True)
    latents: torch.Tensor = made(
        **prompts, image=image, height=64, width=96, num_inference_steps=STEPS,
        guidance_scale=5.0, adapter_conditioning_scale=scale,
        latents=start_noise((4, 8, 12), [SEED]), output_type="latent",
    ).images  # fmt: skip
    return latents


def tensor(image: Image) -> torch.Tensor:
    return torch.from_numpy(np.moveaxis(image.pixels, -1, 1).copy())


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_hint_leads_to_the_latent_of_diffusers(kind: str, tmp_path: Path) -> None:
    name = FAMILIES[kind]
    world = World(tmp_path, name)
    world.apply(t2i(kind), hint(), strength=0.8)
    ours = world.sampled()
    assert relative_error(ours, theirs(name, t2i(kind), tensor(hint()), 0.8)) <= 1e-3
    assert relative_error(ours, world.sampled(controls=())) > 0.01


def test_two_adapters_lead_to_the_latent_of_diffusers(tmp_path: Path) -> None:
    world = World(tmp_path, "sd15")
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
    world = World(tmp_path, "sd15")
    world.apply(t2i(), hint(), **settings)
    assert torch.equal(world.sampled(), world.sampled(controls=()))
    assert world.ctx.lent == []


def test_it_acts_between_its_start_and_its_end(tmp_path: Path) -> None:
    world = World(tmp_path, "sd15")
    world.apply(t2i(), hint(), start=0.5)
    plain, ours = list(world.walk(controls=())), list(world.walk())
    same = [torch.equal(one.x, other.x) for one, other in zip(plain, ours, strict=True)]
    assert same == [True, True, False, False]


def test_where_the_mask_is_black_nothing_acts(tmp_path: Path) -> None:
    world = World(tmp_path, "sd15")
    world.apply(t2i(), hint(), Mask(np.zeros((1, 64, 96), np.float32), key="black"))
    assert torch.equal(world.sampled(), world.sampled(controls=()))


def test_an_item_is_alone_what_it_is_in_a_batch(tmp_path: Path) -> None:
    world = World(tmp_path, "sd15")
    world.apply(t2i(), hint(5, items=2))
    together = world.sampled(replace(latent(2), item_seeds=(8, 9)))
    [control] = world.controls
    for index, seed in enumerate((8, 9)):
        alone = replace(latent(), item_seeds=(seed,))
        assert torch.equal(world.sampled(alone, [control.item(index, 2)])[0], together[index])


@pytest.mark.parametrize("kind", ["full_adapter", "full_adapter_xl"])
@pytest.mark.parametrize("size", [(7, 9), (10, 6)], ids=str)
def test_latents_of_any_size_are_steered(kind: str, size: tuple[int, int], tmp_path: Path) -> None:
    world = World(tmp_path, FAMILIES[kind])
    world.apply(t2i(kind), hint())
    start = latent(1, FAMILIES[kind], size)
    assert relative_error(world.sampled(start), world.sampled(start, ())) > 0.01


def test_a_cancelled_walk_leaves_the_denoiser_as_it_was(tmp_path: Path) -> None:
    world = World(tmp_path, "sd15")
    before = state_of(world.unet)
    world.apply(t2i(), hint())
    steps = world.walk()
    next(steps)
    steps.close()
    after = state_of(world.unet)
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_an_adapter_for_another_denoiser_is_refused(tmp_path: Path) -> None:
    world = World(tmp_path, "sd15")
    world.apply(t2i(), hint())
    world.unet = tiny.random_network(type(world.unet), 0, **_wider(world.unet.config))
    with pytest.raises(ShapeError, match="the model has"):
        world.sampled()


def _wider(config: Any) -> dict[str, Any]:
    given = {name: value for name, value in config.items() if not name.startswith("_")}
    return given | {"block_out_channels": [32, 64, 96]}
