from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.core.errors import DamagedFileError
from studio.facts import folders
from studio.facts.header import read_header
from tests.facts.files import safetensors

WHOLE = "diffusion_pytorch_model.safetensors"


def part(folder: Path, name: str, file: str, tensor: str) -> None:
    (folder / name).mkdir(exist_ok=True)
    (folder / name / file).write_bytes(safetensors({tensor: ("F16", (2,))}))


def test_the_headers_of_all_parts_are_joined(tmp_path: Path) -> None:
    part(tmp_path, "unet", WHOLE, "a")
    part(tmp_path, "vae", WHOLE, "b")
    part(tmp_path, "text_encoder", "model.safetensors", "c")
    header = read_header(tmp_path)
    assert header.format == "folder"
    assert list(header.tensors) == ["unet/a", "vae/b", "text_encoder/c"]


def test_full_precision_is_preferred_to_half(tmp_path: Path) -> None:
    part(tmp_path, "unet", WHOLE, "full")
    part(tmp_path, "unet", "diffusion_pytorch_model.fp16.safetensors", "half")
    assert list(read_header(tmp_path).tensors) == ["unet/full"]


def test_shards_are_read_by_their_index(tmp_path: Path) -> None:
    part(tmp_path, "unet", "one.safetensors", "a")
    part(tmp_path, "unet", "two.safetensors", "b")
    index = {"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}
    (tmp_path / "unet" / f"{WHOLE}.index.json").write_text(json.dumps(index))
    assert list(read_header(tmp_path).tensors) == ["unet/a", "unet/b"]


@pytest.mark.parametrize("name", ["../secret.safetensors", "/etc/passwd", "a/b.safetensors"])
def test_an_index_reaches_no_file_outside(tmp_path: Path, name: str) -> None:
    (tmp_path / "unet").mkdir()
    index = {"weight_map": {"a": name}}
    (tmp_path / "unet" / f"{WHOLE}.index.json").write_text(json.dumps(index))
    with pytest.raises(DamagedFileError, match="outside of its folder"):
        read_header(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000, "{"])
def test_settings_that_are_no_object_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "config.json").write_text(text)
    with pytest.raises(DamagedFileError, match=r"config\.json"):
        folders.settings(tmp_path, "unet")


def test_a_part_without_settings_has_none(tmp_path: Path) -> None:
    assert folders.settings(tmp_path, "vae") == {}
