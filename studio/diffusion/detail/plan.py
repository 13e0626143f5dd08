"""Plans the redrawing of masks: in which picture, where, with which prompt, denoise and seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import ShapeError
from studio.core.values import Detection, Detections, Mask
from studio.core.widgets import SEED_LIMIT
from studio.diffusion.detail.prompts import Subject, Wish, read_rows, wishes
from studio.diffusion.detail.settings import Detailing, SeedMode
from studio.diffusion.pixels.masks import check_proportions, resize_mask, without_others
from studio.diffusion.redraw.crops import Crop, WorkSize, bounds, crop_around
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.tiling import Tile

Pixels = NDArray[np.float32]
Warn = Callable[[str, str], None]

_CELLS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One mask of one picture.

    Attributes:
        picture: Index of the picture.
        index: Which of its masks, from 0.
        name: What users may call it, such as ``face 2``.
        alpha: float32 ``(height, width)`` of the crop, how much of it is seen.
        crop: What is redrawn.
        wish: Prompt and denoise that it asks for.
        denoise: Share of the noise.
        seed: Fixes the noise.
    """

    picture: int
    index: int
    name: str
    alpha: Pixels
    crop: Crop
    wish: Wish
    denoise: float
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """A mask that shows something, and what it shows."""

    picture: int
    mask: Pixels
    seen: Tile
    box: tuple[float, float, float, float]
    subject: Subject


def plan(
    pixels: Pixels,
    mask: Mask,
    detections: Detections | None,
    how: Detailing,
    native: tuple[int, int],
    settings: Settings,
    warn: Warn,
) -> tuple[Job, ...]:
    """Plan the redrawing of a batch of pictures, in the order of the masks.

    Args:
        pixels: The pictures, ``(batch, height, width, channels)``.
        mask: Items for them; black ones are passed over.
        detections: What the masks show, item by item.
        how: How masks are redrawn.
        native: Width and height in pixels that the model was trained on.
        settings: The seed that those of all masks follow from, and the denoise for masks that ask
            for none of their own.
        warn: Told of prompts that nothing uses, and of masks far from their detections.

    Raises:
        ShapeError: Masks, pictures and detections do not go together.
        RangeError: A cell of the table makes no sense, or a mask would be drawn too large.
    """
    rows = read_rows(how.table)
    shown = _shown(pixels, mask, detections, how.exclude_others)
    if any(_is_apart(each) for each in shown):
        warn(
            "W_QUALITY",
            "a mask does not meet the box of its detection; link the detections that the masks "
            "were made of, in the same order",
        )
    found = wishes([each.subject for each in shown], how.prompts, rows, warn)
    size = WorkSize(
        how.by, native[0] * native[1], how.width, how.height, how.factor, how.allow_smaller
    )
    jobs = (
        _job(each, wish, how, size, settings)
        for each, wish in zip(shown, found, strict=True)
        if not wish.skip
    )
    # Small things do not come through a VAE unharmed, so what shall not change is left alone.
    return tuple(job for job in jobs if job.denoise)


def _job(shown: _Shown, wish: Wish, how: Detailing, size: WorkSize, settings: Settings) -> Job:
    height, width = shown.mask.shape
    crop = crop_around(shown.seen, height, width, how.padding, size)
    wanted = denoise_for(shown.box, width, height, settings.denoise, how.power)
    return Job(
        shown.picture,
        shown.subject.index,
        f"{shown.subject.label or 'mask'} {shown.subject.index + 1}",
        shown.mask[crop.tile.slices],
        crop,
        wish,
        wanted if wish.denoise is None else wish.denoise,
        seed_for(how.seed_mode, settings.seed, shown.subject),
    )


def denoise_for(
    box: tuple[float, float, float, float], width: int, height: int, denoise: float, power: float
) -> float:
    """Return the denoise for a box: ``d * (1 - area) ** power``, held to 0 to 1.

    Source:
        ADetailer, dynamic denoise power.
    """
    left, top, right, bottom = box
    area = min((right - left) * (bottom - top) / (width * height), 1.0)
    # A box that is the whole picture has no share left, and no power of it below 0.
    return float(min(denoise * max(1.0 - area, 1e-6) ** power, 1.0))


def seed_for(mode: SeedMode, seed: int, subject: Subject) -> int:
    """Return the seed of a mask.

    ``per_id`` follows from where the box lies, in cells of a sixteenth of the picture, so another
    face that appears changes nothing.
    """
    if mode == "same":
        return seed
    if mode == "next":
        return (seed + subject.index) % SEED_LIMIT
    cell = bytes(min(int(share * _CELLS), _CELLS - 1) for share in subject.centre)
    digest = blake2b(cell, digest_size=8).digest()
    return (seed + int.from_bytes(digest, "little")) % SEED_LIMIT


def _shown(
    pixels: Pixels, mask: Mask, detections: Detections | None, exclude: bool
) -> list[_Shown]:
    """Return the masks that show something, with the picture and the detection of each."""
    count, height, width = pixels.shape[:3]
    items = _fitting(mask, height, width)
    pictures = _pictures(mask, count)
    if len(items) < len(pictures):
        items = np.broadcast_to(items, (len(pictures), height, width))
    records = _records(mask, count, detections)
    made = []
    for picture in range(count):
        mine = [item for item, owner in enumerate(pictures) if owner == picture]
        masks = without_others(items[mine]) if exclude else items[mine]
        for index, item in enumerate(mine):
            seen = bounds(masks[index])
            if seen is not None:
                scale = width / detections.size[0] if detections else 1.0
                made.append(_one(picture, masks[index], seen, index, records[item], scale))
    return made


def _one(
    picture: int, mask: Pixels, seen: Tile, index: int, record: Detection | None, scale: float
) -> _Shown:
    height, width = mask.shape
    box: tuple[float, float, float, float] = (seen.left, seen.top, seen.right, seen.bottom)
    if record is not None:
        left, top, right, bottom = (side * scale for side in record.box)
        box = left, top, right, bottom
    centre = (box[0] + box[2]) / 2 / width, (box[1] + box[3]) / 2 / height
    held = min(max(centre[0], 0.0), 1.0), min(max(centre[1], 0.0), 1.0)
    label, number = (record.label, record.id) if record else ("", 0)
    return _Shown(picture, mask, seen, box, Subject(index, label, number, held))


def _is_apart(shown: _Shown) -> bool:
    """Say whether a mask and the box of what it is said to show have nothing in common."""
    left, top, right, bottom = shown.box
    seen = shown.seen
    across = min(right, seen.right) - max(left, seen.left)
    return across <= 0 or min(bottom, seen.bottom) - max(top, seen.top) <= 0


def _pictures(mask: Mask, count: int) -> tuple[int, ...]:
    """Return the picture of each mask; a single mask serves all pictures."""
    items = len(mask.pixels)
    if mask.pictures and len(mask.pictures) == items and max(mask.pictures) < count:
        return mask.pictures
    if mask.pictures:
        raise ShapeError(
            f"the masks belong to {max(mask.pictures) + 1} pictures, and there are {count}",
            fix="link the image that the detections were made of",
        )
    if count == 1:
        return (0,) * items
    if items in (1, count):
        return tuple(range(count))
    raise ShapeError(
        f"{items} masks do not go with {count} pictures",
        fix="give one mask, one for each picture, or those of Mask detections",
    )


def _records(mask: Mask, count: int, detections: Detections | None) -> list[Detection | None]:
    """Return the detection of each mask; masks of whole pictures, such as merged ones, have none."""
    items = len(mask.pixels)
    if detections is None or (not mask.pictures and items in (1, count)):
        return [None] * max(items, count)
    flat = [(index, found) for index, item in enumerate(detections.items) for found in item]
    if len(flat) != items or (mask.pictures and tuple(at for at, _ in flat) != mask.pictures):
        raise ShapeError(
            f"{items} masks do not go with {len(flat)} detections",
            fix="link the detections that the masks were made of",
        )
    return [found for _, found in flat]


def _fitting(mask: Mask, height: int, width: int) -> Pixels:
    """Return the masks at the size of the pictures."""
    check_proportions(mask.pixels, width, height)
    return np.clip(resize_mask(mask.pixels, width, height), 0, 1)
