"""What a sub-graph offers outside: ordered, renamed and removed inside of it."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.canvas.edits.sub_graphs import made
from studio.canvas.state import Selection
from studio.core.graph import Graph, Link, Node
from studio.ui.documents.document import Document
from studio.ui.inspector.panel import InspectorPanel
from studio.ui.studio import Studio


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio, document: Document) -> InspectorPanel:
    graph = Graph(
        {
            "load": Node("load.image"), "other": Node("load.image"), "a": Node("image.blend"),
            "b": Node("image.blend"),
        },
        (
            Link("load", "image", "a", "base"), Link("other", "image", "b", "base"),
            Link("a", "image", "b", "top"),
        ),
    )  # fmt: skip
    graph, node = made(graph, ["a", "b"], "Mix", studio.session.spec_of(document))
    document.edit("Make sub-graph", graph)
    document.enter(node)
    document.select(Selection())
    found = InspectorPanel(studio)
    qtbot.addWidget(found)
    found.resize(360, 500)
    found.show()
    return found


def names(document: Document) -> list[str]:
    (item,) = document.graph.graphs.values()
    return [port.name for port in item.inputs.values()]


def test_inside_a_sub_graph_the_inspector_shows_its_ports(
    panel: InspectorPanel, document: Document
) -> None:
    assert panel.ports.isVisible()
    assert panel.ports.title.text() == "Mix"
    shown = [row.port.name for row in panel.ports.lists["input"].items]
    assert shown == names(document) != []
    document.leave()
    assert not panel.ports.isVisible()


def test_alt_and_an_arrow_moves_a_port_and_undo_brings_it_back(
    panel: InspectorPanel, document: Document
) -> None:
    rows, before = panel.ports.lists["input"], names(document)
    rows.setCurrentIndex(rows.model().index(0, 0))
    QTest.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert names(document) == [before[1], before[0], *before[2:]]
    document.undo()
    assert names(document) == before


def test_a_port_is_renamed_and_keeps_its_links(
    panel: InspectorPanel, studio: Studio, document: Document,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    links = document.graph.links
    answer = partial(lambda title, label, value, done: done("picture"))
    monkeypatch.setattr(studio.questions, "text", answer)
    rows = panel.ports.lists["input"]
    rows.setCurrentIndex(rows.model().index(0, 0))
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert names(document)[0] == "picture"
    assert document.graph.links == links
