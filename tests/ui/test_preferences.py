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


def test_what_another_window_changed_stays(tmp_path: Path, qapp: object) -> None:
    one, other = (Preferences(tmp_path / "settings.toml") for _ in range(2))
    other.set("programs", ("models of another program",))
    other.close()
    one.set("theme", "light")
    one.close()
    held = read_settings(tmp_path / "settings.toml")[0]
    assert (held.theme, held.programs) == ("light", ("models of another program",))


def test_a_file_with_a_mistake_is_copied_before_it_is_written(tmp_path: Path, qapp: object) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("threads = 3\noutput = not quoted\n", "utf-8")
    made = Preferences(path)
    made.set("theme", "light")
    made.close()
    assert read_settings(path) == (Settings(theme="light"), [])
    assert "not quoted" in (tmp_path / "settings.toml.bak").read_text("utf-8")


def test_what_could_not_be_written_is_written_with_the_next_change(
    tmp_path: Path, qapp: object
) -> None:
    path = tmp_path / "in the way" / "settings.toml"
    path.parent.write_text("a file")
    made = Preferences(path)
    made.set("theme", "light")
    made.close()
    path.parent.unlink()
    made.set("density", "compact")
    made.close()
    assert read_settings(path)[0] == Settings(theme="light", density="compact")
