"""Finding: with ONNX files in every layout, through letterboxes, and by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.core.context import result_of
from studio.core.errors import (
    MissingFileError,
    NotFiniteError,
    RangeError,
    ShapeError,
    UnsupportedError,
)
from studio.core.values import Detections
from studio.diffusion.detect.answers import Answer
from studio.diffusion.detect.exported import Exported, YuNet
from studio.diffusion.detect.finding import Look, find
from studio.diffusion.detect.letterbox import letterbox
from studio.diffusion.detect.loading import check, open_detector, starter
from tests.tiny_onnx import fixed

pytestmark = pytest.mark.torch

Floats = NDArray[np.float32]
INPUT = (1, 3, 64, 64)
BOXES = np.array([[4, 8, 20, 24], [30, 30, 50, 60], [5, 8, 21, 24]], np.float32)
SCORES = np.array([[0.9, 0.1], [0.2, 0.6], [0.8, 0.3]], np.float32)


@dataclass
class Same:
    """A detector that gives the same answer for every picture."""

    answer: Answer
    labels: Mapping[int, str] = field(default_factory=lambda: {0: "face", 1: "hand"})
    size: tuple[int, int] | None = (64, 64)
    side: int = 64
    multiple: int = 32
    seen: list[Floats] = field(default_factory=list)

    def look(self, picture: Floats) -> Answer:
        self.seen.append(picture)
        return self.answer


@dataclass
class Told:
    texts: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, code: str, text: str) -> None:
        self.texts.append((code, text))


NO_PARTS = np.zeros((3, 0), np.float32)
SAME = Answer(BOXES, SCORES, NO_PARTS)
WHOLE = np.full((1, 64, 64, 3), 0.5, np.float32)


def found(
    network: Any,
    pixels: Floats = WHOLE,
    mask: Floats | None = None,
    told: Told | None = None,
    **look: Any,
) -> Detections:
    return result_of(find(network, pixels, Look(**look), mask, told or Told()))


def rows() -> Floats:
    """Return the boxes as YOLO v8 exports them: middle, size, scores; one row a box."""
    middle, size = (BOXES[:, :2] + BOXES[:, 2:]) / 2, BOXES[:, 2:] - BOXES[:, :2]
    filled = np.concatenate([middle, size, SCORES], 1)
    return np.concatenate([filled, np.zeros((20, 6), np.float32)]).astype(np.float32)


def final() -> Floats:
    """Return the boxes as networks give them that choose by themselves."""
    numbers, best = SCORES.argmax(1)[:, None], SCORES.max(1)[:, None]
    return np.concatenate([BOXES, best, numbers], 1)[:2].astype(np.float32)


LAYOUTS = {"upright": rows().T[None], "transposed": rows()[None], "end to end": final()[None]}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_of_an_export_means_the_same_boxes(layout: str, tmp_path: Path) -> None:
    network = open_detector(
        fixed(tmp_path / "face.onnx", INPUT, np.ascontiguousarray(LAYOUTS[layout]))
    )
    assert isinstance(network, Exported)
    first, second = found(network).items[0]
    np.testing.assert_allclose([first.box, second.box], BOXES[:2], atol=1e-4)
    np.testing.assert_allclose([first.confidence, second.confidence], [0.9, 0.6], atol=1e-6)
    assert [first.label, second.label] == ["0", "1"]


LABELLED = {"names": "{0: 'face', 1: 'hand'}"}


def test_the_fifth_number_of_versions_before_8_is_a_share_of_every_score(tmp_path: Path) -> None:
    table = rows()
    sure = np.full((len(table), 1), 0.5, np.float32)
    layout = np.concatenate([table[:, :4], sure, table[:, 4:]], 1)[None]
    network = open_detector(fixed(tmp_path / "v5.onnx", INPUT, layout, metadata=LABELLED))
    first, second = found(network).items[0]
    np.testing.assert_allclose([first.confidence, second.confidence], [0.45, 0.3], atol=1e-6)
    assert [first.label, second.label] == ["face", "hand"]


@pytest.mark.parametrize("task", ["pose", "obb", "classify"])
def test_exports_for_other_tasks_are_refused(task: str, tmp_path: Path) -> None:
    path = fixed(tmp_path / "a.onnx", INPUT, rows()[None], metadata=LABELLED | {"task": task})
    for reader in (check, open_detector):
        with pytest.raises(UnsupportedError, match=task):
            reader(path)


def test_halves_are_read(tmp_path: Path) -> None:
    path = fixed(tmp_path / "face.onnx", INPUT, rows().T[None], dtype="float16")
    check(path)
    first, second = found(open_detector(path)).items[0]
    np.testing.assert_allclose([first.box, second.box], BOXES[:2], atol=0.05)
    np.testing.assert_allclose([first.confidence, second.confidence], [0.9, 0.6], atol=1e-3)


def test_outlines_are_mixed_from_what_an_export_draws(tmp_path: Path) -> None:
    drawn = np.full((1, 2, 16, 16), -1, np.float32)
    cv2.circle(drawn[0, 0], (3, 4), 2, 1, -1)
    parts = np.tile(np.array([[1.0, 0.0]], np.float32), (23, 1))
    table = np.concatenate([rows(), parts], 1).T[None]
    network = open_detector(fixed(tmp_path / "a.onnx", INPUT, np.ascontiguousarray(table), drawn))
    first, second = found(network).items[0]
    filled = np.zeros((64, 64), np.uint8)
    cv2.fillPoly(filled, [np.array(first.polygon, np.int32)], 1)
    wanted = cv2.resize(drawn[0, 0], (64, 64), interpolation=cv2.INTER_LINEAR) > 0
    wanted[:8] = wanted[24:] = wanted[:, :4] = wanted[:, 20:] = False
    np.testing.assert_array_equal(filled.astype(bool), wanted)
    assert second.polygon == ()


def test_yunet_is_read_by_its_outputs(tmp_path: Path) -> None:
    faces = yunet(tmp_path / "yunet.onnx")
    network = open_detector(faces)
    assert isinstance(network, YuNet)
    (face,) = found(network, confidence=0.5).items[0]
    assert face.label == "face"
    assert face.confidence == pytest.approx(0.9, abs=1e-6)
    np.testing.assert_allclose(face.box, (16 - 8, 24 - 8, 16 + 8, 24 + 8), atol=1e-4)


def yunet(path: Path) -> Path:
    """Write a network with the outputs of YuNet that sees one face of 16 pixels at (16, 24)."""
    from tests.tiny_onnx import Op, write

    held: dict[str, NDArray[np.float32]] = {}
    for stride in (8, 16, 32):
        places = (64 // stride) ** 2
        widths = {"cls": 1, "obj": 1, "bbox": 4}
        held |= {f"{n}_{stride}": np.zeros((1, places, w), np.float32) for n, w in widths.items()}
    place = 3 * 8 + 2
    held["cls_8"][0, place] = 0.9
    held["obj_8"][0, place] = 0.9
    held["bbox_8"][0, place] = (0, 0, np.log(2), np.log(2))
    ops = [Op("ReduceMean", "picture", "mean", keepdims=0), Op("Sub", "mean mean", "zero")]
    ops += [Op("Add", f"held_{name} zero", name) for name in held]
    outputs = {name: array.shape for name, array in held.items()}
    return write(path, ops, {"picture": INPUT}, outputs, {f"held_{n}": a for n, a in held.items()})


def test_other_answers_are_an_error(tmp_path: Path) -> None:
    path = fixed(
        tmp_path / "depth.onnx",
        INPUT,
        np.zeros((1, 64, 64), np.float32),
        np.zeros((1, 2, 3), np.float32),
    )
    with pytest.raises(ShapeError, match="answers with arrays"):
        found(open_detector(path))


def test_answers_that_are_not_numbers_are_an_error(tmp_path: Path) -> None:
    bad = rows().T[None].copy()
    bad[0, 0, 0] = np.nan
    with pytest.raises(NotFiniteError):
        found(open_detector(fixed(tmp_path / "a.onnx", INPUT, bad)))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"gone\.onnx"):
        check(tmp_path / "gone.onnx")


def test_the_better_of_two_overlapping_boxes_stays() -> None:
    assert [one.confidence for one in found(Same(SAME)).items[0]] == pytest.approx([0.9, 0.6])
    assert len(found(Same(SAME), iou=0.95).items[0]) == 3


@pytest.mark.parametrize(
    ("classes", "labels"),
    [
        ("face", ["face"]),
        ("1", ["hand"]),
        ("Hand, face", ["face", "hand"]),
        (" ", ["face", "hand"]),
    ],
)
def test_only_named_classes_count(classes: str, labels: list[str]) -> None:
    assert [one.label for one in found(Same(SAME), classes=classes).items[0]] == labels


def test_a_class_that_the_detector_does_not_know_is_refused_before_work() -> None:
    network = Same(SAME)
    with pytest.raises(RangeError, match=r"no class 'foot'.*face, hand"):
        found(network, classes="face,foot")
    assert network.seen == []


def test_nothing_found_is_told_with_the_best_and_is_no_error() -> None:
    told = Told()
    nothing = found(Same(SAME), confidence=0.95, told=told)
    assert nothing.items == ((),)
    assert told.texts == [("W_NOTHING_FOUND", "0 found at 0.95 (best 0.90)")]
    found(Same(SAME), confidence=0.9001, told=told)
    assert told.texts[1] == ("W_NOTHING_FOUND", "0 found at 0.9001 (best 0.9000)")


def test_which_picture_has_nothing_is_told() -> None:
    told = Told()
    found(Same(SAME), np.repeat(WHOLE, 2, 0), confidence=0.95, told=told)
    assert [text.split(":")[0] for _, text in told.texts] == ["picture 1", "picture 2"]


def test_ids_go_on_through_the_batch_in_reading_order() -> None:
    made = found(Same(SAME), np.repeat(WHOLE, 2, 0))
    assert [[one.id for one in item] for item in made.items] == [[1, 2], [3, 4]]
    assert made.items[0][0].box[1] < made.items[0][1].box[1]


def test_an_item_alone_is_as_in_the_batch() -> None:
    network = open_detector(starter())
    pixels = np.random.default_rng(0).random((3, 96, 128, 3), np.float32)
    together = found(network, pixels, confidence=0.01)
    for at, item in enumerate(together.items):
        alone = found(network, pixels[at : at + 1], confidence=0.01).items[0]
        assert [(one.box, one.confidence) for one in alone] == [
            (one.box, one.confidence) for one in item
        ]


def test_the_picture_is_left_as_it_was() -> None:
    pixels = np.random.default_rng(0).random((1, 50, 70, 4), np.float32)
    pixels.setflags(write=False)
    found(Same(SAME), pixels)


@pytest.mark.parametrize("size", [(640, 480), (333, 500), (64, 64), (1000, 40), (1, 900)])
def test_boxes_come_back_to_where_they_were(size: tuple[int, int]) -> None:
    for fixed_size in (None, (320, 256)):
        frame = letterbox(*size, fixed_size, 320, 32)
        box = np.array([[0, 0, *size], [size[0] / 4, 0, size[0] / 2, size[1] / 3]], np.float32)
        there = box * np.array(frame.scale * 2) + np.array([frame.left, frame.top] * 2)
        np.testing.assert_allclose(frame.back(there.astype(np.float32)), box, atol=0.01)
        assert frame.outer == (fixed_size or frame.outer)
        assert frame.outer[0] % 32 == frame.outer[1] % 32 == 0


def test_borders_are_grey_and_the_picture_lies_between_them() -> None:
    frame = letterbox(64, 32, (64, 64), 64, 32)
    seen = frame.seen(np.ones((32, 64, 1), np.float32))
    assert seen.shape == (3, 64, 64)
    assert (seen[:, 16:48] == 1).all()
    assert np.allclose(seen[:, :16], 114 / 255)


def test_regions_of_a_mask_are_detections_with_outlines() -> None:
    mask = np.zeros((1, 64, 64), np.float32)
    mask[0, 10:20, 30:50] = 1
    mask[0, 40:60, 5:15] = 0.8
    mask[0, 0:3, 0:3] = 0.4
    first, second = found(None, mask=mask).items[0]
    assert (first.box, second.box) == ((30, 10, 50, 20), (5, 40, 15, 60))
    assert (first.label, first.confidence, first.id, second.id) == ("region", 1.0, 1, 2)
    drawn = np.zeros((64, 64), np.uint8)
    for one in (first, second):
        cv2.fillPoly(drawn, [np.array(one.polygon, np.int32)], 1)
    np.testing.assert_array_equal(drawn, mask[0] > 0.5)


def test_boxes_written_by_hand() -> None:
    text = "10 20 30 40 a small face\n\n 5,5,60.5,50\n-5 -5 8 8 corner"
    made = found(None, boxes=text).items[0]
    assert [(one.box, one.label) for one in made] == [
        ((0, 0, 8, 8), "corner"), ((5, 5, 60.5, 50), "region"), ((10, 20, 30, 40), "a small face"),
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["1 2 3", "a b c d", "9 9 5 20", "0 0 nan 5", "0 0 inf 5"])
def test_a_line_that_is_no_box_is_named(line: str) -> None:
    with pytest.raises(RangeError, match="line 2 of the boxes"):
        found(None, boxes=f"0 0 5 5\n{line}")


def test_masks_and_pictures_go_together_or_are_refused() -> None:
    with pytest.raises(ShapeError, match="3 masks for 2 pictures"):
        found(None, np.repeat(WHOLE, 2, 0), np.zeros((3, 64, 64), np.float32))
    with pytest.raises(ShapeError, match="the mask is 64 x 32"):
        found(None, WHOLE, np.zeros((1, 32, 64), np.float32))
