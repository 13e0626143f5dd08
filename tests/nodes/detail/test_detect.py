"""Detect: with networks that the pool lends, with the starter detector, and by hand."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodes.detail.detect import detect
from studio.compute.codec import torch_codec
from studio.compute.device import Device
from studio.compute.pool import Pool, load_network
from studio.core.context import result_of
from studio.core.errors import DamagedFileError, MissingFileError
from studio.core.values import Detections, Detector, Handle, Image, Mask
from tests import tiny_yolo
from tests.nodes.fakes import image
from tests.tiny_onnx import fixed

pytestmark = pytest.mark.torch


@dataclass
class Lending:
    """The ``ctx`` of a node, with a real pool."""

    pool: Pool = field(default_factory=lambda: Pool(Device("cpu", threads=1), 2**30, load_network))
    warnings: list[tuple[str, str]] = field(default_factory=list)
    lent: list[str] = field(default_factory=list)

    def on_device(self, handle: Handle) -> AbstractContextManager[Any]:
        self.lent.append(Path(handle.file).name)
        return self.pool.lend(handle, lambda done, total: None)

    def warn(self, code: str, text: str) -> None:
        self.warnings.append((code, text))


def found(ctx: Lending, picture: Image, **inputs: Any) -> Detections:
    return result_of(detect(picture, ctx=ctx, **inputs))  # type: ignore[arg-type]  # a part of it


def test_a_yolo_network_finds_things_with_their_names(tmp_path: Path) -> None:
    path = tiny_yolo.save(tmp_path / "face.pt", tiny_yolo.tree("v9_11"), bias=1.0)
    ctx = Lending()
    made = found(ctx, image(2, 64, 96), detector=Detector(str(path)))
    assert made.size == (96, 64)
    assert [len(item) > 0 for item in made.items] == [True, True]
    assert {one.label for item in made.items for one in item} <= {"face", "hand"}
    assert ctx.pool.networks == ("face.pt (Detector)",)
    assert ctx.pool.bytes > 100_000


def test_an_onnx_network_counts_in_the_pool_with_its_file(tmp_path: Path) -> None:
    path = fixed(tmp_path / "face.onnx", (1, 3, 64, 64), np.zeros((1, 6, 84), np.float32))
    ctx = Lending()
    assert found(ctx, image(1, 64, 64), detector=Detector(str(path))).items == ((),)
    assert ctx.pool.bytes == path.stat().st_size
    assert ctx.warnings == [("W_NOTHING_FOUND", "0 found at 0.30 (best 0.00)")]


def test_the_starter_detector_looks_when_nothing_is_given() -> None:
    ctx = Lending()
    found(ctx, image(1, 64, 64))
    assert ctx.lent == ["toyworld_faces.onnx"]


def test_no_network_is_loaded_for_what_is_given_by_hand() -> None:
    ctx = Lending()
    made = found(ctx, image(1, 64, 64), boxes="8 8 40 40 face")
    assert [one.box for one in made.items[0]] == [(8, 8, 40, 40)]
    pixels = np.zeros((1, 64, 64), np.float32)
    pixels[0, 8:16, 8:16] = 1
    assert len(found(ctx, image(1, 64, 64), mask=Mask(pixels)).items[0]) == 1
    assert ctx.lent == []


@pytest.mark.parametrize(
    ("content", "kind"), [(None, MissingFileError), (b"\x08\x08not a graph", DamagedFileError)]
)
def test_errors_are_errors_and_not_nothing_found(
    content: bytes | None, kind: type[Exception], tmp_path: Path
) -> None:
    """T4: what goes wrong is told, not taken for an empty picture."""
    path = tmp_path / "face.onnx"
    if content:
        path.write_bytes(content)
    with pytest.raises(kind):
        found(Lending(), image(1, 64, 64), detector=Detector(str(path)))


def test_detections_survive_the_store() -> None:
    made = found(Lending(), image(2, 64, 64), boxes="8 8 40 40 face")
    codec = torch_codec()
    assert codec.decode(codec.encode(made)) == made
