from __future__ import annotations

import pytest

from studio.canvas.state import Camera
from studio.canvas.states import NodeState
from studio.core.graph import Graph
from studio.ui.canvas.minimap import minimap_rect
from studio.ui.canvas.painter import Painter
from studio.ui.looks.looks import Looks
from tests.ui.canvas.pages import (
    SIZE,
    count,
    differ,
    frame_of,
    painted,
    scene_of,
    sharp,
)  # fmt: skip


def test_the_minimap_shows_all_nodes_in_the_color_of_their_state(
    looks: Looks, painter: Painter
) -> None:
    scene = scene_of(looks, states={"a": NodeState("failed"), "b": NodeState("running")})
    frame = frame_of(x=5000.0)
    frame.minimap = True
    page = painted(painter, scene, frame)
    assert count(page, looks.theme.color("status.error")) > 100
    assert count(page, looks.theme.color("state.running")) > 100


def test_what_is_seen_is_marked(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    frame.minimap = True
    first = sharp(painter, scene, frame)
    frame.camera = Camera(60.0, 40.0, 1.0)
    box = [round(side) for side in minimap_rect(looks.theme, SIZE)]
    size = box[2] - box[0], box[3] - box[1]
    assert differ(
        [page.copy(box[0], box[1], *size) for page in (first, sharp(painter, scene, frame))]
    )


def test_a_point_of_the_minimap_is_one_of_the_canvas(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    left, top, right, bottom = minimap_rect(looks.theme, SIZE)
    bounds = scene.bounds()
    assert bounds is not None
    at = painter.minimap_point(scene, frame, ((left + right) / 2, (top + bottom) / 2))
    assert at == pytest.approx(((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2))


def test_beside_the_minimap_and_in_an_empty_graph_there_is_none(
    looks: Looks, painter: Painter
) -> None:
    frame = frame_of()
    inside = (SIZE[0] - 40, SIZE[1] - 40)
    assert painter.minimap_point(scene_of(looks), frame, (10.0, 10.0)) is None
    assert painter.minimap_point(scene_of(looks, Graph()), frame, inside) is None
    frame.minimap = True
    painted(painter, scene_of(looks, Graph()), frame)


def test_nodes_that_are_dragged_come_to_their_places_when_the_gesture_ends(
    looks: Looks, painter: Painter
) -> None:
    scene, frame = scene_of(looks), frame_of(x=5000.0)
    frame.minimap = True
    first = painted(painter, scene, frame)
    scene.move({"a": (-900.0, 700.0)})
    frame.moving = True
    assert not differ([first, painted(painter, scene, frame)])
    frame.moving = False
    assert differ([first, painted(painter, scene, frame)])
