"""The keyboard's way through a graph."""

from __future__ import annotations

from studio.canvas.tools import keyboard
from studio.canvas.tools.keyboard import Keys, nearest, neighbours
from tests.canvas.stage import FakeStage, blurs, node, placed

CHAIN = blurs("i.image -> b.image", "b.image -> c.image", "c.image -> s.value")


def test_the_nearest_ahead_wins_over_the_nearer_beside() -> None:
    places = {"ahead": (100.0, 10.0), "beside": (20.0, 90.0), "behind": (-10.0, 0.0)}
    assert nearest(places, (0.0, 0.0), "right") == "ahead"
    assert nearest(places, (0.0, 0.0), "left") == "behind"
    assert nearest(places, (0.0, 0.0), "up") == ""


def test_arrows_go_from_node_to_node_and_choose_it() -> None:
    stage = FakeStage(CHAIN)
    keys = Keys(stage)
    for expected in ("i", "b", "c"):
        stage.state.focus = keys.arrow("right")
        assert (stage.state.focus, set(stage.state.selection.nodes)) == (expected, {expected})
    stage.state.focus = keys.arrow("left")
    assert stage.state.focus == "b"
    assert keys.arrow("up") == "b"


def test_a_link_is_made_by_keys_alone() -> None:
    stage = FakeStage(blurs())
    stage.state.focus = "i"
    keys = Keys(stage)
    keys.enter()
    while keys.socket and keys.socket.side != "output":
        keys.arrow("right")
    keys.enter()
    assert keys.linking
    keys.arrow("right")
    assert keys.overlay.flights
    keys.enter()
    assert list(map(str, stage.graph.links)) == ["i.image -> b.image"]
    assert stage.steps == ["Link i to b"]
    assert not keys.linking


def test_escape_goes_back_step_by_step() -> None:
    stage = FakeStage(blurs())
    stage.state.focus = "s"
    keys = Keys(stage)
    keys.enter()
    keys.enter()
    steps = []
    while keys.escape():
        steps.append((keys.linking is not None, keys.socket is not None))
    assert steps == [(False, True), (False, False)]
    assert stage.steps == []


def test_nothing_that_fits_is_said() -> None:
    stage = FakeStage(placed({"l": node("toy.load")}))
    stage.state.focus = "l"
    keys = Keys(stage)
    keys.enter()
    keys.enter()
    assert keys.linking is None
    assert stage.said[-1].startswith("Nothing in sight takes l.")


def test_neighbours_and_branches() -> None:
    assert neighbours(CHAIN, ["b"], "upstream", whole=False) == {"i"}
    assert neighbours(CHAIN, ["b"], "downstream", whole=False) == {"c"}
    assert neighbours(CHAIN, ["b"], "downstream", whole=True) == {"b", "c", "s"}


def test_nodes_are_nudged() -> None:
    graph = keyboard.nudged(CHAIN, {"b": (300.0, 0.0)}, "down", 20.0)
    assert graph.view.layout["b"].at == (300.0, 20.0)
