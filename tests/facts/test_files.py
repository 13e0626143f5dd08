"""What checks hear of files: is one there, of which kind is it."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.registry import Registry
from studio.core.widgets import FileRef
from studio.facts.files import FileFacts
from studio.paths import resources
from studio.roots import Roots

STARTER = {
    "checkpoints": "toyworld.safetensors",
    "controlnet": "toyworld_canny.safetensors",
    "detectors": "toyworld_faces.onnx",
    "upscalers": "toyworld_x4.safetensors",
}


@pytest.fixture(scope="module")
def facts() -> FileFacts:
    return FileFacts(Registry(), Roots((("starter", (resources() / "starter",)),)))


def misfit(facts: FileFacts, name: str, folder: str) -> str:
    """Return what is said of a starter file in a kind of folder."""
    return str(facts.misfit(FileRef(f"starter/{name}"), folder) or "")


@pytest.mark.parametrize("folder", [*STARTER, "vae", "ip_adapters", "image_encoders"])
def test_every_other_kind_of_file_is_refused_by_its_name(folder: str, facts: FileFacts) -> None:
    for kind, name in STARTER.items():
        fits = kind == folder or (kind, folder) == ("checkpoints", "vae")
        # What an ONNX file is for, its node says: it has no header of tensors.
        if name.endswith(".safetensors"):
            assert bool(misfit(facts, name, folder)) != fits, (name, folder)


def test_the_misfit_is_named_with_its_node(facts: FileFacts) -> None:
    said = misfit(facts, STARTER["upscalers"], "detectors")
    assert "toyworld_x4.safetensors is not a detector but an upscaler" in said
    assert "load.upscaler" in said


def test_a_file_that_is_gone_or_damaged_is_no_misfit(facts: FileFacts, tmp_path: Path) -> None:
    assert misfit(facts, "gone.safetensors", "checkpoints") == ""
    (tmp_path / "bad.safetensors").write_bytes(b"<html>")
    here = FileFacts(Registry(), Roots((), tmp_path))
    assert here.misfit(FileRef("bad.safetensors"), "checkpoints") is None


def test_a_kind_of_folder_that_is_not_known_refuses_nothing(facts: FileFacts) -> None:
    assert misfit(facts, STARTER["upscalers"], "annotators") == ""
