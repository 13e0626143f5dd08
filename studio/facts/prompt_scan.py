"""Takes a prompt apart in one pass from left to right, without recursion.

Each run of characters becomes a `Scrap`. A closing bracket multiplies the weights, or narrows the
stretch of the schedule, of all scraps since its opening one; so nesting needs no tree. The nesting
depth is limited, which keeps the cost of a hostile prompt linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studio.core.values import PatchRequest

BRACKET = 1.1
MAX_DEPTH = 64
MAX_CHANGES = 32

# Possessive quantifiers (++ and *+) keep a long row of digits from costing its square.
_NUMBER = r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)"
_HEX_COLOUR = r"(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b"
_TOKEN = re.compile(
    rf"""
    \\(?P<escape>[()\[\]:\\#])
    | (?P<comment>(?<!\S)\#(?!{_HEX_COLOUR})[^\n]*)
    | <(?P<tag>[A-Za-z]+:[^<>\n]*)>
    | (?P<pause>\bBREAK\b)
    | :\s*+(?P<weight>{_NUMBER})\s*+\)
    | (?P<open>[(\[])
    | (?P<close>[)\]])
    | (?P<mark>[:|])
    | (?P<plain>[^\\()\[\]:|<\#B]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PAIR = {")": "(", "]": "["}


@dataclass(slots=True)
class Scrap:
    """A run of characters, and what the brackets around it do to it.

    Attributes:
        text: The characters; empty once it turns out to be grammar.
        place: Where it stands in the prompt.
        weight: Product of the weights around it.
        start: Share of the schedule at which it begins.
        end: Share of the schedule at which it ends.
        pause: Whether it is a ``BREAK``.
    """

    text: str
    place: int
    weight: float = 1.0
    start: float = 0.0
    end: float = 1.0
    pause: bool = False


@dataclass(slots=True)
class _Open:
    """A bracket that waits to be closed: its scrap, and the colons and bars directly inside."""

    bracket: str
    first: int
    colons: list[int] = field(default_factory=list)
    bars: list[int] = field(default_factory=list)


class Scan:
    """The scraps of a prompt, what its tags ask for, and what was not understood.

    Attributes:
        scraps: In order; those that are grammar have no text.
        requests: Patches that tags ask for.
        problems: What is wrong, and from where to where.
    """

    def __init__(self, text: str) -> None:
        self.scraps: list[Scrap] = []
        self.requests: list[PatchRequest] = []
        self.problems: list[tuple[str, tuple[int, int]]] = []
        self._opens: list[_Open] = []
        self._ignored = 0
        self._times: set[float] = set()
        for match in _TOKEN.finditer(text):
            self._read(match)
        self._forget(0)

    def _read(self, match: re.Match[str]) -> None:
        """Read one token."""
        kind, start = match.lastgroup or "", match.start()
        if kind == "escape":
            self.scraps.append(Scrap(match["escape"], start + 1))
        elif kind == "pause":
            self.scraps.append(Scrap("", start, pause=True))
        elif kind == "tag":
            self._tag(match)
        elif kind == "weight":
            self._weight(match)
        elif kind == "open":
            self._open(match[0], start)
        elif kind == "close":
            self._close(match[0], start)
        elif kind == "mark":
            self._mark(match[0], start)
        elif kind == "plain":
            self.scraps.append(Scrap(match[0], start))

    def _report(self, text: str, start: int, end: int) -> None:
        self.problems.append((text, (start, end)))

    def _mark(self, sign: str, place: int) -> None:
        """Note a colon or a bar; what it means is known when the bracket closes."""
        if self._opens:
            top = self._opens[-1]
            (top.colons if sign == ":" else top.bars).append(len(self.scraps))
        self.scraps.append(Scrap(sign, place))

    def _open(self, bracket: str, place: int) -> None:
        """Note an opening bracket; it stays text until it is closed."""
        if len(self._opens) < MAX_DEPTH:
            self._opens.append(_Open(bracket, len(self.scraps)))
        else:
            self._ignored += 1
            self._report(f"{bracket!r} is nested over {MAX_DEPTH} deep", place, place + 1)
        self.scraps.append(Scrap(bracket, place))

    def _forget(self, depth: int) -> None:
        """Leave brackets above a depth as text: they are never closed."""
        for left in self._opens[depth:]:
            place = self.scraps[left.first].place
            self._report(
                f"{left.bracket!r} is never closed; it is taken literally", place, place + 1
            )
        del self._opens[depth:]

    def _opened(self, bracket: str) -> _Open | None:
        """Take the nearest opening bracket of a kind; those opened after it stay text."""
        for depth in range(len(self._opens) - 1, -1, -1):
            if self._opens[depth].bracket == bracket:
                self._forget(depth + 1)
                return self._opens.pop()
        return None

    def _close(self, bracket: str, place: int) -> None:
        """Close a bracket that carries no weight of its own."""
        if self._ignored:
            self._ignored -= 1
            self.scraps.append(Scrap(bracket, place))
            return
        opened = self._opened(_PAIR[bracket])
        if opened is None:
            self._report(f"{bracket!r} closes nothing; it is taken literally", place, place + 1)
            self.scraps.append(Scrap(bracket, place))
        elif bracket == "]":
            self._square(opened, place)
        else:
            self._check_weight(opened)
            self._multiply(opened, BRACKET)

    def _weight(self, match: re.Match[str]) -> None:
        """Close a round bracket with its weight, such as ``:1.3)``."""
        weight, start = float(match["weight"]), match.start()
        opened = None if self._ignored else self._opened("(")
        if opened is not None and abs(weight) <= 10:
            self._multiply(opened, weight)
            return
        self.scraps.append(Scrap(match[0] if opened is None else match[0][:-1], start))
        if opened is not None:
            self._report(f"{weight:g} is outside -10 to 10; 1.1 is used", start, match.end())
            self._multiply(opened, BRACKET)
        elif self._ignored:
            self._ignored -= 1
        else:
            self._report("')' closes nothing; it is taken literally", match.end() - 1, match.end())

    def _check_weight(self, opened: _Open) -> None:
        """Report what looks like a weight and is none, such as ``:1,3``."""
        if not opened.colons:
            return
        colon = opened.colons[-1]
        tail = self._text(colon + 1)
        named = self.scraps[colon - 1].text.endswith("embedding")
        if tail and not named and not any(letter.isspace() for letter in tail):
            place = self.scraps[colon].place
            note = f"{':' + tail!r} is not a weight; it is taken literally and 1.1 is used"
            self._report(note, place, place + 1 + len(tail))

    def _multiply(self, opened: _Open, factor: float) -> None:
        """Make everything since an opening bracket stronger or weaker."""
        self.scraps[opened.first].text = ""
        for scrap in self.scraps[opened.first + 1 :]:
            scrap.weight *= factor

    def _square(self, opened: _Open, place: int) -> None:
        """Close a square bracket: a change over the schedule, or weaker by 1.1."""
        when = self._when(opened, place)
        if when is None:
            self._multiply(opened, 1 / BRACKET)
            return
        self._times.add(when)
        last, middle = opened.colons[-1], opened.colons[0]
        after = opened.first if len(opened.colons) == 1 else middle
        for scrap in self.scraps[opened.first : after]:
            scrap.end = min(scrap.end, when)
        for scrap in self.scraps[after:last]:
            scrap.start = max(scrap.start, when)
        for index in (opened.first, middle, *range(last, len(self.scraps))):
            self.scraps[index].text = ""

    def _when(self, opened: _Open, place: int) -> float | None:
        """Return the share of the schedule at which a bracket changes, if it is such a bracket."""
        tail = self._text(opened.colons[-1] + 1).strip() if opened.colons else ""
        here = self.scraps[opened.first].place
        if opened.bars and not opened.colons:
            self._report("alternating each step is not read; all of it is drawn", here, place + 1)
        if tail[:1] not in set("+-.0123456789") or not tail:
            return None
        problem = self._schedule_problem(tail, len(opened.colons))
        if problem:
            self._report(f"{problem}; the bracket is taken as weaker text", here, place + 1)
            return None
        if float(tail) > 1:
            self._report(f"{tail} lies beyond the schedule, so nothing changes", here, place + 1)
        return min(float(tail), 1.0)

    def _schedule_problem(self, tail: str, colons: int) -> str | None:
        """Say why a bracket with a number at its end is no change over the schedule."""
        if not re.fullmatch(_NUMBER, tail):
            return f"{tail!r} is not a number"
        value = float(tail)
        if colons > 2:
            return "more than two prompts in one bracket are not read"
        if value < 0:
            return f"{tail} is below 0"
        if value >= 1 and "." not in tail:
            return f"a change at step {tail} is not read, use a share such as 0.5"
        if len(self._times) >= MAX_CHANGES and value not in self._times:
            return f"a prompt changes at most {MAX_CHANGES} times"
        return None

    def _text(self, first: int) -> str:
        """Return the text from a scrap to the end of what was read."""
        return "".join(scrap.text for scrap in self.scraps[first:])

    def _tag(self, match: re.Match[str]) -> None:
        """Read ``<lora:name:model:text_encoder>``; other tags stay text."""
        kind, name, *numbers = (part.strip() for part in match["tag"].split(":"))
        problem = _tag_problem(kind, name, numbers)
        if problem:
            self._report(f"{problem}; {match[0]!r} is taken literally", *match.span())
            self.scraps.append(Scrap(match[0], match.start()))
            return
        strengths = [float(number) for number in numbers] or [1.0]
        self.requests.append(PatchRequest(kind, name, strengths[0], strengths[-1]))


def _tag_problem(kind: str, name: str, numbers: list[str]) -> str | None:
    """Say why a tag cannot be read."""
    if kind != "lora":
        return f"{kind!r} is no tag that is read"
    if not name:
        return "the tag names no file"
    if len(numbers) > 2:
        return "a tag has at most two strengths"
    wrong = [n for n in numbers if not re.fullmatch(_NUMBER, n) or abs(float(n)) > 10]
    return f"the strength {wrong[0]!r} is no number within -10 to 10" if wrong else None
