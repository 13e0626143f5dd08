"""One call of a function, and what is made of its result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from studio.core.define import spec_of
from studio.core.errors import NodeError, OutOfMemoryError, Place, RangeError
from studio.core.spec import NodeSpec
from studio.core.values import Image, Sequence
from studio.engine.calling import Steering, call, in_words, placed, protect
from studio.engine.runtime import Token
from tests.engine import cheap


def steering() -> Steering:
    return Steering("r", "n", Token(), lambda event: None, lambda: None)


def returned(value: Any, like: NodeSpec) -> dict[str, Any]:
    """Return what becomes of a result."""
    RESULTS.append(value)
    return call(replace(like, implementation=f"{__name__}:give"), {}, steering())


RESULTS: list[Any] = []


def give() -> Any:
    result = RESULTS.pop()
    if isinstance(result, BaseException):
        raise result
    return result


ONE, TWO = spec_of(cheap.grey), spec_of(cheap.split)


def test_outputs_get_their_names() -> None:
    image = Image(np.zeros((1, 1, 1, 3), np.float32))
    assert returned(image, ONE) == {"image": image}
    assert list(returned(cheap.Halves(image, image), TWO)) == ["top", "bottom"]


def test_a_result_with_another_number_of_values_is_refused() -> None:
    with pytest.raises(NodeError, match="3 values for 2 outputs"):
        returned((1, 2, 3), TWO)


def test_short_memory_says_what_to_do() -> None:
    with pytest.raises(OutOfMemoryError, match="smaller size"):
        returned(MemoryError(), ONE)


def test_other_errors_keep_their_cause() -> None:
    with pytest.raises(NodeError, match="KeyError") as caught:
        returned(KeyError("x"), ONE)
    assert isinstance(caught.value.__cause__, KeyError)


def test_errors_of_ours_pass_through() -> None:
    with pytest.raises(RangeError, match="too much"):
        returned(RangeError("too much"), ONE)


def test_a_place_keeps_its_input() -> None:
    error = placed(RangeError("x", place=Place(input="level")), "node")
    assert str(error.place) == "node.level"


def test_arrays_inside_lists_are_protected() -> None:
    image = Image(np.zeros((1, 1, 1, 3), np.float32))
    protect(Sequence((image,)))
    assert not image.pixels.flags.writeable


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Image(np.zeros((1, 2, 3, 4), np.float32)), "Image 1 x 2 x 3 x 4"),
        (Sequence((1, 2)), "Sequence of 2"),
        (7, "7"),
        ("x" * 200, "x" * 77 + "..."),
        (None, "NoneType"),
    ],
)
def test_outputs_are_told_in_words(value: Any, words: str) -> None:
    assert in_words(value) == words
