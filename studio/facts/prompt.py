"""Reads the prompt grammar: emphasis, BREAK, changes over the schedule, ``<lora:...>`` tags.

Reading never fails on grammar: a part that is not understood stays as written and is reported with
its place, and the rest of the prompt is read as if it were plain text there. Nothing is tokenised
or encoded here, and no file is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from studio.core.errors import RangeError
from studio.core.values import PatchRequest
from studio.facts.prompt_scan import Scan, Scrap

Emphasis = Literal["auto", "a1111", "no_norm", "comfy", "ignore", "literal"]
"""What weights do; `studio.diffusion.text.encode` explains each."""

LIMIT_BYTES = 65536
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_EMBEDDING = re.compile(r"\bembedding:([\w.-]+)")
_UNREAD = (
    (re.compile(r"\bAND\b"), "AND between prompts"),
    (re.compile(r"\{[^{}|]*\|[^{}]*\}"), "a choice in braces"),
    (re.compile(r"__\w[\w/-]*__"), "a wildcard file"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one weight.

    Attributes:
        text: What the text encoder reads; escapes are resolved.
        weight: Emphasis, -10 to 10; 1 is none.
        places: For each character of `text`, where it stands in `Prompt.text`.
    """

    text: str
    weight: float
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """What is drawn during a part of the schedule.

    Attributes:
        parts: Runs of pieces; each begins a new chunk of tokens (``BREAK`` stands between them).
        start: Share of the schedule at which it begins, 0 to 1.
        end: Share of the schedule at which it ends, 0 to 1.
    """

    parts: tuple[tuple[Piece, ...], ...]
    start: float = 0.0
    end: float = 1.0


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a prompt that was not understood.

    Attributes:
        text: What is wrong and what is done instead.
        span: First character in `Prompt.text`, and the one after the last.
    """

    text: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that has been read.

    Attributes:
        text: The text without control characters; all places refer to it.
        passages: At least one, in order, covering the schedule from 0 to 1.
        requests: What ``<lora:name:model:text_encoder>`` tags ask for.
        embeddings: Names after ``embedding:``.
        problems: What was not understood, in order.
    """

    text: str
    passages: tuple[Passage, ...]
    requests: tuple[PatchRequest, ...] = ()
    embeddings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse(text: str) -> Prompt:
    r"""Read a prompt.

    ``(x)`` is 1.1 times as strong, ``[x]`` 1 / 1.1 times, ``(x:1.3)`` 1.3 times; nested weights
    multiply. A backslash before ``( ) [ ] : \ #`` makes it literal. ``BREAK`` begins a new chunk.
    ``[a:b:0.5]`` draws ``a`` for the first half of the schedule and ``b`` after it; ``[b:0.5]`` and
    ``[a::0.5]`` leave one of them out. ``#`` after a space or at the start of a line comments out
    the rest of the line, unless a colour such as ``#ff8800`` follows.

    Raises:
        RangeError: The text has more than 64 KiB in UTF-8.
    """
    clean, problems = _clean(text)
    scan = Scan(clean)
    problems += [Problem(note, span) for note, span in scan.problems]
    problems += _unread(clean) + _too_strong(scan.scraps)
    return Prompt(
        clean,
        _passages(scan.scraps),
        tuple(scan.requests),
        tuple(dict.fromkeys(_EMBEDDING.findall(clean))),
        tuple(sorted(problems, key=lambda problem: problem.span)),
    )


def plain(text: str) -> Prompt:
    """Take a prompt as it is written, without any grammar.

    Raises:
        RangeError: The text has more than 64 KiB in UTF-8.
    """
    clean, problems = _clean(text)
    piece = Piece(clean, 1.0, tuple(range(len(clean))))
    return Prompt(clean, (Passage(((piece,),)),), problems=tuple(problems))


def _clean(text: str) -> tuple[str, list[Problem]]:
    """Check the size and take out what no text encoder was trained on."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LIMIT_BYTES:
        raise RangeError(
            f"the prompt has {size} bytes, and {LIMIT_BYTES} is the limit", fix="shorten it"
        )
    clean, removed = _CONTROL.subn("", text)
    note = f"{removed} control characters were removed"
    return clean, [Problem(note, (0, 0))] if removed else []


def _unread(text: str) -> list[Problem]:
    """Report what other programs read as grammar and this one does not."""
    return [
        Problem(f"{name} is not read; {found[0]!r} is taken literally", found.span())
        for pattern, name in _UNREAD
        for found in pattern.finditer(text)
    ]


def _too_strong(scraps: Iterable[Scrap]) -> list[Problem]:
    """Report where nested weights multiply to more than one weight may be."""
    strong = [scrap for scrap in scraps if scrap.text.strip() and abs(scrap.weight) > 10]
    if not strong:
        return []
    first = strong[0]
    note = f"nested weights multiply to {first.weight:.4g}; {_limited(first.weight):g} is used"
    return [Problem(note, (first.place, first.place + len(first.text)))]


def _passages(scraps: list[Scrap]) -> tuple[Passage, ...]:
    """Cut the schedule where anything changes, and collect what is drawn in each stretch."""
    times = sorted({0.0, 1.0, *(time for scrap in scraps for time in (scrap.start, scrap.end))})
    return tuple(
        Passage(_parts([s for s in scraps if s.start <= start < s.end]), start, end)
        for start, end in pairwise(times)
    )


def _parts(scraps: list[Scrap]) -> tuple[tuple[Piece, ...], ...]:
    """Join neighbours of equal weight, between the places where a chunk must end."""
    parts: list[list[list[Scrap]]] = [[]]
    for scrap in scraps:
        runs = parts[-1]
        if scrap.pause:
            parts.append([])
        elif runs and runs[-1][0].weight == scrap.weight:
            runs[-1].append(scrap)
        elif scrap.text:
            runs.append([scrap])
    return tuple(tuple(_piece(run) for run in runs) for runs in parts)


def _piece(run: list[Scrap]) -> Piece:
    """Make one piece of scraps that share a weight."""
    places = (scrap.place + k for scrap in run for k in range(len(scrap.text)))
    return Piece("".join(s.text for s in run), _limited(run[0].weight), tuple(places))


def _limited(weight: float) -> float:
    """Keep a weight within -10 to 10."""
    return max(-10.0, min(10.0, weight))
