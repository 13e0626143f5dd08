"""The byte-pair vocabulary of CLIP, put together from the pairs that it merges.

The library holds all threads while it takes in a vocabulary, those of a window too: for 50 ms and
more with all of this one. So each text gets the part of it that it can need, which takes none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    return _of(range(len(_pairs())))


def tokenizer_for(text: str) -> Tokenizer:
    """Return what cuts a text, or parts of it between spaces, into the same tokens.

    A token is a part of a word, so that pairs which make no part of any word are never merged.
    """
    normal, ranks = _normalizer().normalize_str(text), _ranks()
    words = {word for word, _ in _pre_tokenizer().pre_tokenize_str(normal)}
    return _of(sorted({ranks[part] for word in words for part in _parts(word) if part in ranks}))


def _parts(word: str) -> Iterator[str]:
    """Yield all that pairs may make of a word."""
    longest = _longest()
    for start in range(len(word)):
        for end in range(start + 2, min(start + longest, len(word)) + 1):
            yield word[start:end]
        if len(word) - start in range(2, longest + 1):
            yield word[start:] + _LAST


@cache
def _pairs() -> list[str]:
    return MERGES.read_text("utf-8").splitlines()


@cache
def _ranks() -> dict[str, int]:
    """Return the places of pairs by what they make; all at once, since other threads wait."""
    merged = MERGES.read_text("utf-8").replace(" ", "").splitlines()
    return dict(zip(merged, range(len(merged)), strict=True))


@cache
def _longest() -> int:
    return max(map(len, _ranks()))


def _of(ranks: Sequence[int]) -> Tokenizer:
    """Make a tokenizer that knows some pairs, by their places."""
    from tokenizers import Tokenizer, models, processors

    lines, letters = _pairs(), _letters()
    pairs = [(first, second) for first, second in (lines[rank].split() for rank in ranks)]
    ids = {letter: number for number, letter in enumerate(letters)}
    ids |= {"".join(pair): len(letters) + rank for pair, rank in zip(pairs, ranks, strict=True)}
    ends = {_START: len(letters) + len(lines), _END: len(letters) + len(lines) + 1}
    model = models.BPE(ids | ends, pairs, end_of_word_suffix=_LAST, unk_token=_END)
    made = Tokenizer(model)
    made.normalizer, made.pre_tokenizer = _normalizer(), _pre_tokenizer()
    made.post_processor = processors.TemplateProcessing(
        single=f"{_START} $A {_END}", special_tokens=[*ends.items()]
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
