"""Putting nodes in order."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from studio.canvas import arrange
from studio.canvas.arrange import Side
from studio.canvas.edits.look import with_layout
from studio.canvas.layout import COMMENT
from studio.canvas.scene import Scene
from studio.canvas.state import Point
from studio.canvas.states import NodeState
from studio.core.graph import Graph, Node
from studio.core.view import Frame
from tests.canvas.stage import METRICS, REGISTRY, blurs, placed

ROW = ("i.image -> b.image", "b.image -> c.image", "c.image -> s.value")
PLACES: dict[str, Point] = {
    "i": (0.0, 0.0), "b": (310.0, 90.0), "c": (520.0, -40.0), "s": (1200.0, 30.0),
}  # fmt: skip


def scene_of(graph: Graph) -> Scene:
    scene = Scene(REGISTRY.spec, METRICS)
    scene.set_graph(graph.with_view(graph.view.moved(PLACES)), REGISTRY.spec)
    return scene


@pytest.fixture
def scene() -> Scene:
    return scene_of(blurs(*ROW))


@pytest.mark.parametrize(("edge", "place"), [("left", 0), ("top", 1), ("right", 2), ("bottom", 3)])
def test_edges_are_brought_in_line(scene: Scene, edge: Side, place: int) -> None:
    around = scene.bounds(PLACES)
    scene.move(arrange.align(scene, [*PLACES], edge))
    assert around
    assert {scene.rect(node)[place] for node in PLACES} == {around[place]}


def test_centres_are_brought_in_line(scene: Scene) -> None:
    scene.move(arrange.align(scene, [*PLACES], "center"))
    assert {sum(scene.rect(node)[0::2]) for node in PLACES} == {1200 + scene.size("s")[0]}


def test_gaps_become_equal(scene: Scene) -> None:
    scene.move(arrange.distribute(scene, [*PLACES], "across"))
    rects = sorted(scene.rect(node) for node in PLACES)
    gaps = [other[0] - one[2] for one, other in pairwise(rects)]
    assert gaps == pytest.approx([gaps[0]] * 3)
    assert (rects[0][0], rects[-1][0]) == (0, 1200)


def test_two_nodes_have_nothing_to_distribute(scene: Scene) -> None:
    assert arrange.distribute(scene, ["i", "b"], "down") == {}


def test_links_become_level(scene: Scene) -> None:
    scene.move(arrange.straighten(scene, [*PLACES]))
    ends = scene.link_ends()
    assert ends[:, 1] == pytest.approx(ends[:, 3])
    assert scene.rect("i")[1] == 0


def test_a_single_node_is_straightened_with_what_feeds_it(scene: Scene) -> None:
    scene.move(arrange.straighten(scene, ["c"]))
    ends = scene.link_ends()[1]
    assert ends[1] == pytest.approx(ends[3])


def test_pinned_nodes_stay() -> None:
    graph = blurs(*ROW)
    layout = {**graph.view.layout, "b": replace(graph.view.layout["b"], pinned=True)}
    scene = scene_of(graph.with_view(replace(graph.view, layout=layout)))
    for moved in (
        arrange.align(scene, [*PLACES], "top"),
        arrange.straighten(scene, [*PLACES]),
        arrange.auto_layout(scene),
    ):
        assert moved
        assert "b" not in moved


def test_columns_begin_where_the_nodes_were(scene: Scene) -> None:
    before = scene.bounds(PLACES)
    scene.move(arrange.auto_layout(scene))
    after = scene.bounds(PLACES)
    assert before
    assert after
    assert before[:2] == pytest.approx(after[:2])
    lefts = [scene.rect(node)[0] for node in PLACES]
    assert lefts == sorted(lefts)


def test_only_the_chosen_nodes_are_arranged(scene: Scene) -> None:
    assert set(arrange.auto_layout(scene, ["b", "c"])) == {"b", "c"}
    assert arrange.auto_layout(scene, []) == {}


def test_nodes_of_a_frame_stay_together() -> None:
    graph = blurs("i.image -> b.image", "i.image -> c.image", "b.image -> s.value")
    view = replace(graph.view, frames=(Frame("Ends", nodes=("i", "s")),))
    scene = scene_of(graph.with_view(view))
    scene.move(arrange.auto_layout(scene))
    frame = scene.frame_rect(0)
    for node in ("b", "c"):
        rect = scene.rect(node)
        assert (
            rect[0] >= frame[2] or rect[2] <= frame[0] or rect[1] >= frame[3] or rect[3] <= frame[1]
        )


def test_a_comment_has_room_above_its_node() -> None:
    graph = blurs("i.image -> b.image", "i.image -> c.image", "i.image -> s.value")
    plain = scene_of(graph)
    plain.move(arrange.auto_layout(plain))
    column = sorted("bcs", key=lambda node: plain.rect(node)[1])
    scene = scene_of(with_layout(graph, column, comment="Look"))
    scene.move(arrange.auto_layout(scene))
    for upper, lower in pairwise(column):
        gap = plain.rect(lower)[1] - plain.rect(upper)[3]
        assert scene.rect(lower)[1] - scene.rect(upper)[3] == pytest.approx(gap + COMMENT)


def test_a_strip_has_room_below_its_node() -> None:
    scene = scene_of(placed({f"n{k}": Node("toy.image") for k in range(8)}))
    plain = scene.size("n0")[1]
    scene.set_states(
        dict.fromkeys(scene.ids, NodeState("failed", text="no file " * 20, fix="Find"))
    )
    assert scene.size("n0")[1] > plain
    moved = arrange.auto_layout(scene)
    scene.set_graph(scene.graph.with_view(scene.graph.view.moved(moved)), REGISTRY.spec)
    assert all(scene.nodes_in(scene.rect(key)) == [key] for key in scene.ids)


def test_a_frame_has_room_for_the_comment_of_its_highest_node() -> None:
    graph = blurs(*ROW)
    graph = graph.with_view(replace(graph.view, frames=(Frame("All", nodes=tuple(PLACES)),)))
    scene = scene_of(graph)
    top = scene.frame_rect(0)[1]
    highest = min(PLACES, key=lambda node: scene.rect(node)[1])
    commented = scene_of(with_layout(graph, [highest], comment="Look"))
    assert commented.frame_rect(0)[1] == top - COMMENT
    scene.set_graph(with_layout(scene.graph, [highest], comment="Look"), REGISTRY.spec)
    assert scene.frame_rect(0)[1] == top - COMMENT


def test_dragged_nodes_rest_in_line_with_others(scene: Scene) -> None:
    snap = arrange.guides(scene, ["s"], (1200.0, 87.0))
    assert snap.at == (1200, 90)
    ((start, end),) = (line for line in snap.lines if line[0][1] == line[1][1] == 90)
    assert start[0] <= 310
    assert end[0] >= 1200


def test_far_from_any_edge_nothing_is_guided(scene: Scene) -> None:
    snap = arrange.guides(scene, ["s"], (1203.0, 900.0))
    assert (snap.at, snap.lines) == ((1203, 900), ())
    assert arrange.guides(scene, [*PLACES], (7.0, 7.0)).lines == ()
