"""The byte-pair vocabulary of CLIP, put together from the pairs that it merges.

The library holds all threads while it takes in a vocabulary, those of a window too: for 50 ms and
more with all of this one. So each text gets the part of it that it can need, which takes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from studio.paths import resources

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.normalizers import Normalizer
    from tokenizers.pre_tokenizers import PreTokenizer

MERGES = resources() / "tokenizer" / "merges.txt"
"""A pair in each line, in the order in which they were found; after them come start and end."""

_START, _END, _LAST = "<|startoftext|>", "<|endoftext|>", "</w>"
_WORDS = (
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
)


@cache
def tokenizer() -> Tokenizer:
    """Return what cuts any text into the tokens of CLIP.

    Source:
        Radford et al. 2021, arXiv:2103.00020; the tables of OpenAI's ``simple_tokenizer.py``.
    """
    return _of(_merges())


def tokenizer_for(text: str) -> Tokenizer:
    """Return what cuts a text, or parts of it between spaces, into the same tokens.

    A token is a part of a word, so that pairs which make no part of any word are never merged.
    """
    normal = _normalizer().normalize_str(text)
    words = {word for word, _ in _pre_tokenizer().pre_tokenize_str(normal)}
    ranks, longest = _ranks()
    needed = {
        rank
        for word in words
        for start in range(len(word))
        for end in range(start + 2, min(start + longest, len(word)) + 1)
        for rank in ranks.get(word[start:end], ())
    }
    merges = _merges()
    return _of([merges[rank] for rank in sorted(needed)])


@cache
def _merges() -> tuple[tuple[str, str], ...]:
    lines = MERGES.read_text("utf-8").splitlines()
    return tuple((first, second) for first, second in map(str.split, lines))


@cache
def _ranks() -> tuple[dict[str, tuple[int, ...]], int]:
    """Return the places of the pairs that make some letters, and how many letters at most."""
    ranks: dict[str, tuple[int, ...]] = {}
    for rank, (first, second) in enumerate(_merges()):
        letters = first + second.removesuffix(_LAST)
        ranks[letters] = (*ranks.get(letters, ()), rank)
    return ranks, max(map(len, ranks))


@cache
def _ids() -> dict[str, int]:
    """Return the numbers of all tokens."""
    tokens = [*_letters(), *map("".join, _merges()), _START, _END]
    return {token: number for number, token in enumerate(tokens)}


def _of(merges: Sequence[tuple[str, str]]) -> Tokenizer:
    """Make a tokenizer that knows some pairs."""
    from tokenizers import Tokenizer, models, processors

    ids = _ids()
    known = {token: ids[token] for token in (*_letters(), *map("".join, merges), _START, _END)}
    pairs = models.BPE(known, [*merges], end_of_word_suffix=_LAST, unk_token=_END)
    made = Tokenizer(pairs)
    made.normalizer, made.pre_tokenizer = _normalizer(), _pre_tokenizer()
    made.post_processor = processors.TemplateProcessing(
        single=f"{_START} $A {_END}", special_tokens=[(_START, ids[_START]), (_END, ids[_END])]
    )
    made.add_special_tokens([_START, _END])
    return made


def _normalizer() -> Normalizer:
    from tokenizers import Regex, normalizers

    spaces = normalizers.Replace(Regex(r"\s+"), " ")
    return normalizers.Sequence([normalizers.NFC(), spaces, normalizers.Lowercase()])


def _pre_tokenizer() -> PreTokenizer:
    from tokenizers import Regex, pre_tokenizers

    words = pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True)
    as_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([words, as_bytes])


@cache
def _letters() -> tuple[str, ...]:
    """Return a letter for each byte: itself where it prints, else one above 255; then as ends."""
    printing = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = 256 - len(printing)
    letters = (*map(chr, printing), *(chr(256 + number) for number in range(others)))
    return (*letters, *(letter + _LAST for letter in letters))
