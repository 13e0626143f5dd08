"""Batches: put several values of one type together into one."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import ShapeError, TypeMismatchError
from studio.core.sequences import item_at
from studio.core.values import Image, Latent, Mask, Sequence
from studio.diffusion.pixels.blending import with_channels

T = TypeVar("T")


def stack(values: Sequence[T]) -> T:
    """Make one batch of all items of a list, in order.

    Raises:
        ShapeError: Two items differ in size, or there are none.
        TypeMismatchError: The items are not all images, all masks or all latents.
        FamilyMismatchError: Two latents are of different families.
    """
    items: list[Any] = [item_at(values, index) for index in range(len(values))]
    if not items:
        raise ShapeError("the list is empty", fix="link a list with at least one item")
    for kind, join in ((Image, _images), (Mask, _masks), (Latent, _latents)):
        if all(isinstance(item, kind) for item in items):
            return cast(T, join(items))
    names = ", ".join(sorted({type(item).__name__ for item in items}))
    raise TypeMismatchError(f"{names} cannot be a batch", fix="link images, masks or latents")


def _images(items: list[Image]) -> Image:
    _same_size([(item.pixels.shape[2], item.pixels.shape[1]) for item in items])
    channels = max(item.pixels.shape[-1] for item in items)
    return Image(_joined([with_channels(item.pixels, channels) for item in items]))


def _masks(items: list[Mask]) -> Mask:
    _same_size([(item.pixels.shape[2], item.pixels.shape[1]) for item in items])
    return Mask(_joined([item.pixels for item in items]))


def _joined(arrays: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.ascontiguousarray(np.concatenate(arrays))


def _latents(items: list[Latent]) -> Latent:
    import torch

    from studio.facts.families import same_family

    family = same_family(*items)
    _same_size([(item.samples.shape[3] * 8, item.samples.shape[2] * 8) for item in items])
    if any(item.mask or item.sigma for item in items):
        text = "a latent with a mask or with noise left in it cannot join a batch"
        raise TypeMismatchError(text, fix="collect the latents first")
    seeds = [item.item_seeds for item in items]
    kept = tuple(seed for some in seeds if some for seed in some) if all(seeds) else None
    return Latent(torch.cat([item.samples for item in items]), family, item_seeds=kept)


def _same_size(sizes: list[tuple[int, int]]) -> None:
    for index, size in enumerate(sizes):
        if size != sizes[0]:
            first, other = (f"{width} x {height}" for width, height in (sizes[0], size))
            raise ShapeError(
                f"item 0 is {first}, item {index} is {other}",
                fix="bring all to one size with Resize before they are collected",
            )
