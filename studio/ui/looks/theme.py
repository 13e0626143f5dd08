"""Colours, fonts and sizes of the window, read from ``resources/theme/theme.json``.

A colour or a size in code is a bug: it has a name here. Names are paths through the file:
``bg.canvas``, ``category.load.header``, ``status.error``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtGui import QColor, QFont, QPalette

FILE = Path("theme") / "theme.json"
THEMES = ("dark", "light")
DENSITIES = ("comfortable", "compact")
_WEIGHTS = {400: QFont.Weight.Normal, 500: QFont.Weight.Medium, 600: QFont.Weight.DemiBold}


class Theme:
    """One choice of colours and density.

    Args:
        tokens: The whole theme file.
        name: ``dark`` or ``light``.
        density: ``comfortable`` or ``compact``.
        reduced: Whether nothing moves.
    """

    def __init__(
        self,
        tokens: Mapping[str, Any],
        name: str = "dark",
        density: str = "comfortable",
        *,
        reduced: bool = False,
    ) -> None:
        self.tokens = tokens
        self.name = name
        self.density = density
        self.reduced = reduced
        self.color = cache(self._color)
        self.font = cache(self._font)

    @property
    def colors(self) -> Mapping[str, Any]:
        """All colours of this theme, as in the file."""
        found: Mapping[str, Any] = self.tokens[self.name]
        return found

    def _color(self, role: str) -> QColor:
        """Return a colour by its path.

        Raises:
            KeyError: The theme has no such colour.
        """
        found: Any = self.colors
        for part in role.split("."):
            if not isinstance(found, Mapping) or part not in found:
                raise KeyError(f"the theme {self.name} has no colour {role}")
            found = found[part]
        return parsed(found)

    def _font(self, role: str) -> QFont:
        """Return a font by its role, such as ``label``; sizes are in pixels."""
        wanted = self.tokens["type"][role]
        font = QFont(self.tokens["font"][wanted["family"]])
        font.setPixelSize(wanted["px"])
        font.setWeight(_WEIGHTS[wanted["weight"]])
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        for feature in wanted.get("features", ()):
            font.setFeature(QFont.Tag(feature), 1)
        return font

    def line(self, role: str) -> int:
        """Return the height of a line of text in pixels."""
        return int(self.tokens["type"][role]["line"])

    def space(self, name: str) -> int:
        """Return a distance: ``xxs`` to ``xxxl``."""
        return int(self.tokens["space"][name])

    def radius(self, name: str) -> int:
        """Return the radius of a kind of corner."""
        return int(self.tokens["radius"][name])

    def layout(self, name: str) -> int:
        """Return a size of a part of the window."""
        return int(self.tokens["layout"][name])

    def size(self, name: str) -> int:
        """Return a size that follows the density, such as ``row``."""
        return int(self.tokens["density"][self.density][name])

    def node(self, name: str) -> float:
        """Return a size of a node on the canvas at zoom 1."""
        return float(self.tokens["node"][name])

    def motion(self, name: str) -> int:
        """Return how long a movement takes in milliseconds; 0 when nothing moves."""
        steady = name in ("toast", "tooltip")
        return 0 if self.reduced and not steady else int(self.tokens["motion"][name])

    def palette(self) -> QPalette:
        """Return the colours that Qt's own widgets take."""
        roles = dict(self.tokens["qpalette"])
        disabled = roles.pop("disabled")
        palette = QPalette()
        for name, color in roles.items():
            palette.setColor(QPalette.ColorRole[name], self.color(color))
        for name, color in disabled.items():
            group = QPalette.ColorGroup.Disabled
            palette.setColor(group, QPalette.ColorRole[name], self.color(color))
        return palette


def parsed(text: str) -> QColor:
    """Read ``#rrggbb`` or ``#rrggbbaa``; Qt reads eight digits in another order."""
    color = QColor(text[:7])
    if len(text) == 9:
        color.setAlpha(int(text[7:], 16))
    return color


def read_tokens(resources: Path) -> Mapping[str, Any]:
    """Return the theme file."""
    tokens: Mapping[str, Any] = json.loads((resources / FILE).read_text("utf-8"))
    return tokens
