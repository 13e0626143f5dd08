from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import DocumentError, MissingFileError
from studio.facts.graph_files import graph_text, is_picture


def test_a_graph_file_is_its_text(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes("\ufeff{ä}".encode())
    assert graph_text(tmp_path / "a.json") == "{ä}"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DocumentError, match="UTF-8"):
        graph_text(tmp_path / "a.json")


def test_a_picture_without_a_graph_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.PNG").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(DocumentError, match="carries no graph"):
        graph_text(tmp_path / "a.PNG")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        graph_text(tmp_path / "nowhere.json")


def test_a_picture_is_known_by_its_name() -> None:
    assert is_picture(Path("a.WebP"))
    assert not is_picture(Path("a.json"))
