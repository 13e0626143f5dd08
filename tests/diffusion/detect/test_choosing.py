"""Which detections stay: records are kept whole, ties fall the same way every time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from studio.core.boxes import NO_EDITS, BoxEdits, box_edits
from studio.core.errors import RangeError, ShapeError
from studio.core.values import Detection, Detections, Mask
from studio.diffusion.detect.choosing import Choice, chosen

SIZE = (200, 100)
FACES = (
    Detection((10, 10, 40, 40), "face", 0.5, ((10, 10), (40, 40), (10, 40)), 1),
    Detection((60, 20, 120, 80), "face", 0.9, ((60, 20), (120, 80)), 2),
    Detection((90, 5, 110, 25), "hand", 0.7, (), 3),
    Detection((150, 60, 180, 90), "face", 0.6, (), 4),
)


@dataclass
class Told:
    texts: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, code: str, text: str) -> None:
        self.texts.append((code, text))


NO_CHOICE = Choice(order="none")


def kept(
    choice: Choice = NO_CHOICE,
    edits: BoxEdits = NO_EDITS,
    inside: Mask | None = None,
    told: Told | None = None,
    items: tuple[tuple[Detection, ...], ...] = (FACES,),
) -> tuple[Detection, ...]:
    found = Detections(items, SIZE, key="k.detections")
    return chosen(found, choice, edits, inside, told or Told()).items[0]


def ids(found: tuple[Detection, ...]) -> list[int]:
    return [one.id for one in found]


@pytest.mark.parametrize(
    ("how", "left"),
    [
        ({}, [1, 2, 3, 4]),
        ({"top": 2}, [1, 2]),
        ({"top": 2, "by": "confidence"}, [2, 3]),
        ({"top": 9}, [1, 2, 3, 4]),
        ({"labels": "face"}, [1, 2, 4]),
        ({"labels": " Hand ,nose"}, [3]),
        ({"area_min": 0.04}, [1, 2, 4]),
        ({"area_max": 0.1}, [1, 3, 4]),
        ({"area_min": 0.045, "area_max": 0.045}, [1, 4]),
    ],
)
def test_what_stays(how: dict[str, Any], left: list[int]) -> None:
    assert ids(kept(Choice(order="none", **how))) == left


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("none", [1, 2, 3, 4]),
        ("left_right", [1, 2, 3, 4]),
        ("top_down", [3, 1, 2, 4]),
        ("centre_edge", [2, 3, 4, 1]),
        ("area", [2, 1, 4, 3]),
        ("confidence", [2, 3, 4, 1]),
    ],
)
def test_the_order(order: Any, found: list[int]) -> None:
    assert ids(kept(Choice(order=order))) == found


def test_records_stay_whole_in_any_order() -> None:
    for order in ("left_right", "top_down", "centre_edge", "area", "confidence"):
        assert set(kept(Choice(order=order))) == set(FACES)


def test_the_same_boxes_are_told_apart_by_id() -> None:
    same = tuple(Detection((0, 0, 9, 9), "face", 0.5, (), number) for number in (3, 1, 2))
    for order in ("left_right", "top_down", "centre_edge", "area", "confidence"):
        assert ids(kept(Choice(order=order), items=(same,))) == [1, 2, 3]


def test_what_a_mask_does_not_touch_goes_with_its_record() -> None:
    pixels = np.zeros((1, 100, 200), np.float32)
    pixels[0, 75:, 150:] = 1
    left = kept(Choice(order="confidence"), inside=Mask(pixels))
    assert left == (FACES[3],)


def test_a_mask_of_another_size_means_the_same_places() -> None:
    pixels = np.zeros((1, 10, 20), np.float32)
    pixels[0, 8, 17] = 1
    assert ids(kept(inside=Mask(pixels))) == [4]


def test_what_is_unticked_takes_no_place_among_the_top() -> None:
    assert ids(kept(Choice(top=1), box_edits({"off": [2]}))) == [1]


def test_an_outline_moves_with_its_box() -> None:
    (moved,) = kept(
        Choice(order="none"), box_edits({"off": [2, 3, 4], "moved": {"1": [0, 0, 60, 30]}})
    )
    assert moved.box == (0, 0, 60, 30)
    assert moved.polygon == ((0, 0), (60, 30), (0, 30))
    assert (moved.label, moved.confidence, moved.id) == ("face", 0.5, 1)


def test_a_moved_box_is_filtered_by_where_it_is_now() -> None:
    edits = box_edits({"moved": {"1": [0, 0, 2, 2]}})
    assert ids(kept(Choice(area_min=0.01, order="none"), edits)) == [2, 3, 4]


def test_what_is_added_always_stays() -> None:
    edits = box_edits({"added": [{"item": 0, "box": [0, 50, 5, 55], "label": "eye"}]})
    left = kept(Choice(top=1, labels="face", area_min=0.1), edits)
    assert left == (Detection((0, 50, 5, 55), "eye", 1.0, (), 5), FACES[1])


def test_what_is_added_belongs_to_its_picture() -> None:
    edits = box_edits({"added": [{"item": 1, "box": [0, 0, 9, 9], "label": "eye"}]})
    found = Detections((FACES[:1], FACES[1:2]), SIZE)
    made = chosen(found, Choice(), edits, None, Told())
    assert [ids(item) for item in made.items] == [[1], [3, 2]]


def test_edits_of_other_detections_are_flagged_and_touch_nobody_else() -> None:
    told = Told()
    data = {
        "off": [2, 9],
        "moved": {"1": [0, 0, 9, 9]},
        "added": [{"item": 0, "box": [0, 0, 9, 9]}],
    }
    edits = box_edits({"made_for": "other.detections", **data})
    assert kept(edits=edits, told=told) == FACES
    assert [code for code, _ in told.texts] == ["W_EDITS"]
    assert "other detections" in told.texts[0][1]


@pytest.mark.parametrize("made_for", ["", "k.detections"])
def test_edits_of_these_detections_are_not(made_for: str) -> None:
    told = Told()
    assert ids(kept(edits=BoxEdits(made_for, (2,)), told=told)) == [1, 3, 4]
    assert told.texts == []


def test_edits_of_what_is_gone_do_nothing_and_say_so() -> None:
    told = Told()
    edits = box_edits({"off": [7], "moved": {"9": [0, 0, 5, 5]}})
    assert kept(edits=edits, told=told) == FACES
    assert "7, 9" in told.texts[0][1]


def test_boxes_added_to_a_picture_that_is_not_there_are_told() -> None:
    told = Told()
    kept(edits=box_edits({"added": [{"item": 4, "box": [0, 0, 5, 5]}]}), told=told)
    assert "picture 5" in told.texts[0][1]


def test_a_most_below_the_least_is_refused() -> None:
    with pytest.raises(RangeError, match="the least area is"):
        Choice(area_min=0.5, area_max=0.4)


def test_masks_of_other_pictures_are_refused() -> None:
    with pytest.raises(ShapeError, match="2 masks for 1 pictures"):
        kept(inside=Mask(np.ones((2, 100, 200), np.float32)))
    with pytest.raises(ShapeError, match="the mask is 100 x 100, the picture 200 x 100"):
        kept(inside=Mask(np.ones((1, 100, 100), np.float32)))
