"""Networks in ONNX files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import (
    DamagedFileError,
    MissingFileError,
    NotFiniteError,
    ShapeError,
    UnsupportedError,
)
from studio.diffusion.onnx import OnnxNetwork
from tests.tiny_onnx import Op, fixed, write

pytestmark = pytest.mark.torch
FREE = (1, 3, "height", "width")


@pytest.fixture
def doubling(tmp_path: Path) -> Path:
    ops = [Op("Add", "picture picture", "twice")]
    return write(tmp_path / "a.onnx", ops, {"picture": FREE}, {"twice": FREE}, metadata={"a": "b"})


def test_a_network_says_what_it_takes_and_gives(doubling: Path) -> None:
    network = OnnxNetwork(doubling)
    assert network.shape == (1, 3, None, None)
    assert network.output_shapes == {"twice": (1, 3, None, None)}
    assert network.metadata == {"a": "b"}
    assert network.held_bytes == doubling.stat().st_size


def test_a_network_is_run(doubling: Path) -> None:
    values = np.linspace(0, 1, 24, dtype=np.float32).reshape(1, 3, 2, 4)
    (made,) = OnnxNetwork(doubling)(values)
    np.testing.assert_array_equal(made, values * 2)


def test_fixed_answers_have_their_shapes(tmp_path: Path) -> None:
    answer = np.arange(6, dtype=np.float32).reshape(2, 3)
    made = OnnxNetwork(fixed(tmp_path / "a.onnx", FREE, answer, answer + 1))(np.ones((1, 3, 4, 4)))
    np.testing.assert_array_equal(made[1], answer + 1)


def test_other_shapes_are_refused(doubling: Path) -> None:
    with pytest.raises(ShapeError, match=r"a\.onnx failed on an input of 1 x 4 x 2 x 2"):
        OnnxNetwork(doubling)(np.zeros((1, 4, 2, 2), np.float32))


def test_values_that_are_not_numbers_are_refused(doubling: Path) -> None:
    with pytest.raises(NotFiniteError):
        OnnxNetwork(doubling)(np.full((1, 3, 2, 2), np.nan, np.float32))


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"<html>")
    with pytest.raises(DamagedFileError, match="no ONNX network"):
        OnnxNetwork(tmp_path / "a.onnx")
    with pytest.raises(MissingFileError):
        OnnxNetwork(tmp_path / "b.onnx")


def test_networks_of_two_inputs_are_refused(tmp_path: Path) -> None:
    ops = [Op("Add", "one two", "sum")]
    path = write(tmp_path / "a.onnx", ops, {"one": FREE, "two": FREE}, {"sum": FREE})
    with pytest.raises(UnsupportedError, match=r"takes one \(tensor\(float\)\), two"):
        OnnxNetwork(path)
