"""IP-Adapters: the latents of diffusers' pipelines, and nothing left behind on the denoiser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline

from nodes.control.ip_adapter import ip_adapter as follow
from studio.core.errors import ShapeError, UnsupportedError
from studio.core.values import Image, ImageEncoder, IpAdapter, Mask
from studio.diffusion.adapters.pictures import picture_control
from studio.diffusion.adapters.vision import prepared
from tests import tiny
from tests.diffusion.adapters.surroundings import state_of, unet
from tests.diffusion.adapters.world import World, drawn_from_noise, latent
from tests.diffusion.pipelines import MARKS, pipeline
from tests.diffusion.setting import relative_error
from tests.tiny_adapters import image_encoder, ip_adapter, nested

pytestmark = MARKS

KINDS = ["base", "plus", "full"]


def picture(seed: int = 0, items: int = 1) -> Image:
    pixels = np.random.default_rng(seed).random((items, 40, 52, 3), np.float32)
    levels = np.rint(pixels * np.float32(255)).astype(np.float32)
    return Image(levels / np.float32(255), key=f"picture{seed}")


class PictureWorld(World):
    """A world of IP-Adapters; their tensors stay at hand for diffusers."""

    door = staticmethod(picture_control)

    def __init__(self, folder: Path, name: str = "sd15") -> None:
        super().__init__(folder, name, eye=tiny.shared(image_encoder))
        self.adapters: list[dict[str, torch.Tensor]] = []

    def follow(self, kind: str, image: Image, mask: Mask | None = None, **settings: Any) -> None:
        """Put an adapter on the model, as the node does."""
        tensors = ip_adapter(self.unet, kind, seed=20 + len(self.adapters))
        self.adapters.append(tensors)
        handle = self.saved(tensors, lambda path: IpAdapter(path, self.name), image, mask)
        self.model = follow(self.model, handle, ImageEncoder("eye"), image, mask, **settings)


@pytest.fixture
def world(tmp_path: Path) -> PictureWorld:
    return PictureWorld(tmp_path)


def theirs(
    world: PictureWorld, images: list[Image], scales: list[Any], **given: Any
) -> torch.Tensor:
    """Return the latent of diffusers' pipeline with the adapters of a world put in."""
    kinds = {"sd15": StableDiffusionPipeline, "sdxl": StableDiffusionXLPipeline}
    network = unet(world.name)
    made = pipeline(
        kinds[world.name], world.name, network, image_encoder=tiny.shared(image_encoder)
    )
    network._load_ip_adapter_weights([nested(one) for one in world.adapters])
    made.set_ip_adapter_scale(scales)
    seen = [prepared(image.pixels, 28) for image in images]
    return drawn_from_noise(made, world.name, ip_adapter_image=seen, **given)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_a_picture_leads_to_the_latent_of_diffusers(name: str, kind: str, tmp_path: Path) -> None:
    world = PictureWorld(tmp_path, name)
    world.follow(kind, picture(), strength=0.7)
    plain = world.sampled(controls=())
    ours = world.sampled()
    assert relative_error(ours, theirs(world, [picture()], [0.7])) <= 1e-3
    assert relative_error(ours, plain) > 0.01


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_two_adapters_lead_to_the_latent_of_diffusers(name: str, tmp_path: Path) -> None:
    world = PictureWorld(tmp_path, name)
    world.follow("base", picture(1), strength=0.7)
    world.follow("plus", picture(2), strength=0.5)
    ours = world.sampled()
    assert relative_error(ours, theirs(world, [picture(1), picture(2)], [0.7, 0.5])) <= 1e-3


def test_several_pictures_of_one_example_are_read_together(world: PictureWorld) -> None:
    world.follow("plus", picture(4, items=3), strength=0.7)
    assert relative_error(world.sampled(), theirs(world, [picture(4, items=3)], [0.7])) <= 1e-3


def test_a_mask_leads_to_the_latent_of_diffusers(world: PictureWorld) -> None:
    left = np.zeros((1, 64, 96), np.float32)
    left[:, :, :64] = 1
    world.follow("base", picture(), Mask(left, key="left"), strength=0.9)
    given = {"cross_attention_kwargs": {"ip_adapter_masks": [torch.from_numpy(left)[None]]}}
    assert relative_error(world.sampled(), theirs(world, [picture()], [0.9], **given)) <= 1e-3


def test_style_and_composition_are_the_blocks_that_diffusers_names(tmp_path: Path) -> None:
    scales = {
        "style": {"up": {"block_0": [0.0, 0.8, 0.0]}},
        "composition": {"down": {"block_2": [0.0, 0.8]}},
    }
    for blocks, scale in scales.items():
        world = PictureWorld(tmp_path, "sdxl")
        world.follow("base", picture(), strength=0.8, blocks=blocks)
        assert relative_error(world.sampled(), theirs(world, [picture()], [scale])) <= 1e-3


def test_a_model_without_such_blocks_says_so(world: PictureWorld) -> None:
    world.follow("base", picture(), blocks="composition")
    with pytest.raises(UnsupportedError, match="no blocks for composition"):
        world.sampled()


def test_the_order_of_adapters_changes_no_bit(world: PictureWorld) -> None:
    world.follow("base", picture(1), strength=0.7)
    world.follow("plus", picture(2), strength=0.5)
    one, other = world.controls
    assert torch.equal(world.sampled(controls=[one, other]), world.sampled(controls=[other, one]))


@pytest.mark.parametrize("settings", [{"strength": 0.0}, {"start": 0.4, "end": 0.4}], ids=str)
def test_what_never_acts_changes_no_bit_and_loads_nothing(
    settings: dict[str, Any], world: PictureWorld
) -> None:
    world.follow("plus", picture(), **settings)
    assert torch.equal(world.sampled(), world.sampled(controls=()))
    assert world.ctx.lent == []


def test_a_mask_that_is_black_everywhere_changes_no_bit(world: PictureWorld) -> None:
    world.follow("base", picture(), Mask(np.zeros((1, 64, 96), np.float32), key="black"))
    assert torch.equal(world.sampled(), world.sampled(controls=()))


def test_a_mask_that_is_white_everywhere_is_none(world: PictureWorld) -> None:
    world.follow("base", picture(), Mask(np.ones((1, 64, 96), np.float32), key="white"))
    [control] = world.controls
    assert torch.equal(world.sampled(), world.sampled(controls=[replace(control, mask=None)]))


def test_it_acts_between_its_start_and_its_end(world: PictureWorld) -> None:
    world.follow("base", picture(), start=0.5, end=1.0)
    [control] = world.controls
    plain, ours = (list(world.walk(controls=some)) for some in ((), [control]))
    same = [torch.equal(one.x, other.x) for one, other in zip(plain, ours, strict=True)]
    assert same == [True, False]


def test_a_cancelled_walk_leaves_the_denoiser_as_it_was(world: PictureWorld) -> None:
    before, plain = state_of(world.unet), world.sampled(controls=())
    processors = dict(world.unet.attn_processors)
    world.follow("plus", picture())
    steps = world.walk()
    next(steps)
    assert not any(module._forward_hooks or module._forward_pre_hooks
                   for module in world.unet.modules())  # fmt: skip
    steps.close()
    after = state_of(world.unet)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert world.unet.attn_processors == processors
    assert torch.equal(world.sampled(controls=()), plain)


def test_an_error_inside_of_the_denoiser_leaves_nothing_behind(world: PictureWorld) -> None:
    world.follow("base", picture())
    plain = world.sampled(controls=())

    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    handle = world.unet.mid_block.register_forward_hook(fail)
    with pytest.raises(RuntimeError, match="out of memory"):
        world.sampled()
    handle.remove()
    assert not any(module._forward_hooks or module._forward_pre_hooks
                   for module in world.unet.modules())  # fmt: skip
    assert torch.equal(world.sampled(controls=()), plain)


def test_an_item_is_alone_what_it_is_in_a_batch(world: PictureWorld) -> None:
    world.follow("base", picture(5, items=3), pictures="per_item")
    seeds = (8, 9, 10)
    together = world.sampled(replace(latent(3), item_seeds=seeds))
    [control] = world.controls
    for index, seed in enumerate(seeds):
        alone = world.sampled(
            replace(latent(), item_seeds=(seed,)), controls=[control.item(index, 3)]
        )
        assert torch.equal(alone[0], together[index])


def test_pictures_for_each_item_are_as_many_as_the_items(world: PictureWorld) -> None:
    world.follow("base", picture(5, items=3), pictures="per_item")
    with pytest.raises(ShapeError, match="3 pictures, the latent 2"):
        world.sampled(latent(2))


def test_the_mask_is_cut_with_a_crop_and_the_example_is_not(world: PictureWorld) -> None:
    left = np.zeros((1, 64, 96), np.float32)
    left[:, :, :48] = 1
    world.follow("base", picture(), Mask(left, key="left"))
    [control] = world.controls
    inside, outside = (control.cropped((at, 0, at + 48, 64), (96, 64)) for at in (0, 48))
    assert inside.mask is not None
    assert outside.mask is not None
    assert (inside.mask.min(), outside.mask.max()) == (1, 0)
    assert inside.sight is control.sight


def test_the_picture_is_looked_at_once(world: PictureWorld) -> None:
    world.follow("plus", picture())
    world.sampled()
    world.sampled()
    assert world.ctx.lent.count("eye") == 1


def test_an_image_encoder_of_another_size_is_named(world: PictureWorld) -> None:
    world.follow("base", picture())
    world.ctx.files["eye"] = tiny.random_network(type(image_encoder()), 0, _other_encoder_config())
    with pytest.raises(UnsupportedError, match=r"wants 24 numbers .* gives 12"):
        world.sampled()


def _other_encoder_config() -> Any:
    config = image_encoder().config
    config.projection_dim = 12
    return config


def test_an_adapter_for_another_denoiser_is_refused(world: PictureWorld) -> None:
    world.follow("base", picture())
    world.unet = tiny.sd15_unet()
    with pytest.raises(ShapeError, match="made for 11 cross attentions"):
        world.sampled()
