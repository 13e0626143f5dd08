from __future__ import annotations

from pathlib import Path

import pytest

from studio.diffusion.layouts import ldm_unet
from studio.diffusion.layouts.names import Shapes, backwards, forwards
from tests.tools.strip_model import header_of

HEADERS = Path(__file__).parents[2] / "data" / "headers"
PREFIX = "model.diffusion_model."


def shapes(name: str) -> Shapes:
    found = header_of(HEADERS / f"{name}.json").shapes
    return {n.removeprefix(PREFIX): shape for n, shape in found.items() if n.startswith(PREFIX)}


def test_the_settings_of_sd15_are_the_published_ones() -> None:
    config = ldm_unet.config(shapes("sd15"))
    assert config["block_out_channels"] == [320, 640, 1280, 1280]
    assert config["down_block_types"] == ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"]
    assert config["up_block_types"] == ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3
    assert config["transformer_layers_per_block"] == [1, 1, 1, 1]
    assert (config["layers_per_block"], config["cross_attention_dim"]) == (2, 768)
    assert (config["attention_head_dim"], config["use_linear_projection"]) == (8, False)
    assert config["norm_num_groups"] == 32
    assert "addition_embed_type" not in config


def test_the_settings_of_sdxl_are_the_published_ones() -> None:
    config = ldm_unet.config(shapes("sdxl"))
    assert config["block_out_channels"] == [320, 640, 1280]
    assert config["down_block_types"] == ["DownBlock2D"] + ["CrossAttnDownBlock2D"] * 2
    assert config["transformer_layers_per_block"] == [1, 2, 10]
    assert config["attention_head_dim"] == [5, 10, 20]
    assert (config["cross_attention_dim"], config["use_linear_projection"]) == (2048, True)
    assert config["projection_class_embeddings_input_dim"] == 2816
    assert config["addition_time_embed_dim"] == 256


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_every_published_name_goes_to_the_network_and_back(name: str) -> None:
    names = shapes(name)
    table = ldm_unet.pairs(ldm_unet.skeleton_of_file(names))
    there = [str(forwards(table)(one)) for one in names]
    assert len(set(there)) == len(names)
    assert [backwards(table)(one) for one in there] == list(names)
    assert ldm_unet.skeleton_of_network(set(there)) == ldm_unet.skeleton_of_file(names)


def test_blocks_that_the_network_does_not_have_are_refused() -> None:
    uneven = {
        name: shape for name, shape in shapes("sd15").items() if "input_blocks.11." not in name
    }
    with pytest.raises(ValueError, match="residual blocks"):
        ldm_unet.config(uneven)
    shallow = {
        name: shape
        for name, shape in shapes("sdxl").items()
        if "middle_block.1.transformer_blocks.9." not in name
    }
    with pytest.raises(ValueError, match="a middle of 9 layers"):
        ldm_unet.config(shallow)
