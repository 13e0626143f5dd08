"""Published sizes: the headers of well-known files fit the denoisers that they were made for."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel

from studio.diffusion.adapters import ip, t2i, vision
from studio.diffusion.adapters.attending import cross_attentions, sizes_of
from studio.diffusion.adapters.pictures import reads
from studio.diffusion.building import Blueprint, build, check
from studio.diffusion.weights import Weights
from tests.tools.strip_model import header_of

pytestmark = pytest.mark.torch

HEADERS = Path(__file__).parents[2] / "data" / "headers"
READERS = {
    "t2i_sd15": t2i.blueprint,
    "t2i_light_sd15": t2i.blueprint,
    "t2i_sdxl": t2i.blueprint,
    "ip_adapter_sd15": ip.blueprint,
    "ip_adapter_plus_sdxl": ip.blueprint,
    "image_encoder": vision.blueprint,
}
FAMILIES = {
    "ip_adapter_sd15": {
        "block_out_channels": (320, 640, 1280, 1280),
        "cross_attention_dim": 768,
        "attention_head_dim": 8,
    },
    "ip_adapter_plus_sdxl": {
        "block_out_channels": (320, 640, 1280),
        "cross_attention_dim": 2048,
        "attention_head_dim": [5, 10, 20],
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
        "transformer_layers_per_block": [1, 2, 10],
        "use_linear_projection": True,
    },
}


def blueprint(name: str) -> Blueprint:
    """Return the network of a header, and tensors that take no memory."""
    header = header_of(HEADERS / f"{name}.json")
    empty = {n: torch.empty(shape, device="meta") for n, shape in header.shapes.items()}
    return READERS[name](Weights(header, empty))


@pytest.mark.parametrize("name", READERS)
def test_every_tensor_of_a_published_file_finds_its_place(name: str) -> None:
    header = header_of(HEADERS / f"{name}.json")
    found = blueprint(name)
    there = set(found.tensors)
    check(Weights(header, {}), found)
    # The numbers of the positions are no weights.
    assert there - set(found.tensors) <= {"vision_model.embeddings.position_ids"}


def denoiser(name: str) -> UNet2DConditionModel:
    """Return the denoiser that an IP-Adapter was made for, without weights."""
    unet = build(lambda: UNet2DConditionModel(**FAMILIES[name]))
    assert isinstance(unet, UNet2DConditionModel)
    return unet


@pytest.mark.parametrize(
    ("name", "family", "style", "composition"),
    [("ip_adapter_sd15", "sd15", 11, 2), ("ip_adapter_plus_sdxl", "sdxl", 10, 10)],
)
def test_style_and_composition_are_other_attentions(
    name: str, family: str, style: int, composition: int
) -> None:
    paths = [path for path, _ in cross_attentions(denoiser(name))]
    of_style = {path for path in paths if reads(path, family, "style")}
    of_composition = {path for path in paths if reads(path, family, "composition")}
    assert (len(of_style), len(of_composition)) == (style, composition)
    assert not of_style & of_composition


@pytest.mark.parametrize("name", FAMILIES)
def test_an_ip_adapter_has_the_attentions_of_its_family_in_order(name: str) -> None:
    wanted = [sizes_of(attention) for _, attention in cross_attentions(denoiser(name))]
    network = blueprint(name).network
    assert isinstance(network, ip.IpNetwork)
    assert [(network.built.token_width, width) for width in network.built.widths] == wanted
