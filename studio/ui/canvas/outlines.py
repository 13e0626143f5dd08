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
_EM = 1000
"""Font size of the shapes in pixels; whole numbers are exact enough."""
_LETTERS = {
    QPainterPath.ElementType.MoveToElement: "M",
    QPainterPath.ElementType.LineToElement: "L",
    QPainterPath.ElementType.CurveToElement: "C",
    QPainterPath.ElementType.CurveToDataElement: " ",
}
"""What stands before a point; the first of the three of a curve has the letter."""


def outlined(svg: str) -> str:
    """Return an SVG of Qt's with shapes for its texts, each text defined once and still named.

    What no font has as shapes, such as coloured faces, stays text.
    """
    ids: dict[tuple[str, ...], str] = {}
    shapes: list[str] = []

    def shape_of(found: re.Match[str]) -> str:
        key = found.group("size", "family", "weight", "style", "text")
        if key not in ids:
            path = _path(*key[1:])
            ids[key] = f"t{len(ids)}" if path else ""
            scale = f'transform="scale({float(key[0]) / _EM:g})" fill-rule="nonzero"'
            shapes.append(f'<path id="{ids[key]}" {scale} d="{path}"/>\n' if path else "")
        if not ids[key]:
            return found[0]
        paint, place, text = found.group("paint", "place", "text")
        return f'<use xlink:href="#{ids[key]}" {place} {paint}><title>{text}</title></use>'

    page = _TEXT.sub(shape_of, svg)
    return page.replace("<defs>", "<defs>\n" + "".join(shapes), 1)


def _path(family: str, weight: str, style: str, text: str) -> str:
    """Return the shapes of a text that begins at the origin, as the data of an SVG path."""
    font = QFont([name.strip().strip("'") for name in unescape(family).split(",")])
    font.setPixelSize(_EM)
    font.setWeight(QFont.Weight(int(weight)))
    font.setItalic(style != "normal")
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    path = QPainterPath()
    path.addText(QPointF(0, 0), font, unescape(text))
    elements = map(path.elementAt, range(path.elementCount()))
    return "".join(f"{_LETTERS[item.type]}{item.x:.0f} {item.y:.0f}" for item in elements)
