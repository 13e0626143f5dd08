"""What is drawn once over a picture and shown again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from pytestqt.qtbot import QtBot

from studio.ui.gallery.still import Still

ONE = QTransform()


def shown(still: Still, turned: QTransform, content: object, color: str) -> str:
    """Paint a layer that would be filled with a colour; return the colour that is seen."""
    image = QImage(8, 8, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    still.paint(
        painter, turned, content, lambda under, _: under.fillRect(under.window(), QColor(color))
    )
    painter.end()
    return image.pixelColor(4, 4).name()


def test_the_same_is_not_drawn_again(qtbot: QtBot) -> None:
    still = Still()
    assert [shown(still, ONE, (1, 2), color) for color in ("#ff0000", "#00ff00")] == ["#ff0000"] * 2


def test_other_things_or_another_size_are(qtbot: QtBot) -> None:
    still, larger = Still(), QTransform.fromScale(2, 2)
    found = [
        shown(still, *what) for what in (
            (ONE, 1, "#ff0000"), (ONE, 2, "#00ff00"), (larger, 2, "#0000ff"),
        )
    ]  # fmt: skip
    assert found == ["#ff0000", "#00ff00", "#0000ff"]


def test_what_is_pushed_along_is_drawn_with_something_to_spare(qtbot: QtBot) -> None:
    still = Still()
    found = [
        shown(still, QTransform.fromTranslate(right, 0), 1, color) for right, color in (
            (0, "#ff0000"), (1, "#00ff00"), (3, "#0000ff"), (4, "#ffffff"),
        )
    ]  # fmt: skip
    assert found == ["#ff0000", "#00ff00", "#00ff00", "#ffffff"]


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_what_was_pushed_along_is_where_it_belongs(qtbot: QtBot, ratio: float) -> None:
    still, seen = Still(), []
    for right in range(0, 12, 2):
        image = QImage(round(20 * ratio), round(20 * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        painter = QPainter(image)
        place = QTransform.fromTranslate(right, 0)
        still.paint(painter, place, 1, lambda under, turned: under.fillRect(
            turned.mapRect(QRectF(3, 5, 2, 2)), QColor("#ffffff")
        ))  # fmt: skip
        painter.end()
        lit = [x for x in range(image.width()) if image.pixelColor(x, round(6 * ratio)).red()]
        seen.append([lit[0], lit[-1]])
    assert seen == [[(3 + k) * ratio, (5 + k) * ratio - 1] for k in range(0, 12, 2)]
