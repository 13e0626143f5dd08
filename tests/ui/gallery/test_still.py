"""What is drawn once over a picture and shown again."""

from __future__ import annotations

from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from pytestqt.qtbot import QtBot

from studio.ui.gallery.still import Still

ONE = QTransform()


def shown(still: Still, turned: QTransform, content: object, color: str) -> str:
    """Paint a layer that would be filled with a colour; return the colour that is seen."""
    image = QImage(8, 8, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    still.paint(painter, turned, content, lambda under: under.fillRect(0, 0, 8, 8, QColor(color)))
    painter.end()
    return image.pixelColor(4, 4).name()


def test_the_same_is_not_drawn_again(qtbot: QtBot) -> None:
    still = Still()
    assert [shown(still, ONE, (1, 2), color) for color in ("#ff0000", "#00ff00")] == ["#ff0000"] * 2


def test_other_things_or_another_place_are(qtbot: QtBot) -> None:
    still, moved = Still(), QTransform.fromTranslate(1, 0)
    found = [
        shown(still, *what) for what in (
            (ONE, 1, "#ff0000"), (ONE, 2, "#00ff00"), (moved, 2, "#0000ff"),
        )
    ]  # fmt: skip
    assert found == ["#ff0000", "#00ff00", "#0000ff"]
