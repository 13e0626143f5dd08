from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.widgets import FileRef
from studio.roots import Roots
from studio.ui.inspector.files import as_written, model_files, stem_and_suffix


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    for name in ("own/a.safetensors", "own/deep/b.ckpt", "own/notes.txt", "own/.hidden.pt",
                 "own/parts/model_index.json", "own/parts/unet/x.safetensors",
                 "own/whole/preprocessor_config.json", "own/whole/model.safetensors",
                 "starter/toy.safetensors"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return Roots((("starter", (tmp_path / "starter",)), ("checkpoints", (tmp_path / "own",))))


def test_weights_are_listed_below_their_root_and_folders_of_parts_once(roots: Roots) -> None:
    assert [ref.path for ref in model_files(roots, "checkpoints")] == [
        "checkpoints/a.safetensors",
        "checkpoints/deep/b.ckpt",
        "checkpoints/parts",
        "checkpoints/whole",
        "starter/toy.safetensors",
    ]


def test_folders_that_are_not_there_are_passed_over(roots: Roots) -> None:
    assert [ref.path for ref in model_files(roots, "vae")] == ["starter/toy.safetensors"]


def test_a_file_below_a_root_is_written_so_that_it_is_found_elsewhere(
    roots: Roots, tmp_path: Path
) -> None:
    assert as_written(tmp_path / "own/deep/b.ckpt", roots, "") == FileRef("checkpoints/deep/b.ckpt")


def test_a_file_beside_the_graph_is_relative_and_others_are_absolute(
    roots: Roots, tmp_path: Path
) -> None:
    picture = tmp_path / "graphs/in/p.png"
    assert as_written(picture, roots, str(tmp_path / "graphs")) == FileRef("in/p.png")
    assert as_written(picture, roots, "") == FileRef(picture.as_posix())


def test_the_ending_is_told_from_the_name() -> None:
    assert stem_and_suffix("a/toy.world.safetensors") == ("toy.world", ".safetensors")
    assert stem_and_suffix("a/folder") == ("folder", "")
