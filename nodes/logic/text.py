"""A text."""

from __future__ import annotations

from typing import Annotated

from studio.core.define import node
from studio.core.widgets import Text


@node("logic.text", category="Logic", title="Text", folds=True)
def text(value: Annotated[str, Text(lines=4)] = "") -> str:
    """Give one text to several inputs.

    Args:
        value: The text.
    """
    return value
