"""Models in the folders of other programs are found without copying them."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.widgets import FileRef
from studio.paths import Paths
from studio.programs import model_folders, program_of
from studio.roots import roots
from studio.settings import Settings


@pytest.fixture(params=["ComfyUI", "A1111"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = "checkpoints" if request.param == "ComfyUI" else "Stable-diffusion"
    lora = "loras" if request.param == "ComfyUI" else "Lora"
    for name in (f"models/{folder}/one.safetensors", f"models/{lora}/two.safetensors"):
        path = tmp_path / "other" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"content")
    return tmp_path / "other"


def test_its_folders_are_known_by_kind(program: Path) -> None:
    found = model_folders(program)
    assert [path.name for path in found["checkpoints"]] in (["checkpoints"], ["Stable-diffusion"])
    assert set(found) == {"checkpoints", "loras"}


def test_annotators_of_other_programs_are_found(program: Path) -> None:
    for place in ("models/annotators", "extensions/sd-webui-controlnet/annotator/downloads"):
        (program / place).mkdir(parents=True)
    assert len(model_folders(program)["annotators"]) == 1


def test_any_other_folder_has_no_models(tmp_path: Path) -> None:
    assert program_of(tmp_path) == ""
    assert model_folders(tmp_path) == {}


def test_a_graph_names_its_files_like_our_own(program: Path, tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data", tmp_path / "cache", tmp_path / "resources")
    places = roots(paths, Settings(programs=(str(program),)))
    assert places.resolve(FileRef("checkpoints/one.safetensors")).is_file()
    assert places.resolve(FileRef("loras/two.safetensors")).is_file()
