"""Load ControlNet: a handle of a few strings, whatever the file's layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodes.load.controlnet import load_controlnet
from studio.core.errors import DamagedFileError, FamilyMismatchError, MissingFileError
from studio.core.values import ControlNet
from tests import tiny, tiny_control
from tests.tiny_control import write

pytestmark = pytest.mark.torch


def test_a_network_in_the_original_layout_says_what_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "sdxl.safetensors", tiny_control.published(tiny_control.controlnet()))
    assert load_controlnet(path) == ControlNet(
        str(path), "sd15", architecture="controlnet", blocks=tiny_control.BLOCKS
    )


def test_a_folder_of_diffusers_is_one_too(tmp_path: Path) -> None:
    tiny_control.controlnet(family="sdxl").save_pretrained(tmp_path / "net")
    found = load_controlnet(tmp_path / "net")
    assert (found.family, found.architecture, found.blocks) == ("sdxl", "controlnet", 5)


def test_unions_and_control_loras_are_told_apart(tmp_path: Path) -> None:
    union = write(tmp_path / "union.safetensors", tiny_control.union().state_dict())
    file, _ = tiny_control.lora(tiny.sd15_unet(), tiny_control.controlnet())
    lora = write(tmp_path / "lora.safetensors", file)
    opened = load_controlnet(union)
    assert (opened.architecture, opened.kinds) == ("union", 6)
    assert load_controlnet(lora).architecture == "control_lora"


def test_another_kind_of_file_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "controlnet.safetensors", tiny.vae().state_dict())
    with pytest.raises(FamilyMismatchError, match=r"is no ControlNet"):
        load_controlnet(path)


def test_a_missing_or_damaged_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        load_controlnet(tmp_path / "none.safetensors")
    (tmp_path / "page.safetensors").write_text("<!doctype html>")
    with pytest.raises(DamagedFileError):
        load_controlnet(tmp_path / "page.safetensors")
