"""Folders are found whatever lies on the disk; what is wrong with them is said by who opens them."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.errors import WriteError
from studio.engine.db import Database
from studio.paths import expanded, find_paths, real


@pytest.fixture
def circle(tmp_path: Path) -> Path:
    """A link that leads to itself by way of another one."""
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    return tmp_path / "one"


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "door").symlink_to(tmp_path / "room")
    assert real(tmp_path / "door" / "x") == Path(tmp_path / "room" / "x")


def test_links_in_a_circle_stay_as_they_are(circle: Path) -> None:
    assert real(circle / "x").name == "x"


def test_a_home_in_a_circle_of_links_is_said_to_be_of_no_use(
    circle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREBRUSH_HOME", str(circle))
    with pytest.raises(WriteError, match="cannot be opened"):
        Database(find_paths().store)


def test_the_home_of_nobody_is_a_folder_that_is_not_there() -> None:
    assert not expanded("~nobody-at-all/models").is_dir()


def test_a_home_is_put_in() -> None:
    assert expanded("~/models") == Path.home() / "models"
