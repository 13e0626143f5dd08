"""A row of whole numbers."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.errors import Place, RangeError
from studio.core.values import Sequence
from studio.core.widgets import SEED_LIMIT, Range


@node("logic.range", category="Logic", title="Range", folds=True)
def whole_numbers(
    start: Annotated[int, Range(-(2**63), SEED_LIMIT - 1)] = 0,
    count: Annotated[int, Range(1, 10000)] = 4,
    step: Annotated[int, Range(-1_000_000, 1_000_000)] = 1,
) -> Sequence[int]:
    """Count, and run what is linked once for each number.

    Linked to a seed it makes variations; a larger count runs only the new ones.

    Args:
        start: The first number.
        count: How many numbers.
        step: Distance from one to the next.

    Raises:
        RangeError: The numbers leave what a seed or a whole number can hold.
    """
    last = start + (count - 1) * step
    if not -(2**63) <= last < SEED_LIMIT:
        text = f"the last number is {last}"
        raise RangeError(text, fix="use a smaller count or step", place=Place(input="count"))
    numbers = tuple(start + index * step for index in range(count))
    return Sequence(numbers, tuple(str(number) for number in numbers))
