"""The shipped vocabulary cuts text as CLIP does."""

from __future__ import annotations

from studio.facts.vocabulary import tokenizer


def test_a_known_sentence_has_its_published_tokens() -> None:
    ids = tokenizer().encode("a photo of a cat").ids
    assert ids == [49406, 320, 1125, 539, 320, 2368, 49407]


def test_words_alone_come_without_start_and_end() -> None:
    assert tokenizer().encode("a photo", add_special_tokens=False).ids == [320, 1125]


def test_case_and_spaces_do_not_matter() -> None:
    assert tokenizer().encode("A  Red\nBall").ids == tokenizer().encode("a red ball").ids


def test_it_holds_the_whole_vocabulary() -> None:
    assert tokenizer().get_vocab_size() == 49408
