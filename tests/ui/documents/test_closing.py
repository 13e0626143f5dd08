from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from time import sleep
from typing import cast

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from studio.core.document import read, write
from studio.core.graph import Graph, Link, Node
from studio.ui.actions.actions import Actions
from studio.ui.documents import autosave
from studio.ui.documents.autosave import Autosave
from studio.ui.documents.closing import Closing
from studio.ui.documents.differences import differences
from studio.ui.documents.document import Document
from studio.ui.documents.file_commands import ACTIONS, FileCommands
from studio.ui.documents.recent import Recent
from studio.ui.documents.tabs import Tabs
from studio.ui.documents.watching import Watching
from studio.ui.messages import Message
from studio.ui.questions import Filters, Questions
from studio.ui.studio import Studio
from tests.ui.stores import chain, rename

SETTLED_MS = 300


class Answers(Questions):
    """Answers what is asked with what a test says, and remembers the questions."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.sentences: list[str] = []
        self.answers: list[str] = []
        self.path: Path | None = None
        self.paths: list[Path] = []

    def confirm(
        self, title: str, sentence: str, buttons: Sequence[str], done: Callable[[str], None]
    ) -> None:
        self.asked.append(title)
        self.sentences.append(sentence)
        if self.answers:
            assert self.answers[0] in buttons
            done(self.answers.pop(0))

    def save_file(
        self, title: str, path: str, filters: Filters, done: Callable[[Path], None]
    ) -> None:
        self.asked.append(path)
        if self.path:
            done(self.path)

    def open_files(
        self, title: str, folder: str, filters: Filters, done: Callable[[list[Path]], None]
    ) -> None:
        done(self.paths)


class Window:
    """The parts of a window that files and tabs need."""

    def __init__(self, studio: Studio) -> None:
        self.answers = Answers()
        self.studio = Studio(**{**vars(studio), "questions": self.answers})
        self.documents = studio.documents
        self.said: list[Message] = []
        studio.messages.shown.connect(self.said.append)
        self.recent = Recent(studio.documents, studio.paths.data / "recent.json")
        self.closing = Closing(self.studio)
        self.left: list[str] = []
        self.commands = FileCommands(
            self.studio, self.recent, self.closing,
            lambda: self.left.append("window"), lambda: self.left.append("history"),
        )  # fmt: skip
        self.actions.declare(*(item for item in ACTIONS if item not in self.actions.all()))
        self.commands.bind()

    @property
    def actions(self) -> Actions:
        return self.studio.actions


@pytest.fixture
def window(studio: Studio) -> Window:
    return Window(studio)


def edited(window: Window, title: str = "A") -> Document:
    document = window.documents.new()
    rename(document, title)
    return document


# --- Saving ---


def test_a_graph_without_a_file_asks_where(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    document = edited(window)
    window.answers.path = tmp_path / "cat"
    assert window.actions.trigger("file.save")
    qtbot.waitUntil(lambda: document.saved)
    assert document.path == tmp_path / "cat.json"


@pytest.mark.parametrize("name", ["cat v1.5", "cat.png"])
def test_a_graph_is_saved_as_what_it_is_whatever_its_name(
    window: Window, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    document = edited(window)
    (tmp_path / f"{name}.json").write_text(write(chain(2)), "utf-8")
    window.answers.path = tmp_path / name
    window.answers.answers = ["Cancel", "Write over"]
    window.actions.trigger("file.save")
    assert not document.saved
    window.actions.trigger("file.save")
    qtbot.waitUntil(lambda: document.saved)
    assert document.path == tmp_path / f"{name}.json"


def test_turning_down_where_to_save_leaves_all_as_it_is(window: Window) -> None:
    document = edited(window)
    window.actions.trigger("file.save")
    assert (document.saved, document.path) == (False, None)


def test_a_file_that_is_open_in_another_tab_is_not_taken(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    first = edited(window)
    window.documents.save(first, tmp_path / "cat.json")
    qtbot.waitUntil(lambda: first.saved)
    edited(window, "B")
    window.answers.path = tmp_path / "cat.json"
    window.actions.trigger("file.save_as")
    assert "open in another tab" in window.said[-1].text
    assert read((tmp_path / "cat.json").read_bytes()).title == "A"


def test_writing_over_what_another_program_wrote_is_asked(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "cat.json").write_text(write(chain(1)), "utf-8")
    document = window.documents.open(tmp_path / "cat.json")
    rename(document, "mine")
    (tmp_path / "cat.json").write_text(write(chain(2)), "utf-8")
    window.answers.answers = ["Write over"]
    window.actions.trigger("file.save")
    qtbot.waitUntil(lambda: document.saved)
    assert read((tmp_path / "cat.json.bak").read_bytes()) == chain(2)


# --- Closing ---


def test_what_is_saved_closes_without_a_question(window: Window) -> None:
    window.documents.new()
    assert window.actions.trigger("tab.close")
    assert (window.documents.items, window.answers.asked) == ((), [])


@pytest.mark.parametrize(("answer", "left"), [("Discard", 0), ("Cancel", 1)])
def test_closing_what_is_not_saved_asks(window: Window, answer: str, left: int) -> None:
    edited(window)
    window.answers.answers = [answer]
    window.actions.trigger("tab.close")
    assert len(window.documents.items) == left
    assert window.answers.asked == ["Save A?"]


def test_saving_before_closing_closes_when_it_is_saved(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    edited(window)
    window.answers.answers, window.answers.path = ["Save"], tmp_path / "a.json"
    window.actions.trigger("tab.close")
    qtbot.waitUntil(lambda: not window.documents.items)
    assert read((tmp_path / "a.json").read_bytes()).title == "A"


def test_what_is_edited_while_it_is_saved_for_closing_is_asked_about(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    document = edited(window)
    window.answers.answers, window.answers.path = ["Save", "Cancel"], tmp_path / "a.json"
    window.actions.trigger("tab.close")
    rename(document, "B")
    qtbot.waitUntil(lambda: len(window.answers.asked) == 3)
    assert window.documents.items == (document,)


def test_the_window_goes_when_every_document_was_asked_for(window: Window) -> None:
    edited(window), edited(window, "B"), window.documents.new()
    gone: list[bool] = []
    window.answers.answers = ["Discard", "Cancel"]
    window.closing.settle(lambda: gone.append(True))
    assert (gone, window.answers.asked) == ([], ["Save A?", "Save B?"])
    window.answers.answers = ["Discard", "Discard"]
    window.closing.settle(lambda: gone.append(True))
    assert gone == [True]
    assert len(window.documents.items) == 3


def test_other_tabs_close_until_the_user_says_no(window: Window) -> None:
    window.documents.new(), edited(window), window.documents.new()
    window.actions.trigger("tab.close_others")
    assert len(window.documents.items) == 2


# --- Other commands ---


def test_files_open_and_what_is_wrong_is_said(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(write(chain(1)), "utf-8")
    window.answers.paths = [tmp_path / "good.json", tmp_path / "bad.json"]
    window.actions.trigger("file.open")
    qtbot.waitUntil(lambda: bool(window.said))
    assert [item.title for item in window.documents.items] == ["good"]
    assert (window.said[0].kind, "was not found" in window.said[0].text) == ("error", True)


def test_tabs_are_walked_and_moved_by_keys(window: Window) -> None:
    first, second = window.documents.new(), window.documents.new()
    window.actions.trigger("tab.next")
    assert window.documents.current is first
    window.actions.trigger("tab.previous")
    assert window.documents.current is second
    window.actions.trigger("tab.move_left")
    assert window.documents.items == (second, first)


def test_undo_and_redo_are_offered_when_there_is_something(window: Window) -> None:
    document = edited(window)
    assert window.actions.enabled("edit.undo")
    assert not window.actions.enabled("edit.redo")
    window.actions.trigger("edit.undo")
    assert document.position == 0
    window.actions.trigger("edit.redo")
    assert document.position == 1


def test_every_command_of_files_is_bound(window: Window) -> None:
    window.documents.new()
    for command in ("tab.new", "file.open", "file.save", "file.quit", "edit.history"):
        assert window.actions.enabled(command)
    window.actions.trigger("file.quit")
    window.actions.trigger("edit.history")
    assert window.left == ["window", "history"]


# --- What is remembered ---


def test_recent_files_stand_in_their_menu_and_missing_ones_are_marked(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(write(chain(1)), "utf-8")
        window.documents.open(tmp_path / f"{name}.json")
    (tmp_path / "a.json").unlink()
    with qtbot.waitSignal(window.recent.changed):
        window.recent.refresh()
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("Clear list")
    for _ in range(2):
        window.commands.fill_recent(menu)
    lines = [(line.text(), line.isEnabled()) for line in menu.actions()]
    assert lines == [("b.json", True), ("a.json (missing)", False), ("Clear list", True)]


def test_recent_files_are_remembered(window: Window, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(write(chain(1)), "utf-8")
    window.documents.open(tmp_path / "a.json")
    window.documents.desk.close(finish=True)
    again = Recent(window.documents, window.studio.paths.data / "recent.json")
    assert [item.path for item in again.files] == [tmp_path / "a.json"]


def test_the_tabs_of_the_last_time_come_back(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    store = tmp_path / "tabs.json"
    tabs = Tabs(window.documents, store)
    tabs.remember()
    for name in ("a", "b", "gone"):
        (tmp_path / f"{name}.json").write_text(write(chain(1)), "utf-8")
        window.documents.open(tmp_path / f"{name}.json")
    window.documents.set_current(window.documents.items[0])
    (tmp_path / "gone.json").unlink()
    tabs.close()
    for document in window.documents.items:
        window.documents.close(document)
    done: list[bool] = []
    again = Tabs(window.documents, store)
    again.restore(lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    assert [item.title for item in window.documents.items] == ["a", "b"]
    current = cast("Document", window.documents.current)
    assert current.title == "a"


def test_graphs_with_a_file_save_themselves_when_that_is_wanted(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "REST_MS", 1)
    saver = Autosave(window.documents, window.studio.preferences)
    (tmp_path / "a.json").write_text(write(chain(1)), "utf-8")
    document = window.documents.open(tmp_path / "a.json")
    rename(document, "B")
    assert not document.saved
    window.studio.preferences.set("autosave", True)
    qtbot.waitUntil(lambda: document.saved)
    assert read((tmp_path / "a.json").read_bytes()).title == "B"
    saver.close()


# --- Files that others wrote ---


@pytest.fixture
def watched(window: Window, tmp_path: Path) -> tuple[Window, Watching, Document, Path]:
    path = tmp_path / "watched" / "a.json"
    path.parent.mkdir()
    path.write_text(write(chain(1)), "utf-8")
    watching = Watching(window.documents)
    watching.changed.connect(window.closing.changed_on_disk)
    return window, watching, window.documents.open(path), path


def test_a_change_on_the_disk_is_noticed_after_saving_too(
    watched: tuple[Window, Watching, Document, Path], qtbot: QtBot
) -> None:
    window, watching, document, path = watched
    rename(document, "mine")
    window.actions.trigger("file.save")
    qtbot.waitUntil(lambda: document.saved)
    qtbot.wait(SETTLED_MS)  # what saving itself did to the folder is over
    window.answers.answers = ["Reload"]
    with path.open("wb") as file:  # in place: the folder stays as it is
        file.write(write(chain(2)).encode())
    qtbot.waitUntil(lambda: document.graph == chain(2))
    watching.close()


def test_what_is_gone_from_the_disk_is_not_saved(
    watched: tuple[Window, Watching, Document, Path], qtbot: QtBot
) -> None:
    window, watching, document, path = watched
    path.unlink()
    qtbot.waitUntil(lambda: not document.saved)
    assert window.answers.asked == []
    watching.close()


def test_what_cannot_be_read_again_is_not_saved(
    watched: tuple[Window, Watching, Document, Path], qtbot: QtBot
) -> None:
    window, watching, document, path = watched
    window.answers.answers = ["Reload"]
    path.write_text("{", "utf-8")
    qtbot.waitUntil(lambda: bool(window.said))
    assert not document.saved
    watching.close()


def test_a_change_on_the_disk_can_be_looked_at_and_taken(
    watched: tuple[Window, Watching, Document, Path], qtbot: QtBot
) -> None:
    window, watching, document, path = watched
    window.answers.answers = ["See differences", "Reload"]
    path.write_text(write(chain(2)), "utf-8")
    qtbot.waitUntil(lambda: document.graph == chain(2))
    assert window.answers.sentences[1] == "n1 is new"
    watching.close()


def test_keeping_mine_asks_once_and_marks_it_as_not_saved(
    watched: tuple[Window, Watching, Document, Path], qtbot: QtBot
) -> None:
    window, watching, document, path = watched
    window.answers.answers = ["Keep mine"]
    path.write_text(write(chain(2)), "utf-8")
    qtbot.waitUntil(lambda: not document.saved)
    watching.check()
    window.documents.desk.close(finish=True)
    assert (document.graph, len(window.answers.asked)) == (chain(1), 1)
    watching.close()


def test_saving_here_is_no_change_by_others(
    watched: tuple[Window, Watching, Document, Path], qtbot: QtBot
) -> None:
    window, watching, document, _ = watched
    rename(document, "B")
    window.documents.save(document)
    qtbot.waitUntil(lambda: document.saved)
    seen: list[object] = []
    watching.changed.connect(seen.append)
    looked: list[bool] = []
    watching.check()
    window.documents.desk.do(lambda: True, looked.append)
    qtbot.waitUntil(lambda: bool(looked))
    assert (seen, window.answers.asked) == ([], [])
    watching.close()


def test_a_save_right_behind_a_look_at_the_disk_is_no_change_by_others(
    watched: tuple[Window, Watching, Document, Path], qtbot: QtBot
) -> None:
    window, watching, document, _ = watched
    rename(document, "B")
    before = window.documents.digest(document)
    watching.check()
    window.documents.save(document)
    while window.documents.digest(document) == before:
        sleep(0.01)  # both are over before the window hears of either
    qtbot.waitUntil(lambda: document.saved)
    assert window.answers.asked == []
    watching.close()


def test_differences_are_told_in_words() -> None:
    before = Graph({"a": Node("x", params={"steps": 20}, title="Sampler"), "b": Node("x")})
    after = Graph(
        {"a": Node("x", params={"steps": 30}, title="Sampler", mode="muted"), "c": Node("x")},
        (Link("a", "image", "c", "image"),),
    )
    assert differences(before, after) == [
        "c is new",
        "b is gone",
        "Sampler: steps is 30, was 20",
        "Sampler is muted, was on",
        "the link a.image -> c.image is new",
    ]


def test_many_differences_are_counted() -> None:
    assert differences(Graph(), chain(30))[-1] == "and 18 more"
