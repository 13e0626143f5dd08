"""The shipped vocabulary cuts text as CLIP does."""

from __future__ import annotations

import pytest
from tokenizers import Tokenizer

from training.tokenizer import TOKENIZER, build_tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(TOKENIZER))


def test_a_known_sentence_has_its_published_tokens(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("a photo of a cat").ids
    assert ids == [49406, 320, 1125, 539, 320, 2368, 49407]


def test_words_alone_come_without_start_and_end(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("a photo", add_special_tokens=False).ids == [320, 1125]


def test_case_and_spaces_do_not_matter(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("A  Red\nBall").ids == tokenizer.encode("a red ball").ids


def test_it_holds_the_whole_vocabulary(tokenizer: Tokenizer) -> None:
    assert tokenizer.get_vocab_size() == 49408


def test_another_vocabulary_file_is_refused() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        build_tokenizer(b"something else")
