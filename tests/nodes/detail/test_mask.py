"""The mask node: settings reach the library, and masks know their pictures."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from nodes.detail.mask import mask_detections
from studio.core.values import Detection, Detections, Mask


@dataclass
class Listener:
    said: list[str] = field(default_factory=list)

    def warn(self, code: str, text: str) -> None:
        self.said.append(code)


def found(*counts: int) -> Detections:
    items = tuple(
        tuple(
            Detection((at * 12.0, 2.0, at * 12.0 + 10, 12.0), "face", 0.9, id=at + 1)
            for at in range(count)
        )
        for count in counts
    )
    return Detections(items, (40, 16))


def test_a_mask_for_each_detection_picture_by_picture() -> None:
    made = mask_detections(found(2, 0, 1), ctx=Listener())  # type: ignore[arg-type]
    assert made.pixels.shape == (3, 16, 40)
    assert made.pixels.dtype == np.float32
    assert made.pictures == (0, 0, 2)


def test_settings_reach_the_masks() -> None:
    plain = {"grow": 0, "blur": 0.0, "ctx": Listener()}
    moved = mask_detections(found(1), offset_x=3, offset_y=-2, shape="ellipse", **plain)  # type: ignore[arg-type]
    rows, columns = np.nonzero(moved.pixels[0])
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (3, 12, 4, 13)
    assert moved.pixels[0, 4, 3] == 0
    merged = mask_detections(found(2), merge="merge_invert", **plain)  # type: ignore[arg-type]
    assert merged.pixels.shape == (1, 16, 40)
    assert merged.pixels[0, 0, 0] == 1


def test_a_linked_mask_chooses() -> None:
    chosen = np.zeros((1, 16, 40), np.float32)
    chosen[..., 20:] = 1
    made = mask_detections(found(2), Mask(chosen), ctx=Listener())  # type: ignore[arg-type]
    assert [bool(item.any()) for item in made.pixels] == [False, True]


def test_what_is_erased_is_told() -> None:
    listener = Listener()
    mask_detections(found(1), grow=-50, ctx=listener)  # type: ignore[arg-type]
    assert listener.said == ["W_EMPTY_MASK"]
