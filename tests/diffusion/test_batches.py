"""Batches are put together only of what fits."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import FamilyMismatchError, ShapeError, TypeMismatchError
from studio.core.values import Image, Latent, Mask, Sequence
from studio.diffusion.batches import stack


def image(value: float, width: int = 4, channels: int = 3) -> Image:
    return Image(np.full((1, 2, width, channels), value, np.float32))


def test_images_are_stacked_in_order() -> None:
    made: Image = stack(Sequence((image(0.1), image(0.2), image(0.3))))
    assert made.pixels.shape == (3, 2, 4, 3)
    np.testing.assert_allclose(made.pixels[:, 0, 0, 0], [0.1, 0.2, 0.3])
    assert made.pixels.flags.c_contiguous


def test_grey_and_opaque_images_join_richer_ones() -> None:
    made: Image = stack(Sequence((image(0.1, channels=1), image(0.2, channels=4))))
    assert made.pixels[0, 0, 0].tolist() == pytest.approx([0.1, 0.1, 0.1, 1])


def test_masks_are_stacked() -> None:
    mask = Mask(np.ones((2, 3, 4), np.float32))
    assert stack(Sequence((mask, mask))).pixels.shape == (4, 3, 4)


def test_two_sizes_are_refused_with_both_named() -> None:
    with pytest.raises(ShapeError, match=r"item 0 is 4 x 2, item 1 is 5 x 2"):
        stack(Sequence((image(0), image(0, 5))))


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(ShapeError, match="empty"):
        stack(Sequence(()))


def test_numbers_are_no_batch() -> None:
    with pytest.raises(TypeMismatchError, match="int"):
        stack(Sequence((1, 2)))


@pytest.mark.torch
def test_latents_are_stacked_within_one_family() -> None:
    import torch

    one = Latent(torch.zeros(1, 4, 2, 2), "sd15")
    assert stack(Sequence((one, one))).samples.shape == (2, 4, 2, 2)
    with pytest.raises(FamilyMismatchError):
        stack(Sequence((one, Latent(torch.zeros(1, 4, 2, 2), "sdxl"))))
