"""Where new nodes go."""

from __future__ import annotations

import numpy as np
import pytest

from studio.canvas import index
from studio.canvas.place import GAP, free_place, make_room
from studio.canvas.scene import Scene
from studio.canvas.states import NodeState
from studio.core.graph import Graph, Link
from studio.core.view import View
from tests.canvas.stage import METRICS, REGISTRY, blurs, node

ROW = ("i.image -> b.image", "b.image -> c.image", "c.image -> s.value")


def scene_of(graph: Graph) -> Scene:
    scene = Scene(REGISTRY.spec, METRICS)
    scene.set_graph(graph, REGISTRY.spec)
    return scene


def overlaps(scene: Scene) -> bool:
    return any(len(index.touching(scene.rects, tuple(rect))) > 1 for rect in scene.rects.tolist())


def test_a_graph_without_places_is_put_in_columns() -> None:
    scene = scene_of(blurs(*ROW).with_view(View()))
    lefts = [scene.rect(key)[0] for key in "ibcs"]
    assert lefts == sorted(set(lefts))


def test_a_node_without_a_place_stands_beside_what_feeds_it() -> None:
    graph = blurs(*ROW)
    layout = {key: look for key, look in graph.view.layout.items() if key != "s"}
    scene = scene_of(graph.with_view(View(layout)))
    assert scene.rect("s")[0] > scene.rect("c")[2]
    assert not overlaps(scene)


def test_many_nodes_without_places_do_not_overlap() -> None:
    graph = blurs(*ROW)
    for number in range(12):
        graph = graph.with_node(f"n{number}", node("toy.image"))
    assert not overlaps(scene_of(graph))


def test_a_first_place_stays_until_the_graph_has_one() -> None:
    graph = blurs(*ROW).with_node("n", node("toy.image"))
    scene = scene_of(graph)
    first = scene.rect("n")
    scene.set_graph(graph.with_node("m", node("toy.image")), REGISTRY.spec)
    assert scene.rect("n") == first
    scene.set_graph(graph.with_view(graph.view.moved({"n": (7.0, 900.0)})), REGISTRY.spec)
    assert scene.rect("n")[:2] == (7, 900)


def test_a_strip_that_comes_later_has_room_in_a_graph_without_places() -> None:
    graph = blurs(*ROW).with_view(View())
    for number in range(6):
        graph = graph.with_node(f"n{number}", node("toy.image"))
    scene = scene_of(graph)
    wrong = NodeState("failed", text="the file is not in any of the model folders " * 4, fix="Find")
    before = scene.rects.copy()
    scene.set_states(dict.fromkeys(scene.ids, wrong))
    assert (scene.rects[:, 3] - scene.rects[:, 1] > before[:, 3] - before[:, 1] + GAP).all()
    assert not overlaps(scene)


def test_a_strip_moves_no_node_that_has_a_place() -> None:
    scene = scene_of(blurs(*ROW))
    before = scene.rects[:, :2].tolist()
    scene.set_states({"b": NodeState("failed", text="the model is missing", fix="Find")})
    assert scene.rects[:, :2].tolist() == before


def test_a_free_place_is_the_wanted_one_when_nothing_is_there() -> None:
    assert free_place(np.zeros((0, 4)), (100, 100), (5, 6)) == (5, 6)


@pytest.mark.parametrize("near", [(0.0, 0.0), (150.0, 40.0), (-90.0, 90.0)])
def test_a_free_place_keeps_its_distance(near: tuple[float, float]) -> None:
    taken = index.boxes([(0, 0, 200, 100), (220, 0, 400, 100)])
    x, y = free_place(taken, (120, 80), near)
    box = index.grown((x, y, x + 120, y + 80), GAP - 1)
    assert not len(index.touching(taken, box))
    assert abs(x - near[0]) + abs(y - near[1]) < 400


def test_neighbours_make_room_for_a_node_on_a_link() -> None:
    scene = scene_of(blurs(*ROW))
    place, moved = make_room(scene, scene.links[0], (200, 80), (230.0, 0.0))
    assert set(moved) == {"b", "c", "s"}
    assert place[0] > scene.rect("i")[2]
    assert moved["b"][0] > place[0] + 200
    assert moved["s"][0] - 900 == pytest.approx(moved["b"][0] - 300)


def test_nobody_moves_when_there_is_room() -> None:
    graph = blurs(*ROW)
    scene = scene_of(graph.with_view(graph.view.moved({"b": (2000.0, 0.0)})))
    place, moved = make_room(scene, scene.links[0], (200, 80), (900.0, 0.0))
    assert (place, moved) == ((900, 0), {})


def test_who_stays_apart_is_not_moved() -> None:
    scene = scene_of(blurs(*ROW))
    _, moved = make_room(scene, scene.links[0], (200, 80), (230.0, 0.0), apart=("c",))
    assert set(moved) == {"b", "s"}


def test_a_very_large_graph_without_places_is_put_in_rows() -> None:
    nodes = {f"b{k}": node("toy.blur") for k in range(1_100)}
    links = tuple(Link(f"b{k + 1}", "image", f"b{k}", "image") for k in range(1_099))
    scene = scene_of(Graph(nodes, links))
    assert scene.rect("b1098")[0] > scene.rect("b1099")[2]
    left, top, right, bottom = scene.bounds() or (0.0, 0.0, 0.0, 0.0)
    assert (right - left) / (bottom - top) < 3
    assert not overlaps(scene)
