"""The ground of the canvas is the same however it is drawn."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from studio.canvas.state import Camera
from studio.ui.canvas import scenery
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.scenery import Scenery
from studio.ui.canvas.sight import Sight
from studio.ui.canvas.texts import Texts
from tests.ui.canvas.pages import SIZE, looks_of


def ground(camera: Camera) -> QImage:
    looks = looks_of()
    page = QImage(int(SIZE[0]), int(SIZE[1]), QImage.Format.Format_RGB32)
    painter = QPainter(page)
    frame = Frame(camera, SIZE)
    Scenery(looks, Texts(looks.theme)).ground(painter, frame, Sight(camera.seen(*SIZE)))
    painter.end()
    return page


@pytest.mark.parametrize(
    "camera", [Camera(0.0, 0.0, 1.0), Camera(-37.0, 211.0, 1.0), Camera(15.0, -40.0, 0.8)]
)
def test_a_tile_of_the_grid_shows_what_its_rows_show(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, camera: Camera
) -> None:
    tiled = ground(camera)
    monkeypatch.setattr(scenery, "_LARGEST", 0)
    assert ground(camera) == tiled
