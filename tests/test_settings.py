"""Settings are read leniently and written whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.settings import Settings, read_settings, write_settings


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "settings.toml") == (Settings(), [])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    wanted = replace(Settings(), threads=3, models=(("checkpoints", ("/models", "~/more")),))
    write_settings(path, wanted)
    assert read_settings(path) == (wanted, [])


def test_keys_of_another_version_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('version = 9\nfuture = "yes"\n', "utf-8")
    found, problems = read_settings(path)
    write_settings(path, found)
    assert problems == []
    assert 'future = "yes"' in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("threads = -1", "-1 is outside 0 to 512"),
        ('threads = "many"', "'many' is not int"),
        ('device = "tpu"', "'tpu' is none of auto, cpu, cuda"),
        ("models = {checkpoints = 5}", "not a list of folders"),
        ('cache = "~nobody-at-all/results"', "nobody has the home folder"),
        ("threads = ", "cannot be read"),
    ],
)
def test_a_wrong_setting_is_said_and_its_default_used(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")
    found, problems = read_settings(path)
    assert found == Settings()
    assert [said in str(problem) for problem in problems] == [True]
