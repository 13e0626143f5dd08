"""Counts the tokens of prompts in a thread of Qt's pool: opening the vocabulary takes a moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from studio.core.errors import RangeError
from studio.ui.threads.later import Later


@dataclass(frozen=True, slots=True)
class Count:
    """How long a prompt is.

    Attributes:
        tokens: In the longest stretch of the schedule.
        room: Tokens of the chunks that they need: a multiple of 75.
        problem: Why it cannot be counted; empty: it can.
    """

    tokens: int
    room: int
    problem: str = ""


def count(text: str) -> Count:
    """Count the tokens of a prompt."""
    from studio.facts.prompt import parse
    from studio.facts.tokens import CHUNK, chunks

    try:
        parts = [chunks(passage) for passage in parse(text).passages]
    except RangeError as wrong:
        return Count(0, CHUNK, wrong.text)
    sizes = [(sum(len(chunk.tokens) for chunk in part), len(part) * CHUNK) for part in parts]
    return Count(*max(sizes))


class Counter(QObject):
    """Counts the newest text that it was given; one text at a time."""

    counted = Signal(object)
    """The `Count` of the newest text."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._busy = False
        self._later = Later(self)

    def ask(self, text: str) -> None:
        """Count a text soon."""
        self._text = text
        if not self._busy:
            self._begin()

    def _begin(self) -> None:
        self._busy = True
        self._later.do(partial(count, self._text), partial(self._take, self._text))

    def _take(self, text: str, found: Count) -> None:
        self._busy = False
        if text == self._text:
            self.counted.emit(found)
        else:
            self._begin()
