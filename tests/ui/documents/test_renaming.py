from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.ui.documents import file_commands, renaming
from studio.ui.documents.document import Document
from studio.ui.questions import Questions
from studio.ui.studio import Studio
from studio.ui.window import window_commands
from studio.ui.window.tab_bar import TabRow
from tests.ui.stores import chain


class Names(Questions):
    """Answers with one text, and remembers what stood in the field."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[str] = []

    def text(self, title: str, label: str, value: str, done: Callable[[str], None]) -> None:
        self.held.append(value)
        done(" Poster ")


@pytest.fixture
def asking(studio: Studio) -> Studio:
    """A studio with one untitled graph, in which every question has an answer."""
    made = replace(studio, questions=Names())
    made.actions.declare(*file_commands.ACTIONS, *window_commands.ACTIONS, *renaming.ACTIONS)
    renaming.bind(made)
    made.documents.add(chain(1))
    return made


@pytest.fixture
def row(asking: Studio, qtbot: QtBot) -> TabRow:
    made = TabRow(asking, lambda document: None)
    qtbot.addWidget(made)
    made.resize(900, 32)
    made.show()
    return made


def shown(studio: Studio) -> Document:
    document = studio.documents.current
    assert document is not None
    return document


def test_a_double_click_on_a_tab_renames_its_graph_in_one_step(row: TabRow, asking: Studio) -> None:
    index = row.tabs.currentIndex()
    place = row.tabs.tabRect(index).center()
    QTest.mouseDClick(row.tabs, Qt.MouseButton.LeftButton, pos=place)
    document = shown(asking)
    assert (document.graph.title, document.steps) == ("Poster", ("Rename graph",))
    assert row.tabs.tabText(index) == "Poster"
    document.undo()
    assert document.graph.title == ""


def test_f2_on_the_tabs_renames_too(row: TabRow, asking: Studio) -> None:
    QTest.keyClick(row.tabs, Qt.Key.Key_F2)
    assert shown(asking).graph.title == "Poster"
    assert isinstance(asking.questions, Names)
    assert asking.questions.held == ["Untitled"]


def test_a_tab_named_like_its_file_tells_the_title(row: TabRow, asking: Studio) -> None:
    document = shown(asking)
    document.named(asking.paths.data / "cat.json")
    asking.actions.trigger("file.rename")
    index = row.tabs.currentIndex()
    assert row.tabs.tabText(index) == "cat"
    assert row.tabs.tabToolTip(index).startswith("Poster\n")
