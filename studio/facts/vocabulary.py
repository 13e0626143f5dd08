"""The byte-pair vocabulary of CLIP, put together from the pairs that it merges.

It is not read as one file by the library, which would hold all threads for that long: those of a
window too.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from studio.paths import resources

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MERGES = resources() / "tokenizer" / "merges.txt"
"""A pair in each line, in the order in which they were found; after them come start and end."""

_START, _END, _LAST = "<|startoftext|>", "<|endoftext|>", "</w>"
_WORDS = (
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
)


@cache
def tokenizer() -> Tokenizer:
    """Return what cuts a text into the tokens of CLIP.

    Source:
        Radford et al. 2021, arXiv:2103.00020; the tables of OpenAI's ``simple_tokenizer.py``.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    merges = [(a, b) for a, b in map(str.split, MERGES.read_text("utf-8").splitlines())]
    letters = _letters()
    words = [*letters, *(letter + _LAST for letter in letters), *map("".join, merges)]
    ids = {word: number for number, word in enumerate([*words, _START, _END])}
    made = Tokenizer(models.BPE(ids, merges, end_of_word_suffix=_LAST, unk_token=_END))
    spaces = normalizers.Replace(Regex(r"\s+"), " ")
    made.normalizer = normalizers.Sequence([normalizers.NFC(), spaces, normalizers.Lowercase()])
    apart = pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True)
    as_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.pre_tokenizer = pre_tokenizers.Sequence([apart, as_bytes])
    made.post_processor = processors.TemplateProcessing(
        single=f"{_START} $A {_END}", special_tokens=[(_START, ids[_START]), (_END, ids[_END])]
    )
    made.add_special_tokens([_START, _END])
    return made


def _letters() -> list[str]:
    """Return a letter for each byte: itself where it prints, else one above 255."""
    printing = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = 256 - len(printing)
    return [chr(byte) for byte in printing] + [chr(256 + number) for number in range(others)]
