"""Which prompt a mask gets: texts in a row, and a table that chooses by what the mask shows."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.core.errors import RangeError

COLUMNS = ("match", "prompt", "negative", "denoise", "skip")
"""Columns of the table."""
NEXT, SKIP, LINKED = "[SEP]", "[SKIP]", "[PROMPT]"

Warn = Callable[[str, str], None]
Rows = Sequence[Sequence[str]]

_YES = frozenset({"yes", "true", "on", "skip", "x", "1"})
_NO = frozenset({"", "no", "false", "off", "0"})
_REGIONS: dict[str, tuple[float, float, float, float]] = {
    "left": (0, 0, 0.5, 1), "right": (0.5, 0, 1, 1), "top": (0, 0, 1, 0.5),
    "bottom": (0, 0.5, 1, 1), "centre": (0.25, 0.25, 0.75, 0.75),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """What a mask shows.

    Attributes:
        index: Which of the masks of its picture it is, from 0.
        label: What was found there; empty when it is not known.
        id: Number of the detection; 0 without one.
        centre: Middle of its box, as shares of width and height.
    """

    index: int
    label: str
    id: int
    centre: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a mask is to be redrawn.

    Attributes:
        prompt: What to draw; empty is the linked prompt.
        negative: What to steer away from; empty is the linked one.
        denoise: Share of the noise; ``None`` is that of the node.
        skip: Whether it is left as it is.
    """

    prompt: str = ""
    negative: str = ""
    denoise: float | None = None
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes:
        match: What it matches, as written.
        wish: How that is to be redrawn.
    """

    match: str
    wish: Wish

    def fits(self, subject: Subject) -> bool:
        """Tell whether a mask is meant."""
        match = self.match.casefold()
        if match in ("", "all"):
            return True
        if match.isdecimal():
            return int(match) == subject.index + 1
        if re.fullmatch(r"#\d+", match):
            return int(match[1:]) == subject.id
        region = _region(match)
        if region is None:
            return match == subject.label.strip().casefold()
        x, y = subject.centre
        return region[0] <= x <= region[2] and region[1] <= y <= region[3]


def read_rows(table: Rows) -> tuple[Row, ...]:
    """Read the table.

    Args:
        table: Lines of texts under `COLUMNS`; missing cells at the end are empty.

    Raises:
        RangeError: A denoise is no number from 0 to 1, or a cell of skip says neither yes nor no.
    """
    return tuple(_row(number, line) for number, line in enumerate(table, start=1) if any(line))


def wishes(
    subjects: Sequence[Subject], prompts: str, rows: Sequence[Row], warn: Warn
) -> tuple[Wish, ...]:
    """Return how each mask is to be redrawn.

    The first row of the table that matches counts; its empty cells, and masks that no row matches,
    follow the texts: the first mask takes the first text, and so on; the last one repeats.

    Args:
        subjects: The masks.
        prompts: Texts with ``[SEP]`` between them.
        rows: The table.
        warn: Told of texts and rows that nothing uses.
    """
    texts = [text.strip() for text in prompts.split(NEXT)]
    longest = max((subject.index + 1 for subject in subjects), default=0)
    if subjects and len(texts) > longest:
        warn("W_UNUSED", f"{len(texts)} prompts for {longest} masks: the others are not used")
    used: set[int] = set()
    made = []
    for subject in subjects:
        plain = _wish_of(texts[min(subject.index, len(texts) - 1)])
        number = next((at for at, row in enumerate(rows) if row.fits(subject)), None)
        if number is None:
            made.append(plain)
            continue
        used.add(number)
        made.append(_over(plain, rows[number].wish))
    for number, row in enumerate(rows):
        if subjects and number not in used:
            warn("W_UNUSED", f"row {number + 1} of the table, {row.match!r}, decides for no mask")
    return tuple(made)


def _wish_of(text: str) -> Wish:
    if text == SKIP:
        return Wish(skip=True)
    return Wish("" if text == LINKED else text)


def _over(plain: Wish, row: Wish) -> Wish:
    """Return a row's wish, with the prompt of the texts where it has none."""
    if row.prompt or row.skip:
        return row
    return Wish(plain.prompt, row.negative, row.denoise, plain.skip)


def _row(number: int, line: Sequence[str]) -> Row:
    match, prompt, negative, denoise, skip = (
        cell.strip() for cell in (*line, *[""] * len(COLUMNS))[: len(COLUMNS)]
    )
    word = skip.casefold()
    if word not in _YES | _NO:
        raise RangeError(
            f"row {number} of the table says {skip!r} under skip", fix="write yes, or nothing"
        )
    wish = _wish_of(prompt)
    share = _share(number, denoise)
    return Row(match, Wish(wish.prompt, negative, share, wish.skip or word in _YES))


def _share(number: int, text: str) -> float | None:
    if not text:
        return None
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise RangeError(
            f"row {number} of the table has a denoise of {text!r}", fix="write a number from 0 to 1"
        )
    return share


def _region(match: str) -> tuple[float, float, float, float] | None:
    """Return left, top, right, bottom as shares, if a region is meant."""
    if match in _REGIONS:
        return _REGIONS[match]
    numbers = re.split(r"[\s,]+", match)
    if len(numbers) != 4 or not all(re.fullmatch(r"\d*\.?\d+", number) for number in numbers):
        return None
    left, top, right, bottom = map(float, numbers)
    return left, top, right, bottom
