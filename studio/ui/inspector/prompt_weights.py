"""Makes a part of a prompt stronger or weaker by a step, as the weight keys do.

The part is the selection, or the bracket or LoRA tag around the cursor, or the word under it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

STEP = 0.05
LIMIT = 10.0
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_WEIGHTED = re.compile(rf"\(((?:[^()\\:]|\\.)*):\s*({_NUMBER})\s*\)")
_BARE = re.compile(r"\(((?:[^()\\:]|\\.)*)\)")
_LORA = re.compile(rf"<lora:[^<>:\n]+(?::({_NUMBER}))?((?::{_NUMBER})?)>")
_WORD = re.compile(r"[^\s,.()\[\]<>:|]+")
_SPACE = re.compile(r"^(\s*)(.*?)([\s,.]*)$", re.DOTALL)
_BARE_WEIGHT = 1.1


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a prompt and what takes its place.

    Attributes:
        start: First character that is replaced.
        end: The one after the last.
        text: What stands there then.
        select: Where the selection begins and ends afterwards.
    """

    start: int
    end: int
    text: str
    select: tuple[int, int]


def changed(text: str, start: int, end: int, by: float) -> Edit | None:
    """Return the edit that changes a weight, or nothing where there is nothing to weigh.

    Args:
        text: The prompt.
        start: First selected character, or the cursor.
        end: The one after the last; equal to `start` without a selection.
        by: Added to the weight.
    """
    tag = _around(_LORA, text, start, end)
    if tag:
        return _tag(tag, by)
    held = _around(_WEIGHTED, text, start, end)
    if held:
        return _weighed(held.start(), held.end(), held[1], float(held[2]) + by)
    bare = _around(_BARE, text, start, end)
    if bare:
        return _weighed(bare.start(), bare.end(), bare[1], _BARE_WEIGHT + by)
    if start == end:
        word = next((m for m in _WORD.finditer(text) if m.start() <= start <= m.end()), None)
        return _weighed(word.start(), word.end(), word[0], 1 + by) if word else None
    return _selection(text, start, end, by)


def _around(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the match that holds a stretch."""
    for match in pattern.finditer(text):
        if match.start() <= start and end <= match.end() and start < match.end():
            return match
    return None


def _selection(text: str, start: int, end: int, by: float) -> Edit | None:
    """Weigh what is selected, without the spaces and commas at its ends."""
    parts = _SPACE.match(text[start:end])
    if parts is None or not parts[2]:
        return None
    first = start + len(parts[1])
    return _weighed(first, first + len(parts[2]), parts[2], 1 + by)


def _weighed(start: int, end: int, inner: str, weight: float) -> Edit:
    """Put a weight around a text; a weight of 1 takes the brackets away."""
    weight = _limited(weight)
    if weight == 1:
        return Edit(start, end, inner, (start, start + len(inner)))
    text = f"({inner}:{weight:g})"
    return Edit(start, end, text, (start + 1, start + 1 + len(inner)))


def _tag(match: re.Match[str], by: float) -> Edit:
    """Change the first strength of a LoRA tag."""
    weight = _limited(float(match[1] or 1) + by)
    if match[1]:
        start, end, text = match.start(1), match.end(1), f"{weight:g}"
    else:
        start, end, text = match.end() - 1, match.end() - 1, f":{weight:g}"
    return Edit(start, end, text, (start + len(text), start + len(text)))


def _limited(weight: float) -> float:
    return round(max(-LIMIT, min(LIMIT, weight)), 2)
