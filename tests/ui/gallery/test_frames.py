"""Batches and lists in the viewer: paging, scrubbing, playing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.canvas.state import Selection
from studio.core.graph import Node
from tests.engine.cheap import graph_of
from tests.ui.engines import Desktop
from tests.ui.gallery.conftest import Room

LEVELS = (0.0, 0.25, 0.5, 0.75)


@pytest.fixture
def frames(tmp_path: Path, qtbot: QtBot) -> Iterator[Room]:
    """A viewer over a batch of four pictures, made of a list of them."""
    nodes = {
        "numbers": Node("test.numbers", params={"count": len(LEVELS)}),
        "grey": Node("test.grey", params={"level": 0.0, "size": 32}),
        "add": Node("test.add", params={"amount": 0.25}),
        "join": Node("test.join"),
    }
    links = ("numbers.values -> add.count", "grey.image -> add.image", "add.image -> join.items")
    made = Room(Desktop(tmp_path, qtbot, graph_of(nodes, *links)), qtbot)
    made.run()
    yield made
    made.close()


def level(room: Room) -> float:
    return float(room.view.a.shown.values.mean())


def test_one_picture_needs_no_strip(room: Room) -> None:
    room.run()
    assert not room.viewer.frames.strip.isVisible()
    assert not room.studio.actions.enabled("viewer.next_item")


def test_the_pictures_of_a_batch_are_shown_one_after_the_other(frames: Room) -> None:
    assert frames.viewer.frames.strip.isVisible()
    assert frames.viewer.items == len(LEVELS)
    frames.studio.actions.trigger("viewer.next_item")
    frames.desktop.wait(lambda: level(frames) == LEVELS[1])
    assert frames.viewer.frames.strip.words.text() == "2 / 4"
    frames.studio.actions.trigger("viewer.previous_item")
    frames.desktop.wait(lambda: level(frames) == LEVELS[0])


@pytest.mark.parametrize("node", ["add", "join"])
def test_a_result_with_fewer_pictures_shows_its_last(frames: Room, node: str) -> None:
    frames.document.select(Selection(frozenset({node})))
    frames.shown()
    frames.viewer.show_item(3)
    frames.desktop.wait(lambda: level(frames) == LEVELS[3])
    frames.set("numbers", "count", 3)
    frames.run()
    frames.desktop.wait(lambda: frames.viewer.item == 2 and level(frames) == LEVELS[2])
    assert frames.viewer.frames.strip.words.text() == "3 / 3"


def test_a_pin_stays_at_the_picture_of_the_batch(frames: Room) -> None:
    frames.viewer.show_item(2)
    frames.desktop.wait(lambda: level(frames) == LEVELS[2])
    frames.studio.actions.trigger("viewer.pin")
    frames.studio.actions.trigger("viewer.next_item")
    frames.desktop.wait(lambda: level(frames) == LEVELS[3])


def test_the_line_is_scrubbed_by_mouse_and_keys(frames: Room) -> None:
    line = frames.viewer.frames.strip.line
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(line.width() - 3, 20))
    frames.desktop.wait(lambda: level(frames) == LEVELS[3])
    QTest.keyClick(line, Qt.Key.Key_Home)
    frames.desktop.wait(lambda: level(frames) == LEVELS[0])


def test_small_pictures_stand_on_the_line(frames: Room) -> None:
    line = frames.viewer.frames.strip.line
    frames.desktop.wait(lambda: len(line.images) == len(LEVELS))
    assert line.images[3].pixelColor(1, 1).red() == round(0.75 * 255)


def test_it_plays_in_a_loop_and_stops_at_the_end_without(frames: Room) -> None:
    strip = frames.viewer.frames.strip
    strip.fps.report(20)  # slow enough that none is left out
    seen: list[int] = []

    def note() -> None:
        item = frames.viewer.shown[2]
        if seen[-1:] != [item]:  # news of the run may show it again
            seen.append(item)

    frames.viewer.shown_changed.connect(note)
    frames.studio.actions.trigger("viewer.play")
    frames.desktop.wait(lambda: len(seen) >= 6)
    assert all(later == (one + 1) % 4 for one, later in pairwise(seen)), seen
    frames.studio.actions.trigger("viewer.loop")
    frames.desktop.wait(lambda: not strip.is_playing)
    assert frames.viewer.shown[2] == 3


def test_the_items_of_a_list_are_shown_like_a_batch(frames: Room) -> None:
    frames.document.select(Selection(frozenset({"add"})), "add")
    frames.shown()
    assert frames.viewer.items == len(LEVELS)
    frames.viewer.show_item(2)
    frames.desktop.wait(lambda: level(frames) == LEVELS[2])
