"""Gestures that carry nodes."""

from __future__ import annotations

from studio.canvas.edits import look, nodes
from studio.canvas.state import Selection
from studio.canvas.tools.nodes import PlaceNodes
from studio.core.graph import Graph
from tests.canvas.stage import FakeStage, blurs

FAR = (350.0, 900.0)


def texts(graph: Graph) -> set[str]:
    return set(map(str, graph.links))


def place(stage: FakeStage, node: str) -> tuple[float, float]:
    return stage.graph.view.layout[node].at


def by(at: tuple[float, float], x: float, y: float) -> tuple[float, float]:
    return at[0] + x, at[1] + y


def test_a_drag_moves_a_node_and_chooses_it() -> None:
    stage = FakeStage(blurs())
    at = stage.header("b")
    stage.drag(at, by(at, 10, 400), by(at, 20, 500))
    assert place(stage, "b") == (320.0, 500.0)
    assert stage.steps == ["Move"]
    assert stage.state.selection.nodes == {"b"}


def test_less_than_six_pixels_is_a_click() -> None:
    stage = FakeStage(blurs())
    at = stage.header("b")
    stage.drag(at, by(at, 5, 5))
    assert stage.steps == []
    assert stage.state.selection.nodes == {"b"}


def test_all_that_is_chosen_moves_along_but_not_what_is_pinned() -> None:
    stage = FakeStage(look.with_layout(blurs(), ["c"], pinned=True))
    stage.select(Selection(frozenset("bcs")))
    stage.drag(stage.header("b"), by(stage.header("b"), 0, 500))
    assert [place(stage, key)[1] for key in "ibcs"] == [0, 500, 0, 500]
    assert stage.steps == ["Move"]


def test_a_node_dropped_on_a_link_is_inserted_and_makes_room() -> None:
    stage = FakeStage(blurs("i.image -> c.image", "c.image -> s.value"))
    graph = look.moved(stage.graph, {"b": FAR, "c": (260.0, 0.0)})
    stage = FakeStage(graph)
    middle = (stage.socket("i.image", "output")[0] + stage.socket("c.image")[0]) / 2
    at = stage.header("b")
    goal = middle, stage.socket("c.image")[1] - 20
    stage.drag(at, by(at, 10, -100), goal)
    assert texts(stage.graph) == {"i.image -> b.image", "b.image -> c.image", "c.image -> s.value"}
    assert stage.steps == ["Move and insert"]
    assert stage.scene.rect("c")[0] > stage.scene.rect("b")[2]


def test_alt_keeps_a_node_off_links() -> None:
    stage = FakeStage(look.moved(blurs("i.image -> c.image"), {"b": FAR}))
    at, goal = stage.header("b"), by(stage.socket("i.image", "output"), 150, 0)
    stage.drag(at, by(at, 10, -100), goal, later="Alt")
    assert (texts(stage.graph), stage.steps) == ({"i.image -> c.image"}, ["Move"])


def test_a_linked_node_is_not_inserted_elsewhere() -> None:
    stage = FakeStage(look.moved(blurs("i.image -> c.image", "i.image -> b.image"), {"b": FAR}))
    at, goal = stage.header("b"), by(stage.socket("i.image", "output"), 150, 0)
    stage.drag(at, goal)
    assert texts(stage.graph) == {"i.image -> c.image", "i.image -> b.image"}


def shaken(at: tuple[float, float]) -> list[tuple[float, float]]:
    return [by(at, 40 * (-1) ** turn, 100) for turn in range(8)]


def test_shaking_pulls_a_node_out_and_heals() -> None:
    stage = FakeStage(blurs("i.image -> b.image", "b.image -> c.image"))
    at = stage.header("b")
    stage.drag(at, *shaken(at), by(at, 0, 900))
    assert texts(stage.graph) == {"i.image -> c.image"}
    assert stage.steps == ["Pull out"]


def test_a_cancelled_shake_leaves_no_trace() -> None:
    stage = FakeStage(blurs("i.image -> b.image", "b.image -> c.image"))
    at, before = stage.header("b"), stage.graph
    stage.drag(at, *shaken(at), cancel=True)
    assert (stage.graph, stage.steps) == (before, [])
    assert (stage.scene.links, stage.scene.rect("b")[:2]) == (before.links, (300.0, 0.0))
    assert stage.state.selection == Selection()


def test_a_cancelled_move_leaves_no_trace() -> None:
    stage = FakeStage(blurs())
    stage.drag(stage.header("b"), FAR, cancel=True)
    assert (stage.steps, stage.scene.rect("b")[:2]) == ([], (300.0, 0.0))


def test_alt_drag_carries_a_copy_away() -> None:
    stage = FakeStage(blurs("i.image -> b.image"))
    at = stage.header("b")
    stage.drag(at, by(at, 0, 500), keys="Alt")
    assert (place(stage, "b"), place(stage, "b_2")) == ((300.0, 0.0), (300.0, 500.0))
    assert stage.steps == ["Duplicate"]
    assert stage.state.selection.nodes == {"b_2"}
    stage.drag(at, by(at, 0, 700), keys="Alt", cancel=True)
    assert (stage.steps, list(stage.scene.graph.nodes)) == (["Duplicate"], list(stage.graph.nodes))


def test_alt_drag_of_a_note_or_a_frame_carries_a_copy_away() -> None:
    graph, _ = look.noted(look.framed(blurs(), {"b", "c"}), (0.0, -400.0), "mine")
    stage = FakeStage(graph)
    at = (10.0, -390.0)
    stage.drag(at, by(at, 0, -200), keys="Alt")
    assert [note.at for note in stage.graph.view.notes] == [(0.0, -400.0), (0.0, -600.0)]
    assert stage.state.selection == Selection(notes=frozenset({1}))
    left, top, _, _ = stage.scene.frame_rect(0)
    stage.drag((left + 20, top + 10), (left + 20, top + 910), keys="Alt")
    assert [frame.nodes for frame in stage.graph.view.frames] == [("b", "c"), ("b_2", "c_2")]
    assert place(stage, "b_2") == (300.0, 900.0)


def test_a_frame_is_dragged_by_its_title_with_its_nodes() -> None:
    stage = FakeStage(look.framed(blurs(), {"b", "c"}))
    left, top, _, _ = stage.scene.frame_rect(0)
    stage.drag((left + 30, top + 8), (left + 30, top + 308))
    assert [place(stage, key)[1] for key in "ibc"] == [0, 300, 300]
    assert stage.state.selection.frames == {0}


def test_a_node_dropped_in_a_frame_joins_it() -> None:
    stage = FakeStage(look.framed(look.moved(blurs(), {"s": (2000.0, 900.0)}), {"b", "s"}))
    at = stage.header("i")
    stage.drag(at, by(at, 900, 500))
    assert stage.graph.view.frames[0].nodes == ("b", "s", "i")
    assert stage.steps == ["Move"]


def test_notes_move_with_what_is_chosen() -> None:
    graph, _ = look.noted(blurs(), (0.0, 500.0), "hello")
    stage = FakeStage(graph)
    stage.drag((20.0, 520.0), (120.0, 720.0))
    assert stage.graph.view.notes[0].at == (100.0, 700.0)
    stage.drag((130.0, 720.0), (900.0, 720.0), cancel=True)
    assert stage.steps == ["Move"]


def test_shift_brings_a_node_in_line_and_shows_the_guide() -> None:
    stage = FakeStage(look.moved(blurs(), {"b": (300.0, 400.0)}))
    at = stage.header("b")
    tool = stage.press(at)
    assert tool
    tool.move(stage.pointer(by(at, 0, -200), "left", "", 1, 0.1))
    tool.move(stage.pointer(by(at, 0, -395), "left", "Shift", 1, 0.2))
    assert tool.overlay.guides
    tool.end(stage.pointer(by(at, 0, -395), "left", "Shift", 1, 0.3))
    assert place(stage, "b")[1] == 0.0


def test_a_new_node_hangs_on_the_pointer_until_it_is_put_down() -> None:
    stage = FakeStage(blurs("i.image -> c.image"))
    spec = stage.registry.spec("toy.blur")
    assert spec
    graph, key = nodes.added(stage.graph, spec, (0.0, 800.0))
    tool = PlaceNodes(stage, "Add Blur", graph, frozenset({key}))
    tool.begin(stage.pointer((0.0, 800.0), "", "", 1, 0.0))
    tool.move(stage.pointer((50.0, 900.0), "", "", 1, 0.1))
    assert (stage.steps, stage.scene.rect(key)[:2]) == ([], (50.0, 900.0))
    tool.end(stage.pointer((60.0, 900.0), "left", "", 1, 0.2))
    assert (stage.steps, place(stage, key)) == (["Add Blur"], (60.0, 900.0))
    assert stage.state.selection.nodes == {key}


def test_a_new_node_that_is_dropped_with_escape_never_was() -> None:
    stage = FakeStage(blurs())
    spec = stage.registry.spec("toy.blur")
    assert spec
    graph, key = nodes.added(stage.graph, spec, (0.0, 0.0))
    tool = PlaceNodes(stage, "Add Blur", graph, frozenset({key}))
    tool.begin(stage.pointer((0.0, 0.0), "", "", 1, 0.0))
    tool.cancel()
    assert (stage.steps, key in stage.scene.graph.nodes) == ([], False)
