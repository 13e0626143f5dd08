"""The text of keys, cut where the keys of inputs stand."""

from __future__ import annotations

import pytest

from studio.core.define import spec_of
from studio.core.folding import Filled, Given, Made
from studio.core.values import Sequence
from studio.engine.recipe import key_text, recipe_of
from studio.engine.sources import digest_of_text, token_of
from tests.engine.cheap import add

SPEC = spec_of(add)
INPUTS: dict[str, Filled] = {
    "label": Given('"other":{"made":"'),
    "other": Made("b", "image", "k2"),
    "image": Made("a", 'odd "name"', "k1"),
    "amount": Given(0.5),
}


def text(inputs: dict[str, Filled]) -> str:
    tokens = {
        name: [*map(token_of, source)] if isinstance(source, tuple) else token_of(source)
        for name, source in inputs.items()
    }
    return key_text(SPEC, tokens, "cpu")


def test_the_same_keys_make_the_same_text() -> None:
    recipe = recipe_of(text(INPUTS), INPUTS)
    assert recipe
    assert recipe.key(["k1", "k2"]) == digest_of_text(text(INPUTS))


def test_other_keys_make_the_text_that_they_would_make_alone() -> None:
    recipe = recipe_of(text(INPUTS), INPUTS)
    others = INPUTS | {"image": Made("a", 'odd "name"', "x"), "other": Made("b", "image", "y")}
    assert recipe
    assert recipe.key(["x", "y"]) == digest_of_text(text(others))


def test_the_ends_are_in_the_order_of_the_text() -> None:
    recipe = recipe_of(text(INPUTS), INPUTS)
    assert recipe
    assert [end[:2] for end in recipe.ends] == [("image", "a"), ("other", "b")]


@pytest.mark.parametrize("source", [Given(Sequence((1, 2))), (Made("a", "image", "k1"),)])
def test_structures_have_no_recipe(source: Filled) -> None:
    inputs = INPUTS | {"amount": source}
    assert recipe_of(text(inputs), inputs) is None
