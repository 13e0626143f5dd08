"""The gallery over a folder of real pictures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core.document import write
from studio.core.graph import Graph, Node
from studio.facts.pictures import attach
from studio.ui.gallery import gallery_commands
from studio.ui.gallery.gallery_panel import GalleryPanel, PictureList
from studio.ui.studio import Studio


def save(folder: Path, name: str, level: int, age: int, graph: Graph | None = None) -> Path:
    """Write a picture that is so many seconds old."""
    folder.mkdir(parents=True, exist_ok=True)
    data = cv2.imencode(".png", np.full((40, 60, 3), level, np.uint8))[1].tobytes()
    path = folder / name
    path.write_bytes(attach(data, write(graph), "steps: 4").data if graph else data)
    when = 1_700_000_000 - age
    os.utime(path, (when, when))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    graph = Graph({"seed": Node("logic.seed")})
    save(tmp_path / "out", "new.png", 200, 0, graph)
    save(tmp_path / "out" / "deep", "old.png", 50, 100)
    return tmp_path / "out"


@pytest.fixture
def panel(studio: Studio, folder: Path, qtbot: QtBot) -> Iterator[GalleryPanel]:
    studio.preferences.set("output", str(folder))
    studio.actions.declare(*gallery_commands.ACTIONS)
    made = GalleryPanel(studio)
    gallery_commands.bind(studio, lambda: made)
    qtbot.addWidget(made)
    made.resize(232, 500)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made.count == 2)
    yield made
    made.close_threads()


def names(panel: GalleryPanel) -> list[str]:
    return [file.path.name for file in panel.model.files]


def choose(panel: GalleryPanel, row: int, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: panel.list.visualRect(panel.model.index(row)).isValid())
    place = panel.list.visualRect(panel.model.index(row)).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_pictures_are_listed_newest_first(panel: GalleryPanel) -> None:
    assert names(panel) == ["new.png", "old.png"]


def test_small_pictures_are_made_for_what_is_seen(panel: GalleryPanel, qtbot: QtBot) -> None:
    file = panel.model.files[0]
    qtbot.waitUntil(lambda: panel.model.image(file) is not None)
    image = panel.model.image(file)
    assert image
    assert image.pixelColor(5, 5).red() == 200


def test_a_new_file_appears_by_itself(panel: GalleryPanel, folder: Path, qtbot: QtBot) -> None:
    save(folder, "newest.png", 90, -100)
    qtbot.waitUntil(lambda: names(panel)[:1] == ["newest.png"])


def test_the_graph_of_a_picture_opens_in_a_tab(
    panel: GalleryPanel, studio: Studio, qtbot: QtBot
) -> None:
    choose(panel, 0, qtbot)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(studio.documents.items) == 1)
    assert list(studio.documents.items[0].graph.nodes) == ["seed"]


def test_a_picture_without_a_graph_says_so(
    panel: GalleryPanel, studio: Studio, qtbot: QtBot
) -> None:
    choose(panel, 1, qtbot)
    with qtbot.waitSignal(studio.messages.shown) as said:
        studio.actions.trigger("gallery.open_graph")
    assert "carries no graph" in said.args[0].text


def test_a_picture_is_deleted_after_asking(
    panel: GalleryPanel, studio: Studio, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    trash: list[Path] = []

    def to_trash(path: Path) -> bool:
        trash.append(path)
        path.unlink()
        return True

    monkeypatch.setattr("studio.ui.gallery.gallery_panel._to_trash", to_trash)
    answers = ["Keep", "Delete"]
    studio.questions.confirm = lambda *asked: asked[-1](answers.pop(0))  # type: ignore[method-assign]
    choose(panel, 1, qtbot)
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert trash == []
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: names(panel) == ["new.png"])
    assert trash == [folder / "deep" / "old.png"]


def test_a_picture_is_loaded_and_dragged_as_a_file(
    panel: GalleryPanel, studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    choose(panel, 0, qtbot)
    with qtbot.waitSignal(panel.load_asked) as asked:
        studio.actions.trigger("gallery.load")
    assert asked.args == [folder / "new.png"]
    dragged = panel.model.mimeData([panel.model.index(0)])
    assert [Path(url.toLocalFile()) for url in dragged.urls()] == [folder / "new.png"]


def test_the_mouse_drags_the_picture_below_it(
    panel: GalleryPanel, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[Path] = []

    def take(pictures: PictureList, _actions: Qt.DropAction) -> None:
        data = panel.model.mimeData(pictures.selectedIndexes())
        dragged.extend(Path(url.toLocalFile()) for url in data.urls())

    monkeypatch.setattr(PictureList, "startDrag", take, raising=False)
    window = panel.windowHandle()
    cell = panel.list.visualRect(panel.model.index(1)).center()
    start = panel.list.viewport().mapTo(panel, cell)
    QTest.mousePress(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, 5):
        QTest.mouseMove(window, start + QPoint(10 * step, 0))
    qtbot.waitUntil(lambda: bool(dragged))
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton)
    assert dragged == [folder / "deep" / "old.png"]


def test_the_parameters_of_a_picture_are_told(
    panel: GalleryPanel, studio: Studio, qtbot: QtBot
) -> None:
    told: list[str] = []
    studio.questions.confirm = lambda *asked: told.append(asked[1])  # type: ignore[method-assign]
    choose(panel, 0, qtbot)
    studio.actions.trigger("gallery.parameters")
    qtbot.waitUntil(lambda: told == ["steps: 4"])


def test_an_empty_folder_says_where_pictures_come_from(
    panel: GalleryPanel, studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    studio.preferences.set("output", str(tmp_path / "nothing"))
    qtbot.waitUntil(lambda: panel.count == 0)
    assert panel.stack.currentWidget() is panel.empty
