"""Published names of ControlNets lead to those of the network and back."""

from __future__ import annotations

import pytest

from studio.diffusion.layouts import ldm_control, ldm_unet
from studio.diffusion.layouts.names import backwards, forwards, renamed
from tests import tiny_control

pytestmark = pytest.mark.torch


def shapes() -> dict[str, tuple[int, ...]]:
    tensors = tiny_control.published(tiny_control.controlnet(), "")
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def test_every_name_has_its_place_both_ways() -> None:
    published, net = shapes(), tiny_control.controlnet()
    skeleton = ldm_unet.skeleton_of_file(published)
    table = ldm_control.pairs(skeleton, ldm_control.levels_of_file(published))
    there, unknown = renamed(published, forwards(table))
    assert (set(there), unknown) == (set(net.state_dict()), [])
    back, unknown = renamed(there, backwards(table))
    assert (back, unknown) == (published, [])


def test_the_levels_of_the_hint_are_counted_in_both_layouts() -> None:
    network = {name: tuple(t.shape) for name, t in tiny_control.controlnet().state_dict().items()}
    assert ldm_control.levels_of_file(shapes()) == len(tiny_control.HINTS)
    assert ldm_control.levels_of_network(network) == len(tiny_control.HINTS)


def test_the_settings_are_read_off_the_shapes() -> None:
    found = ldm_control.config(shapes())
    config = tiny_control.controlnet().config
    assert found["conditioning_channels"] == 3
    assert found["conditioning_embedding_out_channels"] == list(tiny_control.HINTS)
    for name in ("in_channels", "block_out_channels", "layers_per_block", "cross_attention_dim"):
        assert found[name] == config[name]
    assert "out_channels" not in found


def test_a_network_without_attention_has_settings_too() -> None:
    plain = {name: shape for name, shape in shapes().items() if "_blocks.3.1." not in name}
    plain = {name: shape for name, shape in plain.items() if not name.startswith("middle_block.1")}
    found = ldm_control.config(plain)
    assert found["down_block_types"] == ["DownBlock2D", "DownBlock2D"]
    assert found["mid_block_type"] == "UNetMidBlock2D"


def test_a_union_tells_its_kinds() -> None:
    state = tiny_control.union(8).state_dict()
    found = ldm_control.union_config({name: tuple(t.shape) for name, t in state.items()})
    assert found["num_control_type"] == 8
    assert found["addition_time_embed_dim"] == 256
    assert (found["num_trans_channel"], found["num_trans_layer"]) == (32, 1)
