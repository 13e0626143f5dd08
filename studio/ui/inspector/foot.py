"""The foot of the inspector: what the row under the pointer means."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, QTextDocument
from PySide6.QtWidgets import QWidget

from studio.ui.looks.looks import Looks

_HEIGHT, _LOW = 76, 46
_LOW_BELOW = 420
"""Height of a panel below which the rows need the room more than the help."""
_CODE = re.compile(r"``(.+?)``")


class Foot(QWidget):
    """A name and its help, cut where there is no room; the tool tip has all of it."""

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self._name = self._help = ""
        self._text = QTextDocument(self)
        self._text.setDocumentMargin(0)
        looks.changed.connect(self._set)

    @property
    def help(self) -> str:
        """What is said."""
        return self._help

    def say(self, name: str, text: str) -> None:
        """Explain something."""
        if (name, text) != (self._name, self._help):
            self._name, self._help = name, text
            self._set()

    def sizeHint(self) -> QSize:
        """Return the height of three lines of help, for panels that lay it out themselves."""
        return QSize(200, _HEIGHT)

    def lay(self, room: QSize) -> int:
        """Lie at the foot of a panel: three lines of help, or one in a low panel; return the top."""
        high = _LOW if room.height() < _LOW_BELOW else _HEIGHT
        self.setGeometry(0, room.height() - high, room.width(), high)
        return self.y()

    def _set(self) -> None:
        self.setToolTip(self._help)
        self.setAccessibleName(f"{self._name}: {self._help}" if self._name else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a line, the name and the help."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, theme.color("border.subtle"))
        pad = theme.space("l")
        painter.translate(pad, 8)
        painter.setFont(theme.font("caption"))
        self._text.setTextWidth(self.width() - 2 * pad)
        self._text.setDefaultFont(theme.font("caption"))
        strong = theme.color("text.primary").name()
        quiet = theme.color("text.secondary").name()
        name = f'<div style="color:{strong};font-weight:600">{escaped(self._name)}</div>'
        self._text.setHtml(f'{name}<div style="color:{quiet}">{as_html(self._help)}</div>')
        line = painter.fontMetrics().height() if self._name else 0
        lines = (self.height() - 16) // max(line, 1)
        painter.setClipRect(0, 0, self.width() - 2 * pad, lines * line)
        self._text.drawContents(painter)


def escaped(text: str) -> str:
    """Return a text as it stands in HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_html(text: str) -> str:
    """Return a docstring's prose as HTML: paragraphs, and code in the fixed font."""
    paragraphs = [_CODE.sub(r"<code>\1</code>", escaped(part)) for part in text.split("\n\n")]
    return "<br/><br/>".join(paragraphs)
