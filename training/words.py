"""The few tokens that the toy world's captions use, numbered densely for training.

Of the 49,408 rows of CLIP's token table about ninety are ever looked up here. Only those are
trained; :meth:`Words.full_table` then puts them where the published vocabulary has them.
"""

from functools import cache
from random import Random

import torch
from torch import Tensor

from studio.facts.vocabulary import tokenizer
from training.toyworld import caption, sample_scene

VOCABULARY = 49408
LENGTH = 77
START, END = 49406, 49407
_CAPTIONS = 12000


class Words:
    """Maps captions to the rows of a small token table.

    Attributes:
        ids: the token of each row, rising; the last two are start and end.
    """

    def __init__(self) -> None:
        self.ids = list(_used())
        self._rows = {token: row for row, token in enumerate(self.ids)}

    def rows(self, captions: list[str]) -> Tensor:
        """Rows of the small table, int64 ``(captions, 77)``: start, words, end as often as fits."""
        table = torch.full((len(captions), LENGTH), self._rows[END])
        table[:, 0] = self._rows[START]
        for line, text in zip(table, captions, strict=True):
            rows = [self._rows[token] for token in _encode(text)][: LENGTH - 2]
            line[1 : len(rows) + 1] = torch.tensor(rows, dtype=torch.int64)
        return table

    def full_table(self, small: Tensor) -> Tensor:
        """The token table of the whole vocabulary, ``(49408, width)``.

        Args:
            small: the trained rows, ``(len(ids), width)``.

        Words that were never trained stay near zero: they say little, but not all the same.
        """
        generator = torch.Generator().manual_seed(0)
        table = 0.02 * torch.randn(VOCABULARY, small.shape[1], generator=generator)
        table[self.ids] = small.float()
        return table


@cache
def _used() -> tuple[int, ...]:
    """The tokens of a long row of captions, which takes seconds to say; always the same."""
    rng = Random(3)
    used = {START, END}
    for number in range(_CAPTIONS):
        used |= set(_encode(caption(sample_scene(rng), rng, full=number % 2 == 0)))
    return tuple(sorted(used))


def _encode(text: str) -> list[int]:
    ids: list[int] = tokenizer().encode(text, add_special_tokens=False).ids
    return ids
