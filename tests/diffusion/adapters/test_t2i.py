"""T2I-Adapters: either layout gives the network that was saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from studio.core.errors import DamagedFileError, UnsupportedError
from studio.core.values import ControlNet
from studio.diffusion.adapters.t2i import is_t2i
from studio.diffusion.loading import load
from studio.diffusion.weights import open_weights
from studio.facts.families import describe
from studio.facts.header import read_header
from tests.tiny_adapters import published, t2i

pytestmark = pytest.mark.torch

KINDS = ["full_adapter", "full_adapter_xl", "light_adapter"]


def saved(tensors: dict[str, torch.Tensor], path: Path) -> Path:
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
    return path


def hint(channels: int = 3) -> torch.Tensor:
    generator = torch.Generator().manual_seed(4)
    return torch.rand(1, channels, 64, 96, generator=generator)


def loaded(path: Path) -> Any:
    return load(ControlNet(str(path)))


def features(path: Path, channels: int = 3) -> tuple[torch.Tensor, ...]:
    """Return what our network makes of the hint; a grey one comes as three equal channels."""
    seen = hint(channels).expand(1, 3, 64, 96)
    found: tuple[torch.Tensor, ...] = loaded(path).prepared(seen)
    return found


def is_same(ours: Sequence[torch.Tensor], theirs: Sequence[torch.Tensor]) -> bool:
    """Tell whether features are equal, but for what the place of a tensor in memory changes."""
    return all(torch.allclose(a, b, atol=1e-5) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_diffusers_gives_the_same_features(
    kind: str, channels: int, tmp_path: Path
) -> None:
    network = t2i(kind, channels)
    path = saved(network.state_dict(), tmp_path / "t2i.safetensors")
    ours, theirs = features(path, channels), network(hint(channels))
    assert is_same(ours, theirs)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_the_authors_gives_the_same_features(kind: str, tmp_path: Path) -> None:
    network = t2i(kind)
    path = saved(published(network), tmp_path / "t2i.safetensors")
    ours, theirs = features(path), network(hint())
    assert is_same(ours, theirs)


def test_a_torch_file_that_wraps_the_adapter_is_read(tmp_path: Path) -> None:
    network = t2i()
    path = tmp_path / "t2iadapter.pth"
    torch.save({"adapter": published(network)}, path)
    ours, theirs = features(path), network(hint())
    assert is_same(ours, theirs)


@pytest.mark.parametrize(
    ("kind", "family"),
    [("full_adapter", "sd15"), ("light_adapter", "sd15"), ("full_adapter_xl", "sdxl")],
)
def test_the_header_says_kind_and_family(kind: str, family: str, tmp_path: Path) -> None:
    for index, tensors in enumerate((t2i(kind).state_dict(), published(t2i(kind)))):
        path = saved(tensors, tmp_path / f"{index}.safetensors")
        found = describe(read_header(path))
        assert (found.kind, found.family, found.title) == ("t2i_adapter", family, "a T2I-Adapter")
        assert is_t2i(open_weights(path))


def test_a_file_without_its_last_block_says_what_is_missing(tmp_path: Path) -> None:
    tensors = published(t2i())
    del tensors["body.3.block2.bias"]
    with pytest.raises(DamagedFileError, match=r"body\.1\.resnets\.1\.block2\.bias"):
        loaded(saved(tensors, tmp_path / "cut.safetensors"))


def test_an_adapter_for_a_hint_of_five_channels_is_not_guessed_at(tmp_path: Path) -> None:
    tensors = published(t2i())
    tensors["conv_in.weight"] = torch.zeros(32, 5 * 64, 3, 3)
    with pytest.raises(UnsupportedError, match="320 channels"):
        loaded(saved(tensors, tmp_path / "odd.safetensors"))


def test_larger_kernels_than_those_published_are_refused(tmp_path: Path) -> None:
    tensors = published(t2i())
    tensors["body.0.block2.weight"] = torch.zeros(32, 32, 3, 3)
    with pytest.raises(DamagedFileError, match=r"\(32, 32, 3, 3\) instead of \(32, 32, 1, 1\)"):
        loaded(saved(tensors, tmp_path / "wide.safetensors"))
