"""The model files that there are, for everybody who asks."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from studio.ui.canvas.widget import CanvasWidget
from studio.ui.studio import Studio


@pytest.fixture
def starter(studio: Studio, qtbot: QtBot) -> Studio:
    qtbot.waitUntil(lambda: bool(studio.library.of_family("checkpoints", "sd15")))
    return studio


def test_files_are_known_by_family_once_somebody_asked(starter: Studio) -> None:
    assert "toyworld" in starter.library.of_family("checkpoints", "sd15")
    assert starter.library.of_family("checkpoints", "sdxl") == ()
    assert starter.library.of_family("loras", "sd15") == ()


def test_the_canvas_knows_which_files_would_fit(starter: Studio, canvas: CanvasWidget) -> None:
    assert "toyworld" in canvas.stage.shelf("checkpoints", "sd15")


def test_nothing_is_read_before_somebody_asks(studio: Studio, qtbot: QtBot) -> None:
    assert studio.library.entries == []
    with qtbot.waitSignal(studio.library.listed):
        studio.library.open()
    assert studio.library.entries
