"""The inspector on real documents, by mouse and keyboard."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from studio.canvas.state import Selection
from studio.canvas.states import NodeState
from studio.core.graph import Graph, Link, Node, Port, SubGraph
from studio.ui.documents.document import Document
from studio.ui.inspector.menu import open_menu
from studio.ui.inspector.panel import InspectorPanel
from studio.ui.inspector.rows import Row
from studio.ui.studio import Studio
from tests.ui.inspector.conftest import QuietSession, focused

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def document(studio: Studio) -> Document:
    nodes = {
        "numbers": Node("kinds.numbers", params={"width": 256}),
        "shared": Node("kinds.shared", params={"width": 512}),
        "others": Node("kinds.others", title="My loader"),
        "gone": Node("pack.gone", params={"a": 1}),
    }
    graph = Graph(nodes, (Link("others", "model", "numbers", "model"),))
    return studio.documents.add(graph)


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio, document: Document) -> InspectorPanel:
    made = InspectorPanel(studio)
    made.resize(380, 800)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def choose(document: Document, *nodes: str) -> None:
    document.select(Selection(frozenset(nodes)), nodes[0] if nodes else "")


def row(panel: InspectorPanel, name: str) -> Row:
    found = panel.body.row(name)
    assert found is not None
    return found


def test_the_chosen_node_gets_a_row_for_each_input(
    panel: InspectorPanel, document: Document
) -> None:
    choose(document, "shared")
    assert [one.label for one in panel.body.rows] == ["width", "steps"]
    choose(document, "numbers")
    labels = [one.label for one in panel.body.rows]
    assert labels[-5:] == ["model", "positive", "latent", "rho", "preview"]


def test_in_a_low_panel_help_leaves_its_room_to_the_rows(
    panel: InspectorPanel, document: Document
) -> None:
    choose(document, "shared")
    heights = []
    for high in (600, 300):
        panel.resize(380, high)
        heights.append(panel.foot.height())
        assert panel.foot.geometry().bottom() == panel.rect().bottom()
        assert panel.foot.y() == panel.header.height() + panel._scroll.height()
    assert heights[1] < heights[0]


def test_nothing_chosen_shows_no_rows(panel: InspectorPanel, document: Document) -> None:
    choose(document, "shared")
    choose(document)
    assert list(panel.body.rows) == []
    assert panel.header.isHidden()
    assert panel.foot.isHidden()
    assert panel.nothing.isVisible()
    choose(document, "shared")
    assert panel.nothing.isHidden()
    document.select(Selection())
    assert document.state.focus == "shared"
    assert panel.nothing.isVisible()


def test_a_node_of_an_unknown_type_shows_its_head_and_loses_nothing(
    panel: InspectorPanel, document: Document
) -> None:
    choose(document, "gone")
    assert list(panel.body.rows) == []
    assert panel.header.isVisible()
    assert document.graph.nodes["gone"].params == {"a": 1}


def test_rows_are_used_again_for_the_next_node(panel: InspectorPanel, document: Document) -> None:
    choose(document, "numbers")
    first = set(panel.body.rows)
    choose(document, "shared")
    assert set(panel.body.rows) <= first


def test_several_nodes_show_what_they_share_and_are_edited_together(
    panel: InspectorPanel, document: Document
) -> None:
    choose(document, "numbers", "shared")
    assert [one.label for one in panel.body.rows] == ["width"]
    editor = row(panel, "width").editor
    assert editor
    editor.start()
    QTest.keyClicks(focused(), "1024")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert [document.graph.nodes[node].params["width"] for node in ("numbers", "shared")] == [
        1024,
        1024,
    ]
    document.undo()
    assert document.graph.nodes["numbers"].params["width"] == 256


def test_nodes_that_share_nothing_say_so(panel: InspectorPanel, document: Document) -> None:
    choose(document, "numbers", "others")
    assert not list(panel.body.rows)
    assert panel._said[0] == "Nothing in common"
    assert panel.foot.help == ""


def test_a_linked_input_shows_its_source_and_can_be_unlinked(
    panel: InspectorPanel, document: Document
) -> None:
    choose(document, "numbers")
    model = row(panel, "model")
    assert model.link_text == "from My loader · model"
    assert model.unlink is not None
    model.unlink.click()
    assert document.graph.links == ()
    assert not model.is_linked


def test_the_dot_takes_the_value_back_to_the_default(
    panel: InspectorPanel, document: Document
) -> None:
    choose(document, "numbers")
    width = row(panel, "width")
    assert width.is_changed
    QTest.mouseClick(width, LEFT, NONE, QPoint(6, 15))
    assert not width.is_changed
    assert "width" not in document.graph.nodes["numbers"].params


def test_what_is_wrong_is_said_below_the_field(panel: InspectorPanel, document: Document) -> None:
    choose(document, "numbers")
    width = row(panel, "width")
    before = width.height()
    document.edit("Break", document.graph.with_param("numbers", "width", 100))
    assert "not a multiple of 8" in width.sentence
    assert width.height() > before


def test_while_typing_only_what_is_typed_is_judged(
    panel: InspectorPanel, document: Document
) -> None:
    choose(document, "numbers")
    document.edit("Break", document.graph.with_param("numbers", "width", 100))
    width = row(panel, "width")
    assert width.editor
    width.editor.start()
    QTest.keyClicks(focused(), "512*2")
    assert width.sentence == ""
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert "not a multiple of 8" in width.sentence


def test_a_sentence_takes_the_lines_that_its_width_needs(
    panel: InspectorPanel, document: Document
) -> None:
    document.edit("Break", document.graph.with_param("numbers", "width", 100))
    choose(document, "numbers")
    assert row(panel, "width").height() == row(panel, "width").height_needed
    assert row(panel, "width").height() < 80


def test_a_parameter_without_meaning_is_hidden(panel: InspectorPanel, document: Document) -> None:
    choose(document, "numbers")
    more = panel.body.heads[-1]
    QTest.mouseClick(more, LEFT)
    assert row(panel, "rho").isVisible()
    document.edit("Set side", document.graph.with_param("numbers", "side", "negative"))
    assert not row(panel, "rho").isVisible()


def test_a_closed_section_says_what_is_in_it(panel: InspectorPanel, document: Document) -> None:
    choose(document, "numbers")
    assert [head.note for head in panel.body.heads] == ["", "1 linked", "2 at default"]
    document.edit("Set preview", document.graph.with_param("numbers", "preview", False))
    assert panel.body.heads[2].note == "1 changed"


def test_a_closed_section_stays_closed_for_the_next_node(
    panel: InspectorPanel, document: Document
) -> None:
    choose(document, "numbers")
    QTest.keyClick(panel.body.heads[0], Qt.Key.Key_Space)
    assert not row(panel, "width").isVisible()
    choose(document, "shared")
    assert not row(panel, "width").isVisible()


def test_the_row_under_the_pointer_is_explained(panel: InspectorPanel, document: Document) -> None:
    choose(document, "numbers")
    at = QPointF(5, 5)
    QApplication.sendEvent(row(panel, "guidance"), QEnterEvent(at, at, at))
    assert panel.foot.help.startswith("How strongly the prompt is followed")


def test_the_row_with_the_keyboard_is_explained(panel: InspectorPanel, document: Document) -> None:
    choose(document, "numbers")
    editor = row(panel, "steps").editor
    assert editor
    editor.setFocus()
    assert panel.foot.help.startswith("How many updates")


def test_tab_goes_through_the_rows_in_order(panel: InspectorPanel, document: Document) -> None:
    choose(document, "shared")
    first, second = (row(panel, name).editor for name in ("width", "steps"))
    assert first
    assert second
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is second


def test_the_title_is_edited_in_the_head(panel: InspectorPanel, document: Document) -> None:
    choose(document, "shared")
    QTest.mouseDClick(panel.header.title, LEFT)
    QTest.keySequence(panel.header.title, QKeySequence.StandardKey.SelectAll)
    QTest.keyClicks(panel.header.title, "Wide one")
    QTest.keyClick(panel.header.title, Qt.Key.Key_Return)
    assert document.graph.nodes["shared"].title == "Wide one"
    assert document.steps[-1] == "Rename"


def test_the_head_says_how_far_the_node_is(
    panel: InspectorPanel, document: Document, session: QuietSession
) -> None:
    choose(document, "numbers")
    session.states["numbers"] = NodeState("running", footer="step 12 / 20", note="1.8 s left")
    session.states_changed.emit(document, frozenset({"numbers"}))
    assert panel.header.told == ("step 12 / 20", "1.8 s left")


def test_a_value_that_changes_elsewhere_leaves_who_types_alone(
    panel: InspectorPanel, document: Document
) -> None:
    choose(document, "others")
    editor = row(panel, "name").editor
    assert editor
    editor.start()
    typing = focused()
    QTest.keyClicks(typing, "po")
    document.edit("Other", document.graph.with_param("others", "background", "#000000"))
    QTest.keyClicks(typing, "st")
    assert document.graph.nodes["others"].params["name"] == "post"
    assert focused() is typing


def chosen(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


def test_a_parameter_is_added_to_the_form_and_taken_out_by_its_menu(
    panel: InspectorPanel, document: Document, studio: Studio
) -> None:
    choose(document, "shared")
    target = row(panel, "width").target
    assert target
    chosen(open_menu(studio, target, QPoint(), panel), "Add to form")
    assert list(document.graph.form) == ["shared.width"]
    chosen(open_menu(studio, target, QPoint(), panel), "Remove from form")
    assert list(document.graph.form) == []


def test_a_value_is_copied_as_text(
    panel: InspectorPanel, document: Document, studio: Studio
) -> None:
    choose(document, "shared")
    target = row(panel, "width").target
    assert target
    chosen(open_menu(studio, target, QPoint(), panel), "Copy value")
    assert QGuiApplication.clipboard().text() == "512"


def test_a_parameter_inside_sub_graphs_is_promoted_through_all_of_them(
    panel: InspectorPanel, document: Document, studio: Studio
) -> None:
    inner = SubGraph("Inner", {}, {}, Graph({"wide": Node("kinds.shared")}))
    outer = SubGraph("Outer", {}, {}, Graph({"in": Node("graph:inner")}))
    graph = document.graph.with_graph("inner", inner).with_graph("outer", outer)
    document.edit("Nest", graph.with_node("out", Node("graph:outer")))
    document.enter("out")
    document.enter("in")
    choose(document, "wide")
    target = row(panel, "width").target
    assert target
    chosen(open_menu(studio, target, QPoint(), panel), "Add to form")
    assert document.graph.form == ("out.width",)
    assert isinstance(document.graph.graphs["inner"].inputs["width"], Port)
    document.leave()
    document.leave()
    choose(document, "out")
    assert [one.label for one in panel.body.rows] == ["width"]


def test_the_menu_key_opens_the_menu_of_the_row(
    panel: InspectorPanel, document: Document, qtbot: QtBot
) -> None:
    choose(document, "shared")
    asked: list[Row] = []
    panel.body.menu_asked.connect(lambda found, at: asked.append(found))
    width = row(panel, "width")
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), QPoint(5, 5))
    QApplication.sendEvent(width, event)
    assert asked == [width]
    for menu in panel.findChildren(QMenu):
        menu.close()


def test_another_document_shows_its_own_nodes(
    panel: InspectorPanel, document: Document, studio: Studio
) -> None:
    choose(document, "numbers")
    other = studio.documents.add(Graph({"x": Node("kinds.shared")}))
    studio.documents.set_current(other)
    assert list(panel.nodes) == []
    choose(other, "x")
    assert list(panel.nodes) == ["x"]


def test_choosing_a_node_of_twenty_parameters_takes_less_than_a_frame(
    panel: InspectorPanel, document: Document
) -> None:
    choose(document, "numbers")
    choose(document, "others")
    spent = []
    for node in ("numbers", "others") * 5:
        started = time.thread_time()
        choose(document, node)
        spent.append(time.thread_time() - started)
    assert min(spent) < 0.016
