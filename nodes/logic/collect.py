"""Make a batch of a list."""

from __future__ import annotations

from typing import TypeVar

from studio.core.define import node
from studio.core.values import Sequence

T = TypeVar("T")


@node("logic.collect", category="Logic", title="Collect")
def collect(items: Sequence[T]) -> T:
    """Put the items of a list together into one batch.

    Args:
        items: Images or masks of one size, or latents of one family and size. Grey images and
            those without alpha join richer ones.

    Raises:
        ShapeError: Two items differ in size, or there are none.
        TypeMismatchError: The items are nothing that comes in batches.
        FamilyMismatchError: Two latents are of different families.
    """
    from studio.diffusion.batches import stack

    return stack(items)
