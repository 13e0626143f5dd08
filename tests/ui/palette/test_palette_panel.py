"""The palette of node types: search, help, drag, and what could not be loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from studio.core.graph import Graph, Node, SubGraph
from studio.core.registry import LoadFailure, Registry
from studio.paths import Paths, resources
from studio.ui.documents.documents import Documents
from studio.ui.looks.looks import Looks
from studio.ui.mimes import NODE_MIME
from studio.ui.palette.panel import PalettePanel, manual_of
from tests.fakes import toy_registry


class Told(QObject):
    worker_changed = Signal()


@dataclass
class Desk:
    registry: Registry
    looks: Looks
    documents: Documents
    session: Told


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Any:
    registry = toy_registry()
    paths = Paths(tmp_path / "data", tmp_path / "cache", resources())
    documents = Documents(paths, registry)
    yield Desk(registry, Looks(resources()), documents, Told())
    documents.finish()


@pytest.fixture
def panel(qtbot: QtBot, desk: Desk) -> PalettePanel:
    made = PalettePanel(cast(Any, desk))
    made.resize(232, 600)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def first_of(panel: PalettePanel) -> QTreeWidgetItem:
    found = panel.tree.topLevelItem(0)
    assert found is not None
    return found


def test_all_node_types_are_listed_below_their_categories(panel: PalettePanel, desk: Desk) -> None:
    assert sorted(panel.found) == sorted(desk.registry.specs)
    assert first_of(panel).text(0) == "Toy"


def test_a_click_folds_a_category_which_stays_folded(panel: PalettePanel) -> None:
    place = panel.tree.visualItemRect(first_of(panel)).center()
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not first_of(panel).isExpanded()
    QTest.keyClicks(panel.search, "blur")
    assert panel.found[0] == "toy.blur"
    panel.search.clear()
    assert not first_of(panel).isExpanded()
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert first_of(panel).isExpanded()


def test_the_keyboard_folds_a_category(panel: PalettePanel) -> None:
    panel.tree.setCurrentItem(first_of(panel))
    QTest.keyClick(panel.tree, Qt.Key.Key_Left)
    assert not first_of(panel).isExpanded()
    QTest.keyClick(panel.tree, Qt.Key.Key_Right)
    assert first_of(panel).isExpanded()


def test_typing_finds_the_nearest_first(panel: PalettePanel) -> None:
    QTest.keyClicks(panel.search, "blu")
    assert panel.found[0] == "toy.blur"


def test_enter_in_the_search_adds_the_first_that_was_found(
    qtbot: QtBot, panel: PalettePanel
) -> None:
    QTest.keyClicks(panel.search, "blur")
    with qtbot.waitSignal(panel.add_asked) as asked:
        QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert asked.args == ["toy.blur"]


def test_the_arrows_walk_the_list_from_the_search(qtbot: QtBot, panel: PalettePanel) -> None:
    QTest.keyClicks(panel.search, "s")
    second = panel.found[1]
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.add_asked) as asked:
        QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert asked.args == [second]


def test_a_node_type_is_dragged_as_its_id(panel: PalettePanel) -> None:
    QTest.keyClicks(panel.search, "blur")
    line = panel.tree.currentItem()
    assert line is not None
    data = panel.tree.mimeData([line])
    assert bytes(data.data(NODE_MIME).data()).decode() == "toy.blur"


def test_the_chosen_type_is_explained_and_f1_shows_its_manual(panel: PalettePanel) -> None:
    QTest.keyClicks(panel.search, "blur")
    assert panel.foot.help.startswith("Blur an image.")
    QTest.keyClick(panel.search, Qt.Key.Key_F1)
    manual = panel.findChild(QPlainTextEdit)
    assert manual is not None
    assert "radius (float): How much." in manual.toPlainText()


def test_a_manual_has_everything_the_docstring_says(desk: Desk) -> None:
    spec = desk.registry.spec("toy.sample")
    assert spec
    text = "\n".join(manual_of(spec))
    assert all(item.help in text for item in spec.inputs)


def test_sub_graphs_of_the_document_are_listed_too(panel: PalettePanel, desk: Desk) -> None:
    document = desk.documents.add(Graph())
    desk.documents.set_current(document)
    inner = SubGraph("Inner", {}, {}, Graph({"n": Node("toy.number")}))
    document.edit("Make", document.graph.with_graph("inner", inner))
    assert "graph:inner" in panel.found


def test_what_could_not_be_loaded_is_shown_with_its_traceback(qtbot: QtBot, desk: Desk) -> None:
    desk.registry._failures.append(LoadFailure("broken_pack", "no module named gone", "Traceback"))
    panel = PalettePanel(cast(Any, desk))
    qtbot.addWidget(panel)
    last = panel.tree.topLevelItem(panel.tree.topLevelItemCount() - 1)
    assert last is not None
    assert last.text(0) == "Could not be loaded (1)"
    panel.tree.itemActivated.emit(last.child(0), 0)
    story = panel.findChild(QPlainTextEdit)
    assert story is not None
    assert story.toPlainText() == "Traceback"
