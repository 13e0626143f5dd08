"""Colours of the prompt grammar in an editor."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from studio.ui.inspector.prompt_spans import Reading, Span, read
from studio.ui.kit.painting import tint
from studio.ui.looks.looks import Looks

TINT = 0.14
_TINTED = ("weight_up", "weight_down", "lora", "wildcard")


class PromptHighlighter(QSyntaxHighlighter):
    """Colours a prompt as a whole, since brackets reach over lines.

    Attributes:
        reading: What was found in the present text.
    """

    def __init__(self, looks: Looks, document: QTextDocument) -> None:
        super().__init__(cast(QObject, document))
        self._looks = looks
        self._document = document
        self._formats: dict[str, QTextCharFormat] = {}
        self.reading = Reading((), ())
        # Connected before Qt's own slot, which colours line by line what was read here.
        document.contentsChange.connect(self._read)
        self.setDocument(document)
        looks.changed.connect(self._dress)

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        start = self.currentBlock().position()
        end = start + len(text)
        for span in self.reading.spans:
            self._color(span, start, end)
        for _, first, last in self.reading.problems:
            self._underline(max(first, start) - start, min(last, end) - start)

    def _read(self, place: int, removed: int, added: int) -> None:
        """Read the whole text after an edit; colouring alone changes no letter."""
        if removed or added:
            self.reading = read(self._document.toPlainText())

    def _color(self, span: Span, start: int, end: int) -> None:
        first, last = max(span.start, start), min(span.end, end)
        if first < last:
            self.setFormat(first - start, last - first, self._format(span.role))

    def _underline(self, first: int, last: int) -> None:
        for place in range(first, last):
            style = QTextCharFormat(self.format(place))
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            style.setUnderlineColor(self._looks.theme.color("status.warning"))
            self.setFormat(place, 1, style)

    def _format(self, role: str) -> QTextCharFormat:
        if role not in self._formats:
            style = QTextCharFormat()
            color = self._looks.theme.color(f"syntax.{role}")
            style.setForeground(color)
            if role in _TINTED:
                style.setBackground(tint(color, TINT))
            if role.startswith("weight"):
                style.setFontWeight(QFont.Weight.Medium)
            self._formats[role] = style
        return self._formats[role]

    def _dress(self) -> None:
        self._formats.clear()
        self.rehighlight()
