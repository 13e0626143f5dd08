"""Rooms in which boxes are edited and people are posed, with cheap nodes that find some."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodes.control.draw_pose import draw_pose
from nodes.detail.filter import filter_detections
from studio.canvas.state import Selection
from studio.core.define import node, spec_of
from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.core.skeleton import standing
from studio.core.values import Detection, Detections, Image, Pose, Poses
from studio.ui.actions.actions import Actions
from studio.ui.actions.keymaps import Keymaps
from studio.ui.gallery import shape_commands
from studio.ui.gallery.box_editing import BoxEditing
from studio.ui.gallery.pose_editing import PoseEditing
from tests.engine import cheap
from tests.ui import engines
from tests.ui.actions.test_keymaps import SHIPPED
from tests.ui.gallery.conftest import SIDE, Room

KEYS = {
    "Enter": Qt.Key.Key_Return, "Esc": Qt.Key.Key_Escape, "Tab": Qt.Key.Key_Tab,
    "Delete": Qt.Key.Key_Delete, "Space": Qt.Key.Key_Space, "Right": Qt.Key.Key_Right,
    "Down": Qt.Key.Key_Down, "Z": Qt.Key.Key_Z, "Y": Qt.Key.Key_Y, "N": Qt.Key.Key_N,
    "Backtab": Qt.Key.Key_Backtab,
}  # fmt: skip
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@node("test.batch", category="Test")
def batch(count: int = 2) -> Image:
    """Make some grey pictures.

    Args:
        count: How many.
    """
    import numpy as np

    return Image(np.full((count, SIDE, SIDE, 3), 0.5, np.float32))


@node("test.find", category="Test")
def find(image: Image, boxes: str = "") -> Detections:
    """Find the same in each picture, numbered through all of them.

    Args:
        image: Where.
        boxes: What: a box and a name on each line.
    """
    height, width = image.pixels.shape[1:3]
    rows = [line.split() for line in boxes.splitlines()]
    found = [(tuple(map(float, row[:4])), row[4]) for row in rows]
    items = tuple(
        tuple(
            Detection(box, label, 0.9, (), 1 + place + at * len(found))  # type: ignore[arg-type]  # four
            for place, (box, label) in enumerate(found)
        )
        for at in range(len(image.pixels))
    )
    return Detections(items, (width, height))


@node("test.people", category="Test")
def people(image: Image) -> Poses:
    """See one who stands in the left half, and whose left ankle is out of sight.

    Args:
        image: Where.
    """
    height, width = image.pixels.shape[1:3]
    points = [(x - width / 4, y, seen) for x, y, seen in standing(width, height)]
    points[13] = (0.0, 0.0, 0.0)
    return Poses(((Pose(tuple(points)),),) * len(image.pixels), (width, height))


def registry() -> Registry:
    """Return the cheap nodes, and those that are edited by hand."""
    found = cheap.registry()
    for function in (batch, find, people, filter_detections, draw_pose):
        found.add(spec_of(function))
    return found


class Workroom(Room):
    """A viewer, and what edits by hand in it."""

    boxes: BoxEditing
    poses: PoseEditing

    def choose(self, name: str) -> None:
        """Choose a node."""
        self.document.select(Selection(frozenset({name})), name)

    @property
    def edit(self) -> Any:
        """What is open."""
        return self.boxes if self.boxes.tool else self.poses

    @property
    def tool(self) -> Any:
        """The tool that is open."""
        assert self.edit.tool is not None
        return self.edit.tool

    def begin(self, name: str, command: str) -> None:
        """Choose a node and open its tool."""
        self.choose(name)
        assert self.studio.actions.trigger(command)
        self.desktop.wait(lambda: self.edit.tool is not None)
        self.view.grab()

    def at(self, x: float, y: float) -> QPointF:
        """Return where a place of the picture is on the widget."""
        return QPointF(self.view.origin + QPointF(x, y) * self.view.zoom)

    def click(self, x: float, y: float, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """Click a place of the picture."""
        QTest.mouseClick(self.view, button, pos=self.at(x, y).toPoint())

    def key(self, name: str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key on the picture."""
        QTest.keyClick(self.view, KEYS[name], held)

    def param(self, name: str, of: str = "edits") -> Any:
        """Return a parameter as the graph holds it."""
        return self.document.graph.nodes[name].params.get(of)


@contextmanager
def workroom(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, graph: Graph
) -> Iterator[Workroom]:
    """Open a room over a graph."""
    monkeypatch.setattr(engines, "registry", registry)
    monkeypatch.setattr(
        engines, "Actions", lambda: Actions(Keymaps(SHIPPED, tmp_path / "own.json"))
    )
    made = Workroom(engines.Desktop(tmp_path, qtbot, graph), qtbot)
    made.boxes = BoxEditing(made.studio, lambda: made.viewer, made.viewer)
    made.poses = PoseEditing(made.studio, lambda: made.viewer, made.viewer)
    made.studio.actions.declare(*shape_commands.ACTIONS)
    shape_commands.bind(made.studio, made.boxes, made.poses)
    made.studio.actions.attach(made.viewer.body, "viewer")
    yield made
    made.edit.cancel()
    made.close()
