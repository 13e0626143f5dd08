"""The one editor over painted values, titles and notes."""

from __future__ import annotations

from itertools import product

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.ui.canvas.over import Card, Line
from studio.ui.documents.document import Document
from studio.ui.messages import Message
from tests.ui.driver import CanvasDriver


def test_tab_takes_the_value_and_goes_to_the_next_field(driver: CanvasDriver) -> None:
    node = driver.add("Sample", (100, 20))
    driver.click(driver.field(f"{node}.steps"))
    driver.type("8")
    driver.key("Tab")
    driver.type("3.5")
    driver.key("Return")
    params = driver.graph.nodes[node].params
    assert (params["steps"], params["guidance"]) == (8, 3.5)
    assert driver.canvas.editors.current is None
    assert driver.canvas.hasFocus()


def test_escape_forgets_what_was_typed(driver: CanvasDriver) -> None:
    node = driver.add("Sample", (100, 20))
    before = driver.graph
    driver.click(driver.field(f"{node}.steps"))
    driver.type("8")
    driver.key("Esc")
    assert driver.graph is before


def test_a_click_elsewhere_takes_what_was_typed(driver: CanvasDriver) -> None:
    node = driver.add("Sample", (100, 20))
    driver.click(driver.field(f"{node}.steps"))
    driver.type("8")
    driver.click((700, 600))
    assert driver.graph.nodes[node].params["steps"] == 8


def test_a_wrong_value_that_is_left_behind_is_said_and_can_be_typed_again(
    driver: CanvasDriver,
) -> None:
    said: list[Message] = []
    driver.canvas.studio.messages.shown.connect(said.append)
    node = driver.add("Sample", (100, 20))
    before = driver.graph
    driver.click(driver.field(f"{node}.steps"))
    driver.type("a lot")
    driver.click((700, 600))
    assert driver.graph is before
    (message,) = said
    assert "steps stays 20; 'a lot' was not taken" in message.text
    assert message.does
    message.does()
    assert isinstance(driver.canvas.editors.current, Line)


def test_the_editor_stays_over_its_field_while_the_canvas_moves(driver: CanvasDriver) -> None:
    node = driver.add("Sample", (100, 20))
    driver.click(driver.field(f"{node}.steps"))
    editor = driver.canvas.editors.current
    assert isinstance(editor, Line)
    before, size = editor.pos(), editor.font().pixelSize()
    driver.two_fingers((500, 500), (40, 30))
    assert (editor.x() - before.x(), editor.y() - before.y()) == (40, 30)
    driver.wheel((500, 500), 3)
    assert editor.font().pixelSize() > size
    driver.key("Esc")


def test_the_editor_covers_what_is_painted_below(driver: CanvasDriver) -> None:
    node = driver.add("Sample", (100, 20))
    driver.wait()
    driver.click(driver.field(f"{node}.steps"))
    editor = driver.canvas.editors.current
    assert isinstance(editor, Line)
    editor.clear()
    shown = driver.canvas.grab(editor.geometry().adjusted(4, 4, -4, -4)).toImage()
    places = product(range(shown.width()), range(shown.height()))
    ground = driver.canvas.studio.looks.theme.color("bg.field")
    others = [at for at in places if shown.pixelColor(*at) != ground]
    assert {x for x, _ in others} <= set(range(6)), "more than the cursor is seen"


def test_a_note_that_is_opened_again_is_written_on(driver: CanvasDriver) -> None:
    driver.hover((300, 300))
    driver.trigger("graph.note")
    driver.type("first")
    driver.key("Esc")
    left, top, _, _ = driver.canvas.scene.note_rect(0)
    driver.double_click((left + 20, top + 20))
    driver.type(" second")
    driver.key("Esc")
    assert driver.graph.view.notes[0].text == "first second"


def test_a_choice_opens_its_list(driver: CanvasDriver, qtbot: QtBot) -> None:
    node = driver.add("Sample", (100, 20))
    driver.click(driver.field(f"{node}.schedule"))
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    before = driver.graph.nodes[node].params["schedule"]
    driver.key("Down")
    driver.key("Return")
    assert driver.graph.nodes[node].params["schedule"] != before
    assert driver.canvas.editors.current is None


def test_a_toggle_turns_at_once(driver: CanvasDriver) -> None:
    node = driver.add("Save image", (100, 20))
    before = driver.graph.nodes[node].params["always"]
    driver.click(driver.field(f"{node}.always"))
    assert driver.graph.nodes[node].params["always"] is not before


def test_a_prompt_is_written_on_a_card_as_one_step(
    driver: CanvasDriver, document: Document
) -> None:
    node = driver.add("Encode prompt", (100, 20))
    driver.click(driver.field(f"{node}.text"))
    assert isinstance(driver.canvas.editors.current, Card)
    driver.type("a red ball")
    assert driver.graph.nodes[node].params["text"] == "a red ball"
    driver.key("Esc")
    assert driver.canvas.editors.current is None
    document.undo()
    assert driver.graph.nodes[node].params["text"] == ""


def test_a_linked_value_is_not_typed(driver: CanvasDriver) -> None:
    number = driver.add("Number", (20, 300))
    node = driver.add("Sample", (400, 20))
    output = driver.canvas.scene.layout(number).sockets[-1].name
    driver.sweep(
        [driver.socket(f"{number}.{output}", "output"), driver.socket(f"{node}.steps", "input")]
    )
    assert driver.links()
    driver.click(driver.field(f"{node}.steps"))
    assert driver.canvas.editors.current is None


def test_undo_while_an_editor_is_open_closes_it_when_the_node_goes(
    driver: CanvasDriver, document: Document
) -> None:
    node = driver.add("Sample", (100, 20))
    driver.click(driver.field(f"{node}.steps"))
    document.undo()
    assert driver.canvas.editors.current is None


def test_a_double_click_on_a_title_renames(driver: CanvasDriver) -> None:
    node = driver.add("Blur", (100, 100))
    driver.double_click(driver.header(node))
    driver.type("Soft")
    driver.key("Return")
    assert driver.graph.nodes[node].title == "Soft"
