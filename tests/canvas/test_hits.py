"""What is under the pointer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.canvas.scene import Scene
from studio.canvas.state import NOTHING, Hit, Point
from studio.canvas.states import NodeState
from studio.core.graph import Graph
from studio.core.view import Frame, Note, View
from tests.canvas.stage import METRICS, REGISTRY, blurs

ROW = ("i.image -> b.image", "b.image -> c.image", "c.image -> s.value")
FAILED = NodeState(
    "failed", text="It failed.", fix="Again", badge="error", picture=1, picture_size=(9, 9)
)


@pytest.fixture
def scene() -> Scene:
    graph = blurs(*ROW)
    view = replace(
        graph.view,
        frames=(Frame("Mine", nodes=("c", "s")),),
        notes=(Note("Read me", (-400.0, 0.0), (200.0, 100.0)),),
        reroutes={str(graph.links[1]): ((550.0, 300.0),)},
    )
    found = Scene(REGISTRY.spec, METRICS)
    found.set_graph(graph.with_view(view), REGISTRY.spec)
    found.set_states({"b": FAILED})
    return found


def middle(scene: Scene, part: str) -> Point:
    """Return the middle of a part of the node b."""
    left, top = scene.rect("b")[:2]
    rect = getattr(scene.layout("b"), part)
    return left + (rect[0] + rect[2]) / 2, top + (rect[1] + rect[3]) / 2


@pytest.mark.parametrize("part", ["header", "mark", "badge", "thumbnail", "strip"])
def test_the_parts_of_a_node(scene: Scene, part: str) -> None:
    assert scene.hit(middle(scene, part), 1.0) == Hit(part, "b")  # type: ignore[arg-type]


def test_words_in_the_place_of_the_picture_are_met_as_it(scene: Scene) -> None:
    scene.set_states({"b": NodeState("fresh", words="7")})
    assert scene.hit(middle(scene, "words"), 1.0) == Hit("thumbnail", "b")


def test_a_field(scene: Scene) -> None:
    row = scene.layout("b").row("radius")
    assert row
    left, top = scene.rect("b")[:2]
    assert scene.hit((left + row.rect[0] + 2, top + row.rect[1] + 5), 1.0) == Hit(
        "field", "b", "radius", "input"
    )


def test_a_socket_is_met_from_both_sides_of_the_edge(scene: Scene) -> None:
    x, y = scene.socket_at("b", "input", "image")
    for dx in (-9, 0, 9):
        assert scene.hit((x + dx, y), 1.0) == Hit("socket", "b", "image", "input")
    assert scene.hit((x - 14, y), 1.0).kind != "socket"


def test_the_closest_socket_wins(scene: Scene) -> None:
    x, y = scene.socket_at("b", "input", "image")
    assert scene.hit((x - 2, y + METRICS.row - 3), 1.0).name == "mask"


def test_sockets_are_met_in_pixels_of_the_widget(scene: Scene) -> None:
    x, y = scene.socket_at("b", "input", "image")
    assert scene.hit((x - 20, y), 0.5).kind == "socket"
    assert scene.hit((x - 9, y), 2.0).kind != "socket"


def test_from_far_away_only_whole_nodes_are_met(scene: Scene) -> None:
    assert scene.hit(middle(scene, "strip"), 0.2) == Hit("node", "b")
    assert scene.hit(scene.socket_at("b", "input", "image"), 0.2).kind == "node"


def test_the_right_edge_sets_the_width(scene: Scene) -> None:
    right, bottom = scene.rect("b")[2:]
    assert scene.hit((right - 1, bottom - 5), 1.0) == Hit("edge", "b")


def test_the_raised_node_is_on_top(scene: Scene) -> None:
    scene.move({"c": scene.rect("b")[:2]})
    at = scene.rect("b")[0] + 60, scene.rect("b")[1] + 10
    assert scene.hit(at, 1.0).node == "c"
    scene.raise_(["b"])
    assert scene.hit(at, 1.0).node == "b"


def test_links_and_their_reroutes(scene: Scene) -> None:
    first, second = scene.links[:2]
    x, y = scene.socket_at("i", "output", "image")
    assert scene.hit((x + 50, y + 3), 1.0) == Hit("link", link=first)
    assert scene.hit((551, 302), 1.0) == Hit("reroute", link=second, index=0)


def test_a_link_covers_the_frame_below_it(scene: Scene) -> None:
    x, y = scene.socket_at("c", "output", "image")
    assert scene.hit((x + 40, y), 1.0).kind == "link"


def test_frames_and_notes(scene: Scene) -> None:
    left, top, right, bottom = scene.frame_rect(0)
    assert scene.hit((left + 30, top + 5), 1.0) == Hit("frame_title", index=0)
    assert scene.hit((right - 3, bottom - 3), 1.0) == Hit("frame", index=0)
    assert scene.hit((-390, 10), 1.0) == Hit("note", index=0)
    assert scene.hit((-203, 97), 1.0) == Hit("note_corner", index=0)


def test_nothing(scene: Scene) -> None:
    assert scene.hit((-900, -900), 1.0) is NOTHING
    empty = Scene(REGISTRY.spec, METRICS)
    empty.set_graph(Graph(view=View()), REGISTRY.spec)
    assert empty.hit((0, 0), 1.0) is NOTHING


def test_what_a_rubber_band_takes(scene: Scene) -> None:
    band = (290.0, -20.0, 700.0, 400.0)
    assert scene.nodes_in(band) == ["b", "c"]
    assert scene.nodes_in(band, touching=False) == ["b"]
    assert scene.links_in((230, 0, 260, 100)) == [scene.links[0]]
    assert scene.frames_in((500, -100, 1400, 700)) == [0]
    assert scene.notes_in((-220, 90, 0, 200)) == [0]


def test_a_stroke_cuts_links(scene: Scene) -> None:
    stroke = [(250.0, -50.0), (250.0, 200.0), (550.0, 500.0), (552.0, 200.0)]
    assert scene.links_crossing(stroke) == list(scene.links[:2])
    assert scene.links_crossing([(0.0, 0.0)]) == []


def test_the_link_under_what_is_dropped(scene: Scene) -> None:
    first = scene.links[0]
    x, y = scene.socket_at("i", "output", "image")
    rect = (x + 10, y - 60, x + 90, y + 40)
    assert scene.link_under(rect) == first
    assert scene.link_under(rect, apart=("b",)) is None
    assert scene.link_under((x + 40, y + 5), tolerance=8) == first
    assert scene.link_under((x + 40, y + 30), tolerance=8) is None
