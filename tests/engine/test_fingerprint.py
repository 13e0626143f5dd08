"""Digests of files, remembered while they stay as they are."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest
from blake3 import blake3

from studio.core.errors import MissingFileError
from studio.engine import fingerprint
from studio.engine.db import Database
from studio.engine.fingerprint import Fingerprints


def old(path: Path, text: str, mtime: int = 1000) -> Path:
    """Write a file that changed long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (mtime, mtime))
    return path


def test_it_is_the_digest_of_the_content(tmp_path: Path) -> None:
    assert Fingerprints().of(old(tmp_path / "a", "text")) == blake3(b"text").hexdigest()
    assert Fingerprints().of(old(tmp_path / "b", "")) == blake3(b"").hexdigest()


def test_a_file_is_read_once(tmp_path: Path) -> None:
    path = old(tmp_path / "a", "text")
    database = Database(tmp_path / "store")
    first = Fingerprints(database).of(path)
    assert Fingerprints(database, lambda path: "read again").of(path) == first
    old(path, "other", 2000)
    assert Fingerprints(database, lambda path: "read again").of(path) == "read again"
    database.close()


def test_a_file_that_changed_a_moment_ago_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "SETTLED_SECONDS", 3600.0)
    path = tmp_path / "a"
    path.write_text("one")
    stamp = path.stat()
    prints = Fingerprints()
    before = prints.of(path)
    path.write_text("two")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert prints.of(path) != before


def test_a_file_behind_a_link_is_followed(tmp_path: Path) -> None:
    one, two = old(tmp_path / "a", "one"), old(tmp_path / "b", "two")
    link = tmp_path / "link"
    prints = Fingerprints()
    link.symlink_to(one)
    before = prints.of(link)
    link.unlink()
    link.symlink_to(two)
    assert (before, prints.of(link)) == (prints.of(one), prints.of(two))


def test_a_folder_is_its_names_and_contents(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    old(folder / "unet" / "a", "one")
    before = Fingerprints().of(folder)
    old(folder / "vae" / "b", "two")
    more = Fingerprints().of(folder)
    (folder / "vae" / "b").rename(folder / "vae" / "c")
    assert len({before, more, Fingerprints().of(folder)}) == 3


def test_only_the_files_that_a_pattern_names_count(tmp_path: Path) -> None:
    old(tmp_path / "a.png", "one")
    before = Fingerprints().of(tmp_path, "*.PNG *.jpg")
    old(tmp_path / "a.txt", "two")
    assert Fingerprints().of(tmp_path, "*.PNG *.jpg") == before
    old(tmp_path / "b.jpg", "two")
    assert Fingerprints().of(tmp_path, "*.PNG *.jpg") != before


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"none\.png cannot be read"):
        Fingerprints().of(tmp_path / "none.png")


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs a device")
def test_what_is_no_file_is_refused() -> None:
    with pytest.raises(MissingFileError, match="it is no file"):
        Fingerprints().of(Path("/dev/null"))


def test_files_are_found_by_their_content(tmp_path: Path) -> None:
    database = Database(tmp_path / "store")
    known = Fingerprints(database)
    one, two, other = (old(tmp_path / name, text) for name, text in zip("abc", "xxy", strict=True))
    digest = known.of(one)
    known.of(two), known.of(other)
    assert Fingerprints(database).having(digest) == [one, two]
    one.rename(tmp_path / "d")
    assert Fingerprints(database).having(digest) == [two]
    database.close()


def test_a_file_that_is_not_as_it_was_read_is_not_found(tmp_path: Path) -> None:
    known = Fingerprints()
    path = old(tmp_path / "a", "text")
    digest = known.of(path)
    old(path, "other", 2000)
    assert known.having(digest) == []


@pytest.mark.parametrize("pattern", ["", "*.png"])
def test_a_folder_is_found_while_all_that_counts_in_it_is_as_it_was(
    tmp_path: Path, pattern: str
) -> None:
    database, folder = Database(tmp_path / "store"), tmp_path / "photos"
    picture = old(folder / "a.png", "one")
    assert not Fingerprints(database).knows(folder, pattern)
    digest = Fingerprints(database).of(folder, pattern)
    again = Fingerprints(database, lambda path: "read again")
    assert (again.knows(folder, pattern), again.having(digest)) == (True, [folder])
    assert not again.knows(folder, "a*")
    assert (again.patterns(folder), again.patterns(tmp_path)) == ([pattern], [])
    note = old(folder / "note.txt", "two")
    assert again.knows(folder, pattern) == bool(pattern)
    assert again.having(digest) == ([folder] if pattern else [])
    note.unlink()
    assert again.having(digest) == [folder]
    old(picture, "other", 2000)
    assert (again.knows(folder, pattern), again.having(digest)) == (False, [])
    picture.unlink()
    folder.rmdir()
    assert again.having(digest) == []
    database.close()


def test_an_empty_folder_is_not_found_as_an_empty_file(tmp_path: Path) -> None:
    known, folder = Fingerprints(), tmp_path / "empty"
    folder.mkdir()
    digest = known.of(folder)
    assert (known.knows(folder), known.having(digest)) == (False, [])


def test_what_a_file_held_is_known_when_it_is_gone(tmp_path: Path) -> None:
    known = Fingerprints()
    path = old(tmp_path / "a", "text")
    digest = known.of(path)
    path.unlink()
    assert known.remembered(path) == (digest, 4)
    assert known.remembered(tmp_path / "never") == ("", 0)


def test_other_programs_name_a_file_by_its_sha256(tmp_path: Path) -> None:
    path, database = old(tmp_path / "a", "text"), Database(tmp_path / "store")
    made = Fingerprints(database).sha256(path)
    assert made == sha256(b"text").hexdigest()
    database.write(("UPDATE sha256 SET digest = ?", [("known",)]))
    assert Fingerprints(database).sha256(path) == "known"
    os.utime(path, (5, 5))
    assert Fingerprints(database).sha256(path) == made
    assert Fingerprints(database).sha256(tmp_path / "none") == ""
    database.close()


def test_nobody_waits_for_the_sha256_of_a_large_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "QUICK_BYTES", 3)
    assert Fingerprints().sha256(old(tmp_path / "a", "text")) == ""
