"""Masks painted with the mouse over a picture, and what the node makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodes.image.paint_mask import paint_mask
from studio.canvas.state import Selection
from studio.core.define import spec_of
from studio.core.graph import Node
from studio.core.registry import Registry
from studio.ui.actions.actions import Actions
from studio.ui.actions.keymaps import Keymaps
from studio.ui.gallery import mask_commands
from studio.ui.gallery.painting import Painting
from tests.engine import cheap
from tests.ui import engines
from tests.ui.actions.test_keymaps import SHIPPED
from tests.ui.gallery.conftest import SIDE, Room, drag


def _registry() -> Registry:
    found = cheap.registry()
    found.add(spec_of(paint_mask))
    return found


class Easel(Room):
    """A viewer with a picture, and a node with a mask to be painted."""

    painting: Any

    def begin(self) -> None:
        """Choose the node and open the tool."""
        self.document.select(Selection(frozenset({"mask"})), "mask")
        assert self.studio.actions.trigger("node.paint_mask")
        self.desktop.wait(lambda: self.painting.tool is not None)

    def at(self, x: float, y: float) -> QPointF:
        """Return where a place of the picture is on the widget."""
        return QPointF(self.view.origin + QPointF(x, y) * self.view.zoom)

    def keep(self) -> None:
        """Keep what was painted."""
        steps = len(self.document.steps)
        self.studio.actions.trigger("mask.done")
        self.desktop.wait(lambda: len(self.document.steps) > steps)

    @property
    def mask(self) -> Any:
        """The mask in the making."""
        assert self.painting.tool is not None
        return self.painting.tool.painting.mask


@pytest.fixture
def easel(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Easel]:
    monkeypatch.setattr(engines, "registry", _registry)
    monkeypatch.setattr(
        engines, "Actions", lambda: Actions(Keymaps(SHIPPED, tmp_path / "own.json"))
    )
    nodes = {
        "grey": Node("test.grey", params={"size": SIDE}),
        "mask": Node("image.paint_mask"),
    }
    graph = cheap.graph_of(nodes, "grey.image -> mask.image")
    made = Easel(engines.Desktop(tmp_path, qtbot, graph), qtbot)
    made.painting = Painting(made.studio, lambda: made.viewer, made.viewer)
    made.studio.actions.declare(*mask_commands.ACTIONS)
    mask_commands.bind(made.studio, made.painting)
    made.studio.actions.attach(made.viewer.body, "viewer")
    made.run()
    yield made
    made.painting.cancel()
    made.close()


def test_a_stroke_by_mouse_becomes_the_mask_that_the_node_makes(easel: Easel) -> None:
    easel.begin()
    easel.painting.tool.set_brush(size=10, feather=0)
    drag(easel.view, easel.at(12, 32), easel.at(52, 32))
    assert easel.mask[32, 12:52].min() == 255
    assert easel.mask[:20].max() == 0
    easel.keep()
    assert easel.document.steps[-1] == "Paint mask"
    assert easel.painting.tool is None
    path = Path(easel.document.base) / easel.document.graph.nodes["mask"].params["mask"]["path"]
    assert path.suffix == ".png"
    easel.run()
    made = easel.view.a.shown.values[..., 0]
    assert made.shape == (SIDE, SIDE)
    assert made[32, 12:52].min() == 1.0
    assert made[:20].max() == 0.0


def test_esc_leaves_no_trace(easel: Easel) -> None:
    before = easel.document.graph
    easel.begin()
    drag(easel.view, easel.at(12, 32), easel.at(52, 32))
    QTest.keyClick(easel.view, Qt.Key.Key_Escape)
    assert easel.painting.tool is None
    assert easel.document.graph is before
    assert easel.view.hand is None


def test_undo_takes_back_a_stroke_and_not_a_step_of_the_graph(easel: Easel) -> None:
    easel.set("grey", "level", 0.3)
    easel.run()
    position = easel.document.position
    easel.begin()
    drag(easel.view, easel.at(12, 32), easel.at(52, 32))
    QTest.keyClick(easel.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert easel.mask.max() == 0
    QTest.keyClick(easel.painting.bar, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert easel.mask.max() == 255
    assert easel.document.position == position


def test_the_eraser_takes_away_and_keys_choose_it(easel: Easel) -> None:
    easel.begin()
    easel.studio.actions.trigger("mask.invert")
    QTest.keyClick(easel.view, Qt.Key.Key_X)
    assert easel.painting.tool.kind == "eraser"
    assert easel.painting.bar.kinds["eraser"].isChecked()
    size = easel.painting.tool.brush.size
    QTest.keyClick(easel.view, Qt.Key.Key_BracketLeft)
    assert easel.painting.tool.brush.size < size
    drag(easel.view, easel.at(12, 32), easel.at(52, 32))
    assert easel.mask[32, 32] == 0
    assert easel.mask[2, 2] == 255


def test_a_rectangle_and_a_fill(easel: Easel) -> None:
    easel.begin()
    QTest.keyClick(easel.view, Qt.Key.Key_R)
    drag(easel.view, easel.at(10.2, 10.2), easel.at(29.8, 19.8))
    assert easel.mask[10:20, 10:30].min() == 255
    assert easel.mask.sum() == 255 * 10 * 20
    QTest.keyClick(easel.view, Qt.Key.Key_G)
    at = easel.at(50, 50).toPoint()
    QTest.mouseClick(easel.view, Qt.MouseButton.LeftButton, pos=at)
    assert easel.mask.min() == 255


def test_the_numbers_of_the_bar_change_the_brush(easel: Easel) -> None:
    easel.begin()
    easel.painting.bar.numbers["opacity"].report(50)
    easel.painting.bar.numbers["size"].report(20)
    assert easel.painting.tool.brush.opacity == 0.5
    drag(easel.view, easel.at(32, 32), easel.at(33, 32))
    assert easel.mask.max() == 128


def test_a_mask_that_is_there_is_painted_on(easel: Easel) -> None:
    easel.begin()
    easel.studio.actions.trigger("mask.invert")
    easel.keep()
    easel.begin()
    assert easel.mask.min() == 255
    easel.studio.actions.trigger("mask.cancel")


def test_nothing_painted_is_no_step(easel: Easel) -> None:
    easel.begin()
    before = easel.document.graph
    QTest.keyClick(easel.view, Qt.Key.Key_Return)
    assert easel.painting.tool is None
    assert easel.document.graph is before


def test_the_mask_is_seen_over_the_picture(easel: Easel) -> None:
    easel.begin()
    at = easel.at(32, 32).toPoint()
    before = easel.view.grab().toImage().pixelColor(at)
    easel.studio.actions.trigger("mask.invert")
    after = easel.view.grab().toImage().pixelColor(at)
    assert after.green() - after.red() > before.green() - before.red() + 20


def test_without_a_picture_it_says_what_to_do(easel: Easel) -> None:
    easel.document.edit("Remove", easel.document.graph.without_nodes("grey"))
    easel.viewer._show_nothing()
    easel.document.select(Selection(frozenset({"mask"})), "mask")
    easel.studio.actions.trigger("node.paint_mask")
    assert "run the graph" in easel.desktop.said[-1].text
    assert easel.painting.tool is None


def test_another_document_ends_the_painting_and_keeps_it(easel: Easel) -> None:
    easel.begin()
    drag(easel.view, easel.at(12, 32), easel.at(52, 32))
    easel.studio.documents.set_current(easel.studio.documents.new())
    assert easel.painting.tool is None
    easel.desktop.wait(lambda: easel.document.steps[-1:] == ("Paint mask",))


def test_the_command_needs_a_node_with_a_mask(easel: Easel) -> None:
    easel.document.select(Selection(frozenset({"grey"})), "grey")
    assert not easel.studio.actions.enabled("node.paint_mask")
    assert not easel.studio.actions.enabled("mask.brush")


def test_painting_a_large_picture_is_quick(easel: Easel) -> None:
    from time import thread_time

    from studio.ui.gallery.mask_tool import MaskTool

    tool = MaskTool(easel.studio.looks, np.zeros((4096, 4096), np.uint8))
    tool.painting.begin()
    start = thread_time()
    tool._stroke(QPointF(2000, 2000), QPointF(2040, 2010))
    assert thread_time() - start < 0.016
    tool.painting.end()
