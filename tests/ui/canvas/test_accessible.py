"""What screen readers are told of the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible

from studio.canvas.states import NodeState
from studio.ui.canvas.accessible import CanvasAccessible
from studio.ui.canvas.widget import CanvasWidget
from tests.ui.driver import CanvasDriver


@pytest.fixture
def heard(canvas: CanvasWidget) -> CanvasAccessible:
    found = QAccessible.queryAccessibleInterface(canvas)
    assert isinstance(found, CanvasAccessible)
    return found


def test_each_node_is_an_object_with_name_value_and_links(
    heard: CanvasAccessible, driver: CanvasDriver
) -> None:
    image = driver.add("Load image", (20, 20))
    blur = driver.add("Blur", (400, 20))
    driver.link(f"{image}.image", f"{blur}.image")
    node = heard.child(1)
    assert node is not None
    assert node.text(QAccessible.Text.Name).startswith("Blur")
    assert node.text(QAccessible.Text.Value) == "radius 4.0 px"
    assert node.text(QAccessible.Text.Description) == "image from Load image"
    assert heard.indexOfChild(node) == 1


def test_what_a_result_says_is_part_of_the_name(
    heard: CanvasAccessible, canvas: CanvasWidget, driver: CanvasDriver
) -> None:
    blur = driver.add("Blur", (400, 20))
    canvas.scene.set_states({blur: NodeState("fresh", words="512 x 768")})
    node = heard.child(0)
    assert node is not None
    assert node.text(QAccessible.Text.Name) == "Blur, up to date, 512 x 768"


def test_the_node_of_the_keyboard_is_the_focus(
    heard: CanvasAccessible, driver: CanvasDriver
) -> None:
    driver.add("Blur", (100, 100))
    focus = heard.focusChild()
    assert focus is not None
    assert focus.state().focused
    assert focus.state().selected


def test_a_node_is_found_where_it_is_on_the_screen(
    heard: CanvasAccessible, driver: CanvasDriver
) -> None:
    driver.add("Blur", (100, 100))
    child = heard.child(0)
    assert child is not None
    middle = child.rect().center()
    assert heard.childAt(middle.x(), middle.y()) is child


def test_the_object_of_a_deleted_node_is_not_valid(
    heard: CanvasAccessible, driver: CanvasDriver
) -> None:
    driver.add("Blur", (100, 100))
    child = heard.child(0)
    assert child is not None
    driver.key("Delete")
    assert not child.isValid()
    assert child.text(QAccessible.Text.Name) == ""
