"""ONNX graphs are told by how they begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import MissingFileError
from studio.facts.onnx_files import is_onnx
from tests.tiny_onnx import Op, write


def test_a_graph_is_told_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write(path, [Op("Abs", "x", "y")], {"x": (1,)}, {"y": (1,)})
    assert is_onnx(path)


@pytest.mark.parametrize(
    "content", [b"", b"<html>    ", b"\x08\x01\0\0\0\0\0\0{", b"\x80\x02}q\x00       "]
)
def test_other_files_are_no_graphs(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.onnx").write_bytes(content)
    assert not is_onnx(tmp_path / "b.onnx")


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        is_onnx(tmp_path / "c.onnx")
