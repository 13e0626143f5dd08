from __future__ import annotations

import pytest
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from studio.canvas.layout import lay_out
from studio.canvas.metrics import Metrics
from studio.canvas.states import NodeState
from studio.core.define import spec_of
from studio.core.graph import Node
from studio.core.view import Layout
from studio.ui.canvas.face import Face
from studio.ui.canvas.pixmaps import Drawn, Pixmaps
from tests.ui.canvas.pages import enlarge, looks_of


@pytest.fixture
def drawn(qapp: QApplication) -> Drawn:
    metrics = Metrics.of(looks_of().tokens, "comfortable")
    layout = lay_out(
        Node("test.enlarge"), spec_of(enlarge), Layout(), NodeState(), frozenset(), metrics
    )
    return Drawn(QPixmap(10, 10), layout, Face(), 1.0, 2, 0)


def copy_of(drawn: Drawn) -> Drawn:
    return Drawn(drawn.pixmap, drawn.layout, drawn.face, 1.0, 2, 0)


def test_what_was_not_shown_for_longest_leaves_first(drawn: Drawn) -> None:
    held = Pixmaps(budget=1000)
    held.put("a", copy_of(drawn))
    held.put("b", copy_of(drawn))
    held.get("a")
    held.put("c", copy_of(drawn))
    assert held.get("b") is None
    assert held.get("a") is not None
    assert held.get("c") is not None
    assert held.bytes == 800


def test_another_drawing_of_a_node_takes_its_place(drawn: Drawn) -> None:
    held = Pixmaps(budget=1000)
    held.put("a", copy_of(drawn))
    other = copy_of(drawn)
    held.put("a", other)
    assert held.get("a") is other
    assert (len(held), held.bytes) == (1, 400)


def test_one_that_is_larger_than_the_budget_is_still_held(drawn: Drawn) -> None:
    held = Pixmaps(budget=10)
    held.put("a", copy_of(drawn))
    assert held.get("a") is not None


def test_doubt_and_oblivion_reach_only_the_named(drawn: Drawn) -> None:
    held = Pixmaps()
    for node in ("a", "b"):
        held.put(node, copy_of(drawn))
    held.doubt(["a", "missing"])
    first, second = held.get("a"), held.get("b")
    assert first is not None
    assert second is not None
    assert (first.sure, second.sure) == (False, True)
    held.drop(["a", "missing"])
    assert held.get("a") is None
    assert held.bytes == 400
    held.clear()
    assert (len(held), held.bytes) == (0, 0)
