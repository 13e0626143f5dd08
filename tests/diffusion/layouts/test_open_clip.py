from __future__ import annotations

import pytest
import torch

from studio.diffusion.layouts import open_clip
from tests import tiny
from tests.tools.write_original_layouts import open_clip_names

pytestmark = pytest.mark.torch


def tower() -> dict[str, torch.Tensor]:
    return {name: tensor.detach() for name, tensor in open_clip_names(tiny.clip_g())}


def test_the_three_inputs_of_attention_are_views_of_the_fused_one() -> None:
    fused = tower()
    found, unknown = open_clip.to_plain(fused)
    whole = fused["transformer.resblocks.0.attn.in_proj_weight"]
    value = found["encoder.layers.0.self_attn.v_proj.weight"]
    assert value.untyped_storage().data_ptr() == whole.untyped_storage().data_ptr()
    assert torch.equal(value, whole[2 * tiny.SECOND_WIDTH :])
    assert unknown == []


def test_names_and_bits_go_there_and_back() -> None:
    source = tower()
    back = open_clip.to_file(open_clip.to_plain(source)[0], source["logit_scale"])
    assert back.keys() == source.keys()
    assert all(torch.equal(back[name], tensor) for name, tensor in source.items())


def test_a_projection_that_is_not_square_is_turned() -> None:
    found, _ = open_clip.to_plain({"text_projection": torch.ones(6, 4)})
    assert found["text_projection.weight"].shape == (4, 6)


def test_names_that_are_not_understood_are_returned() -> None:
    assert open_clip.to_plain({"visual.conv1.weight": torch.ones(1)})[1] == ["visual.conv1.weight"]
    assert open_clip.is_open_clip(tower())
    assert not open_clip.is_open_clip({"encoder.layers.0.mlp.fc1.weight": 1})
