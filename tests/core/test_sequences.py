"""Lists whose items are read when they are needed."""

from __future__ import annotations

from studio.core.sequences import item_at
from studio.core.values import Sequence


def test_an_item_is_the_value() -> None:
    assert item_at(Sequence((5, 6)), 1) == 6


def test_an_item_with_a_reader_is_read() -> None:
    values: Sequence[int] = Sequence(("5", "6"), reader="builtins:int")
    assert item_at(values, 0) == 5
