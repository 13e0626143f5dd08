from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from studio.core.errors import DamagedFileError, FamilyMismatchError, UnsupportedError
from studio.core.values import Detector, DiffusionModel, TextEncoder, Vae
from studio.diffusion.loading import LoadStep, load, load_steps, prepare
from studio.diffusion.towers import TextTowers
from studio.facts.families import identify
from tests import tiny
from tests.tools import write_original_layouts

pytestmark = pytest.mark.torch


@dataclass(frozen=True)
class Source:
    """Modules, and the tensors of the checkpoint that was written from them."""

    family: str
    unet: Any
    vae: Any
    towers: tuple[Any, ...]
    tensors: dict[str, torch.Tensor]


def sd15(channels: int = 4) -> Source:
    unet = tiny.shared(tiny.sd15_unet, 0, channels)
    vae, text = tiny.shared(tiny.vae), tiny.shared(tiny.clip_l)
    return Source("sd15", unet, vae, (text,), write_original_layouts.sd15(unet, vae, text))


def sdxl() -> Source:
    unet, vae = tiny.shared(tiny.sdxl_unet), tiny.shared(tiny.vae, 1, 0.13025)
    towers = (tiny.shared(tiny.clip_l), tiny.shared(tiny.clip_g))
    return Source("sdxl", unet, vae, towers, write_original_layouts.sdxl(unet, vae, *towers))


def safetensors(source: Source, folder: Path) -> Path:
    save_file(source.tensors, folder / "model.safetensors")
    return folder / "model.safetensors"


def ckpt(source: Source, folder: Path) -> Path:
    torch.save({"state_dict": source.tensors, "epoch": 1}, folder / "model.ckpt")
    return folder / "model.ckpt"


def old_ckpt(source: Source, folder: Path) -> Path:
    file = folder / "model.ckpt"
    torch.save(source.tensors, file, _use_new_zipfile_serialization=False)
    return file


def diffusers_folder(source: Source, folder: Path) -> Path:
    names = ("text_encoder", "text_encoder_2")
    parts = {
        "unet": source.unet,
        "vae": source.vae,
        **dict(zip(names, source.towers, strict=False)),
    }
    for name, part in parts.items():
        part.save_pretrained(folder / name)
    return folder


SOURCES: list[Callable[[], Source]] = [sd15, sdxl]
FORMS = [safetensors, ckpt, old_ckpt, diffusers_folder]


def answer(unet: Any, source: Source) -> torch.Tensor:
    """Return one call of a denoiser."""
    made = torch.Generator().manual_seed(5)
    latent = torch.randn(1, source.unet.config.in_channels, 8, 8, generator=made)
    text = torch.randn(1, 7, source.unet.config.cross_attention_dim, generator=made)
    pooled = torch.randn(1, tiny.SECOND_WIDTH, generator=made)
    extra = {"text_embeds": pooled, "time_ids": torch.ones(1, tiny.TIME_IDS)}
    with torch.no_grad():
        found: torch.Tensor = unet(latent, 10, text, added_cond_kwargs=extra).sample
    return found


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", SOURCES)
def test_every_form_gives_the_networks_that_it_was_written_from(
    tmp_path: Path, make: Callable[[], Source], form: Callable[[Source, Path], Path]
) -> None:
    source = make()
    file = str(form(source, tmp_path))
    assert identify(file).family == source.family
    unet: Any = load(DiffusionModel(file, source.family))
    assert torch.allclose(answer(unet, source), answer(source.unet, source), atol=1e-5, rtol=0)
    vae: Any = load(Vae(file, source.family))
    latent = torch.ones(1, 4, 4, 4)
    with torch.no_grad():
        decoded, expected = vae.decode(latent).sample, source.vae.decode(latent).sample
    assert torch.allclose(decoded, expected, atol=1e-5, rtol=0)
    assert vae.config.scaling_factor == source.vae.config.scaling_factor
    towers = load(TextEncoder(file, source.family))
    assert isinstance(towers, TextTowers)
    ids = torch.tensor([[49406, 320, 1125, 49407, 49407]])
    for tower, text in zip(towers.towers, source.towers, strict=True):
        with torch.no_grad():
            found, wanted = (m(ids, output_hidden_states=True) for m in (tower.model, text))
        for ours, theirs in zip(found.hidden_states, wanted.hidden_states, strict=True):
            assert torch.allclose(ours, theirs, atol=1e-5, rtol=0)
        if tower.facts.projected:
            assert torch.allclose(found.text_embeds, wanted.text_embeds, atol=1e-5, rtol=0)


@pytest.mark.parametrize("channels", [8, 9])
def test_denoisers_that_take_more_channels_are_loaded(tmp_path: Path, channels: int) -> None:
    source = sd15(channels)
    unet: Any = load(DiffusionModel(str(safetensors(source, tmp_path)), "sd15"))
    assert torch.allclose(answer(unet, source), answer(source.unet, source), atol=1e-5, rtol=0)


def test_a_vae_alone_is_loaded(tmp_path: Path) -> None:
    vae = tiny.vae()
    tensors = dict(write_original_layouts.vae_names(vae))
    save_file({n: t.clone() for n, t in tensors.items()}, tmp_path / "vae.safetensors")
    found: Any = load(Vae(str(tmp_path / "vae.safetensors")))
    assert torch.equal(found.post_quant_conv.weight, vae.post_quant_conv.weight)


def test_a_mapped_network_is_the_file_and_owns_nothing(tmp_path: Path) -> None:
    file = str(safetensors(sd15(), tmp_path))
    unet: Any = load(DiffusionModel(file, "sd15"))
    one, other = unet.conv_in.weight.data_ptr(), unet.conv_out.weight.data_ptr()
    assert abs(one - other) < Path(file).stat().st_size
    assert not any(parameter.is_meta for parameter in unet.parameters())
    assert not any(parameter.requires_grad for parameter in unet.parameters())
    assert not unet.training


def test_half_precision_becomes_full_precision_and_channels_last(tmp_path: Path) -> None:
    source = sd15()
    halves = {n: t.half() if t.is_floating_point() else t for n, t in source.tensors.items()}
    save_file(halves, tmp_path / "half.safetensors")
    handle = DiffusionModel(str(tmp_path / "half.safetensors"), "sd15")
    unet: Any = load(handle, torch.float32, channels_last=True)
    assert {parameter.dtype for parameter in unet.parameters()} == {torch.float32}
    assert unet.conv_in.weight.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(unet.conv_in.weight, source.unet.conv_in.weight.half().float())
    kept: Any = load(handle)
    assert {parameter.dtype for parameter in kept.parameters()} == {torch.float16}


def test_mixed_precision_becomes_the_one_that_most_of_it_has(tmp_path: Path) -> None:
    tensors = sd15().tensors
    name = "model.diffusion_model.out.0.weight"
    save_file(tensors | {name: tensors[name].half()}, tmp_path / "mixed.safetensors")
    unet: Any = load(DiffusionModel(str(tmp_path / "mixed.safetensors"), "sd15"))
    assert unet.conv_norm_out.weight.dtype is torch.float32


def test_loading_says_how_far_it_is_and_can_be_left(tmp_path: Path) -> None:
    handle = DiffusionModel(str(safetensors(sd15(), tmp_path)), "sd15")
    steps = list(load_steps(handle))
    assert len(steps) == len(list(tiny.sd15_unet().parameters()))
    assert steps[-1] == LoadStep(steps[-1].total_bytes, steps[-1].total_bytes)
    begun = load_steps(handle, torch.float64)
    next(begun)
    begun.close()
    assert len(list(load_steps(handle))) == len(steps)


def test_prepare_moves_a_network_and_towers(tmp_path: Path) -> None:
    file = str(safetensors(sd15(), tmp_path))
    unet: Any = prepare(load(DiffusionModel(file, "sd15")), "cpu", torch.float64, True)
    assert unet.conv_in.weight.is_contiguous(memory_format=torch.channels_last)
    towers: Any = prepare(load(TextEncoder(file, "sd15")), "cpu", torch.float64, True)
    assert next(towers.towers[0].model.parameters()).dtype is torch.float64


@pytest.mark.parametrize("kind", [TextEncoder, Vae])
def test_a_part_that_a_file_lacks_is_named(tmp_path: Path, kind: type[Vae]) -> None:
    tensors = {n: t for n, t in sd15().tensors.items() if n.startswith("model.")}
    save_file(tensors, tmp_path / "unet.safetensors")
    with pytest.raises(UnsupportedError, match="holds no"):
        load(kind(str(tmp_path / "unet.safetensors"), "sd15"))


def test_a_missing_tensor_is_named(tmp_path: Path) -> None:
    tensors = sd15().tensors
    del tensors["model.diffusion_model.middle_block.0.in_layers.0.bias"]
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(DamagedFileError, match=r"lacks 1 of \d+ tensors.*norm1\.bias"):
        load(DiffusionModel(str(tmp_path / "model.safetensors"), "sd15"))


def test_a_tensor_of_the_wrong_shape_is_named(tmp_path: Path) -> None:
    name = "model.diffusion_model.out.0.bias"
    save_file(sd15().tensors | {name: torch.ones(5)}, tmp_path / "model.safetensors")
    with pytest.raises(DamagedFileError, match=r"conv_norm_out\.bias of shape \(5,\)"):
        load(DiffusionModel(str(tmp_path / "model.safetensors"), "sd15"))


def test_tensors_without_a_place_are_logged(tmp_path: Path, logged: io.StringIO) -> None:
    extra = {"model.diffusion_model.strange.weight": torch.ones(2)}
    save_file(sd15().tensors | extra, tmp_path / "model.safetensors")
    load(DiffusionModel(str(tmp_path / "model.safetensors"), "sd15"))
    assert "strange.weight" in logged.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "model.diffusion_model.input_blocks.0.0.weight",
        "model.diffusion_model.out.2.weight",
        "model.diffusion_model.input_blocks.1.0.out_layers.3.weight",
    ],
)
def test_a_checkpoint_without_what_its_settings_are_read_off_is_damaged(
    tmp_path: Path, name: str
) -> None:
    tensors = sd15().tensors
    del tensors[name]
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises((DamagedFileError, UnsupportedError)):
        load(DiffusionModel(str(tmp_path / "model.safetensors"), "sd15"))


def test_a_handle_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FamilyMismatchError, match="not a detector"):
        load(Detector(str(safetensors(sd15(), tmp_path)), "sd15"))
