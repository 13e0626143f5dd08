"""Files that graphs name are found, and nothing outside their folders is opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.core.errors import MissingFileError, UnsafeFileError
from studio.core.widgets import FileRef
from studio.engine.fingerprint import Fingerprints
from studio.paths import Paths
from studio.roots import Roots, roots
from studio.settings import Settings


@pytest.fixture
def found(tmp_path: Path) -> Roots:
    for name in (
        "resources/starter/toy.safetensors",
        "resources/graphs/pictures/row.png",
        "data/models/vae/one.safetensors",
        "graph/cat.png",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content")
    (tmp_path / "more").mkdir()
    (tmp_path / "more/two.safetensors").write_bytes(b"")
    paths = Paths(tmp_path / "data", tmp_path / "cache", tmp_path / "resources")
    further = Settings(models=(("vae", (str(tmp_path / "more"),)),))
    return roots(paths, further, str(tmp_path / "graph"))


@pytest.mark.parametrize(
    "name",
    [
        "starter/toy.safetensors", "examples/row.png", "vae/one.safetensors",
        "vae/two.safetensors", "cat.png",
    ],
)  # fmt: skip
def test_named_roots_and_the_graphs_own_folder_are_searched(found: Roots, name: str) -> None:
    assert found.resolve(FileRef(name)).name == Path(name).name


def test_a_missing_file_names_folder_and_near_names(found: Roots) -> None:
    with pytest.raises(MissingFileError, match=r"starter.*near names: toy\.safetensors"):
        found.resolve(FileRef("starter/toys.safetensors"))


@pytest.mark.parametrize(
    "name",
    [
        "../secret", "starter/../../secret", "/etc/passwd", "C:\\Windows\\win.ini", "\\\\host\\share",
        "~/secret", "", "cat\0.png", "C:relative",
    ],
)  # fmt: skip
def test_nothing_leads_out(found: Roots, name: str) -> None:
    with pytest.raises(UnsafeFileError):
        found.resolve(FileRef(name))


def test_an_absolute_path_that_the_user_gave_is_opened(found: Roots, tmp_path: Path) -> None:
    path = str(tmp_path / "graph/cat.png")
    granted = Roots(found.named, found.graph, frozenset([path]))
    assert granted.resolve(FileRef(path)) == Path(path)


def test_a_moved_file_is_found_by_its_digest(found: Roots, tmp_path: Path) -> None:
    moved = tmp_path / "graph/cat.png"
    located = Roots(found.named, found.graph, locate={"abc": [moved]}.__getitem__)
    assert located.resolve(FileRef("vae/gone.safetensors", "abc")) == moved


@pytest.mark.parametrize(
    "name", ["vae/sub/one.safetensors", "vae/ONE.safetensors", "vae\\one.safetensors"]
)
def test_a_model_is_found_in_another_folder_and_letter_case(found: Roots, name: str) -> None:
    assert found.resolve(FileRef(name)).name == "one.safetensors"


def test_a_model_that_could_be_two_files_is_asked_for(found: Roots, tmp_path: Path) -> None:
    (tmp_path / "more/one.safetensors").write_bytes(b"another")
    with pytest.raises(MissingFileError, match=r"one\.safetensors, .*one\.safetensors; choose one"):
        found.resolve(FileRef("vae/sub/one.safetensors"))


def test_a_picture_is_not_searched_for_elsewhere(found: Roots) -> None:
    with pytest.raises(MissingFileError, match=r"near names: cat\.png"):
        found.resolve(FileRef("CAT.png"))


def test_a_renamed_file_is_found_by_its_content(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data", tmp_path / "cache", tmp_path / "resources")
    kept = tmp_path / "data/models/vae/new name.safetensors"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"weights")
    known = Fingerprints()
    os.utime(kept, (1000, 1000))
    ref = FileRef("vae/old name.safetensors", known.of(kept))
    assert roots(paths, Settings(), locate=known.having).resolve(ref) == kept


def test_content_outside_of_the_model_folders_is_not_handed_out(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data", tmp_path / "cache", tmp_path / "resources")
    secret = tmp_path / "letter.txt"
    secret.write_bytes(b"dear")
    os.utime(secret, (1000, 1000))
    known = Fingerprints()
    ref = FileRef("vae/old.safetensors", known.of(secret))
    with pytest.raises(MissingFileError):
        roots(paths, Settings(), locate=known.having).resolve(ref)


@pytest.mark.parametrize("name", ["cat.png", "/old/place/cat.png", "../cat.png"])
def test_a_picture_that_a_run_read_is_found_anywhere_by_its_content(
    tmp_path: Path, name: str
) -> None:
    paths = Paths(tmp_path / "data", tmp_path / "cache", tmp_path / "resources")
    picture = tmp_path / "project" / "cat.png"
    picture.parent.mkdir()
    picture.write_bytes(b"pixels")
    os.utime(picture, (1000, 1000))
    known = Fingerprints()
    here = roots(paths, Settings(), str(tmp_path / "output"), locate=known.having)
    with pytest.raises((MissingFileError, UnsafeFileError)):
        here.resolve(FileRef(name, "0" * 64))
    assert here.resolve(FileRef(name, known.of(picture))) == picture
