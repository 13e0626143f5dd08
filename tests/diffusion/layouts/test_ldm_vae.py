from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.diffusion.layouts import ldm_vae
from studio.diffusion.layouts.names import Shapes, backwards, forwards
from tests.tools.strip_model import header_of

pytestmark = pytest.mark.torch

HEADERS = Path(__file__).parents[2] / "data" / "headers"
PREFIX = "first_stage_model."


def shapes() -> Shapes:
    found = header_of(HEADERS / "sd15.json").shapes
    return {n.removeprefix(PREFIX): shape for n, shape in found.items() if n.startswith(PREFIX)}


def test_the_settings_are_the_published_ones() -> None:
    config = ldm_vae.config(shapes(), 0.18215)
    assert config["block_out_channels"] == [128, 256, 512, 512]
    assert (config["layers_per_block"], config["latent_channels"]) == (2, 4)
    assert (config["norm_num_groups"], config["scaling_factor"]) == (32, 0.18215)
    assert config["use_quant_conv"]
    assert config["mid_block_add_attention"]


def test_every_published_name_goes_to_the_network_and_back() -> None:
    names = shapes()
    table = ldm_vae.pairs(*ldm_vae.levels_of_file(names))
    there = [str(forwards(table)(one)) for one in names]
    assert len(set(there)) == len(names) == 248
    assert [backwards(table)(one) for one in there] == list(names)
    assert ldm_vae.levels_of_network(set(there)) == ldm_vae.levels_of_file(names) == (4, 2)


def test_attention_is_a_matrix_in_the_network_and_a_convolution_in_the_file() -> None:
    name = "decoder.mid_block.attentions.0.to_q.weight"
    matrix = torch.arange(4.0).view(2, 2)
    file = ldm_vae.to_file({name: matrix})
    assert file[name].shape == (2, 2, 1, 1)
    assert torch.equal(ldm_vae.to_network(file)[name], matrix)
