"""The icon in the head of the inspector colours what is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from studio.canvas.state import Selection
from studio.core.registry import Registry
from studio.ui.inspector.panel import InspectorPanel
from tests.ui.journey.desk import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path, real_registry: Registry, qtbot: QtBot) -> Iterator[Desk]:
    with desk_in(tmp_path, real_registry, qtbot) as made:
        yield made


def test_a_click_on_the_icon_gives_the_chosen_nodes_a_colour(desk: Desk) -> None:
    document = desk.document
    nodes = sorted(document.scene.nodes)[:2]
    document.select(Selection(frozenset(nodes)), nodes[0])
    panel = desk.window.findChild(InspectorPanel)
    assert panel is not None
    tile = panel.header.tile
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
    menu = tile.findChild(QMenu)
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Teal").trigger()
    menu.close()
    assert {document.scene.view.layout[node].color for node in nodes} == {"teal"}
    assert document.steps[-1] == "Colour"
