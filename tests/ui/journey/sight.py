"""What an eye would find wrong in a window: cut or overlapping text, faint text, hidden focus.

Run as ``python -m tests.ui.journey.sight FOLDER THEME``, with ``QT_SCALE_FACTOR`` set: it goes on
the journey, looks at the window, and writes what is wrong as JSON to ``FOLDER/wrong.json``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QWidget,
)
from pytestqt.qt_compat import qt_api
from pytestqt.qtbot import QtBot

import nodes
from studio.core.registry import Registry
from studio.ui.kit.labels import ElidedLabel
from tests.ui.journey.desk import Desk
from tests.ui.journey.steps import Journey

CONTRAST = 4.5
MOST_STOPS = 150


def texts(window: QWidget) -> Iterator[tuple[QWidget, str]]:
    """Yield the visible widgets that say something."""
    found: list[QLabel | QAbstractButton] = []
    found += window.findChildren(QLabel)
    found += window.findChildren(QAbstractButton)
    for widget in found:
        if widget.isVisible() and widget.text() and not widget.visibleRegion().isEmpty():
            yield widget, widget.text()


def cut(window: QWidget) -> Iterator[str]:
    """Name the texts that need more room than they have; those that are elided say so elsewhere."""
    for widget, text in texts(window):
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        if isinstance(widget, ElidedLabel):
            continue
        hint, size = widget.sizeHint(), widget.size()
        if wraps:
            hint.setWidth(size.width())
            hint.setHeight(widget.heightForWidth(size.width()))
        if hint.width() > size.width() + 1 or hint.height() > size.height() + 1:
            yield f"{name_of(widget)} {text!r} needs {hint.toTuple()}, has {size.toTuple()}"


def overlapping(window: QWidget) -> Iterator[str]:
    """Name neighbours whose texts lie over each other."""
    found = [widget for widget, _ in texts(window)]
    for number, one in enumerate(found):
        for other in found[:number]:
            both = one.geometry() & other.geometry()
            if one.parentWidget() is other.parentWidget() and both.width() > 1 < both.height():
                yield f"{name_of(one)} and {name_of(other)} in {name_of(one.parentWidget())}"


def outside(window: QWidget) -> Iterator[str]:
    """Name what reaches beyond the window, or beyond a parent that does not scroll."""
    frame = window.rect()
    for widget in window.findChildren(QWidget):
        if widget.visibleRegion().isEmpty() or widget.isWindow() or is_scrolled(widget):
            continue
        rect = QRect(widget.mapTo(window, QPoint()), widget.size())
        if not frame.contains(rect) and not rect.isEmpty():
            yield f"{name_of(widget)} at {rect.getRect()}, the window is {frame.getRect()}"


def is_scrolled(widget: QWidget) -> bool:
    """Tell whether a widget is in something that scrolls."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QAbstractScrollArea):
        parent = parent.parentWidget()
    return parent is not None


def faint(window: QWidget) -> Iterator[str]:
    """Name the texts that have too little contrast; what is disabled may be faint."""
    for widget, text in texts(window):
        if widget.isEnabled():
            found = contrast(shot(widget, widget.rect()))
            if found < CONTRAST:
                yield f"{name_of(widget)} {text!r}: {found:.2f}"


def shot(widget: QWidget, rect: QRect) -> Any:
    """Return what is seen of a part of a widget, as RGB bytes."""
    window = widget.window()
    part = QRect(widget.mapTo(window, rect.topLeft()), rect.size()) & window.rect()
    image = window.grab(part).toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    pixels = rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)
    return pixels[..., :3].copy()  # the image goes


def contrast(pixels: Any) -> float:
    """Return the contrast of the ground, the colour that is seen most, and what differs most."""
    packed = pixels.reshape(-1, 3) @ np.array([1 << 16, 1 << 8, 1])  # sorts faster than triples
    colors, counts = np.unique(packed, return_counts=True)
    light = luminance(colors[:, None] >> np.array([16, 8, 0]) & 255)
    ground = light[counts.argmax()]
    return float(((np.maximum(light, ground) + 0.05) / (np.minimum(light, ground) + 0.05)).max())


def luminance(colors: Any) -> Any:
    """Return the relative luminance of colours, as WCAG says."""
    part = colors / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def without_focus(desk: Desk) -> Iterator[str]:
    """Go through the window with Tab, and name what looks the same with the keyboard."""
    window, seen = desk.window, set[int]()
    desk.hands.key("F6")
    for _ in range(MOST_STOPS):
        widget = QApplication.focusWidget()
        if widget is None or widget.window() is not window:
            yield "the keyboard is nowhere"
            return
        if id(widget) in seen or widget is desk.canvas:
            break
        seen.add(id(widget))
        rect = widget.rect().adjusted(-4, -4, 4, 4)
        hidden = widget.visibleRegion().isEmpty()
        with_keyboard = None if hidden else shot(widget, rect)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is widget:
            break  # the last one; whether Tab begins anew is up to the platform
        if with_keyboard is None:
            yield f"{name_of(widget)} {widget.accessibleName()!r} is out of sight"
        elif np.array_equal(with_keyboard, shot(widget, rect)):
            yield f"{name_of(widget)} {widget.accessibleName()!r}"
    if len(seen) < 10:
        yield f"Tab reaches {len(seen)} widgets only"


def name_of(widget: QWidget | None) -> str:
    """Return what a programmer calls a widget."""
    parts = []
    while widget is not None and not widget.isWindow():
        parts.append(type(widget).__name__)
        widget = widget.parentWidget()
    return " < ".join(parts[:4])


def wrong(desk: Desk) -> dict[str, list[str]]:
    """Return all that is wrong."""
    window = desk.window
    return {
        "cut": [*cut(window)],
        "overlapping": [*overlapping(window)],
        "outside": [*outside(window)],
        "faint": [*faint(window)],
        "without focus": [*without_focus(desk)],
    }


def main(folder: Path, theme: str) -> None:
    """Go on the journey, and look."""
    app = QApplication(sys.argv[:1])
    qt_api.set_qt_api("pyside6")  # type: ignore[no-untyped-call]
    registry = Registry()
    registry.scan(nodes)
    desk = Desk(folder, registry, QtBot(cast(pytest.FixtureRequest, None)))
    desk.studio.preferences.set("theme", theme)
    desk.studio.looks.set(theme, "comfortable", reduced=True)
    Journey(desk, folder / "made.json").run()
    desk.hands.wait()
    (folder / "wrong.json").write_text(json.dumps(wrong(desk), indent=1), "utf-8")
    desk.close()
    app.quit()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
