"""A seed."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.widgets import Seed


@node("logic.seed", category="Logic", title="Seed", folds=True)
def seed(seed: Annotated[int, Seed()] = 0) -> int:
    """Give one seed to several inputs.

    Args:
        seed: The seed.
    """
    return seed
