"""Texts on the canvas: laid out once, cut to their room, and kept."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QStaticText,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)  # fmt: skip

from studio.ui.inspector.prompt_spans import Span, read
from studio.ui.looks.theme import Theme

Cut = Literal["right", "middle"]
_VARIANTS = {
    "node_value": ("value", QFont.Weight.Normal),
    "footer": ("caption", QFont.Weight.Normal),
    "footer_strong": ("caption", QFont.Weight.Medium),
    "caption_strong": ("caption", QFont.Weight.Medium),
    "caption_bold": ("caption", QFont.Weight.DemiBold),
}
_HELD = 8192
_PROMPTS = 512


class Texts:
    """Draws texts in the fonts of a theme.

    Args:
        theme: Has the fonts and colours.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._made: dict[tuple[str, str], QStaticText] = {}
        self._cut: dict[tuple[str, str, int, Cut], str] = {}
        self._prompts: dict[tuple[str, float, str], QTextLayout] = {}
        self.width = lru_cache(_HELD)(self._width)
        self.font = cache(self._font)
        self.metrics = cache(self._metrics)

    def _width(self, text: str, role: str) -> float:
        """Return how wide a text is drawn."""
        return self.metrics(role).horizontalAdvance(text)

    def cut(self, text: str, role: str, room: float, where: Cut = "right") -> str:
        """Return a text, shortened where it has no room."""
        key = (text, role, int(room), where)
        found = self._cut.get(key)
        if found is None:
            if len(self._cut) > _HELD:
                self._cut.clear()
            found = self._cut[key] = self._shortened(text, role, room, where)
        return found

    def draw(self, painter: QPainter, text: str, role: str, color: QColor, at: QPointF) -> None:
        """Draw one line; `at` is its left end and its middle."""
        made = self._made.get((text, role))
        if made is None:
            if len(self._made) > _HELD:
                self._made.clear()
            made = self._made[text, role] = self._static(text, role)
        painter.setFont(self.font(role))
        painter.setPen(color)
        metrics = self.metrics(role)
        painter.drawStaticText(QPointF(at.x(), at.y() - metrics.height() / 2), made)

    def left(
        self, painter: QPainter, text: str, role: str, color: QColor, rect: QRectF,
        where: Cut = "right",
    ) -> None:  # fmt: skip
        """Draw one line at the left of a rectangle."""
        shown = self.cut(text, role, rect.width(), where)
        self.draw(painter, shown, role, color, QPointF(rect.left(), rect.center().y()))

    def right(
        self, painter: QPainter, text: str, role: str, color: QColor, rect: QRectF,
        where: Cut = "right",
    ) -> float:  # fmt: skip
        """Draw one line at the right of a rectangle; return where it begins."""
        shown = self.cut(text, role, rect.width(), where)
        left = rect.right() - self.width(shown, role)
        self.draw(painter, shown, role, color, QPointF(left, rect.center().y()))
        return left

    def wrapped(
        self, painter: QPainter, text: str, role: str, color: QColor, rect: QRectF, line: float
    ) -> float:
        """Draw a text in lines of a fixed height, as far as there is room; return its lower end."""
        layout = self._lines(text, rect.width(), role, line, prompt=False)
        painter.setPen(color)
        return rect.top() + line * _draw_lines(painter, layout, rect, line)

    def prompt(
        self, painter: QPainter, text: str, color: QColor, rect: QRectF, line: float
    ) -> None:
        """Draw a prompt with its weights and tags in their colours."""
        layout = self._lines(text, rect.width(), "label", line, prompt=True)
        painter.setPen(color)
        _draw_lines(painter, layout, rect, line)

    def _font(self, role: str) -> QFont:
        name, weight = _VARIANTS.get(role, (role, None))
        font = QFont(self._theme.font(name))
        if weight is not None:
            font.setWeight(weight)
        if role.startswith("footer"):
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _metrics(self, role: str) -> QFontMetricsF:
        return QFontMetricsF(self.font(role))

    def _static(self, text: str, role: str) -> QStaticText:
        made = QStaticText(text)
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        made.prepare(font=self.font(role))
        return made

    def _shortened(self, text: str, role: str, room: float, where: Cut) -> str:
        metrics = self.metrics(role)
        if metrics.horizontalAdvance(text) <= room:
            return text
        modes = {"right": Qt.TextElideMode.ElideRight, "middle": Qt.TextElideMode.ElideMiddle}
        return metrics.elidedText(text, modes[where], room)

    def _lines(
        self, text: str, width: float, role: str, line: float, *, prompt: bool
    ) -> QTextLayout:
        key = (text, round(width, 1), f"{role}{prompt}")
        found = self._prompts.get(key)
        if found is None:
            if len(self._prompts) > _PROMPTS:
                self._prompts.clear()
            found = self._prompts[key] = self._laid_out(text, width, role, line, prompt=prompt)
        return found

    def _laid_out(
        self, text: str, width: float, role: str, line: float, *, prompt: bool
    ) -> QTextLayout:
        layout = QTextLayout(text.replace("\n", "\u2028"), self.font(role))
        layout.setTextOption(_wrapping())
        layout.setCacheEnabled(True)
        if prompt:
            layout.setFormats([*map(self._range, read(text).spans)])
        layout.beginLayout()
        y = 0.0
        while (made := layout.createLine()).isValid():
            made.setLineWidth(width)
            made.setPosition(QPointF(0, y + (line - made.height()) / 2))
            y += line
        layout.endLayout()
        return layout

    def _range(self, span: Span) -> QTextLayout.FormatRange:
        found = QTextLayout.FormatRange()
        role = span.role
        found.start, found.length = span.start, span.end - span.start
        style = QTextCharFormat()
        style.setForeground(self._theme.color(f"syntax.{role}"))
        if role.startswith("weight"):
            style.setFontWeight(QFont.Weight.Medium)
        found.format = style
        return found


def _wrapping() -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option


def _draw_lines(painter: QPainter, layout: QTextLayout, rect: QRectF, line: float) -> int:
    """Draw the lines that have room, dots behind the last where others follow; say how many."""
    count = min(layout.lineCount(), max(int((rect.height() + 1) // line), 1))
    for number in range(count):
        layout.lineAt(number).draw(painter, rect.topLeft())
    if count < layout.lineCount():
        last = layout.lineAt(count - 1)
        at = rect.topLeft() + last.position() + QPointF(0, last.ascent())
        painter.setFont(layout.font())
        painter.drawText(at + QPointF(min(last.naturalTextWidth(), rect.width() - 4), 0), "\u2026")
    return count
