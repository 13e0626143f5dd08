"""Which stretches of a prompt are coloured, from the same scan that the text encoder's side uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from studio.facts.prompt_scan import Scan

Role = Literal["weight_up", "weight_down", "lora", "wildcard", "comment", "punctuation"]
_WILDCARD = re.compile(r"__\w[\w/-]*__")
_OPENING = "(["
_TIGHT = 1e-9


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one colour.

    Attributes:
        start: First character.
        end: The one after the last.
        role: Name of the colour among the theme's ``syntax``.
    """

    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True)
class Reading:
    """How a prompt is coloured.

    Attributes:
        spans: In order; plain text has none.
        problems: What was not understood: sentence, first character, the one after the last.
    """

    spans: tuple[Span, ...]
    problems: tuple[tuple[str, int, int], ...]


def read(text: str) -> Reading:
    """Find the coloured stretches of a prompt."""
    scan = Scan(text)
    roles = _roles(text, scan)
    for match in _WILDCARD.finditer(text):
        roles[match.start() : match.end()] = ["wildcard"] * len(match[0])
    spans: list[Span] = []
    place = 0
    for role, run in groupby(roles):
        end = place + len(list(run))
        if role is not None:
            spans.append(Span(place, end, role))
        place = end
    return Reading(tuple(spans), tuple((note, *span) for note, span in scan.problems))


def _roles(text: str, scan: Scan) -> list[Role | None]:
    """Return the role of each character."""
    roles: list[Role | None] = [None] * len(text)
    drawn = [False] * len(text)
    for scrap in scan.scraps:
        end = scrap.place + len(scrap.text)
        drawn[scrap.place : end] = [True] * len(scrap.text)
        roles[scrap.place : end] = [_of_weight(scrap.weight)] * len(scrap.text)
    place = 0
    while place < len(text):
        end = place
        while end < len(text) and not drawn[end]:
            end += 1
        if end > place:
            _grammar(text, roles, place, end)
        place = max(end, place + 1)
    return roles


def _of_weight(weight: float) -> Role | None:
    if abs(weight - 1) < _TIGHT:
        return None
    return "weight_up" if weight > 1 else "weight_down"


def _grammar(text: str, roles: list[Role | None], start: int, end: int) -> None:
    """Colour what no text encoder reads: tags, comments, and brackets like what they hold."""
    place = start
    while place < end:
        if text[place] == "<":
            stop, role = text.index(">", place) + 1, "lora"
        elif text[place] == "#":
            stop, role = end, "comment"
        else:
            stop, role = place + 1, _bracket(text, roles, place, end)
        roles[place:stop] = [role] * (stop - place)  # type: ignore[list-item]  # all are roles
        place = stop


def _bracket(text: str, roles: list[Role | None], place: int, end: int) -> Role:
    """Return the role of a bracket or of a weight: that of the text it belongs to."""
    if text[place] in _OPENING:
        inside = end
        beside = roles[inside] if inside < len(roles) else None
    else:
        beside = roles[place - 1] if place else None
    return beside if beside in ("weight_up", "weight_down") else "punctuation"
