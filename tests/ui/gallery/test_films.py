"""Films in the viewer: folders of pictures and video files, one frame at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodes.load.frame_folder import load_frame_folder
from nodes.load.frames import load_frames
from nodes.output.save_frames import save_frames
from studio.core.define import spec_of
from studio.core.graph import Node
from studio.core.registry import Registry
from studio.media import films
from studio.media.pictures import read_pixels
from studio.ui.gallery.sources import last_of, source_of
from tests.engine import cheap
from tests.engine.cheap import graph_of
from tests.media.test_films import flat, folder, saved
from tests.ui import engines
from tests.ui.engines import Desktop
from tests.ui.gallery.conftest import Room, drag

LEVELS = tuple(round(20 + 23 * index) / 255 for index in range(10))
Open = Callable[..., Room]


def with_films() -> Registry:
    found = cheap.registry()
    for function in (load_frames, load_frame_folder, save_frames):
        found.add(spec_of(function))
    return found


@pytest.fixture
def stills(tmp_path: Path) -> Path:
    """Return a folder with ten pictures, each brighter than the one before."""
    return folder(tmp_path / "stills", [flat(level) for level in LEVELS])


@pytest.fixture
def film(stills: Path, tmp_path: Path) -> Path:
    """Return the same as a video file of 24 frames a second."""
    return saved(films.open_film(stills, fps=24), tmp_path / "film.mp4", "mp4")


@pytest.fixture
def opened(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Show what a node takes from a path, once it ran."""
    monkeypatch.setattr(engines, "registry", with_films)
    rooms: list[Room] = []

    def show(path: Path, **params: Any) -> Room:
        kind, name = ("load.frame_folder", "folder") if path.is_dir() else ("load.frames", "file")
        node = Node(kind, params={name: {"path": str(path)}, **params})
        room = Room(Desktop(tmp_path, qtbot, graph_of({"film": node})), qtbot)
        rooms.append(room)
        room.session.grant(str(path))
        room.run()
        return room

    yield show
    for room in rooms:
        room.close()


def shows(room: Room, item: int) -> bool:
    found = float(room.view.a.shown.values.mean())
    return abs(found - LEVELS[item]) < 4 / 255


def lined(room: Room) -> dict[int, QImage]:
    """Wait for all small pictures that the line has room for."""
    line = room.viewer.frames.strip.line
    room.desktop.wait(lambda: line.images.keys() >= set(line.places()))
    return dict(line.images)


def test_a_folder_of_pictures_is_scrubbed_by_mouse_and_keys(opened: Open, stills: Path) -> None:
    room = opened(stills, fps=12.0)
    strip = room.viewer.frames.strip
    assert (strip.isVisible(), strip.words.text(), strip.speed) == (True, "1 / 10", 12)
    assert shows(room, 0)
    line = strip.line
    drag(line, QPointF(2, 20), QPointF(line.width() - 3, 20))
    room.desktop.wait(lambda: shows(room, 9))
    assert room.viewer.facts.size_text == "48 x 32"
    QTest.keyClick(line, Qt.Key.Key_Left)
    room.desktop.wait(lambda: shows(room, 8))
    assert strip.words.text() == "9 / 10"


def test_a_video_file_is_scrubbed_and_played_as_fast_as_it_is_meant(
    opened: Open, film: Path
) -> None:
    room = opened(film)
    strip = room.viewer.frames.strip
    assert (strip.words.text(), strip.speed) == ("1 / 10", 24)
    for item in (7, 2, 9):
        room.viewer.show_item(item)
        room.desktop.wait(partial(shows, room, item))
    seen: list[int] = []
    room.viewer.shown_changed.connect(lambda: seen.append(room.viewer.shown[2]))
    room.studio.actions.trigger("viewer.play")
    room.desktop.wait(lambda: len(seen) >= 4)
    assert seen[:4] == [0, 1, 2, 3]
    room.studio.actions.trigger("viewer.play")


def test_what_saves_a_film_stands_for_the_film() -> None:
    nodes = {"film": Node("load.frames"), "save": Node("output.save_frames")}
    graph = graph_of(nodes, "film.frames -> save.frames")
    for found in (
        source_of(graph, with_films().spec, "save"),
        source_of(graph, with_films().spec, "film"),
        last_of(graph, with_films().spec),
    ):
        assert found is not None
        assert (found.node, found.kind) == ("film", "Frames")


def test_a_part_of_a_film_is_shown_alone(opened: Open, film: Path) -> None:
    room = opened(film, start=3, stop=7)
    assert room.viewer.frames.strip.words.text() == "1 / 4"
    assert shows(room, 3)
    room.viewer.show_item(9)
    room.desktop.wait(lambda: shows(room, 6))


def test_small_frames_stand_on_the_line(opened: Open, film: Path) -> None:
    images = lined(opened(film))
    assert len(images) > 1
    for item, image in images.items():
        assert abs(image.pixelColor(1, 1).red() - LEVELS[item] * 255) < 4


def test_only_the_last_frame_that_was_asked_for_is_read(
    opened: Open, stills: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drag over a slow film ends where the pointer is, not after all that it passed."""
    room = opened(stills)
    lined(room)
    read, go, reads = read_pixels, threading.Event(), list[str]()

    def slowly(path: Path) -> Any:
        reads.append(path.name)
        go.wait(20)
        return read(path)

    monkeypatch.setattr(films, "read_pixels", slowly)
    room.viewer.show_item(1)
    room.desktop.wait(lambda: bool(reads))
    for item in (2, 3, 4, 5, 6):
        room.viewer.show_item(item)
    room.bot.wait(50)
    go.set()
    room.desktop.wait(lambda: shows(room, 6))
    assert reads == ["frame1.png", "frame6.png"]


def test_a_speed_that_was_chosen_stays(opened: Open, stills: Path) -> None:
    room = opened(stills, fps=12.0)
    strip = room.viewer.frames.strip
    strip.fps.report(30)
    room.set("film", "stop", 4)
    room.run()
    assert (strip.words.text(), strip.speed) == ("1 / 4", 30)
    room.set("film", "fps", 25.0)
    room.run()
    assert strip.speed == 25


def test_a_film_that_cannot_be_read_is_told_once(opened: Open, stills: Path) -> None:
    room = opened(stills)
    lined(room)
    (stills / "frame5.png").write_bytes(b"broken")
    for _ in range(3):
        room.viewer.show_item(5)
        room.bot.wait(100)
    said = [message.text for message in room.desktop.said]
    assert len(said) == 1
    assert "frame5.png" in said[0]
    assert shows(room, 0)


def test_what_the_viewer_shows_are_the_numbers_of_the_file(opened: Open, stills: Path) -> None:
    room = opened(stills)
    assert np.array_equal(room.view.a.shown.values, read_pixels(stills / "frame0.png")[0])
