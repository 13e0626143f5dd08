"""A number."""

from __future__ import annotations

from studio.core.define import node


@node("logic.number", category="Logic", title="Number", folds=True)
def number(value: float = 0.0) -> float:
    """Give one number to several inputs.

    Args:
        value: The number; whole ones also go to inputs that take whole numbers.
    """
    return value
