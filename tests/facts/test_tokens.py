from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import RangeError
from studio.facts.prompt import parse
from studio.facts.tokens import Chunk, chunks
from studio.facts.vocabulary import tokenizer
from tests.counts import count


def chunks_of(text: str) -> tuple[Chunk, ...]:
    return chunks(parse(text).passages[0])


def lengths(text: str) -> list[int]:
    return [len(chunk.tokens) for chunk in chunks_of(text)]


def test_a_photo_of_a_cat_has_the_published_tokens() -> None:
    [chunk] = chunks_of("a photo of a cat")
    assert chunk.padded(49407)[:8] == (49406, 320, 1125, 539, 320, 2368, 49407, 49407)
    assert chunk.padded(0)[6:9] == (49407, 0, 0)
    assert len(chunk.padded(0)) == len(chunk.strengths()) == 77


def test_an_empty_prompt_is_one_empty_chunk() -> None:
    assert chunks_of("") == chunks_of("  \n") == (Chunk(),)


def test_long_prompts_become_chunks_of_75() -> None:
    assert lengths("cat " * 160) == [75, 75, 10]
    assert lengths("cat " * 150) == [75, 75]


def test_a_chunk_ends_after_a_late_comma() -> None:
    assert lengths("cat " * 60 + ", " + "dog " * 30) == [61, 30]
    assert lengths("cat " * 54 + ", " + "dog " * 30) == [75, 10]
    assert lengths("cat " * 55 + ", " + "dog " * 30) == [56, 30]
    assert lengths("cat " * 74 + ", " + "dog " * 30) == [75, 30]


def test_break_ends_a_chunk() -> None:
    assert lengths("cat BREAK dog dog") == [1, 2]
    assert lengths("BREAK cat BREAK BREAK dog BREAK") == [0, 1, 0, 1]
    assert lengths("BREAK") == [0]


def test_each_token_keeps_the_weight_of_its_word() -> None:
    [chunk] = chunks_of("a (masterpieceful:1.5) cat")
    assert chunk.weights == (1.0, *(1.5,) * (len(chunk.tokens) - 2), 1.0)
    assert len(chunk.tokens) > 3


def test_chunks_tell_where_they_end_in_the_prompt() -> None:
    text = "cat " * 74 + "(dog:1.2) bird"
    assert [text[: chunk.end][-4:] for chunk in chunks_of(text)] == ["(dog", "bird"]


def test_too_many_tokens_are_refused() -> None:
    assert len(chunks_of("a " * 4096)) == 55
    with pytest.raises(RangeError, match="4097"):
        chunks_of("a " * 4097)


@settings(max_examples=count(200, 5000), deadline=None)
@given(st.text("ab ,BREAK()é猫🐈\u200d\ufb01", max_size=40) | st.text(max_size=40))
def test_any_text_becomes_chunks_of_at_most_75(text: str) -> None:
    for chunk in chunks_of(text):
        assert len(chunk.tokens) == len(chunk.weights) <= 75
        assert all(0 <= token <= 49407 for token in chunk.tokens)


def test_chunks_hold_the_tokens_of_the_text_in_order() -> None:
    text = "one, two three, four five six, " * 20
    ids = tokenizer().encode(text, add_special_tokens=False).ids
    assert [token for chunk in chunks_of(text) for token in chunk.tokens] == ids


def test_counting_tokens_imports_no_torch() -> None:
    code = (
        "import sys\n"
        "from studio.facts.prompt import parse\n"
        "from studio.facts.tokens import chunks\n"
        "chunks(parse('a cat').passages[0])\n"
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
