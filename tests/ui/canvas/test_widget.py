"""The canvas with real events: pointer, wheel, touchpad, keys, drops."""

from __future__ import annotations

import pytest

from studio.canvas.state import Camera
from studio.core.graph import Graph, Node
from studio.core.view import Layout, View
from studio.ui.canvas.widget import CanvasWidget
from studio.ui.documents.document import Document
from tests.ui.driver import ALT, CTRL, MIDDLE, SHIFT, CanvasDriver


def test_a_double_click_adds_what_is_typed(driver: CanvasDriver) -> None:
    node = driver.add("Sample", (200, 200))
    assert driver.graph.nodes[node].type == "sample"
    assert driver.graph.view.layout[node].at == (200, 200)
    assert len(driver.steps) == 1


def test_a_drag_from_socket_to_socket_links(driver: CanvasDriver) -> None:
    load = driver.add("Load checkpoint", (20, 20))
    sample = driver.add("Sample", (400, 20))
    driver.link(f"{load}.model", f"{sample}.model")
    assert driver.links() == {f"{load}.model -> {sample}.model"}


def test_a_node_is_dragged_by_its_title(driver: CanvasDriver) -> None:
    node = driver.add("Blur", (100, 100))
    driver.drag(node, (60, 40))
    assert driver.graph.view.layout[node].at == (160, 140)
    assert len(driver.steps) == 2


def test_escape_in_a_drag_leaves_no_trace(driver: CanvasDriver) -> None:
    node = driver.add("Blur", (100, 100))
    before = driver.graph
    start = driver.header(node)
    driver.press(start)
    driver.move((start[0] + 100, start[1] + 50))
    driver.key("Esc")
    driver.release((start[0] + 100, start[1] + 50))
    assert driver.graph is before
    assert driver.canvas.scene.rect(node)[:2] == (100, 100)


@pytest.mark.parametrize("action", ["node.delete", "edit.undo", "subgraph.leave"])
def test_a_drag_ends_without_a_trace_when_the_graph_becomes_another(
    driver: CanvasDriver, document: Document, action: str
) -> None:
    blur = driver.add("Blur", (100, 100))
    if action == "subgraph.leave":
        driver.trigger("subgraph.make")
        document.enter(*driver.chosen)
    x, y = driver.header(blur)
    driver.press((x, y))
    driver.move((x + 40, y + 60))
    if action == "edit.undo":  # bound by the window
        document.undo()
    else:
        driver.trigger(action)
    after = document.graph
    driver.move((x + 80, y + 90))
    driver.release((x + 80, y + 90))
    assert document.graph is after
    assert driver.canvas.hand.at_rest


@pytest.mark.parametrize("scrubs", [False, True])
def test_a_drag_keeps_the_seed_of_a_run_that_begins_meanwhile(
    driver: CanvasDriver, document: Document, scrubs: bool
) -> None:
    blur, seed = driver.add("Blur", (100, 100)), driver.add("Seed", (400, 100))
    x, y = driver.field(f"{blur}.radius") if scrubs else driver.header(blur)
    driver.press((x, y))
    driver.move((x + 40, y))
    document.edit("Advance the seed", document.graph.with_param(seed, "seed", 7))
    driver.move((x + 80, y))
    driver.release((x + 80, y))
    assert document.graph.nodes[seed].params["seed"] == 7
    assert driver.steps[-1] == ("Set radius" if scrubs else "Move")


def test_the_wheel_zooms_at_the_pointer(driver: CanvasDriver, canvas: CanvasWidget) -> None:
    before = canvas.camera
    point = before.to_canvas((300, 200))
    driver.wheel(point, 2)
    assert canvas.camera.zoom > before.zoom
    x, y = canvas.camera.to_widget(point)
    assert abs(x - 300) < 2
    assert abs(y - 200) < 2


def test_two_fingers_pan_and_a_pinch_zooms(driver: CanvasDriver, canvas: CanvasWidget) -> None:
    before = canvas.camera
    driver.two_fingers((100, 100), (30, -20))
    assert (before.x - canvas.camera.x, before.y - canvas.camera.y) == (30, -20)
    driver.pinch((100, 100), 0.5)
    assert canvas.camera.zoom == before.zoom * 1.5


def test_the_middle_button_pans(driver: CanvasDriver, canvas: CanvasWidget) -> None:
    before = canvas.camera
    start = canvas.camera.to_canvas((400, 300))
    driver.press(start, MIDDLE)
    driver.move((start[0] + 50, start[1] + 20), MIDDLE)
    driver.release((start[0] + 50, start[1] + 20), MIDDLE)
    assert canvas.camera.x < before.x
    assert canvas.camera.zoom == before.zoom


def test_space_held_pans_and_space_tapped_searches(
    driver: CanvasDriver, canvas: CanvasWidget
) -> None:
    before = canvas.camera
    driver.hold("Space")
    driver.sweep([(100, 100), (160, 100)])
    driver.let_go("Space")
    assert canvas.camera.x == before.x - 60
    assert not canvas.adding.search.isVisible()
    driver.hold("Space")
    driver.let_go("Space")
    assert canvas.adding.search.isVisible()


def test_tab_adds_a_node_that_follows_the_pointer_until_clicked(driver: CanvasDriver) -> None:
    driver.hover((300, 300))
    driver.key("Tab")
    driver.type("blur")
    driver.key("Return")
    assert not driver.graph.nodes
    driver.hover((500, 260))
    driver.click((500, 260))
    (node,) = driver.graph.nodes
    left, top, right, _ = driver.canvas.scene.rect(node)
    assert left < 500 < right
    assert top < 260 < top + 40
    assert len(driver.steps) == 1
    assert driver.chosen == {node}


def test_a_carried_node_is_dropped_by_escape(driver: CanvasDriver) -> None:
    driver.key("Tab")
    driver.type("blur")
    driver.key("Return")
    driver.key("Esc")
    assert not driver.graph.nodes
    assert not driver.steps


def test_a_rubber_band_chooses_and_delete_heals(driver: CanvasDriver) -> None:
    image = driver.add("Load image", (20, 20))
    blur = driver.add("Blur", (300, 20))
    save = driver.add("Save image", (600, 20))
    driver.link(f"{image}.image", f"{blur}.image")
    driver.link(f"{blur}.image", f"{save}.image")
    left, top, right, bottom = driver.canvas.scene.rect(blur)
    driver.sweep([(left - 20, top - 20), (right + 5, bottom + 20)])
    assert driver.chosen == {blur}
    driver.key("Delete")
    assert driver.links() == {f"{image}.image -> {save}.image"}


def test_control_and_the_right_button_cut_links(driver: CanvasDriver) -> None:
    image = driver.add("Load image", (20, 20))
    blur = driver.add("Blur", (400, 20))
    driver.link(f"{image}.image", f"{blur}.image")
    x, y = driver.on_link(f"{image}.image -> {blur}.image")
    driver.cut((x + 3, y - 40), (x + 3, y + 40))
    assert not driver.links()


def test_a_link_dropped_on_nothing_asks_for_what_fits(driver: CanvasDriver) -> None:
    image = driver.add("Load image", (20, 20))
    driver.sweep([driver.socket(f"{image}.image"), (500, 300)])
    search = driver.canvas.adding.search
    assert search.isVisible()
    assert "load.checkpoint" not in search.found
    driver.type("blur")
    driver.key("Return")
    assert driver.links() == {f"{image}.image -> blur.image"}


def test_typing_into_a_field_sets_it(driver: CanvasDriver) -> None:
    node = driver.add("Sample", (100, 20))
    driver.type_into(f"{node}.steps", "10*3")
    assert driver.graph.nodes[node].params["steps"] == 30
    assert driver.steps[-1] == "Set steps"


def test_what_is_being_typed_counts_before_a_command(driver: CanvasDriver) -> None:
    blur = driver.add("Blur", (100, 100))
    seen: list[float] = []
    driver.canvas.studio.actions.bind(
        "graph.arrange_all", lambda: seen.append(driver.graph.nodes[blur].params["radius"])
    )
    driver.click(driver.field(f"{blur}.radius"))
    driver.key("Ctrl+A")
    driver.type("13")
    driver.trigger("graph.arrange_all")
    assert seen == [13.0]
    assert driver.canvas.editors.current is None


def test_a_note_is_written_while_it_is_typed(driver: CanvasDriver, document: Document) -> None:
    driver.hover((100, 100))
    driver.key("N")
    driver.type("mind")
    assert document.graph.view.notes[0].text == "mind"
    assert driver.steps == ("Add note", "Write note")


def test_a_value_out_of_range_is_refused_with_a_sentence(driver: CanvasDriver) -> None:
    node = driver.add("Sample", (100, 20))
    before = driver.graph
    driver.type_into(f"{node}.steps", "50000")
    assert driver.graph is before
    driver.key("Esc")
    assert driver.canvas.editors.current is None


def test_keys_typed_into_a_field_are_no_commands(driver: CanvasDriver) -> None:
    node = driver.add("Sample", (100, 20))
    driver.click(driver.field(f"{node}.steps"))
    driver.key("M")
    driver.key("Delete")
    assert driver.graph.nodes[node].mode == "on"
    driver.key("Esc")


def test_several_chosen_nodes_get_a_value_together(driver: CanvasDriver) -> None:
    first, second = driver.add("Sample", (20, 20)), driver.add("Sample", (400, 20))
    driver.key("Ctrl+A")
    driver.type_into(f"{first}.steps", "7")
    assert {driver.graph.nodes[node].params["steps"] for node in (first, second)} == {7}
    assert driver.steps[-1] == "Set steps"
    assert len(driver.steps) == 3


def test_a_palette_entry_dropped_on_a_node_replaces_it(driver: CanvasDriver) -> None:
    node = driver.add("Blur", (100, 100))
    driver.drop_type("image.resize", driver.header(node))
    assert driver.graph.nodes[node].type == "image.resize"
    driver.drop_type("image.blur", (600, 100))
    assert len(driver.graph.nodes) == 2


def test_alt_held_when_a_drag_begins_duplicates(driver: CanvasDriver) -> None:
    node = driver.add("Blur", (100, 100))
    driver.drag(node, (0, 200), ALT)
    assert len(driver.graph.nodes) == 2
    assert driver.graph.view.layout[node].at == (100, 100)


def test_shift_adds_and_control_takes_away(driver: CanvasDriver) -> None:
    first, second = driver.add("Blur", (20, 20)), driver.add("Blur", (400, 20))
    driver.click(driver.header(first))
    driver.click(driver.header(second), held=SHIFT)
    assert driver.chosen == {first, second}
    driver.click(driver.header(first), held=CTRL)
    assert driver.chosen == {second}


def test_copy_and_paste_go_by_text_between_documents(
    driver: CanvasDriver, canvas: CanvasWidget, document: Document
) -> None:
    node = driver.add("Blur", (100, 100))
    driver.click(driver.header(node))
    driver.key("Ctrl+C")
    other = canvas.studio.documents.new()
    canvas.set_document(other)
    driver.key("Ctrl+V")
    assert [held.type for held in other.graph.nodes.values()] == ["image.blur"]


def test_linking_by_keyboard_alone(driver: CanvasDriver) -> None:
    image = driver.add("Load image", (20, 20))
    blur = driver.add("Blur", (400, 20))
    driver.click(driver.header(blur))
    driver.key("Left")
    assert driver.chosen == {image}
    driver.key("Return")
    driver.key("Right")
    driver.key("Return")
    driver.key("Right")
    driver.key("Return")
    assert driver.links() == {f"{image}.image -> {blur}.image"}


def test_everything_settles(driver: CanvasDriver) -> None:
    driver.add("Sample", (100, 20))
    driver.wheel((200, 100), 1)
    driver.wait()


def test_a_graph_shown_whole_stays_whole_when_the_window_grows(canvas: CanvasWidget) -> None:
    assert canvas.document is not None
    graph = canvas.document.graph.with_node("blur", Node("image.blur"))
    canvas.document.edit("Add Blur", graph)
    canvas.document.state.fitted = False
    canvas.resize(80, 60)  # as while a window is put together
    canvas.resize(900, 600)
    state = canvas.document.state
    bounds = canvas.scene.bounds()
    assert bounds is not None
    assert state.camera.zoom == pytest.approx(Camera.fitting(bounds, 900, 600).zoom)


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (760, 560)])
@pytest.mark.parametrize("columns", [2, 8, 10])
def test_a_graph_shown_whole_has_no_node_under_the_minimap(
    canvas: CanvasWidget, size: tuple[int, int], columns: int
) -> None:
    assert canvas.document is not None
    places = {f"n{k}": (k % columns * 400.0, k // columns * 400.0) for k in range(48)}
    graph = Graph(dict.fromkeys(places, Node("image.blur")))
    canvas.document.edit("Add", graph.with_view(graph.view.moved(places)))
    canvas.resize(*size)
    canvas.fit()
    box, camera = canvas.minimap_rect(), canvas.camera
    hidden = canvas.scene.nodes_in(
        (*camera.to_canvas((box.left(), box.top())), *camera.to_canvas(size))
    )
    seen = canvas.scene.nodes_in(camera.seen(*size), touching=False)
    assert (hidden, len(seen)) == ([], 48)
    canvas.set_options(minimap=False)
    canvas.fit()
    assert canvas.camera.zoom >= camera.zoom


def test_a_view_that_was_chosen_stays_when_the_window_grows(canvas: CanvasWidget) -> None:
    assert canvas.document is not None
    canvas.stage.look(Camera(10.0, 20.0, 0.5))
    canvas.resize(640, 480)
    assert canvas.document.state.camera == Camera(10.0, 20.0, 0.5)


def test_everything_stays_in_sight_until_the_user_looks_elsewhere(canvas: CanvasWidget) -> None:
    assert canvas.document is not None
    nodes = {"a": Node("image.blur"), "b": Node("image.blur")}
    layout = {"a": Layout((0.0, 0.0)), "b": Layout((1500.0, 0.0))}
    canvas.document.edit("Add two", Graph(nodes, view=View(layout)))
    canvas.document.state.fitted = False
    canvas.stage.show_whole()
    wide = canvas.camera.zoom
    canvas.resize(700, 700)
    narrow = canvas.camera.zoom
    assert narrow < wide
    canvas.stage.look(canvas.camera.panned((30.0, 0.0)))
    canvas.resize(1000, 700)
    assert canvas.camera.zoom == narrow
