"""What the canvas tells of the thing that the pointer rests on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from studio.canvas.metrics import Metrics
from studio.canvas.scene import Scene
from studio.canvas.state import NOTHING, Hit
from studio.canvas.states import NodeState
from studio.core.graph import Graph, Node
from studio.core.registry import Registry
from studio.core.view import Layout, Note, View
from studio.ui.canvas.tips import tip_for
from studio.ui.canvas.widget import CanvasWidget
from studio.ui.documents.document import Document
from tests.ui.canvas.pages import looks_of

LONG = "Start here\nand read all of this."


@pytest.fixture
def scene(qapp: QApplication, real_registry: Registry) -> Scene:
    notes = (Note(LONG, (0.0, 0.0), (200.0, 40.0)),)
    view = View({"mine": Layout((300.0, 0.0), comment="for the sky")}, notes=notes)
    nodes = {"mine": Node("image.blur"), "other": Node("image.blur"), "gone": Node("pack.gone")}
    made = Scene(real_registry.spec, Metrics.of(looks_of().tokens, "comfortable"))
    made.set_graph(Graph(nodes, view=view), real_registry.spec)
    doubted = NodeState("fresh", badge="warning", hint="It makes no difference.")
    made.set_states({"mine": doubted, "other": NodeState("failed", text="a.png is damaged")})
    return made


@pytest.mark.parametrize(
    ("hit", "told"),
    [
        (Hit("note", index=0), LONG),
        (Hit("header", "mine"), "for the sky"),
        (Hit("badge", "mine"), "It makes no difference."),
        (Hit("strip", "other"), "a.png is damaged"),
        (Hit("header", "other"), "a.png is damaged"),
        (Hit("node", "other"), "a.png is damaged"),
        (Hit("header", "gone"), ""),
        (Hit("node", "mine"), ""),
        (NOTHING, ""),
    ],
)
def test_what_has_no_room_on_the_canvas_is_told(
    scene: Scene, real_registry: Registry, hit: Hit, told: str
) -> None:
    assert tip_for(scene, real_registry.spec, hit) == told


def test_words_that_are_cut_are_told(scene: Scene, real_registry: Registry) -> None:
    scene.set_states({"mine": NodeState("fresh", words=LONG)})
    assert tip_for(scene, real_registry.spec, Hit("thumbnail", "mine")) == LONG


def test_sockets_and_fields_tell_type_and_help(scene: Scene, real_registry: Registry) -> None:
    spec = real_registry.spec("image.blur")
    assert spec is not None
    radius = next(item for item in spec.inputs if item.name == "radius")
    told = tip_for(scene, real_registry.spec, Hit("field", "mine", "radius", "input"))
    assert told == f"radius: float\n{radius.help}".strip()
    told = tip_for(scene, real_registry.spec, Hit("socket", "mine", "image", "output"))
    assert told.startswith("image: Image")


def test_resting_on_a_note_shows_all_of_it(canvas: CanvasWidget, document: Document) -> None:
    note = Note(LONG, (0.0, 0.0), (200.0, 40.0))
    document.edit("Add note", Graph(view=View(notes=(note,))))
    x, y = canvas.camera.to_widget((100.0, 20.0))
    at = QPoint(round(x), round(y))
    QApplication.sendEvent(canvas, QHelpEvent(QEvent.Type.ToolTip, at, canvas.mapToGlobal(at)))
    assert QToolTip.text() == LONG
    QToolTip.hideText()
