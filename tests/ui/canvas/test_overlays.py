from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication

from studio.canvas.state import Hit
from studio.canvas.tools.base import Flight, Overlay
from studio.ui.canvas.painter import Painter
from studio.ui.looks.looks import Looks
from tests.ui.canvas.pages import (
    count,
    differ,
    frame_of,
    no_pictures,
    painted,
    scene_of,
    sharp,
)  # fmt: skip


def test_everything_that_a_gesture_shows_is_seen(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    pages = [sharp(painter, scene, frame)]
    for overlay in (
        Overlay(band=(10.0, 200.0, 200.0, 300.0)),
        Overlay(stroke=((10.0, 200.0), (200.0, 260.0), (300.0, 210.0))),
        Overlay(guides=(((20.0, 0.0), (20.0, 300.0)),)),
        Overlay(ghosts=((20.0, 200.0, 200.0, 300.0),)),
        Overlay(hot_node="b"),
        Overlay(hot_links=scene.links),
    ):
        frame.overlay = overlay
        pages.append(painted(painter, scene, frame))
    assert differ(pages)


def test_a_link_in_flight_has_the_color_of_its_type_and_a_refused_one_that_of_errors(
    looks: Looks, painter: Painter
) -> None:
    scene, frame = scene_of(looks), frame_of()
    sharp(painter, scene, frame)
    end = QRect(396, 246, 8, 8)
    frame.overlay = Overlay(flights=(Flight((100.0, 250.0), (400.0, 250.0), "Mask"),))
    fits = painted(painter, scene, frame)
    frame.overlay = Overlay(flights=(Flight((100.0, 250.0), (400.0, 250.0), "Mask", "no"),))
    refused = painted(painter, scene, frame)
    mask, error = looks.theme.color("type.Mask"), looks.theme.color("status.error")
    assert count(fits, mask, end) > 30
    assert not count(refused, mask, end)
    assert count(refused, error) > 60


def test_a_refusal_is_said_within_the_widget_with_what_fits(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    sharp(painter, scene, frame)
    raised = looks.theme.color("bg.raised")
    sizes = []
    for choices in ((), ("a.safetensors", "b.safetensors")):
        flight = Flight((100.0, 250.0), (470.0, 310.0), "Mask", "a mask is no picture", choices)
        frame.overlay = Overlay(flights=(flight,))
        sizes.append(count(painted(painter, scene, frame), raised))
    assert 2000 < sizes[0] < sizes[1]


def test_while_linking_fitting_sockets_light_up_and_others_dim(
    looks: Looks, painter: Painter
) -> None:
    scene, frame = scene_of(looks), frame_of()
    color = looks.theme.color("type.Image")
    left, top = scene.socket_at("b", "input", "image")
    coin = QRect(round(left) - 5, round(top) - 5, 10, 10)
    plain = count(sharp(painter, scene, frame), color, coin)
    frame.overlay = Overlay(fitting=frozenset())
    dimmed = count(painted(painter, scene, frame), color, coin)
    frame.overlay = Overlay(fitting=frozenset({("b", "input", "image")}))
    lit = count(painted(painter, scene, frame), color, coin)
    assert dimmed == 0
    assert lit == plain > 50


def test_the_socket_of_a_parameter_shows_under_the_pointer(looks: Looks, painter: Painter) -> None:
    scene, frame = scene_of(looks), frame_of()
    left, top = scene.socket_at("a", "input", "scale")
    coin = QRect(round(left) - 5, round(top) - 5, 10, 10)
    color = looks.theme.color("type.number")
    hidden = count(sharp(painter, scene, frame), color, coin)
    frame.state.hover = Hit("field", "a", "scale", "input")
    assert hidden == 0
    assert count(sharp(painter, scene, frame), color, coin) > 40


def test_timings_stand_over_nodes_that_ran(looks: Looks, qapp: QApplication) -> None:
    painter = Painter(looks, no_pictures, {"a": 1.5}.get)
    scene, frame = scene_of(looks), frame_of()
    frame.timings = True
    page = sharp(painter, scene, frame)
    slow = looks.theme.color("status.warning")
    assert count(page, slow, QRect(40, 10, 184, 28)) > 100
    assert not count(page, slow, QRect(280, 10, 184, 28))
    painter.close()
