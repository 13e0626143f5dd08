"""Gestures on links."""

from __future__ import annotations

from studio.canvas.fits import End
from studio.canvas.tools.base import Button
from studio.core.graph import Graph
from tests.canvas.stage import FakeStage, blurs, node, placed
from tests.canvas.test_fits import FACTS, TWO

NOWHERE = (100.0, 2000.0)


def texts(graph: Graph) -> set[str]:
    return set(map(str, graph.links))


def test_a_drag_from_socket_to_socket_links() -> None:
    stage = FakeStage(blurs())
    stage.drag(stage.socket("i.image", "output"), (250.0, 90.0), stage.socket("b.image"))
    assert texts(stage.graph) == {"i.image -> b.image"}
    assert stage.steps == ["Link i to b"]


def test_a_drag_backwards_links_too() -> None:
    stage = FakeStage(blurs())
    stage.drag(stage.socket("b.image"), stage.socket("i.image", "output"))
    assert texts(stage.graph) == {"i.image -> b.image"}


def test_fitting_sockets_light_up_and_a_refusal_says_why() -> None:
    stage = FakeStage(TWO)
    tool = stage.press(stage.socket("x.vae", "output"))
    assert tool
    tool.move(stage.pointer(stage.socket("s.model"), "left", "", 1, 0.1))
    overlay = tool.overlay
    assert overlay.fitting == frozenset()
    assert overlay.flights[0].refused == "x.vae is a Vae, model takes a DiffusionModel."
    tool.end(stage.pointer(stage.socket("s.model"), "left", "", 1, 0.2))
    assert stage.steps == []
    assert stage.said == ["x.vae is a Vae, model takes a DiffusionModel."]


def test_fitting_sockets_are_those_that_take_the_link() -> None:
    stage = FakeStage(blurs())
    tool = stage.press(stage.socket("i.image", "output"))
    assert tool
    tool.move(stage.pointer((250.0, 300.0), "left", "", 1, 0.1))
    assert tool.overlay.fitting == frozenset(
        {("b", "input", "image"), ("c", "input", "image"), ("s", "input", "value")}
    )


def test_another_family_is_refused_with_the_files_that_would_do() -> None:
    stage = FakeStage(TWO, FACTS, lambda folder, family: (f"{folder}/{family}.safetensors",))
    stage.drag(stage.socket("e.conditioning", "output"), stage.socket("s.positive"))
    assert stage.steps == []
    assert stage.said[-1].endswith("1 file in your folder can: checkpoints/sd.safetensors")


def test_a_drop_on_a_body_takes_the_best_input() -> None:
    stage = FakeStage(blurs())
    stage.drag(stage.socket("i.image", "output"), stage.header("s"))
    assert texts(stage.graph) == {"i.image -> s.value"}


def test_a_drop_on_a_parameter_links_it() -> None:
    stage = FakeStage(placed({"n": node("toy.number"), "a": node("toy.add")}))
    stage.drag(stage.socket("n.value", "output"), stage.field("a", "b"))
    assert texts(stage.graph) == {"n.value -> a.b"}


def test_a_drop_on_nothing_asks_for_a_node_that_fits() -> None:
    stage = FakeStage(blurs())
    stage.drag(stage.socket("i.image", "output"), NOWHERE)
    assert stage.asked == [(NOWHERE, End("i", "image", "output"))]
    assert stage.steps == []


def test_an_occupied_input_is_replaced() -> None:
    stage = FakeStage(blurs("i.image -> c.image"))
    stage.drag(stage.socket("b.image", "output"), stage.socket("c.image"))
    assert texts(stage.graph) == {"b.image -> c.image"}


def test_a_link_is_picked_up_at_its_input_and_moved() -> None:
    stage = FakeStage(blurs("i.image -> b.image"))
    stage.drag(stage.socket("b.image"), stage.socket("c.image"))
    assert texts(stage.graph) == {"i.image -> c.image"}
    assert stage.steps == ["Link i to c"]


def test_a_picked_up_link_is_dropped_for_good_or_put_back() -> None:
    stage = FakeStage(blurs("i.image -> b.image"))
    stage.drag(stage.socket("b.image"), (350.0, 700.0), stage.socket("b.image"))
    assert stage.steps == []
    stage.drag(stage.socket("b.image"), NOWHERE)
    assert (stage.graph.links, stage.steps) == ((), ["Unlink"])


def test_a_converter_is_offered_and_put_between() -> None:
    stage = FakeStage(placed({"l": node("toy.load"), "s": node("toy.sample")}))
    tool = stage.drag(stage.socket("l.text_encoder", "output"), stage.socket("s.positive"))
    assert tool
    assert texts(stage.graph) == {
        "l.text_encoder -> encode.text_encoder", "encode.conditioning -> s.positive",
    }  # fmt: skip
    assert stage.steps == ["Put Encode between"]


def test_ctrl_drag_moves_all_links_of_a_socket() -> None:
    stage = FakeStage(blurs("i.image -> c.image", "i.image -> s.value"))
    stage.drag(
        stage.socket("i.image", "output"), (400.0, 600.0), stage.socket("b.image", "output"),
        keys="Ctrl",
    )  # fmt: skip
    assert texts(stage.graph) == {"b.image -> c.image", "b.image -> s.value"}
    assert stage.steps == ["Move links"]


def test_moving_all_links_where_they_do_not_fit_changes_nothing() -> None:
    stage = FakeStage(blurs("i.image -> b.image", "i.image -> c.image"))
    stage.drag(stage.socket("i.image", "output"), stage.socket("c.image", "output"), keys="Ctrl")
    assert (stage.steps, len(stage.said)) == ([], 1)
    assert set(stage.scene.links) == set(stage.graph.links)


def test_alt_click_breaks_the_links_of_a_socket() -> None:
    stage = FakeStage(blurs("i.image -> b.image", "i.image -> c.image"))
    stage.click(stage.socket("i.image", "output"), keys="Alt")
    assert (stage.graph.links, stage.steps) == ((), ["Break links"])


def test_a_stroke_cuts_what_it_crosses() -> None:
    stage = FakeStage(blurs("i.image -> b.image", "c.image -> s.value"))
    at = stage.socket("b.image")
    chords: tuple[tuple[Button, str], ...] = (("right", "Ctrl"), ("left", "X"))
    for button, keys in chords:
        stage.drag(
            (at[0] - 30, at[1] - 60), (at[0] - 30, at[1] + 60),
            button=button, keys=keys,
        )  # fmt: skip
        assert texts(stage.graph) == {"c.image -> s.value"}
    assert stage.steps == ["Cut a link"]


def test_cancelled_gestures_on_links_leave_no_trace() -> None:
    stage = FakeStage(blurs("i.image -> b.image"))
    at = stage.socket("b.image")
    stage.drag(at, stage.socket("c.image"), cancel=True)
    stage.drag(stage.socket("i.image", "output"), stage.socket("c.image"), cancel=True)
    stage.drag(
        stage.socket("i.image", "output"), stage.socket("c.image", "output"), keys="Ctrl",
        cancel=True,
    )  # fmt: skip
    stage.drag((at[0] - 30, at[1] - 60), (at[0] - 30, at[1] + 60), button="right", keys="Ctrl",
               cancel=True)  # fmt: skip
    assert (stage.steps, stage.scene.links) == ([], stage.graph.links)


def test_the_canvas_pans_when_a_link_is_held_at_its_edge() -> None:
    stage = FakeStage(blurs())
    tool = stage.press(stage.socket("i.image", "output"))
    assert tool
    tool.move(stage.pointer((1598.0, 500.0), "left", "", 1, 0.1))
    assert tool.tick(0.1)
    assert stage.state.camera.x > 0
    assert tool.overlay.flights[0].end[0] > 1598.0
    tool.move(stage.pointer((800.0, 500.0), "left", "", 1, 0.2))
    assert not tool.tick(0.1)
