"""Which pictures a folder holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import MissingFileError
from studio.facts.listing import Order, digest_of, list_files, pictures_in

NAMES = ("a10.png", "a2.PNG", "b.jpg", "notes.txt", ".hidden.png", "c.webp")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "folder.png").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("natural", ["a2.PNG", "a10.png", "b.jpg", "c.webp"]),
        ("alphabetical", ["a10.png", "a2.PNG", "b.jpg", "c.webp"]),
        ("reversed", ["c.webp", "b.jpg", "a10.png", "a2.PNG"]),
    ],
)
def test_pictures_come_in_order(folder: Path, order: Order, expected: list[str]) -> None:
    assert [path.name for path in pictures_in(folder, "*", order)] == expected


def test_patterns_are_parted_by_spaces_and_letter_case_does_not_count(folder: Path) -> None:
    assert [path.name for path in list_files(folder, "A2* *.JPG")] == ["a2.PNG", "b.jpg"]


@pytest.mark.parametrize("pattern", ["*.gif", "", "../*", "*.txt"])
def test_nothing_that_fits_is_an_error_that_says_so(folder: Path, pattern: str) -> None:
    with pytest.raises(MissingFileError, match="no picture"):
        pictures_in(folder, pattern, "natural")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="gone"):
        pictures_in(tmp_path / "gone", "*", "natural")


def test_the_digest_follows_the_content_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b").write_bytes(b"one")
    (tmp_path / "c").write_bytes(b"two")
    first, same, other = (digest_of(tmp_path / name) for name in "abc")
    assert first == same != other
    with pytest.raises(MissingFileError):
        digest_of(tmp_path / "d")
