from __future__ import annotations

import pytest

from studio.core.graph import Graph
from studio.ui.documents import steps
from studio.ui.documents.steps import Steps

START = Graph()
A, B, C = (START.with_title(name) for name in "ABC")


def test_a_step_without_a_difference_is_none() -> None:
    held = Steps(A)
    assert not held.add("Nothing", START.with_title("A"))
    assert held.names == ()


def test_steps_of_one_gesture_are_one() -> None:
    held = Steps(START)
    held.add("Drag", A, "drag")
    held.add("Drag", B, "drag")
    assert held.names == ("Drag",)
    held.go(0)
    assert held.graph is START


def test_a_gesture_that_ends_where_it_began_leaves_no_step() -> None:
    held = Steps(START)
    held.add("Drag", A, "drag")
    held.add("Drag", Graph(), "drag")
    assert (held.names, held.position) == ((), 0)


def test_two_gestures_are_two_steps() -> None:
    held = Steps(START)
    held.add("Drag", A, 1)
    held.add("Drag", B, 2)
    assert held.names == ("Drag", "Drag")


def test_after_an_undo_a_gesture_does_not_go_on() -> None:
    held = Steps(START)
    held.add("Drag", A, "drag")
    held.add("Other", B)
    held.go(1)
    held.add("Drag", C, "drag")
    assert held.names == ("Drag", "Drag")


def test_another_step_forgets_what_was_undone() -> None:
    held = Steps(START)
    held.add("A", A)
    held.add("B", B)
    held.go(1)
    held.add("C", C)
    assert held.names == ("A", "C")
    assert not held.go(3)


def test_the_oldest_steps_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "MAX_STEPS", 30)
    held = Steps(START)
    for number in range(50):
        held.add(str(number), START.with_title(str(number)))
    assert (held.names[0], held.position) == ("20", 30)
    held.go(0)
    assert held.graph.title == "19"
