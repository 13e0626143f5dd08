"""Choosing, looking, reroutes, widths, notes, and which press begins what."""

from __future__ import annotations

from typing import get_args

import pytest

from studio.canvas.edits import look, reroutes
from studio.canvas.state import Camera, Hit, HitKind, Selection
from studio.canvas.tools import tool_for
from studio.canvas.tools.base import Pointer, edge_push
from studio.canvas.tools.gestures import NAMES, Gestures, chord
from studio.canvas.tools.links import BreakLinks, Cut, DrawLink, MoveLinks
from studio.canvas.tools.nodes import DuplicateNodes, MoveNodes
from studio.canvas.tools.select import Band, Opener
from studio.canvas.tools.shapes import AddReroute, RerouteAcross, crossing
from studio.canvas.tools.view import Pan, Zoom, wheeled
from tests.canvas.stage import GESTURES, KEYMAP, FakeStage, blurs

BELOW = (0.0, 900.0)


def chosen(stage: FakeStage) -> set[str]:
    return set(stage.state.selection.nodes)


def test_the_band_chooses_what_it_touches_while_it_is_drawn() -> None:
    stage = FakeStage(blurs())
    tool = stage.press((-50.0, 600.0))
    assert tool
    tool.move(stage.pointer((320.0, 20.0), "left", "", 1, 0.1))
    assert chosen(stage) == {"i", "b"}
    assert tool.overlay.band == (-50.0, 20.0, 320.0, 600.0)
    tool.move(stage.pointer((20.0, 20.0), "left", "", 1, 0.2))
    assert chosen(stage) == {"i"}


def test_shift_adds_ctrl_subtracts_and_cancel_gives_back() -> None:
    stage = FakeStage(blurs())
    stage.select(Selection(frozenset("bs")))
    stage.drag((-50.0, 600.0), (20.0, 20.0), keys="Shift")
    assert chosen(stage) == {"i", "b", "s"}
    stage.drag((290.0, 600.0), (320.0, 20.0), keys="Ctrl")
    assert chosen(stage) == {"i", "s"}
    stage.drag((-50.0, 600.0), (320.0, 20.0), cancel=True)
    assert chosen(stage) == {"i", "s"}


def test_clicks_choose_add_take_out_and_choose_nothing() -> None:
    stage = FakeStage(blurs("i.image -> b.image"))
    stage.click(stage.header("i"))
    stage.click(stage.header("b"), keys="Shift")
    assert chosen(stage) == {"i", "b"}
    stage.click(stage.header("i"), keys="Ctrl")
    assert chosen(stage) == {"b"}
    stage.click(BELOW)
    assert not stage.state.selection


def test_a_frame_is_chosen_by_a_click_on_its_ground() -> None:
    stage = FakeStage(look.framed(blurs(), {"b", "c"}))
    left, top, _, bottom = stage.scene.frame_rect(0)
    stage.click((left + 5, (top + bottom) / 2))
    assert stage.state.selection.frames == {0}


def test_a_double_click_on_nothing_asks_and_on_a_node_opens() -> None:
    stage = FakeStage(blurs())
    stage.click(BELOW, clicks=2)
    stage.click(stage.header("b"), clicks=2)
    assert stage.asked == [(BELOW, None)]
    assert [(hit.kind, hit.node) for hit in stage.opened] == [("header", "b")]


def test_panning_follows_the_pointer_and_cancel_goes_back() -> None:
    stage = FakeStage(blurs())
    stage.look(Camera(0, 0, 0.5))
    tool = Pan(stage, Hit())
    tool.begin(Pointer((0, 0), (100.0, 100.0), "middle"))
    for pixel in ((150.0, 120.0), (200.0, 140.0)):
        tool.move(Pointer((0, 0), pixel, "middle"))
        assert stage.state.camera == Camera(0, 0, 0.5).panned((pixel[0] - 100, pixel[1] - 100))
    tool.cancel()
    assert stage.state.camera == Camera(0, 0, 0.5)


def test_zooming_keeps_the_point_under_the_pointer() -> None:
    camera = wheeled(Camera(10, 20, 1), (300.0, 200.0), 2)
    assert camera.zoom > 1
    assert camera.to_canvas((300.0, 200.0)) == pytest.approx((310.0, 220.0))
    stage = FakeStage(blurs())
    stage.drag((100.0, 100.0), (100.0, 20.0), button="middle", keys="Ctrl")
    assert stage.state.camera.zoom > 1


def test_the_pointer_pushes_only_near_the_edges() -> None:
    size = (800.0, 600.0)
    assert edge_push((400.0, 300.0), size) is None
    left, top = edge_push((2.0, 590.0), size) or (0, 0)
    assert left > 0 > top


def test_the_edge_sets_the_width_in_steps_and_a_double_click_forgets_it() -> None:
    stage = FakeStage(blurs())
    _, top, right, bottom = stage.scene.rect("b")
    at = (right, (top + bottom) / 2)
    stage.drag(at, (right + 61.0, at[1]))
    width = stage.graph.view.layout["b"].width
    assert width
    assert width % stage.scene.metrics.width_step == 0
    assert stage.steps == ["Set width"]
    right = stage.scene.rect("b")[2]
    stage.drag((right, at[1]), (right + 100.0, at[1]), cancel=True)
    assert stage.scene.rect("b")[2] == right
    stage.click((right, at[1]), clicks=2)
    assert stage.graph.view.layout["b"].width is None


def test_the_corner_of_a_note_sets_its_size() -> None:
    stage = FakeStage(look.noted(blurs(), (0.0, 500.0), "hello")[0])
    stage.drag((238.0, 578.0), (338.0, 678.0))
    assert stage.graph.view.notes[0].size == (340.0, 180.0)
    assert stage.steps == ["Resize note"]


def middle(stage: FakeStage) -> tuple[float, float]:
    start, end = stage.socket("i.image", "output"), stage.socket("c.image")
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2


def apart() -> FakeStage:
    return FakeStage(look.moved(blurs("i.image -> c.image"), {"b": BELOW}))


def test_alt_click_adds_a_reroute_and_takes_it_away() -> None:
    stage = apart()
    stage.click(middle(stage), keys="Alt")
    assert reroutes.points_of(stage.graph, stage.graph.links[0]) == (middle(stage),)
    stage.click(middle(stage), keys="Alt")
    assert reroutes.points_of(stage.graph, stage.graph.links[0]) == ()
    assert stage.steps == ["Add reroute", "Remove reroute"]


def test_a_reroute_is_dragged_as_one_step_or_not_at_all() -> None:
    stage = apart()
    at = middle(stage)
    stage.drag(at, (at[0], at[1] + 80), (at[0], at[1] + 150), keys="Alt")
    assert reroutes.points_of(stage.graph, stage.graph.links[0]) == ((at[0], at[1] + 150),)
    stage.drag((at[0], at[1] + 150), (at[0], at[1] + 300), cancel=True)
    stage.drag((at[0], at[1] + 150), (at[0], at[1] + 200))
    assert stage.steps == ["Add reroute", "Move reroute"]
    assert reroutes.points_of(stage.graph, stage.graph.links[0]) == ((at[0], at[1] + 200),)


def test_a_stroke_adds_a_reroute_where_it_crosses() -> None:
    stage = apart()
    x, y = middle(stage)
    stage.drag((x, y - 90), (x, y + 90), button="right", keys="Shift")
    (point,) = reroutes.points_of(stage.graph, stage.graph.links[0])
    assert point == pytest.approx((x, y), abs=3)


def test_a_stroke_that_meets_nothing_has_no_crossing() -> None:
    assert crossing([(0, 0), (1, 1)], [(5, 5, 9, 5)]) is None
    assert crossing([(0, 0), (2, 2)], [(0, 2, 2, 0)]) == (1, 1)


# --- Which press begins what ---

PRESSES = [
    ("empty", "middle", "", Pan), ("node", "left", "Space", Pan), ("empty", "middle", "Ctrl", Zoom),
    ("node", "right", "Ctrl", Cut), ("socket", "left", "X", Cut), ("empty", "right", "Shift", RerouteAcross),
    ("socket", "left", "", DrawLink), ("socket", "left", "Ctrl", MoveLinks),
    ("socket", "left", "Alt", BreakLinks), ("link", "left", "Alt", AddReroute),
    ("header", "left", "Alt", DuplicateNodes), ("header", "left", "Shift", MoveNodes),
    ("empty", "left", "Alt", Band), ("badge", "left", "", Opener), ("node", "right", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "button", "keys", "tool"), PRESSES)
def test_a_press_begins_its_gesture(kind: HitKind, button: str, keys: str, tool: type) -> None:
    held = frozenset(keys.split("+")) - {""}
    pointer = Pointer((0, 0), (0, 0), button, held)  # type: ignore[arg-type]
    assert tool_for(Hit(kind), pointer, GESTURES) is tool


@pytest.mark.parametrize("kind", get_args(HitKind))
@pytest.mark.parametrize("clicks", [1, 2])
def test_a_left_press_means_something_everywhere(kind: HitKind, clicks: int) -> None:
    assert tool_for(Hit(kind), Pointer((0, 0), (0, 0), "left", clicks=clicks), GESTURES)


def test_a_keymap_can_move_a_gesture_to_another_chord() -> None:
    other = Gestures.read({**KEYMAP["gestures"], "pan": ["Alt+Middle"]})
    assert tool_for(Hit(), Pointer((0, 0), (0, 0), "middle", frozenset({"Alt"})), other) is Pan
    assert tool_for(Hit(), Pointer((0, 0), (0, 0), "middle"), other) is None


def test_the_default_keymap_has_every_gesture() -> None:
    assert set(KEYMAP["gestures"]) == set(NAMES)


@pytest.mark.parametrize("text", ["Ctrl", "Ctrl+Wheel", "Meta+Left", ""])
def test_what_is_no_chord_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no chord"):
        chord(text)


def test_an_unknown_gesture_is_refused() -> None:
    with pytest.raises(ValueError, match="no gesture"):
        Gestures.read({"fly": ["Left"]})
