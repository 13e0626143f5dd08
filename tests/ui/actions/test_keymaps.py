from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import studio.ui
from studio.canvas.tools.gestures import Gestures
from studio.core.errors import DocumentError
from studio.paths import resources
from studio.ui.actions.action import Action
from studio.ui.actions.keymaps import NAMES, Keymap, Keymaps, combined, conflicts, normal, read
from studio.ui.window.panels import PANELS
from studio.ui.window.window_commands import panel_actions

SHIPPED = resources() / "keymaps"


def declared() -> tuple[Action, ...]:
    """Return the actions of every module of the window."""
    found = {action.id: action for action in panel_actions(PANELS)}
    for module in pkgutil.walk_packages(studio.ui.__path__, "studio.ui."):
        for action in getattr(importlib.import_module(module.name), "ACTIONS", ()):
            found[action.id] = action
    return tuple(found.values())


def shipped(name: str, tmp_path: Path) -> Keymap:
    return Keymaps(SHIPPED, tmp_path / "own.json", name).keymap


@pytest.mark.parametrize("name", NAMES)
def test_no_chord_does_two_things_in_one_place(name: str, tmp_path: Path) -> None:
    assert conflicts(declared(), shipped(name, tmp_path).keys) == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_chord_belongs_to_an_action(name: str, tmp_path: Path) -> None:
    unknown = set(shipped(name, tmp_path).keys) - {action.id for action in declared()}
    assert not unknown


@pytest.mark.parametrize("name", NAMES)
def test_the_gestures_of_a_keymap_can_be_read(name: str, tmp_path: Path) -> None:
    Gestures.read(shipped(name, tmp_path).gestures)


@pytest.mark.parametrize("name", NAMES)
def test_a_keymap_has_a_name_for_people(name: str) -> None:
    assert read(SHIPPED / f"{name}.json").title


@pytest.mark.parametrize("name", [name for name in NAMES if name != "studio"])
def test_a_keymap_says_only_where_it_differs(name: str) -> None:
    whole, other = read(SHIPPED / "studio.json"), read(SHIPPED / f"{name}.json")
    assert [key for key, chords in other.keys.items() if whole.keys.get(key) == chords] == []


@pytest.mark.parametrize("chord", ["Ctrl+Shift+G", "Space", "Tab", ".", "F2", "Ctrl+/", "Esc"])
def test_a_chord_is_written_in_one_way(chord: str) -> None:
    assert normal(chord) == chord


@pytest.mark.parametrize("text", ["", "Ctrl+", "Hyper+Q", "Ctrl+A, Ctrl+B", "nonsense"])
def test_what_is_no_chord_is_empty(text: str) -> None:
    assert normal(text) == ""


def test_chords_of_the_window_count_everywhere() -> None:
    actions = (
        Action("w", "W"),
        Action("c", "C", context="canvas"),
        Action("v", "V", context="viewer"),
    )
    keys = {"w": ("Ctrl+A",), "c": ("Ctrl+A", "B"), "v": ("B",)}
    assert [found.actions for found in conflicts(actions, keys)] == [("w", "c")]


def test_a_difference_replaces_all_chords_of_an_action() -> None:
    whole = Keymap("One", {"a": ("A", "B"), "b": ("C",)})
    assert combined(whole, Keymap("Two", {"a": ("D",)})).keys == {"a": ("D",), "b": ("C",)}


def test_own_chords_stay_when_another_keymap_is_chosen(tmp_path: Path) -> None:
    keymaps = Keymaps(SHIPPED, tmp_path / "own.json")
    keymaps.set("edit.undo", ["Ctrl+U"])
    keymaps.choose("blender")
    assert keymaps.keymap.keys["edit.undo"] == ("Ctrl+U",)
    again = Keymaps(SHIPPED, tmp_path / "own.json", "nuke")
    assert again.keymap.keys["edit.undo"] == ("Ctrl+U",)
    assert again.changed == ("edit.undo",)


def test_own_chords_can_be_taken_back(tmp_path: Path) -> None:
    keymaps = Keymaps(SHIPPED, tmp_path / "own.json")
    before = keymaps.keymap.keys["edit.undo"]
    keymaps.set("edit.undo", ["Ctrl+U"])
    keymaps.set("edit.redo", [])
    keymaps.reset("edit.redo")
    keymaps.reset()
    assert keymaps.keymap.keys["edit.undo"] == before
    assert keymaps.changed == ()


def test_setting_what_the_keymap_says_is_no_change(tmp_path: Path) -> None:
    keymaps = Keymaps(SHIPPED, tmp_path / "own.json")
    keymaps.set("edit.undo", keymaps.keymap.keys["edit.undo"])
    assert keymaps.changed == ()


def test_what_is_no_chord_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="is not a chord"):
        Keymaps(SHIPPED, tmp_path / "own.json").set("edit.undo", ["Hyper+Q"])


@pytest.mark.parametrize("text", ["", "[]", '{"keys": {"a": [1]}}', '{"keys": {"a": ["Foo+"]}}'])
def test_a_damaged_file_of_own_chords_is_reported_and_ignored(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.json").write_text(text, "utf-8")
    keymaps = Keymaps(SHIPPED, tmp_path / "own.json")
    assert keymaps.problem is not None
    assert keymaps.keymap.keys["edit.undo"][0] == "Ctrl+Z"
