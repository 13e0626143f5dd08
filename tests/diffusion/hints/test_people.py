"""Networks that see people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.core.errors import ShapeError, UnsupportedError
from studio.core.values import Detection, Detections, Pose
from studio.diffusion.hints.annotators import FolderNetwork, open_annotator
from studio.diffusion.hints.people import Wanted, boxes_for, see
from studio.diffusion.onnx import OnnxNetwork
from tests.diffusion.hints.setting import scene
from tests.tiny_onnx import fixed

pytestmark = pytest.mark.torch
Floats = NDArray[np.float32]
CROP = (1, 3, 64, 48)


def network(path: Path, shape: Any, *answers: Floats) -> OnnxNetwork:
    return OnnxNetwork(fixed(path / "a.onnx", shape, *answers))


def bins(places: Floats, length: int) -> Floats:
    """Return which bin is likely, for places along one axis of a view."""
    made = np.zeros((1, len(places), 2 * length), np.float32)
    made[0, np.arange(len(places)), np.rint(places * 2).astype(int)] = 0.8
    return made


def places(seen: tuple[Pose, ...]) -> Floats:
    return np.array([point[:2] for point in seen[0].points], np.float32)


# --- One person at a time ---


def test_points_of_bins_are_found_in_the_picture(tmp_path: Path) -> None:
    at = np.tile(np.array([[24.0, 32.0]], np.float32), (17, 1))
    answers = bins(at[:, 0], 48), bins(at[:, 1], 64)
    seen = see(network(tmp_path, CROP, *answers), scene(72, 96), None, Wanted())
    np.testing.assert_allclose(places(seen), np.tile([[48, 36]], (18, 1)), atol=0.01)
    assert seen[0].points[0][2] == pytest.approx(0.8)


def test_points_are_found_in_the_box_of_their_person(tmp_path: Path) -> None:
    at = np.tile(np.array([[12.0, 32.0]], np.float32), (17, 1))
    answers = bins(at[:, 0], 48), bins(at[:, 1], 64)
    box = (40.0, 20.0, 70.0, 60.0)
    seen = see(network(tmp_path, CROP, *answers), scene(72, 96), [box], Wanted())
    # The box is 30 x 40, with room 37.5 x 50: exactly the proportions of the view, at 1.28.
    np.testing.assert_allclose(places(seen), np.tile([[55 - 12 / 1.28, 40]], (18, 1)), atol=0.01)


def test_heat_maps_are_read_at_their_highest_place(tmp_path: Path) -> None:
    maps = np.zeros((1, 17, 16, 12), np.float32)
    maps[:, :, 8, 6], maps[:, :, 8, 7], maps[:, :, 7, 6] = 0.9, 0.3, 0.2
    seen = see(network(tmp_path, CROP, maps), scene(64, 48), [(4.8, 6.4, 43.2, 57.6)], Wanted())
    np.testing.assert_allclose(places(seen), np.tile([[27, 33]], (18, 1)), atol=0.01)


def test_a_vitpose_of_transformers_is_asked(folder: Callable[[str], Path]) -> None:
    opened = open_annotator(folder("vitpose"), "pose")
    assert isinstance(opened, FolderNetwork)
    (seen,) = see(opened, scene(72, 96), [(20.0, 10.0, 60.0, 70.0)], Wanted(confidence=-1))
    assert len(seen.points) == 18
    assert all(-10 < x < 90 and -10 < y < 90 for x, y, _ in seen.points)


def test_whole_bodies_have_hands_unless_they_are_not_wanted(tmp_path: Path) -> None:
    at = np.full(133, 20.0, np.float32)
    opened = network(tmp_path, CROP, bins(at, 48), bins(at, 64))
    (whole,) = see(opened, scene(), None, Wanted())
    (less,) = see(opened, scene(), None, Wanted(hands=False, face=False))
    assert (len(whole.left_hand), len(whole.face)) == (21, 68)
    assert (less.left_hand, less.face) == ((), ())


def test_nobody_is_seen_where_no_point_is_sure(tmp_path: Path) -> None:
    at = np.full(17, 20.0, np.float32)
    opened = network(tmp_path, CROP, bins(at, 48), bins(at, 64))
    assert see(opened, scene(), None, Wanted(confidence=0.9)) == ()
    assert see(opened, scene(), [], Wanted()) == ()


# --- All people at once ---


def row(x: float, y: float, sure: float, point: float) -> Floats:
    """Return what YOLO says of one person: middle, size, confidence and points."""
    points = np.tile([x, y, point], 17)
    return np.concatenate([[x, y, 40, 80, sure], points]).astype(np.float32)


@pytest.mark.parametrize("turned", [False, True])
def test_yolo_finds_people(tmp_path: Path, turned: bool) -> None:
    rows = np.stack([row(20, 60, 0.9, 0.8), row(22, 60, 0.6, 0.8), row(90, 60, 0.7, 0.8),
                     row(60, 60, 0.1, 0.8)])  # fmt: skip
    answer = rows.T[None] if turned else rows[None]
    opened = network(tmp_path, (1, 3, 128, 128), np.ascontiguousarray(answer))
    seen = see(opened, scene(48, 64), None, Wanted())
    # 64 x 48 is shown twice as large, with 16 rows of border above.
    assert [person.points[0][:2] for person in seen] == [(10, 22), (45, 22)]


def test_yolo_with_its_choice_already_made_is_read(tmp_path: Path) -> None:
    one = row(20, 60, 0.9, 0.8)
    ended = np.concatenate([[0, 20, 40, 100, 0.9, 0], one[5:]]).astype(np.float32)
    opened = network(tmp_path, (1, 3, 128, 128), ended[None, None])
    (person,) = see(opened, scene(48, 64), None, Wanted())
    assert person.points[0][:2] == (10, 22)


def test_yolo_that_finds_nobody_gives_nobody(tmp_path: Path) -> None:
    opened = network(tmp_path, (1, 3, 128, 128), row(1, 1, 0.0, 0.0)[None, None])
    assert see(opened, scene(), None, Wanted()) == ()


def test_other_answers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="answers with 84 x 100, not with rows of 56 or 57"):
        see(network(tmp_path, (1, 3, 64, 64), np.zeros((1, 84, 100), np.float32)), scene(),
            None, Wanted())  # fmt: skip
    with pytest.raises(UnsupportedError, match="answers with 1 x 10, as no known network"):
        see(network(tmp_path, CROP, np.zeros((1, 10), np.float32)), scene(), None, Wanted())


# --- Where people are ---


def test_boxes_follow_the_size_of_the_pictures() -> None:
    one = Detection((10, 20, 30, 40), "person", 0.9)
    assert boxes_for(Detections(((one,), ()), (100, 100)), 2, 200, 50) == [[(20, 10, 60, 20)], []]
    assert boxes_for(None, 2, 8, 8) == [None, None]
    with pytest.raises(ShapeError, match="detections of 2 pictures for 3"):
        boxes_for(Detections(((), ()), (8, 8)), 3, 8, 8)
