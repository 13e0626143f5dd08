"""Paint mask."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from nodes.image.paint_mask import paint_mask
from studio.core.errors import MissingFileError
from tests.nodes.fakes import image


@pytest.fixture
def painted(tmp_path: Path) -> Path:
    pixels = np.zeros((12, 16), np.uint8)
    pixels[4:8, 4:12] = 255
    path = tmp_path / "mask.png"
    Pillow.fromarray(pixels).save(path)
    return path


def test_white_paint_changes(painted: Path) -> None:
    made = paint_mask(image(), painted).pixels
    assert made.shape == (1, 12, 16)
    assert made.sum() == 32


def test_nothing_painted_keeps_everything() -> None:
    assert paint_mask(image()).pixels.max() == 0
    assert paint_mask(image(), invert=True).pixels.min() == 1


def test_it_grows_inverts_and_softens(painted: Path) -> None:
    assert paint_mask(image(), painted, grow=1).pixels.sum() > 32
    assert paint_mask(image(), painted, grow=-1).pixels.sum() < 32
    assert paint_mask(image(), painted, invert=True).pixels.sum() == 12 * 16 - 32
    assert len(np.unique(paint_mask(image(), painted, feather=1).pixels)) > 4


def test_a_mask_of_another_size_is_fitted(painted: Path) -> None:
    made = paint_mask(image(1, 24, 32), painted).pixels
    assert made.shape == (1, 24, 32)
    assert made.sum() == pytest.approx(4 * 32, rel=0.05)


def test_a_mask_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"gone\.png"):
        paint_mask(image(), tmp_path / "gone.png")
