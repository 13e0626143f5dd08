"""Load checkpoint and VAE: by their headers, and refused by what they are."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

from nodes.load.checkpoint import load_checkpoint
from nodes.load.vae import load_vae
from studio.core.errors import (
    DamagedFileError,
    FamilyMismatchError,
    MissingFileError,
    ModelError,
    UnknownFamilyError,
    UnsupportedError,
)

UNET = "model.diffusion_model."
SD15 = {
    f"{UNET}input_blocks.0.0.weight": (8, 4, 3, 3),
    f"{UNET}input_blocks.1.1.proj_in.weight": (8, 8, 1, 1),
    f"{UNET}out.2.weight": (4, 8, 3, 3),
    "first_stage_model.decoder.conv_in.weight": (8, 4, 3, 3),
    "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight": (5, 8),
}


def weights(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> Path:
    """Write a safetensors file of zeros with these names and shapes."""
    header: dict[str, object] = {}
    position = 0
    for name, shape in shapes.items():
        size = 2
        for side in shape:
            size *= side
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [position, position + size]}
        position += size
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(position))
    return path


def test_the_family_goes_with_every_handle(tmp_path: Path) -> None:
    path = weights(tmp_path / "anything.safetensors", SD15)
    found = load_checkpoint(path)
    assert {handle.family for handle in found} == {"sd15"}
    assert {handle.file for handle in found} == {str(path)}
    assert found.model.patches == ()


@pytest.mark.parametrize(
    ("shapes", "error", "word"),
    [
        ({"lora_unet_down_blocks_0.lora_down.weight": (4, 8)}, FamilyMismatchError, "LoRA"),
        ({"decoder.conv_in.weight": (8, 4, 3, 3), "encoder.conv_in.weight": (8, 3, 3, 3)},
         FamilyMismatchError, "VAE"),
        ({"controlnet_cond_embedding.conv_in.weight": (8, 3, 3, 3),
          "conv_in.weight": (8, 4, 3, 3)}, FamilyMismatchError, "ControlNet"),
        ({"double_blocks.0.img_attn.norm.key_norm.scale": (8,)}, UnsupportedError, "Flux"),
        ({"a.weight": (3, 3)}, UnknownFamilyError, "a.weight"),
    ],
)  # fmt: skip
def test_another_kind_of_file_is_named(
    tmp_path: Path, shapes: dict[str, tuple[int, ...]], error: type[ModelError], word: str
) -> None:
    with pytest.raises(error, match=word):
        load_checkpoint(weights(tmp_path / "a.safetensors", shapes))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "[Ll][Ff][Ss]"),
        (b"<!DOCTYPE html><html><body>log in</body></html>", "HTML|web page"),
        (struct.pack("<Q", 1 << 40) + b"{}", "header"),
    ],
)
def test_a_damaged_file_is_called_what_it_is(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    for load in (load_checkpoint, load_vae):
        with pytest.raises(DamagedFileError, match=word):
            load(path)


def test_a_file_that_ends_early_is_damaged(tmp_path: Path) -> None:
    path = weights(tmp_path / "a.safetensors", SD15)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DamagedFileError):
        load_checkpoint(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="gone"):
        load_checkpoint(tmp_path / "gone.safetensors")


def test_a_vae_comes_from_its_own_file_or_a_checkpoint(tmp_path: Path) -> None:
    alone = {"decoder.conv_in.weight": (8, 4, 3, 3), "encoder.conv_in.weight": (8, 3, 3, 3)}
    assert load_vae(weights(tmp_path / "a.safetensors", alone)).family == ""
    assert load_vae(weights(tmp_path / "b.safetensors", SD15)).family == "sd15"


def test_a_file_without_a_vae_is_refused(tmp_path: Path) -> None:
    unet = {name: shape for name, shape in SD15.items() if name.startswith(UNET)}
    with pytest.raises(UnsupportedError, match="no VAE"):
        load_vae(weights(tmp_path / "a.safetensors", unet))
