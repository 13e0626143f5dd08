"""ControlNets of every layout become the network that they were made from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from studio.core.errors import DamagedFileError, ShapeError, UnsupportedError
from studio.core.values import ControlNet, Patch
from studio.diffusion.control.controls import BASE
from studio.diffusion.control.network import ControlNetwork
from studio.diffusion.loading import load
from studio.diffusion.sampling.steering import Asked, Tensors
from studio.diffusion.saving import save_checkpoint
from studio.diffusion.towers import TextTowers, Tower
from studio.facts.families import family
from tests import tiny, tiny_control

pytestmark = pytest.mark.torch

HINT = torch.rand(2, 3, 48, 80, generator=torch.Generator().manual_seed(1))


def asked(name: str) -> Asked:
    """Make a network call for two items."""
    generator = torch.Generator().manual_seed(2)
    width = {"sd15": tiny.TEXT_WIDTH, "sdxl": tiny.TEXT_WIDTH + tiny.SECOND_WIDTH}[name]
    added = None
    if name == "sdxl":
        pooled = torch.randn(2, tiny.SECOND_WIDTH, generator=generator)
        added = {"text_embeds": pooled, "time_ids": torch.full((2, 6), 64.0)}
    return Asked(
        tiny.shared(tiny_control.UNETS[name]),
        torch.randn(2, 4, 6, 10, generator=generator),
        torch.tensor(500.0),
        torch.randn(2, 5, width, generator=generator),
        added,
        ("positive",),
        slice(None),
        0,
    )


def theirs(net: Any, call: Asked, **more: Any) -> Tensors:
    """Return the residuals of a network of diffusers."""
    hint = [HINT] if "control_type" in more else HINT
    down, middle = net(
        call.x,
        call.timestep,
        encoder_hidden_states=call.tokens,
        controlnet_cond=hint,
        added_cond_kwargs=call.added,
        return_dict=False,
        **more,
    )
    return (*down, middle)


def ours(path: Path, call: Asked, kind: int = 0, base: Path | None = None) -> Tensors:
    """Return the residuals of a file as we read it."""
    name = "sdxl" if call.added else "sd15"
    patches = (Patch(BASE, str(base)),) if base else ()
    net = load(ControlNet(str(path), name, patches))
    assert isinstance(net, ControlNetwork)
    return net.residuals(net.prepared(HINT), kind, call)


def furthest(one: Tensors, other: Tensors) -> float:
    """Return the largest difference in shares of the largest value."""
    assert len(one) == len(other) == tiny_control.BLOCKS
    largest = max(float(part.abs().max()) for part in other)
    pairs = zip(one, other, strict=True)
    return max(float((a - b).abs().max()) for a, b in pairs) / largest


def checkpoint(path: Path, name: str = "sd15") -> Path:
    """Write a checkpoint of the published layout."""
    towers = [tiny.clip_l(), tiny.clip_g()][: len(family(name).encoders)]
    pairs = zip(family(name).encoders, towers, strict=True)
    unet, joined = tiny_control.UNETS[name](), TextTowers(tuple(Tower(*pair) for pair in pairs))
    save_checkpoint(path, unet, tiny.vae(), joined, name)
    return path


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
@pytest.mark.parametrize("prefix", ["control_model.", ""])
def test_the_original_layout_is_read(tmp_path: Path, name: str, prefix: str) -> None:
    net = tiny_control.controlnet(family=name)
    path = tiny_control.write(tmp_path / "a.safetensors", tiny_control.published(net, prefix))
    assert furthest(ours(path, asked(name)), theirs(net, asked(name))) <= 1e-5


def test_a_torch_file_is_read_through_the_gateway(tmp_path: Path) -> None:
    net = tiny_control.controlnet()
    torch.save({"state_dict": tiny_control.published(net)}, tmp_path / "a.pth")
    assert furthest(ours(tmp_path / "a.pth", asked("sd15")), theirs(net, asked("sd15"))) <= 1e-5


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_a_file_of_diffusers_is_read(tmp_path: Path, name: str) -> None:
    net = tiny_control.controlnet(family=name)
    path = tiny_control.write(tmp_path / "a.safetensors", net.state_dict())
    assert furthest(ours(path, asked(name)), theirs(net, asked(name))) <= 1e-5


def test_a_folder_of_diffusers_is_read_with_what_only_its_settings_say(tmp_path: Path) -> None:
    net = tiny_control.controlnet()
    net.register_to_config(global_pool_conditions=True)
    net.register_to_config(controlnet_conditioning_channel_order="bgr")
    net.save_pretrained(tmp_path / "net")
    found = ours(tmp_path / "net", asked("sd15"))
    expected = theirs(net, asked("sd15"))
    spread = [
        part.expand(-1, -1, *whole.shape[2:]) for part, whole in zip(expected, found, strict=True)
    ]
    assert furthest(found, tuple(spread)) <= 1e-5


def test_a_yaml_file_beside_says_that_residuals_are_averaged(tmp_path: Path) -> None:
    net = tiny_control.controlnet()
    path = tiny_control.write(tmp_path / "a.safetensors", tiny_control.published(net))
    (tmp_path / "a.yaml").write_text("model:\n  params:\n    global_average_pooling: True\n")
    found = ours(path, asked("sd15"))
    assert all(torch.equal(part, part[:, :, :1, :1].expand_as(part)) for part in found)


def test_differences_are_added_to_the_denoiser(tmp_path: Path) -> None:
    net = tiny_control.controlnet()
    file = tiny_control.difference(net, tiny.sd15_unet())
    path = tiny_control.write(tmp_path / "a.safetensors", file)
    found = ours(path, asked("sd15"), base=checkpoint(tmp_path / "base.safetensors"))
    assert furthest(found, theirs(net, asked("sd15"))) <= 1e-5


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_a_control_lora_is_multiplied_out_on_the_denoiser(tmp_path: Path, name: str) -> None:
    plain = tiny_control.controlnet(family=name)
    file, net = tiny_control.lora(tiny_control.UNETS[name](), plain)
    path = tiny_control.write(tmp_path / "a.safetensors", file)
    found = ours(path, asked(name), base=checkpoint(tmp_path / "base.safetensors", name))
    assert furthest(found, theirs(net, asked(name))) <= 1e-5


def test_a_control_lora_sits_on_a_folder_of_diffusers_as_well(tmp_path: Path) -> None:
    file, net = tiny_control.lora(tiny.sd15_unet(), tiny_control.controlnet())
    path = tiny_control.write(tmp_path / "a.safetensors", file)
    tiny.sd15_unet().save_pretrained(tmp_path / "base" / "unet")
    found = ours(path, asked("sd15"), base=tmp_path / "base")
    assert furthest(found, theirs(net, asked("sd15"))) <= 1e-5


@pytest.mark.parametrize("kinds", [6, 8])
@pytest.mark.parametrize("kind", [0, 5])
def test_a_union_network_is_told_the_kind(tmp_path: Path, kinds: int, kind: int) -> None:
    net = tiny_control.union(kinds)
    path = tiny_control.write(tmp_path / "a.safetensors", net.state_dict())
    flags = torch.zeros(2, kinds)
    flags[:, kind] = 1
    expected = theirs(net, asked("sdxl"), control_type=flags, control_type_idx=[kind])
    assert furthest(ours(path, asked("sdxl"), kind), expected) <= 1e-5


def test_a_union_network_looks_at_the_hint_or_is_told(tmp_path: Path) -> None:
    path = tiny_control.write(tmp_path / "a.safetensors", tiny_control.union(6).state_dict())
    net: Any = load(ControlNet(str(path), "sdxl"))
    lines = torch.zeros(32, 32, 3).numpy()
    lines[16] = 1
    assert net.kind_of(lines, "auto") == 3
    assert net.kind_of(lines, "depth") == 1
    with pytest.raises(UnsupportedError, match="does not know hints of the kind tile"):
        net.kind_of(lines, "tile")


def test_a_file_that_only_adds_needs_a_checkpoint(tmp_path: Path) -> None:
    file = tiny_control.difference(tiny_control.controlnet(), tiny.sd15_unet())
    path = tiny_control.write(tmp_path / "a.safetensors", file)
    with pytest.raises(UnsupportedError, match="only works on a checkpoint"):
        ours(path, asked("sd15"))


def test_a_missing_tensor_is_named(tmp_path: Path) -> None:
    file = tiny_control.published(tiny_control.controlnet())
    del file["control_model.middle_block.0.in_layers.2.weight"]
    path = tiny_control.write(tmp_path / "a.safetensors", file)
    with pytest.raises(DamagedFileError, match=r"mid_block\.resnets\.0\.conv1\.weight"):
        ours(path, asked("sd15"))


def test_a_network_for_another_denoiser_of_the_family_is_refused(tmp_path: Path) -> None:
    net = tiny_control.controlnet()
    path = tiny_control.write(tmp_path / "a.safetensors", tiny_control.published(net))
    other = tiny.sd15_unet()
    other.register_to_config(block_out_channels=(320, 640))
    call = replace(asked("sd15"), unet=other)
    with pytest.raises(ShapeError, match=r"\[32, 64\] channels, the model of \[320, 640\]"):
        ours(path, call)
