"""Settings in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.core.errors import RangeError
from studio.settings import Settings, read_settings
from studio.ui.preferences import Preferences


def test_a_change_is_told_and_written(tmp_path: Path, qtbot: QtBot) -> None:
    made = Preferences(tmp_path / "settings.toml")
    with qtbot.waitSignal(made.changed) as told:
        made.set("theme", "light")
    assert told.args == ["theme"]
    made.close()
    assert read_settings(tmp_path / "settings.toml") == (Settings(theme="light"), [])


def test_a_value_that_stays_is_not_told(tmp_path: Path, qtbot: QtBot) -> None:
    made = Preferences(tmp_path / "settings.toml")
    with qtbot.assertNotEmitted(made.changed):
        made.set("theme", "dark")
    made.close()
    assert not (tmp_path / "settings.toml").exists()


def test_a_wrong_value_is_refused(tmp_path: Path, qapp: object) -> None:
    made = Preferences(tmp_path / "settings.toml")
    with pytest.raises(RangeError, match="'blue' is none of dark, light"):
        made.set("theme", "blue")
    with pytest.raises(RangeError, match="is not bool"):
        made.set("autosave", "yes")
    assert made.settings == Settings()
    made.close()


def test_an_old_file_is_read_and_kept(tmp_path: Path, qapp: object) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('version = 1\nthreads = 3\nfuture = "x"\n', "utf-8")
    made = Preferences(path)
    assert (made.value("threads"), made.value("theme")) == (3, "dark")
    made.set("density", "compact")
    made.close()
    assert 'future = "x"' in path.read_text("utf-8")
