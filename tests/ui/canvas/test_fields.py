"""What nodes say, as it is painted."""

from __future__ import annotations

from PySide6.QtCore import QRect

from studio.canvas.states import NodeState
from studio.ui.canvas.painter import Painter
from studio.ui.looks.looks import Looks
from tests.ui.canvas.pages import (
    FIRST,
    HEIGHT,
    WIDTH,
    count,
    differ,
    frame_of,
    scene_of,
    sharp,
)

NODE = QRect(round(FIRST[0]), round(FIRST[1]), WIDTH, HEIGHT)


def test_words_are_written_and_those_out_of_date_are_faint(looks: Looks, painter: Painter) -> None:
    bright = looks.theme.color("text.primary")
    below = QRect(NODE.left(), NODE.bottom() - 50, NODE.width(), 80)
    pages = [
        sharp(painter, scene_of(looks, states={"a": state}), frame_of())
        for state in (
            NodeState("fresh"),
            NodeState("fresh", words="8888888888"),
            NodeState("stale", words="8888888888"),
        )
    ]
    nothing, fresh, stale = (count(page, bright, below) for page in pages)
    assert nothing <= stale < fresh
    assert differ(pages)


def test_another_number_is_painted(looks: Looks, painter: Painter) -> None:
    scene = scene_of(looks, states={"a": NodeState("fresh", words="1")})
    before = sharp(painter, scene, frame_of())
    painter.forget(scene.set_states({"a": NodeState("fresh", words="8")}).nodes)
    assert differ([before, sharp(painter, scene, frame_of())])
