from __future__ import annotations

import contextlib
import math
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from studio.core.errors import StudioError, UnsupportedError
from studio.diffusion import building
from studio.diffusion.weights import Weights
from studio.facts.described import Header, TensorFacts
from studio.facts.families import family
from tests import tiny
from tests.counts import count
from tests.tools import write_original_layouts
from tests.tools.write_original_layouts import open_clip_names

pytestmark = pytest.mark.torch


def weights(tensors: Mapping[str, torch.Tensor], format: str = "safetensors") -> Weights:
    facts = {name: TensorFacts(tuple(tensor.shape), "F32") for name, tensor in tensors.items()}
    path = Path("model")
    return Weights(Header(path, "folder" if format == "folder" else "safetensors", facts), tensors)


def sd15() -> dict[str, torch.Tensor]:
    return write_original_layouts.sd15(tiny.sd15_unet(), tiny.vae(), tiny.clip_l())


def test_parameters_are_not_allocated_and_buffers_are_real() -> None:
    config = CLIPTextConfig(hidden_size=64, num_hidden_layers=1, num_attention_heads=1)
    network = building.build(lambda: CLIPTextModel(config))
    assert all(parameter.is_meta for parameter in network.parameters())
    assert not any(buffer.is_meta for buffer in network.buffers())


def test_building_leaves_torch_as_it_was() -> None:
    building.build(lambda: torch.nn.Linear(2, 2))
    assert not torch.nn.Linear(2, 2).weight.is_meta


def test_settings_read_off_shapes_are_those_of_the_source() -> None:
    source = tiny.sd15_unet()
    built = building.unet(weights(sd15()), family("sd15")).network
    assert isinstance(built, UNet2DConditionModel)
    told = ("block_out_channels", "layers_per_block", "attention_head_dim", "norm_num_groups")
    assert all(list_of(built.config[name]) == list_of(source.config[name]) for name in told)


def list_of(value: object) -> object:
    return list(value) if isinstance(value, tuple | list) else value


def test_old_names_of_a_folders_vae_are_understood() -> None:
    news = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    tensors = {}
    for name, parameter in tiny.vae().named_parameters():
        for new, old in news.items():
            name = name.replace(f".attentions.0.{new}.", f".attentions.0.{old}.")
        tensors[f"vae/{name}"] = parameter.detach()
    opened = weights(tensors, "folder")
    blueprint = building.vae(opened, 0.18215)
    building.check(opened, blueprint)
    assert blueprint.unknown == ()


def test_the_settings_of_a_folder_say_what_shapes_do_not(tmp_path: Path) -> None:
    (tmp_path / "text_encoder").mkdir()
    settings = '{"hidden_act": "gelu", "num_attention_heads": 2, "auto_map": "evil.py"}'
    (tmp_path / "text_encoder" / "config.json").write_text(settings)
    tensors = {f"text_encoder/{n}": p.detach() for n, p in tiny.clip_l().named_parameters()}
    facts = {name: TensorFacts(tuple(tensor.shape), "F32") for name, tensor in tensors.items()}
    opened = Weights(Header(tmp_path, "folder", facts), tensors)
    network = building.tower(opened, family("sd15").encoders[0]).network
    assert isinstance(network, CLIPTextModel)
    config = network.config
    assert (config.hidden_act, config.num_attention_heads) == ("gelu", 2)
    assert not hasattr(config, "auto_map")


def test_a_family_whose_part_is_not_there_is_told() -> None:
    with pytest.raises(UnsupportedError, match="holds no text encoder"):
        building.tower(weights(sd15()), family("sdxl").encoders[1])


def test_widths_that_no_rule_fits_are_told() -> None:
    tensors = sd15()
    name = "model.diffusion_model.input_blocks.1.0.out_layers.3.weight"
    tensors[name] = torch.ones(30, 32, 3, 3)
    with pytest.raises(UnsupportedError, match="built in an unknown way"):
        building.unet(weights(tensors), family("sd15"))


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
def test_shapes_that_make_no_sense_are_told_and_never_surprise() -> None:
    chance = random.Random(3)
    second = "conditioner.embedders.1.model."
    tensors = sd15() | {second + n: t for n, t in open_clip_names(tiny.clip_g())}
    source = {n: t.to("meta") for n, t in tensors.items()}
    names, facts = sorted(source), family("sd15")
    lengths = (0, 1, 3, 7, 77, 2**20, 2**40)
    for _ in range(count(5, 200)):
        changed = dict(source)
        for name in chance.sample(names, chance.randint(1, 5)):
            axes = chance.choice((source[name].ndim, 0, 1, 2, 4))
            # With one axis of no length, any other length costs a file nothing.
            shape = [chance.choice(lengths) for _ in range(axes)]
            if math.prod(shape[:-1]) > 2**48:  # the reader of headers refuses those
                continue
            changed[name] = torch.empty([*shape[:-1], 0] if shape else [], device="meta")
        opened = weights(changed)
        parts: list[Callable[[Weights], building.Blueprint]] = [
            lambda opened: building.unet(opened, facts),
            lambda opened: building.vae(opened, 1.0),
            lambda opened: building.tower(opened, facts.encoders[0]),
            lambda opened: building.tower(opened, family("sdxl").encoders[1]),
        ]
        for part in parts:
            with contextlib.suppress(StudioError):
                building.check(opened, part(opened))
