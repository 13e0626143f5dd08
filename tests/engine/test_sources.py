"""What inputs contribute to a key."""

from __future__ import annotations

from typing import Any

import pytest

from studio.core.folding import Given, Made
from studio.core.values import Ref, Sequence
from studio.engine.sources import digest_of, item_token, made_in, token_of

MADE = Made("n", "image", "k")


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (1, True), (0, False), (0.0, -0.0), ("1", 1), (None, "null"), ([1, 2], [2, 1]), ("a", "ä")],
)  # fmt: skip
def test_what_differs_has_another_digest(one: Any, other: Any) -> None:
    assert digest_of(one) != digest_of(other)


def test_the_order_of_names_does_not_count() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})


def test_numbers_that_are_none_have_digests() -> None:
    assert len({digest_of(float(text)) for text in ("nan", "inf", "-inf")}) == 3


def test_a_result_counts_by_its_key_and_output_and_not_by_its_node() -> None:
    assert token_of(MADE) == token_of(Made("other", "image", "k"))
    assert token_of(MADE) != token_of(Made("n", "mask", "k"))


def test_a_text_is_never_taken_for_a_result() -> None:
    assert token_of(Given({"made": "k.image"})) != token_of(MADE)
    assert token_of(Given("k.image")) != token_of(MADE)


def test_a_literal_in_a_list_counts_as_if_it_was_typed() -> None:
    assert item_token(Sequence((7, 8), ("a", "b")), 1, "list") == 8
    assert item_token(Sequence(("x",)), 0, "list") == "x"


def test_an_item_that_was_made_counts_by_its_key() -> None:
    assert item_token(Sequence((Ref("k.image"),)), 0, "list") == token_of(MADE)


def test_an_item_with_an_identity_counts_by_that_alone() -> None:
    one: Sequence[str] = Sequence(("a.png", "b.png"), ("d1", "d2"), "m:read")
    two: Sequence[str] = Sequence(("z.png",), ("d2",), "m:read")
    assert item_token(one, 1, "list") == item_token(two, 0, "other")
    assert item_token(one, 0, "list") != item_token(one, 1, "list")


def test_any_other_item_counts_by_its_list_and_place() -> None:
    values: Sequence[object] = Sequence((object(), object()))
    tokens = [item_token(values, 0, "x"), item_token(values, 1, "x"), item_token(values, 0, "y")]
    assert len({digest_of(token) for token in tokens}) == 3


def test_results_are_found_among_many_links() -> None:
    assert made_in([MADE, Given(1), (Given(2), MADE)]) == [MADE, MADE]
