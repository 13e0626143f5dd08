"""What stands over a graph without anything in it, with real events."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.graph import Graph, Node
from studio.ui.canvas.empty_graph import EmptyGraph
from studio.ui.canvas.widget import CanvasWidget
from studio.ui.documents.document import Document
from studio.ui.kit.buttons import Button
from studio.ui.studio import Studio


@pytest.fixture
def empty(studio: Studio, canvas: CanvasWidget) -> EmptyGraph:
    return EmptyGraph(studio, canvas)


def test_it_is_there_until_the_first_node(empty: EmptyGraph, document: Document) -> None:
    assert empty.isVisible()
    document.edit("Add Blur", Graph().with_node("blur", Node("image.blur")))
    assert not empty.isVisible()
    document.undo()
    assert empty.isVisible()


def test_it_stays_in_the_middle(empty: EmptyGraph, canvas: CanvasWidget) -> None:
    canvas.resize(700, 500)
    apart = empty.geometry().center() - canvas.rect().center()
    assert apart.manhattanLength() <= 2


def test_its_button_opens_the_search(empty: EmptyGraph, canvas: CanvasWidget) -> None:
    button = next(item for item in empty.findChildren(Button) if item.text() == "Add a node")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert canvas.adding.search.isVisible()


def test_there_is_no_minimap_of_nothing(canvas: CanvasWidget, document: Document) -> None:
    assert not canvas.shows_minimap
    document.edit("Add Blur", Graph().with_node("blur", Node("image.blur")))
    assert canvas.shows_minimap
