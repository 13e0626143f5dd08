"""Show a value."""

from __future__ import annotations

from typing import TypeVar

from studio.core.define import node

T = TypeVar("T")


@node("output.show", category="Output", title="Show")
def show(value: T) -> None:
    """Make something the target of a run, so that it can be looked at; writes nothing.

    Args:
        value: An image, a mask, a number: anything.
    """
