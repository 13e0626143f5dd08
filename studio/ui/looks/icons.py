"""The Phosphor icons of QtAwesome, drawn straight from its font.

Importing QtAwesome loads all its icon sets and takes longer than opening the window may; this
window uses one of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPixmap

PREFIX = "ph."
_FONT, _NAMES = "phosphor-*.ttf", "phosphor-charmap-*.json"


class Icons:
    """Draws icons by their names."""

    @cached_property
    def _font(self) -> Callable[[int], QFont]:
        """Finds the font for icons of so many pixels."""
        return cache(self._made_font)

    def _made_font(self, size: int) -> QFont:
        font = QFont(_family())
        font.setPixelSize(size)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def __contains__(self, name: str) -> bool:
        """Tell whether there is such an icon."""
        return name.removeprefix(PREFIX) in _glyphs()

    def draw(self, name: str, color: QColor, size: int, ratio: float) -> QPixmap:
        """Return an icon as a picture.

        Args:
            name: Such as ``ph.cube``.
            color: What it is painted with.
            size: Width and height in logical pixels.
            ratio: Device pixels for one logical pixel.

        Raises:
            KeyError: There is no such icon.
        """
        device = round(size * ratio)
        drawn = QPixmap(device, device)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, QRectF(0, 0, device, device), name, color)
        painter.end()
        drawn.setDevicePixelRatio(ratio)
        return drawn

    def paint(self, painter: QPainter, rect: QRectF, name: str, color: QColor) -> None:
        """Paint an icon into a square, sharp at any zoom.

        Raises:
            KeyError: There is no such icon.
        """
        painter.setFont(self._font(max(1, round(rect.height()))))
        painter.setPen(color)
        glyph = _glyphs()[name.removeprefix(PREFIX)]
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, glyph)


@cache
def _glyphs() -> dict[str, str]:
    """Return the letters of the font by the names of icons."""
    codes = json.loads(_shipped(_NAMES).read_text("utf-8"))
    return {name: chr(int(code, 16)) for name, code in codes.items()}


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(_shipped(_FONT)))
    return QFontDatabase.applicationFontFamilies(number)[0]


def _shipped(pattern: str) -> Path:
    """Return a file of QtAwesome without importing it."""
    spec = find_spec("qtawesome")
    assert spec is not None
    assert spec.submodule_search_locations
    return next(Path(spec.submodule_search_locations[0], "fonts").glob(pattern))
