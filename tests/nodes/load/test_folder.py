"""Load folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Pillow

from nodes.load.folder import load_folder
from studio.core.context import result_of
from studio.core.errors import MissingFileError
from studio.core.sequences import item_at


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for index in (1, 2, 10):
        Pillow.new("RGBA", (index, 1), (255, 0, 0, 128)).save(tmp_path / f"p{index}.png")
    return tmp_path


def test_pictures_and_names_come_in_one_order(folder: Path) -> None:
    images, names = result_of(load_folder(folder))
    assert names.items == ("p1", "p2", "p10")
    assert [item_at(images, index).pixels.shape for index in range(3)] == [
        (1, 1, 1, 4), (1, 1, 2, 4), (1, 1, 10, 4),
    ]  # fmt: skip


def test_no_pixel_is_read_before_it_is_needed(folder: Path) -> None:
    walk = load_folder(folder)
    (folder / "p2.png").write_bytes(b"damaged")
    assert len(result_of(walk).images) == 3


def test_a_changed_file_changes_only_its_own_identity(folder: Path) -> None:
    before = result_of(load_folder(folder)).images.digests
    Pillow.new("RGB", (5, 5)).save(folder / "p2.png")
    Pillow.new("RGB", (6, 6)).save(folder / "p3.png")
    after = result_of(load_folder(folder)).images.digests
    assert (after[0], after[3]) == (before[0], before[2])
    assert after[1] != before[1]


def test_it_tells_how_far_it_is(folder: Path) -> None:
    assert [(step.done, step.total) for step in load_folder(folder)] == [(1, 3), (2, 3), (3, 3)]


def test_nothing_to_load_is_an_error(folder: Path) -> None:
    with pytest.raises(MissingFileError, match="no picture"):
        result_of(load_folder(folder, "*.jpg"))
