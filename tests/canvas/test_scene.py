"""The scene follows the graph."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import graphs
from studio.canvas.metrics import Metrics
from studio.canvas.scene import Scene
from studio.canvas.state import Camera, Point
from studio.canvas.states import NodeState
from studio.core.graph import Graph, Link, Node
from studio.core.sub_graphs import specs
from studio.core.types import flow, item_of
from studio.core.view import Frame, Layout, Note
from tests import strategies
from tests.canvas.stage import METRICS, REGISTRY, TOKENS, blurs, links, node, placed

ROW = ("i.image -> b.image", "b.image -> c.image", "c.image -> s.value")
PICTURE = NodeState("fresh", picture=1, picture_size=(64, 64))


def scene_of(graph: Graph) -> Scene:
    scene = Scene(REGISTRY.spec, METRICS)
    scene.set_graph(graph, specs(graph, REGISTRY))
    return scene


def follow(scene: Scene, graph: Graph) -> None:
    scene.set_graph(graph, specs(graph, REGISTRY))


def assert_same(scene: Scene, fresh: Scene) -> None:
    assert scene.ids == fresh.ids
    assert scene.links == fresh.links
    assert scene.rects == pytest.approx(fresh.rects)
    assert scene.link_lines == pytest.approx(fresh.link_lines)
    assert scene.link_of.tolist() == fresh.link_of.tolist()
    assert scene.link_types == fresh.link_types
    assert [scene.layout(key) for key in scene.ids] == [fresh.layout(key) for key in fresh.ids]


def everywhere(graph: Graph) -> Graph:
    """Give each node a place, so that none depends on the order of edits."""
    missing = {key: (0.0, 0.0) for key in graph.nodes if key not in graph.view.layout}
    return graph.with_view(graph.view.moved(missing))


@given(strategies.graphs(), st.lists(strategies.edits(), max_size=6))
@strategies.examples(20, 1000)
def test_after_edits_it_is_as_if_built_anew(graph: Graph, edits: list[strategies.Edit]) -> None:
    scene = scene_of(everywhere(graph))
    for edit in edits:
        for key in scene.ids:
            scene.layout(key)
        graph = edit(graph)
        follow(scene, everywhere(graph))
    assert_same(scene, scene_of(everywhere(graph)))


@given(strategies.graphs())
@strategies.examples(10, 500)
def test_the_types_of_links_are_those_that_flow(graph: Graph) -> None:
    scene, types = scene_of(graph), flow(graph, specs(graph, REGISTRY)).types
    for link, kind in zip(scene.links, scene.link_types, strict=True):
        flowing = types.get((link.source, link.output), kind)
        assert item_of(kind) == item_of(flowing)


def test_links_begin_and_end_at_their_sockets() -> None:
    scene = scene_of(blurs(*ROW))
    for k, link in enumerate(scene.links):
        lines = scene.link_lines[k * 12 : k * 12 + 12]
        assert tuple(lines[0, :2]) == scene.socket_at(link.source, "output", link.output)
        assert tuple(lines[-1, 2:]) == pytest.approx(
            scene.socket_at(link.target, "input", link.input)
        )


def test_the_lines_can_be_painted_in_one_call() -> None:
    lines = scene_of(blurs(*ROW)).link_lines
    assert lines.flags.c_contiguous
    assert lines.dtype == np.float64


def test_moving_takes_the_links_along_and_the_graph_takes_it_back() -> None:
    graph = blurs(*ROW)
    scene = scene_of(graph)
    before = scene.link_lines.copy()
    change = scene.move({"b": (310.0, 500.0)})
    assert change.nodes == {"b"}
    assert change.links
    assert scene.rect("b")[:2] == (310, 500)
    assert scene.socket_at("b", "input", "image")[1] == scene.link_lines[11, 3]
    follow(scene, graph)
    assert scene.link_lines == pytest.approx(before)


def test_nodes_are_pushed_from_where_they_were_picked_up() -> None:
    graph = blurs(*ROW)
    scene = scene_of(graph)
    origins = {name: scene.rect(name)[:2] for name in ("b", "s")} | {"gone": (0.0, 0.0)}
    for by in ((5.0, 3.0), (40.0, -9.0), (7.0, 7.0)):
        assert scene.move(origins, by).nodes == {"b", "s"}
        for name in ("b", "s"):
            x, y = origins[name]
            assert scene.rect(name)[:2] == (x + by[0], y + by[1])
        pushed, lines = scene_of(graph), scene.link_lines.copy()
        pushed.move({name: scene.rect(name)[:2] for name in ("b", "s")})
        assert lines == pytest.approx(pushed.link_lines)


def test_what_is_pushed_is_looked_up_again_when_the_graph_is_another() -> None:
    graph = blurs(*ROW)
    scene = scene_of(graph)
    origins = {"s": scene.rect("s")[:2], "b": scene.rect("b")[:2]}
    scene.move(origins, (10.0, 0.0))
    follow(scene, graph.without_nodes("b"))
    assert scene.move(origins, (20.0, 0.0)).nodes == {"s"}
    assert scene.rect("s")[0] == origins["s"][0] + 20.0


def test_a_change_names_what_to_paint_before_and_after() -> None:
    scene = scene_of(blurs(*ROW))
    was = scene.rect("s")
    rects = scene.move({"s": (2000.0, 900.0)}).rects
    for place in (was[:2], scene.rect("s")[:2]):
        assert any(r[0] <= place[0] <= r[2] and r[1] <= place[1] <= r[3] for r in rects)
    assert not any(rect[2] < 600 for rect in rects)


def test_many_changes_repaint_everything() -> None:
    graph = placed({f"n{k}": node("toy.image") for k in range(70)})
    change = scene_of(graph).move(dict.fromkeys(graph.nodes, (5.0, 5.0)))
    assert change.all
    assert not change.rects


def test_the_same_graph_changes_nothing() -> None:
    graph = blurs(*ROW)
    scene = scene_of(graph)
    assert not scene.set_graph(graph, specs(graph, REGISTRY))


def test_a_parameter_changes_its_node_only() -> None:
    graph = blurs(*ROW)
    scene = scene_of(graph)
    change = scene.set_graph(graph.with_param("b", "radius", 9.0), REGISTRY.spec)
    assert change.nodes == {"b"}
    assert not change.links
    assert not change.all
    row = scene.layout("b").row("radius")
    assert row
    assert row.value == "9.0"


def test_a_cut_link_is_painted_over() -> None:
    graph = blurs(*ROW)
    scene = scene_of(graph)
    change = scene.set_graph(graph.without_links(graph.links[0]), REGISTRY.spec)
    assert change.links
    assert change.nodes == {"i", "b"}
    assert [link.target for link in scene.links] == ["c", "s"]
    socket = scene.layout("b").socket("input", "image")
    assert socket
    assert not socket.linked


def test_a_condition_that_comes_true_makes_the_node_higher() -> None:
    graph = placed({"s": node("toy.sample")})
    scene = scene_of(graph)
    height = scene.size("s")[1]
    follow(scene, graph.with_param("s", "method", "custom"))
    assert scene.size("s")[1] == height + METRICS.row


def test_a_picture_makes_its_node_higher() -> None:
    scene = scene_of(blurs(*ROW))
    height = scene.size("b")[1]
    assert scene.set_states({"b": PICTURE, "gone": PICTURE}).nodes == {"b"}
    assert scene.size("b")[1] > height
    assert scene.layout("b").thumbnail


def test_progress_paints_only_the_parts_that_show_it() -> None:
    scene = scene_of(blurs(*ROW))
    begun = NodeState("running", share=0.1, footer="step 1 / 10")
    assert scene.set_states({"b": begun}).nodes == {"b"}
    change = scene.set_states({"b": replace(begun, share=0.2, footer="step 2 / 10")})
    assert not change.nodes
    left, top, right, bottom = scene.rect("b")
    assert change.rects
    assert all(
        left <= box[0] and top <= box[1] and box[2] <= right and box[3] <= bottom
        for box in change.rects
    )
    shown = sum((box[2] - box[0]) * (box[3] - box[1]) for box in change.rects)
    assert shown < (right - left) * (bottom - top) / 3
    assert scene.set_states({"b": NodeState("failed", text="No.")}).nodes == {"b"}


def test_states_that_come_first_are_kept_for_their_node() -> None:
    scene = Scene(REGISTRY.spec, METRICS)
    scene.set_states({"b": PICTURE})
    follow(scene, blurs(*ROW))
    assert scene.layout("b").thumbnail


def test_states_of_all_nodes_are_those_given_one_by_one() -> None:
    whole, single = scene_of(blurs(*ROW)), scene_of(blurs(*ROW))
    states = {"b": PICTURE, "c": NodeState("failed", text="No.")}
    inside = {f"group/{node}": state for node, state in states.items()}
    changed = whole.set_all_states({**inside, "b": NodeState("running")}, "group/")
    assert changed.nodes >= single.set_states(states).nodes
    for key in whole.ids:
        assert (whole.state(key), whole.rect(key)) == (single.state(key), single.rect(key))
    assert not whole.set_all_states(inside, "group/")


def test_before_the_engine_speaks_the_mode_does() -> None:
    scene = scene_of(blurs().with_mode("b", "muted").with_node("x", Node("none")))
    kinds = {key: scene.state(key).kind for key in "bcx"}
    assert kinds == {"b": "muted", "c": "unknown", "x": "missing_type"}


def test_a_collapsed_node_gathers_its_links() -> None:
    graph = blurs(*ROW)
    view = graph.view
    look = replace(view.layout["b"], collapsed=True)
    scene = scene_of(graph.with_view(replace(view, layout={**view.layout, "b": look})))
    assert scene.link_lines[11, 3] == METRICS.header / 2


def test_another_density_lays_out_everything_anew() -> None:
    scene = scene_of(blurs(*ROW))
    compact = Metrics.of(TOKENS, "compact")
    assert scene.set_metrics(compact).all
    fresh = Scene(REGISTRY.spec, compact)
    fresh.set_graph(scene.graph, REGISTRY.spec)
    assert_same(scene, fresh)


def test_a_pack_that_is_installed_gives_its_nodes_their_shape() -> None:
    scene = Scene(lambda type_id: None, METRICS)
    graph = blurs(*ROW)
    scene.set_graph(graph, lambda type_id: None)
    assert scene.layout("b").rows == ()
    follow(scene, graph)
    assert_same(scene, scene_of(graph))


def test_what_any_stands_for_follows_the_links() -> None:
    graph = placed(
        {"i": node("toy.image"), "w": node("toy.switch"), "s": node("toy.show")},
        "i.image -> w.first", "w.value -> s.value",
    )  # fmt: skip
    scene = scene_of(graph)
    assert scene.link_types == ["Image", "Image"]
    assert scene.type_of("s", "input", "value") == "Image"
    socket = scene.layout("w").socket("output", "value")
    assert socket
    assert socket.type == "Image"
    follow(scene, graph.without_links(graph.links[0]))
    assert scene.link_types == ["any:T"]
    socket = scene.layout("w").socket("output", "value")
    assert socket
    assert socket.type == "any:T"


def test_raised_nodes_are_painted_last() -> None:
    scene = scene_of(blurs(*ROW))
    change = scene.raise_(["b"])
    assert change.nodes == {"b"}
    rows = scene.visible((-100, -100, 2000, 1000)).tolist()
    assert [scene.ids[row] for row in rows] == ["i", "c", "s", "b"]
    assert scene.raise_(["c"]).nodes == {"b", "c"}


def test_only_what_is_seen_is_painted() -> None:
    scene = scene_of(blurs(*ROW))
    assert [scene.ids[row] for row in scene.visible((310, 0, 400, 50))] == ["b"]
    assert [scene.links[scene.link_of[k]].target for k in scene.link_rows((500, 0, 590, 300))] == [
        "c"
    ]


def test_a_reroute_adds_a_curve_behind_all_links() -> None:
    graph = blurs(*ROW)
    via: tuple[Point, ...] = ((200.0, 300.0), (250.0, 300.0))
    scene = scene_of(graph)
    view = replace(graph.view, reroutes={str(graph.links[1]): via})
    follow(scene, graph.with_view(view))
    assert scene.link_of.tolist() == [0, 1, 2, 1, 1]
    assert scene.curves_of([graph.links[1]]).tolist() == [1, 3, 4]
    scene.move({"c": (700.0, 90.0)})
    lines = scene.link_lines.reshape(-1, 12, 4)
    assert tuple(lines[1, -1, 2:]) == pytest.approx(via[0])
    assert tuple(lines[4, -1, 2:]) == pytest.approx(scene.socket_at("c", "input", "image"))
    follow(scene, graph)
    assert_same(scene, scene_of(graph))


def test_a_frame_surrounds_its_nodes_and_follows_them() -> None:
    graph = blurs(*ROW)
    frames = (Frame("Two", nodes=("b", "c")), Frame("Empty"))
    scene = scene_of(graph.with_view(replace(graph.view, frames=frames)))
    left, top, right, bottom = scene.frame_rect(0)
    inner = scene.bounds(["b", "c"])
    assert inner
    assert (left, right, bottom) == (inner[0] - 20, inner[2] + 20, inner[3] + 20)
    assert top <= inner[1] - METRICS.frame_header
    assert scene.frame_rect(1) == (0, 0, 0, 0)
    before = scene.frame_rect(0)
    change = scene.move({"b": (300.0, -200.0)})
    assert scene.frame_rect(0)[1] == top - 200
    assert before in change.rects
    assert scene.frame_rect(0) in change.rects


def test_bounds_hold_everything() -> None:
    graph = blurs(*ROW)
    notes = (Note("hello", (-500.0, 10.0), (100.0, 50.0)),)
    via = {str(graph.links[0]): ((150.0, 900.0),)}
    scene = scene_of(graph.with_view(replace(graph.view, notes=notes, reroutes=via)))
    found = scene.bounds()
    assert found
    assert (found[0], found[3]) == (-500, 900)
    assert Scene(REGISTRY.spec, METRICS).bounds() is None


def test_links_to_nodes_that_do_not_exist_are_not_drawn() -> None:
    graph = everywhere(Graph({"b": node("toy.blur")}, links("gone.image -> b.image")))
    scene = scene_of(graph)
    assert scene.links == ()
    whole = everywhere(graph.with_node("gone", node("toy.image")))
    follow(scene, whole)
    assert len(scene.links) == 1
    assert_same(scene, scene_of(whole))


def test_a_node_that_goes_and_comes_back_has_its_links_again() -> None:
    graph = blurs(*ROW)
    scene = scene_of(graph)
    follow(scene, graph.without_nodes("b"))
    follow(scene, graph)
    assert_same(scene, scene_of(graph))


def test_places_beyond_arithmetic_are_survived() -> None:
    graph = blurs(*ROW)
    layout = {"i": Layout(at=(1e308, -1e308)), "b": Layout(at=(0, 0), width=1e300)}
    scene = scene_of(graph.with_view(replace(graph.view, layout=layout)))
    bounds = scene.bounds()
    assert bounds
    assert Camera.fitting(bounds, 800, 600).zoom > 0


def test_a_large_graph_is_followed() -> None:
    graph, registry = graphs.large(2_000), graphs.registry()
    scene = Scene(registry.spec, METRICS)
    scene.set_states(graphs.states(2_000))
    scene.set_graph(graph, registry.spec)
    assert len(scene.visible((0, 0, 1600, 1000))) < 60
    hub = len(graph.links_from(graphs.HUB))
    assert len(scene.curves_of(graph.links_from(graphs.HUB))) == hub >= 10
    longer = graph.with_link(Link("n1", "image", "n1999", "second"))
    assert scene.set_graph(longer, registry.spec).nodes >= {"n1", "n1999"}


def test_a_moved_node_takes_its_links_along_while_another_is_first_placed() -> None:
    graph = blurs(*ROW)
    scene = scene_of(graph)
    moved = graph.with_view(graph.view.moved({"c": (640.0, 500.0)}))
    follow(scene, moved.with_node("n", node("toy.image")))
    assert scene.link_ends()[1, 3] == scene.link_lines[23, 3] > 500
