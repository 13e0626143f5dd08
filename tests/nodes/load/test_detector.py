"""Load detector: told by the content of the file, and refused by what it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from nodes.load.detector import load_detector
from studio.core.errors import (
    DamagedFileError,
    FamilyMismatchError,
    MissingFileError,
    ModelError,
    UnsupportedError,
)
from studio.core.values import Detector
from tests import tiny_yolo
from tests.counts import count
from tests.tiny_onnx import fixed
from tests.tools import evil

pytestmark = pytest.mark.torch


def test_a_yolo_file_becomes_a_handle(tmp_path: Path) -> None:
    path = tiny_yolo.save(tmp_path / "face_yolov8n.pt", tiny_yolo.tree("v8"))
    assert load_detector(path) == Detector(str(path))


def test_an_onnx_file_becomes_a_handle_whatever_it_is_called(tmp_path: Path) -> None:
    path = fixed(tmp_path / "face.pt", (1, 3, 64, 64), np.zeros((1, 6, 84), np.float32))
    assert load_detector(path) == Detector(str(path))


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"lora_unet_a.lora_down.weight": (2, 2)}, r"a LoRA.*load\.lora"),
        (
            {"model.diffusion_model.input_blocks.0.0.weight": (4, 4, 3, 3)},
            "not a detector|no detector",
        ),
    ],
)
def test_another_kind_of_file_is_named(
    tensors: dict[str, tuple[int, ...]], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "face.pt"
    torch.save({name: torch.zeros(shape) for name, shape in tensors.items()}, path)
    with pytest.raises((FamilyMismatchError, UnsupportedError), match=said):
        load_detector(path)


def test_onnx_that_takes_no_picture_is_refused(tmp_path: Path) -> None:
    path = fixed(tmp_path / "words.onnx", (1, 77), np.zeros((1, 6, 84), np.float32))
    with pytest.raises(UnsupportedError, match="takes 1 x 77"):
        load_detector(path)


def test_missing_and_cut_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"gone\.pt"):
        load_detector(tmp_path / "gone.pt")
    path = tiny_yolo.save(tmp_path / "face.pt", tiny_yolo.tree("v8"))
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(DamagedFileError, match=r"face\.pt"):
        load_detector(path)


@pytest.mark.soak
def test_no_malicious_file_passes_or_acts(tmp_path: Path) -> None:
    marker, folder = tmp_path / "marker", tmp_path / "files"
    folder.mkdir()
    for what, content in list(evil.files(marker))[:: count(5, 1)]:
        path = folder / "face_yolov8n.pt"
        path.write_bytes(content)
        with pytest.raises(ModelError) as raised:
            load_detector(path)
        assert str(path) in str(raised.value), what
    assert list(tmp_path.iterdir()) == [folder]
