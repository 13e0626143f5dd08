"""The shipped vocabulary cuts text as CLIP does."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.facts.vocabulary import MERGES, tokenizer, tokenizer_for
from tests.counts import count

WORDS = (
    "photo",
    "a",
    "CAT's",
    "naïve",
    "e\u0301",
    "猫",
    "🐈\u200d⬛",
    "12²",
    "\u017ft",
    "İ",
    "ΣΑΣ",
    "<|endoftext|>",
)


def test_a_known_sentence_has_its_published_tokens() -> None:
    ids = tokenizer().encode("a photo of a cat").ids
    assert ids == [49406, 320, 1125, 539, 320, 2368, 49407]


def test_words_alone_come_without_start_and_end() -> None:
    assert tokenizer().encode("a photo", add_special_tokens=False).ids == [320, 1125]


def test_case_and_spaces_do_not_matter() -> None:
    assert tokenizer().encode("A  Red\nBall").ids == tokenizer().encode("a red ball").ids


def test_it_holds_the_whole_vocabulary() -> None:
    assert tokenizer().get_vocab_size() == 49408
    digest = sha256(MERGES.read_text("utf-8").encode()).hexdigest()
    assert digest == "d308b7377a8ceaa9707a21614fe8c831b9196e197b7aeb69833359362907af02"


@settings(max_examples=count(300, 20_000), deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=6).map(" ".join))
def test_what_is_made_for_a_text_cuts_it_as_the_whole_does(text: str) -> None:
    found, expected = tokenizer_for(text).encode(text), tokenizer().encode(text)
    assert (found.ids, found.offsets) == (expected.ids, expected.offsets)


def test_what_is_made_for_a_text_cuts_its_parts_too() -> None:
    text = "masterpiece, (a smiling face:1.2) with glasses\nand hats"
    made = tokenizer_for(text)
    for part in ("a smiling face", "with glasses", "and hats", ", "):
        assert made.encode(part).ids == tokenizer().encode(part).ids
