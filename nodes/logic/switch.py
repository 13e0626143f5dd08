"""Choose one of several inputs."""

from __future__ import annotations

from typing import Annotated, TypeVar

from studio.core.define import node
from studio.core.errors import Place, RangeError
from studio.core.widgets import Range

T = TypeVar("T")


@node("logic.switch", category="Logic", title="Switch", folds=True)
def switch(inputs: tuple[T, ...], choice: Annotated[int, Range(0, 99)] = 0) -> T:
    """Pass on one of several inputs; what only the others need does not run.

    Args:
        inputs: Two or more of one type.
        choice: Which one, counted from 0.

    Raises:
        RangeError: There is no such input.
    """
    if choice >= len(inputs):
        text = f"choice {choice} of a switch with {len(inputs)} inputs"
        raise RangeError(text, fix="inputs are counted from 0", place=Place(input="choice"))
    return inputs[choice]
