"""Counts tokens and cuts a prompt into the chunks that a CLIP text encoder reads.

A chunk is 77 tokens: a start, 75 of the prompt, an end. Longer prompts become several chunks, so
nothing is cut off. The vocabulary is the published one of CLIP, kept as a resource.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.core.errors import RangeError
from studio.facts.prompt import Passage, Piece
from studio.facts.vocabulary import tokenizer_for

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CHUNK = 75
START = 49406
END = 49407
LIMIT_TOKENS = 4096
_COMMA = 267
_BACKTRACK = 20


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a text encoder reads at once.

    Attributes:
        tokens: At most 75, without start, end and padding.
        weights: Emphasis of each.
        end: Place in the prompt after the last token; 0 for a chunk without any.
    """

    tokens: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()
    end: int = 0

    def padded(self, pad: int) -> tuple[int, ...]:
        """Return the 77 tokens, filled up with the padding token of an encoder."""
        return (START, *self.tokens, END, *(pad,) * (CHUNK - len(self.tokens)))

    def strengths(self) -> tuple[float, ...]:
        """Return the emphasis of the 77 tokens; 1 for start, end and padding."""
        return (1.0, *self.weights, *(1.0,) * (CHUNK + 1 - len(self.weights)))


@dataclass(frozen=True, slots=True)
class _Token:
    """One token, its emphasis, and the place in the prompt where it ends."""

    id: int
    weight: float
    end: int


def chunks(passage: Passage) -> tuple[Chunk, ...]:
    """Cut a passage into chunks; at least one.

    A chunk ends at 75 tokens, at a ``BREAK``, or after a comma among the last 20 tokens when the
    words after it would otherwise be cut apart. Nothing after the last ``BREAK`` adds no chunk.

    Raises:
        RangeError: There are more than 4096 tokens.
    """
    cut = tokenizer_for("\n".join(piece.text for part in passage.parts for piece in part))
    parts = [[token for piece in part for token in _tokens(cut, piece)] for part in passage.parts]
    total = sum(map(len, parts))
    if total > LIMIT_TOKENS:
        raise RangeError(
            f"the prompt has {total} tokens, and {LIMIT_TOKENS} is the limit", fix="shorten it"
        )
    used = parts if parts[-1] or len(parts) == 1 else parts[:-1]
    return tuple(chunk for part in used for chunk in _cut(part))


def _tokens(cut: Tokenizer, piece: Piece) -> list[_Token]:
    """Tokenise a run of text that has one weight."""
    encoding = cut.encode(piece.text, add_special_tokens=False)
    ends = (piece.places[stop - 1] + 1 for _, stop in encoding.offsets)
    return [_Token(token, piece.weight, end) for token, end in zip(encoding.ids, ends, strict=True)]


def _cut(tokens: list[_Token]) -> Iterator[Chunk]:
    """Cut tokens into chunks; an empty part is one empty chunk."""
    while len(tokens) > CHUNK:
        length = _length(tokens)
        yield _chunk(tokens[:length])
        tokens = tokens[length:]
    yield _chunk(tokens)


def _length(tokens: list[_Token]) -> int:
    """Return how many tokens the first chunk takes: up to a late comma, or all 75."""
    for length in range(CHUNK, CHUNK - _BACKTRACK, -1):
        if tokens[length - 1].id == _COMMA:
            return length
    return CHUNK


def _chunk(tokens: list[_Token]) -> Chunk:
    """Make a chunk of at most 75 tokens."""
    end = tokens[-1].end if tokens else 0
    return Chunk(tuple(t.id for t in tokens), tuple(t.weight for t in tokens), end)
