"""The letters of an SVG as shapes, so that it looks the same where our fonts are not installed."""

from __future__ import annotations

import re
from html import unescape

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QPainterPath

_TEXT = re.compile(
    r'<text (?P<paint>fill="[^"]*" fill-opacity="[^"]*" stroke="none") xml:space="preserve" '
    r'(?P<place>x="[^"]*" y="[^"]*") font-family="(?P<family>[^"]*)" font-size="(?P<size>[^"]*)" '
    r'font-weight="(?P<weight>[^"]*)" font-style="(?P<style>[^"]*)"\s*>(?P<text>.*?)</text>',
    re.DOTALL,
)
"""A text as Qt writes it."""
_DRAWN_AT = 100
"""Font size of the shapes in pixels, for sizes with fractions."""


def outlined(svg: str) -> str:
    """Return an SVG of Qt's with shapes for its texts, each text defined once and still named.

    What no font has as shapes, such as coloured faces, stays text.
    """
    ids: dict[tuple[str, ...], str] = {}
    shapes: list[str] = []

    def shape_of(found: re.Match[str]) -> str:
        key = found.group("family", "size", "weight", "style", "text")
        if key not in ids:
            path = _path(*key)
            ids[key] = f"t{len(ids)}" if path else ""
            shapes.append(
                f'<path id="{ids[key]}" fill-rule="nonzero" d="{path}"/>\n' if path else ""
            )
        if not ids[key]:
            return found[0]
        paint, place, text = found.group("paint", "place", "text")
        return f'<use xlink:href="#{ids[key]}" {place} {paint}><title>{text}</title></use>'

    page = _TEXT.sub(shape_of, svg)
    return page.replace("<defs>", "<defs>\n" + "".join(shapes), 1)


def _path(family: str, size: str, weight: str, style: str, text: str) -> str:
    """Return the shapes of a text that begins at the origin, as the data of an SVG path."""
    font = QFont([name.strip().strip("'") for name in unescape(family).split(",")])
    font.setPixelSize(_DRAWN_AT)
    font.setWeight(QFont.Weight(int(weight)))
    font.setItalic(style != "normal")
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    path = QPainterPath()
    path.addText(QPointF(0, 0), font, unescape(text))
    return _data(path, float(size) / _DRAWN_AT)


def _data(path: QPainterPath, scale: float) -> str:
    """Write a path; of a curve the first of three points has the letter."""
    kinds = QPainterPath.ElementType
    letters = {
        kinds.MoveToElement: "M", kinds.LineToElement: "L", kinds.CurveToElement: "C",
        kinds.CurveToDataElement: "",
    }  # fmt: skip
    elements = map(path.elementAt, range(path.elementCount()))
    return " ".join(
        f"{letters[item.type]}{item.x * scale:.2f} {item.y * scale:.2f}" for item in elements
    )
