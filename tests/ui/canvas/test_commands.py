"""Every command of the canvas does what it says, as one step."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.canvas.edits import look
from studio.canvas.edits.reroutes import points_of, with_points
from studio.canvas.layout import hides_unused
from studio.canvas.state import Selection
from studio.canvas.states import NodeState
from studio.core.graph import Graph, Node
from studio.ui.canvas.command_list import ACTIONS
from studio.ui.canvas.widget import CanvasWidget
from studio.ui.documents.document import Document
from tests.ui.driver import CanvasDriver


@pytest.fixture
def chain(driver: CanvasDriver) -> tuple[str, str, str]:
    """Three linked nodes from left to right, the middle one selected."""
    image = driver.add("Load image", (20, 20))
    blur = driver.add("Blur", (300, 20))
    save = driver.add("Save image", (580, 20))
    driver.link(f"{image}.image", f"{blur}.image")
    driver.link(f"{blur}.image", f"{save}.image")
    driver.click(driver.header(blur))
    return image, blur, save


def test_every_declared_command_is_bound(canvas: CanvasWidget) -> None:
    actions = canvas.studio.actions
    unbound = [action.id for action in ACTIONS if action.id not in actions._bound]
    assert not unbound


def test_every_command_has_a_name_and_a_menu_or_a_chord(canvas: CanvasWidget) -> None:
    actions = canvas.studio.actions
    lost = [
        a.id for a in ACTIONS if not a.menu and not actions.chords(a.id) and "field" not in a.id
    ]
    assert not lost


def test_no_chord_of_the_canvas_is_taken_twice(canvas: CanvasWidget) -> None:
    ours = {action.id for action in ACTIONS}
    found = [item for item in canvas.studio.actions.conflicts() if ours & set(item.actions)]
    assert not found


@pytest.mark.parametrize(
    ("chord", "mode"), [("Ctrl+M", "muted"), ("Ctrl+B", "bypassed"), ("M", "muted")]
)
def test_modes_turn_on_and_off(
    driver: CanvasDriver, chain: tuple[str, str, str], chord: str, mode: str
) -> None:
    driver.key(chord)
    assert driver.graph.nodes[chain[1]].mode == mode
    driver.key(chord)
    assert driver.graph.nodes[chain[1]].mode == "on"


@pytest.mark.parametrize("chord", ["M", "Del", "Ctrl+X", "Ctrl+D", "Alt+Right"])
def test_where_nothing_is_chosen_commands_change_nothing(
    driver: CanvasDriver, chain: tuple[str, str, str], chord: str
) -> None:
    driver.click(driver.header(chain[1]))
    driver.click((10.0, 680.0))
    before = driver.graph
    driver.key(chord)
    assert driver.graph is before


def test_nothing_is_frozen_that_was_never_made(
    driver: CanvasDriver, chain: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = driver.canvas.studio.session
    monkeypatch.setattr(session, "key", lambda document, node: "")
    driver.key("Ctrl+Shift+K")
    assert driver.graph.nodes[chain[1]].mode == "on"
    monkeypatch.setattr(session, "key", lambda document, node: "abc")
    driver.key("Ctrl+Shift+K")
    assert driver.graph.nodes[chain[1]].frozen == "abc"


def test_how_a_node_is_drawn_is_toggled(driver: CanvasDriver, chain: tuple[str, str, str]) -> None:
    driver.key("Alt+C")
    driver.key("Ctrl+H")
    driver.key("Shift+H")
    driver.key("P")
    look = driver.canvas.scene.look(chain[1])
    assert (look.collapsed, hides_unused(look), look.preview, look.pinned) == (
        True, True, False, True,
    )  # fmt: skip


def test_the_key_that_hides_pictures_hides_words(
    driver: CanvasDriver, chain: tuple[str, str, str]
) -> None:
    scene, blur = driver.canvas.scene, chain[1]
    scene.set_states({blur: NodeState("fresh", words="7")})
    rects = [scene.layout(blur).words]
    for _ in range(2):
        driver.key("Shift+H")
        rects.append(scene.layout(blur).words)
    assert (rects[0] is not None, rects[1]) == (True, None)
    assert rects[2] == rects[0]


@pytest.mark.parametrize("action", ["node.collapse", "node.pin", "node.color.blue"])
def test_a_node_that_the_file_has_no_place_for_stays_where_it_is_drawn(
    driver: CanvasDriver, document: Document, action: str
) -> None:
    document.edit("Read", Graph({"a": Node("image.blur"), "b": Node("image.blur")}))
    driver.click(driver.header("b"))
    before = driver.canvas.scene.rect("b")[:2]
    driver.trigger(action)
    assert driver.canvas.scene.rect("b")[:2] == before != (0, 0)


def test_a_command_that_changes_nothing_writes_no_places(
    driver: CanvasDriver, document: Document
) -> None:
    document.edit("Read", Graph({"a": Node("image.blur")}))
    driver.click(driver.header("a"))
    driver.trigger("node.color.none")
    assert driver.steps == ("Read",)


def test_up_and_downstream_are_chosen(driver: CanvasDriver, chain: tuple[str, str, str]) -> None:
    image, blur, save = chain
    driver.key("[")
    assert driver.chosen == {image}
    driver.trigger("canvas.select_branch_downstream")
    assert driver.chosen == {image, blur, save}


def test_a_frame_is_put_around_and_named_at_once(
    driver: CanvasDriver, chain: tuple[str, str, str]
) -> None:
    driver.key("Ctrl+G")
    driver.type("Soft")
    driver.key("Return")
    assert driver.graph.view.frames[0].title == "Soft"
    assert driver.graph.view.frames[0].nodes == (chain[1],)


def test_a_note_is_written_where_the_pointer_is(driver: CanvasDriver) -> None:
    driver.hover((300, 200))
    driver.key("N")
    driver.type("Mind the gap")
    driver.key("Esc")
    (note,) = driver.graph.view.notes
    assert note.text == "Mind the gap"


def test_a_sub_graph_is_made_entered_left_and_dissolved(
    driver: CanvasDriver, chain: tuple[str, str, str], document: Document
) -> None:
    driver.key("Ctrl+Shift+G")
    (user,) = driver.chosen
    assert driver.graph.nodes[user].sub_graph
    driver.key("Ctrl+Down")
    assert document.trail == (user,)
    assert set(driver.canvas.scene.ids) == {chain[1]}
    driver.key("Ctrl+Up")
    assert not document.trail
    driver.key("Ctrl+Alt+G")
    assert chain[1] in driver.graph.nodes


def test_a_sub_graph_made_and_dissolved_inside_another_keeps_the_links_of_that(
    driver: CanvasDriver, chain: tuple[str, str, str], document: Document
) -> None:
    driver.trigger("subgraph.make")
    before = driver.links()
    (outer,) = driver.chosen
    document.enter(outer)
    driver.click(driver.header(chain[1]))
    driver.trigger("subgraph.make")
    driver.trigger("subgraph.dissolve")
    document.leave()
    assert driver.links() == before
    assert len(before) == 2


def test_a_parameter_is_shown_on_the_sub_graph(
    driver: CanvasDriver, chain: tuple[str, str, str], document: Document
) -> None:
    driver.key("Ctrl+Shift+G")
    (user,) = driver.chosen
    driver.key("Ctrl+Down")
    menu = driver.menu(driver.field(f"{chain[1]}.radius"))
    promote = next(action for action in menu.actions() if action.objectName() == "subgraph.promote")
    promote.trigger()
    menu.close()
    definition = document.graph.graphs[document.graph.nodes[user].sub_graph]
    assert "radius" in definition.inputs


def test_pulling_out_heals(driver: CanvasDriver, chain: tuple[str, str, str]) -> None:
    image, blur, save = chain
    driver.key("Ctrl+Shift+X")
    assert driver.links() == {f"{image}.image -> {save}.image"}
    assert blur in driver.graph.nodes


def test_j_links_in_order(driver: CanvasDriver) -> None:
    first, second = driver.add("Load image", (20, 20)), driver.add("Blur", (400, 20))
    driver.key("Ctrl+A")
    driver.key("J")
    assert driver.links() == {f"{first}.image -> {second}.image"}


def test_a_node_is_replaced_and_keeps_its_links(
    driver: CanvasDriver, chain: tuple[str, str, str]
) -> None:
    image, blur, save = chain
    driver.key("Shift+S")
    driver.type("Resize")
    driver.key("Return")
    assert driver.graph.nodes[blur].type == "image.resize"
    assert driver.links() == {f"{image}.image -> {blur}.image", f"{blur}.image -> {save}.image"}


def test_bookmarks_and_the_way_back(driver: CanvasDriver, chain: tuple[str, str, str]) -> None:
    start = driver.canvas.camera
    driver.key("Ctrl+1")
    driver.two_fingers((300, 300), (200, 100))
    moved = driver.canvas.camera
    driver.key("1")
    assert driver.canvas.camera == start
    driver.key("Ctrl+[")
    assert driver.canvas.camera == moved


def test_find_goes_to_the_next_match(driver: CanvasDriver, chain: tuple[str, str, str]) -> None:
    driver.key("Ctrl+F")
    driver.type("image")
    assert driver.chosen == {chain[0]}
    driver.key("Return")
    assert len(driver.chosen) == 1
    assert driver.chosen != {chain[0]}
    driver.key("Esc")
    assert driver.canvas.hasFocus()


def test_nudging_is_one_step(driver: CanvasDriver, chain: tuple[str, str, str]) -> None:
    before = len(driver.steps)
    x, y = driver.graph.view.layout[chain[1]].at
    driver.key("Alt+Right")
    driver.key("Alt+Right")
    assert driver.graph.view.layout[chain[1]].at == (x + 16, y)
    assert len(driver.steps) == before + 1


def test_aligning_and_arranging_move_nodes(
    driver: CanvasDriver, chain: tuple[str, str, str]
) -> None:
    driver.drag(chain[1], (0, 150))
    driver.key("Ctrl+A")
    driver.key("Shift+Up")
    assert {driver.canvas.scene.rect(node)[1] for node in chain} == {20}
    driver.key("Shift+L")
    lefts = [driver.canvas.scene.rect(node)[0] for node in chain]
    assert lefts == sorted(lefts)


def test_renaming_colour_and_comment(driver: CanvasDriver, chain: tuple[str, str, str]) -> None:
    driver.key("F2")
    driver.type("Soften")
    driver.key("Return")
    driver.key("Ctrl+/")
    driver.type("why")
    driver.key("Return")
    driver.trigger("node.color.teal")
    node, look = driver.graph.nodes[chain[1]], driver.canvas.scene.look(chain[1])
    assert (node.title, look.comment, look.color) == ("Soften", "why", "teal")


def test_minimap_timings_and_links_are_switched(driver: CanvasDriver, canvas: CanvasWidget) -> None:
    shown = canvas.minimap
    assert driver.trigger("view.minimap")
    assert canvas.minimap is not shown
    assert driver.trigger("view.links")
    assert canvas.show_links == "selection"


def test_the_next_drag_cuts_once_armed(driver: CanvasDriver, chain: tuple[str, str, str]) -> None:
    image, blur, _ = chain
    driver.trigger("link.cut")
    x, y = driver.on_link(f"{image}.image -> {blur}.image")
    driver.sweep([(x + 3, y - 30), (x + 3, y + 30)])
    assert len(driver.links()) == 1
    driver.sweep([(x + 3, y - 30), (x + 3, y + 30)])
    assert len(driver.links()) == 1


def test_escape_goes_back_to_nothing_chosen(
    driver: CanvasDriver, chain: tuple[str, str, str]
) -> None:
    driver.key("Esc")
    assert not driver.chosen


def test_arranging_leads_links_anew(
    canvas: CanvasWidget, document: Document, chain: tuple[str, str, str]
) -> None:
    link = document.graph.links[0]
    document.edit("Lead", with_points(document.graph, link, [(200.0, 900.0)]))
    steps = len(document.steps)
    assert canvas.studio.actions.trigger("graph.arrange_all")
    assert points_of(document.graph, link) == ()
    assert document.steps[steps:] == ("Arrange all",)


def test_frames_and_notes_are_copied_cut_and_duplicated(
    driver: CanvasDriver, chain: tuple[str, str, str], document: Document
) -> None:
    graph, _ = look.noted(look.framed(driver.graph, set(chain[:2])), (0.0, 500.0), "mine")
    document.edit("Frame", graph)
    chosen = Selection(frames=frozenset({0}), notes=frozenset({0}))
    document.select(chosen)
    driver.key("Ctrl+D")
    assert len(driver.graph.nodes) == 5
    assert [len(frame.nodes) for frame in driver.graph.view.frames] == [2, 2]
    assert [note.text for note in driver.graph.view.notes] == ["mine", "mine"]
    assert document.state.selection.notes == {1}
    document.undo()
    document.select(chosen)
    driver.key("Ctrl+X")
    assert (len(driver.graph.nodes), len(driver.graph.view.notes)) == (1, 0)
    driver.key("Ctrl+V")
    assert (len(driver.graph.nodes), len(driver.graph.view.frames)) == (3, 1)
    assert [note.text for note in driver.graph.view.notes] == ["mine"]


def test_a_mask_goes_with_its_node_into_another_document(
    driver: CanvasDriver, document: Document, tmp_path: Path
) -> None:
    ref = document.add_asset(b"mask", ".png")
    node = Node("image.paint_mask", params={"mask": {"path": ref.path}})
    document.edit("Read", Graph({"a": node}))
    driver.click(driver.header("a"))
    driver.key("Ctrl+C")
    documents = driver.canvas.studio.documents
    other = documents.new()
    driver.canvas.set_document(other)
    driver.key("Ctrl+V")
    documents.save(other, tmp_path / "other.json")
    driver.bot.waitUntil(lambda: other.saved)
    path = other.graph.nodes["a"].params["mask"]["path"]
    assert (tmp_path / path).read_bytes() == b"mask"
