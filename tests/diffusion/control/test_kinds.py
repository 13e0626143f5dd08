"""What a hint is, its colours tell."""

from __future__ import annotations

from types import FunctionType

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.diffusion.control.kinds import hint_kind, is_empty
from studio.facts.families.controls import UNION_KINDS

Pixels = NDArray[np.float32]


def _field() -> Pixels:
    """Return smooth hills from 0 to 1."""
    noise = np.random.default_rng(4).random((128, 128)).astype(np.float32)
    hills = cv2.GaussianBlur(noise, (0, 0), 12)
    return np.asarray((hills - hills.min()) / (hills.max() - hills.min()), np.float32)


def _grey(values: Pixels) -> Pixels:
    return np.repeat(values[..., None], 3, -1)


def depth() -> Pixels:
    return _grey(_field())


def hard_edge() -> Pixels:
    return _grey((cv2.Canny((_field() * 255).astype(np.uint8), 10, 20) > 0).astype(np.float32))


def soft_edge() -> Pixels:
    return _grey(np.clip(cv2.GaussianBlur(hard_edge()[..., 0], (0, 0), 1.5) * 3, 0, 1))


def normal() -> Pixels:
    across, down = np.gradient(_field() * 20)
    vectors = np.stack([-down, -across, np.ones_like(across)], -1)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True) / 2 + 0.5, "f4")


def segment() -> Pixels:
    palette = np.random.default_rng(6).random((7, 3)).astype(np.float32)
    return np.asarray(palette[(_field() * 6.9).astype(int)])


def openpose() -> Pixels:
    hint = np.zeros((128, 128, 3), np.uint8)
    for index in range(9):
        colour = tuple(int(255 * part) for part in np.random.default_rng(index).random(3))
        cv2.line(hint, (64, 20 + index * 8), (20 + index * 10, 110), colour, 3, cv2.LINE_AA)
    return np.asarray(hint / 255, np.float32)


def tile() -> Pixels:
    grain = np.random.default_rng(7).random((128, 128, 3)).astype(np.float32)
    return np.asarray(np.stack([_field(), _field().T, 1 - _field()], -1) * 0.7 + grain * 0.3)


def inpaint() -> Pixels:
    hint = tile()
    hint[40:80, 40:80] = -1
    return hint


@pytest.mark.parametrize(
    "make", [openpose, depth, soft_edge, hard_edge, normal, segment, tile, inpaint]
)
def test_each_kind_is_told_from_all_others(make: FunctionType) -> None:
    assert hint_kind(make()) == make.__name__
    assert make.__name__ in UNION_KINDS


def test_a_large_hint_is_told_as_a_small_one() -> None:
    large = cv2.resize(tile(), (1024, 1024), interpolation=cv2.INTER_NEAREST)
    assert hint_kind(np.asarray(large, np.float32)) == "tile"


def test_a_flat_colour_is_empty_and_a_line_is_not() -> None:
    flat = np.full((16, 16, 3), 0.3, np.float32)
    assert is_empty(flat)
    flat[3] += 0.1
    assert not is_empty(flat)
