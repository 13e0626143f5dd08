"""Upscaler files: what they hold is told from the header, and what is built computes the same."""

from __future__ import annotations

import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from studio.core.errors import (
    DamagedFileError,
    FamilyMismatchError,
    ModelError,
    ShapeError,
    UnsupportedError,
)
from studio.core.values import Upscaler
from studio.diffusion.loading import load, prepare
from studio.diffusion.upscale import networks as upscalers
from studio.diffusion.upscale.networks import (
    FACE_SIDE,
    UpscalerFacts,
    UpscalerNetwork,
    build,
    facts_of,
)
from studio.diffusion.weights import open_weights
from studio.facts.header import read_header
from tests.tiny_upscalers import ARCHITECTURES, make, save

pytestmark = pytest.mark.torch

NAMES = sorted(ARCHITECTURES)


@pytest.mark.parametrize("ending", [".safetensors", ".pth"])
@pytest.mark.parametrize("name", NAMES)
def test_an_architecture_is_told_loaded_and_run(name: str, ending: str, tmp_path: Path) -> None:
    original, scale = make(name), ARCHITECTURES[name][1]
    path = save(original, tmp_path / f"network{ending}", "params_ema")
    assert facts_of(read_header(path)) == UpscalerFacts(name, scale)
    network = load(Upscaler(str(path)), torch.float32, channels_last=True)
    assert isinstance(network, UpscalerNetwork)
    assert not any(item.requires_grad for item in network.parameters())
    values = torch.rand(1, network.channels, 19, 23, generator=torch.Generator().manual_seed(1))
    assert network(values).shape == (1, network.channels, 19 * scale, 23 * scale)
    fitting = torch.rand(1, network.channels, 32, 48, generator=torch.Generator().manual_seed(2))
    again = UpscalerNetwork(built_again(path))
    assert torch.allclose(network(fitting), again(fitting), atol=1e-5)
    assert network.bytes_per_pixel > 0


def built_again(path: Path) -> Any:
    """Return what spandrel alone makes of the same weights."""
    from spandrel import ModelLoader

    weights = open_weights(path)
    bare = {name.removeprefix("params_ema."): value for name, value in weights.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ModelLoader().load_from_state_dict(bare)


def test_no_weight_is_read_to_tell_what_a_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(make("ESRGAN"), tmp_path / "network.safetensors")
    monkeypatch.setattr(upscalers, "open_weights", None)
    assert facts_of(read_header(path)) == UpscalerFacts("ESRGAN", 4)


@pytest.mark.parametrize(
    "wrapping", ["", "params", "params-ema", "state_dict", "model_state_dict", "model", "net"]
)
def test_what_training_tools_put_around_the_weights_is_taken_off(
    wrapping: str, tmp_path: Path
) -> None:
    path = save(make("ESRGAN"), tmp_path / "network.pth", wrapping)
    assert facts_of(read_header(path)).architecture == "ESRGAN"
    assert build(open_weights(path)).scale == 4


def test_the_averaged_weights_are_taken_where_there_are_two(tmp_path: Path) -> None:
    both = {"params": make("SAFMN", 1).state_dict(), "params_ema": make("SAFMN", 2).state_dict()}
    torch.save(both, tmp_path / "both.pth")
    network = build(open_weights(tmp_path / "both.pth"))
    expected = both["params_ema"]["to_feat.weight"]
    assert torch.equal(network.model.state_dict()["to_feat.weight"], expected)


def test_a_prefix_of_parallel_training_is_taken_off(tmp_path: Path) -> None:
    tensors = {f"module.{name}": value for name, value in make("SAFMN").state_dict().items()}
    save_file(tensors, tmp_path / "network.safetensors")
    assert facts_of(read_header(tmp_path / "network.safetensors")).architecture == "SAFMN"


@pytest.mark.parametrize(
    ("name", "shape", "error", "word"),
    [
        ("lora_unet_down_blocks_0.lora_down.weight", (4, 8), FamilyMismatchError, "LoRA"),
        ("decoder.conv_in.weight", (8, 4, 3, 3), FamilyMismatchError, "VAE"),
        ("model.diffusion_model.motion_modules.0.weight", (8,), FamilyMismatchError, "motion"),
        ("something.else.weight", (3, 3), UnsupportedError, "something.else.weight"),
    ],
)
def test_other_files_are_refused_by_what_they_are(
    name: str, shape: tuple[int, ...], error: type[ModelError], word: str, tmp_path: Path
) -> None:
    save_file({name: torch.zeros(shape)}, tmp_path / "other.safetensors")
    with pytest.raises(error, match=word):
        facts_of(read_header(tmp_path / "other.safetensors"))


def test_a_file_without_some_of_its_tensors_is_damaged(tmp_path: Path) -> None:
    tensors = dict(make("SPAN").state_dict())
    del tensors["block_2.c1_r.sk.weight"]
    save_file(tensors, tmp_path / "network.safetensors")
    with pytest.raises(DamagedFileError, match="SPAN"):
        facts_of(read_header(tmp_path / "network.safetensors"))


def test_a_network_that_gives_other_channels_is_refused(tmp_path: Path) -> None:
    from spandrel.architectures.ESRGAN import ESRGAN

    odd = ESRGAN(in_nc=3, out_nc=1, num_filters=8, num_blocks=1, scale=4)
    path = save(odd, tmp_path / "odd.safetensors")
    with pytest.raises(ShapeError, match="3 channels and gives 1"):
        facts_of(read_header(path))


def test_a_format_that_the_authors_rule_out_is_not_used() -> None:
    network = UpscalerNetwork(described(make("SwinIR"), supports_half=False))
    assert network.format_for(torch.float16) == torch.float32
    assert network.format_for(torch.bfloat16) == torch.bfloat16
    prepare(network, "cpu", torch.float16, channels_last=False)
    assert network.dtype == torch.float32


def test_a_face_network_sees_one_size_only() -> None:
    seen: list[tuple[int, ...]] = []

    def call(model: torch.nn.Module, values: torch.Tensor) -> torch.Tensor:
        seen.append(tuple(values.shape))
        return values

    network = UpscalerNetwork(described(torch.nn.Conv2d(3, 3, 1), "FaceSR", call=call))
    assert network(torch.rand(1, 3, 20, 31)).shape == (1, 3, 20, 31)
    assert seen == [(1, 3, FACE_SIDE, FACE_SIDE)]
    assert network.is_whole


def described(
    model: torch.nn.Module, purpose: str = "SR", *, supports_half: bool = True, call: Any = None
) -> Any:
    """Return what spandrel says of a network."""
    from spandrel.__helpers.size_req import SizeRequirements

    return SimpleNamespace(
        model=model,
        architecture=SimpleNamespace(name="Test"),
        scale=1,
        input_channels=3,
        size_requirements=SizeRequirements(),
        purpose=purpose,
        tiling=SimpleNamespace(name="SUPPORTED"),
        supports_half=supports_half,
        supports_bfloat16=True,
        _call_fn=call or (lambda model, values: model(values)),
    )
