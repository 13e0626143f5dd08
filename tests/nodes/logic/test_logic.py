"""Numbers, texts, seeds, ranges, switch and collect."""

from __future__ import annotations

import numpy as np
import pytest

from nodes.logic.collect import collect
from nodes.logic.number import number
from nodes.logic.range import whole_numbers
from nodes.logic.seed import seed
from nodes.logic.switch import switch
from nodes.logic.text import text
from studio.core.errors import RangeError, ShapeError
from studio.core.values import Image, Sequence
from tests.nodes.fakes import image


def test_literals_are_what_they_are_given() -> None:
    assert number(2.5) == 2.5
    assert text("a") == "a"
    assert seed(2**64 - 1) == 2**64 - 1


def test_a_range_counts() -> None:
    assert whole_numbers(5, 3, -2).items == (5, 3, 1)
    assert whole_numbers(1, 3, 0).items == (1, 1, 1)


def test_more_numbers_keep_the_identity_of_the_first_ones() -> None:
    assert whole_numbers(0, 5).digests[:3] == whole_numbers(0, 3).digests


def test_a_range_that_no_seed_can_hold_is_refused() -> None:
    with pytest.raises(RangeError, match=str(2**64)):
        whole_numbers(2**64 - 2, 3)


def test_a_switch_passes_on_one_thing_untouched() -> None:
    token = object()
    assert switch((1, token, 3), 1) is token


@pytest.mark.parametrize("count", [0, 2])
def test_a_choice_that_is_not_there_is_refused(count: int) -> None:
    with pytest.raises(RangeError, match=f"{count} inputs"):
        switch(tuple(range(count)), 2)


def test_a_list_of_images_becomes_a_batch() -> None:
    made: Image = collect(Sequence((image(1), image(2))))
    np.testing.assert_array_equal(made.pixels[1:], image(2).pixels)


def test_two_sizes_are_no_batch() -> None:
    with pytest.raises(ShapeError, match=r"16 x 12, item 1 is 8 x 12"):
        collect(Sequence((image(), image(width=8))))
