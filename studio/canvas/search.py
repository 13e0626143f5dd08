"""Finding node types by what is typed: the nearest match first, then what the user uses most."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from studio.core.spec import NodeSpec

Span = tuple[int, int]

EXACT, PREFIX, WORD_START, ALL_WORDS, SUBSTRING, FUZZY = 6, 5, 4, 3, 2, 1
FUZZY_FROM = 74.0
"""Least likeness, 0 to 100, of what is taken for a misspelling."""
FUZZY_LETTERS = 3
"""Least letters of a text that may be a misspelling."""


@dataclass(frozen=True, slots=True)
class Found:
    """A node type that a search found.

    Attributes:
        spec: The node type.
        score: Larger is nearer; whole tiers are `EXACT` to `FUZZY`.
        spans: Parts of its title to mark, as begin and end.
    """

    spec: NodeSpec
    score: float
    spans: tuple[Span, ...] = ()


class Texts:
    """What of a thing can be searched, in small letters.

    Args:
        title: The title.
        names: What else it is called.
        more: What is said of it, the most telling first.
    """

    def __init__(self, title: str, names: Iterable[str] = (), more: Iterable[str] = ()) -> None:
        self.title = title.lower()
        self.names = tuple(dict.fromkeys((self.title, *(name.lower() for name in names))))
        self.texts = (*self.names, *(text.lower() for text in more))

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The words of each text, a space before each, so that parts of them are soon found."""
        return tuple("".join(f" {word}" for word in _words(text)) for text in self.texts)


class _Entry(Texts):
    """One node type with its texts."""

    def __init__(self, spec: NodeSpec) -> None:
        super().__init__(spec.title, (spec.id, *spec.replaces), (spec.category, spec.summary))
        self.spec = spec


class Search:
    """Node types that can be searched.

    Args:
        specs: All of them, sub-graphs of the document included.
    """

    def __init__(self, specs: Iterable[NodeSpec]) -> None:
        self._entries = [_Entry(spec) for spec in specs]

    def find(
        self,
        text: str,
        allowed: Callable[[NodeSpec], bool] | None = None,
        usage: Mapping[str, int] | None = None,
    ) -> list[Found]:
        """Return the node types for a text, the best first; all of them for an empty one.

        Exact titles and ids come before beginnings of them, beginnings of words, all words in any
        order, parts of words, and misspellings; within these, texts that say more come first
        (title, id, former ids, category, summary), then what is used most, then the title.

        Args:
            text: What is typed.
            allowed: Leaves others out, such as those that a dropped link does not fit.
            usage: How often the user added each type, by id.
        """
        query = " ".join(text.lower().split())
        entries = [entry for entry in self._entries if allowed is None or allowed(entry.spec)]
        scored = [(score(entry, query), entry) for entry in entries]
        used = usage or {}
        kept = sorted(
            (pair for pair in scored if pair[0] > 0),
            key=lambda pair: (-pair[0], -used.get(pair[1].spec.id, 0), pair[1].title),
        )
        return [Found(entry.spec, points, spans(entry.title, query)) for points, entry in kept]


def score(entry: Texts, query: str) -> float:
    """Return the tier, plus up to 0.9 for the text that matched; 0 where nothing does."""
    if not query:
        return float(EXACT)
    asked = tuple(f" {word}" for word in _words(query))
    best = 0.0
    for place, text in enumerate(entry.texts):
        tier = _tier(text, entry.plain[place], query, asked, is_name=text in entry.names)
        if tier:
            best = max(best, tier + 0.9 / (place + 1))
    if best < ALL_WORDS and _all_begin("".join(entry.plain), asked):  # spread over several texts
        best = float(ALL_WORDS)
    return best or _fuzzy(entry, query)


def _tier(text: str, plain: str, query: str, asked: tuple[str, ...], *, is_name: bool) -> int:
    """Return how one text matches; categories and summaries are too long to be meant as a whole."""
    if is_name and text == query:
        return EXACT
    if is_name and text.startswith(query):
        return PREFIX
    if _all_begin(plain, asked):
        return WORD_START if re.search(r"\w*".join(asked), plain) else ALL_WORDS
    return SUBSTRING if query in text else 0


def _all_begin(plain: str, asked: tuple[str, ...]) -> bool:
    """Tell whether words begin with all that is asked for."""
    return bool(asked) and all(part in plain for part in asked)


def _fuzzy(entry: Texts, query: str) -> float:
    if len(query) < FUZZY_LETTERS:
        return 0.0
    from rapidfuzz import fuzz

    # Against words too: a misspelt word of a long title is still near that word.
    likely = [fuzz.ratio(query, name) for name in entry.names]
    words = "".join(entry.plain[: len(entry.names)]).split()
    likely += [fuzz.ratio(query, word) for word in words]
    best = max(likely)
    return FUZZY - 1 + 0.9 * best / 100 if best >= FUZZY_FROM else 0.0


def spans(title: str, query: str) -> tuple[Span, ...]:
    """Return what of the title matches: the whole text, else each of its words."""
    if query and query in title:
        begin = title.index(query)
        return ((begin, begin + len(query)),)
    found = [(title.find(part), len(part)) for part in _words(query)]
    return tuple(sorted((begin, begin + size) for begin, size in found if begin >= 0))


def _words(text: str) -> tuple[str, ...]:
    return tuple("".join(char if char.isalnum() else " " for char in text).split())
