"""No pixel of the canvas is named twice to be painted again."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.canvas.state import Camera
from studio.ui.canvas.painter import Painter
from studio.ui.canvas.refresh import Refresh
from tests.ui.canvas.pages import looks_of


class Canvas(QWidget):
    """Notes what is to be painted."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[QRect] = []

    def update(self, *rect: int) -> None:  # type: ignore[override]
        self.asked.append(QRect(*rect))


def test_a_rectangle_in_a_larger_one_is_not_painted_for_itself(qtbot: QtBot) -> None:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    painter = Painter(looks_of(), lambda _: None, parent=canvas)
    inner, outer, apart = (10, 10, 20, 20), (0, 0, 50, 50), (60, 0, 70, 9)
    Refresh(canvas, painter).canvas_rects([inner, outer, apart], Camera())
    assert canvas.asked == [QRect(-1, -1, 52, 52), QRect(59, -1, 12, 11)]
    painter.close()
