"""Load image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from nodes.load.image import load_image
from studio.core.errors import DamagedFileError, MissingFileError


def test_alpha_is_split_into_the_mask(tmp_path: Path) -> None:
    picture = Pillow.new("RGBA", (4, 2), (255, 0, 0, 255))
    picture.putpixel((1, 0), (0, 255, 0, 51))
    picture.save(tmp_path / "a.png")
    image, mask = load_image(tmp_path / "a.png")
    assert image.pixels.shape == (1, 2, 4, 3)
    assert mask.pixels.shape == (1, 2, 4)
    assert image.pixels[0, 0, 1].tolist() == [0, 1, 0]
    assert mask.pixels[0, 0].tolist() == pytest.approx([0, 0.8, 0, 0])


def test_without_alpha_nothing_changes(tmp_path: Path) -> None:
    Pillow.new("L", (4, 2), 128).save(tmp_path / "a.png")
    loaded = load_image(tmp_path / "a.png")
    assert loaded.image.pixels.shape[-1] == 1
    assert loaded.mask.pixels.max() == 0


@pytest.mark.parametrize(
    "name", ["Ünï 图片 \U0001f600.png", "x" * 240 + ".png", "a b'c\"d.png", "con.png"]
)
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    Pillow.new("RGB", (4, 2), "red").save(tmp_path / name)
    np.testing.assert_array_equal(load_image(tmp_path / name).image.pixels[0, 0, 0], [1, 0, 0])


def test_missing_and_damaged_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"a\.png"):
        load_image(tmp_path / "a.png")
    Pillow.effect_noise((64, 64), 50).save(tmp_path / "b.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "b.png").read_bytes()[:900])
    with pytest.raises(DamagedFileError, match=r"b\.png"):
        load_image(tmp_path / "b.png")
