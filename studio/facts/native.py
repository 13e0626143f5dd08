"""The size of the pictures that a checkpoint was trained on."""

from __future__ import annotations

import re

from studio.facts.described import Header
from studio.facts.families import Family

_LEAST, _MOST = 32, 8192


def native_size(header: Header, family: Family) -> tuple[int, int]:
    """Return width and height in pixels: what the file says of itself, else its family's.

    Args:
        header: Of the checkpoint; ``modelspec.resolution`` is ``1024x1024`` or ``1024``.
        family: Its family.

    Source:
        Stability AI, modelspec 1.0.0.
    """
    text = header.metadata.get("modelspec.resolution", "")
    found = re.fullmatch(r"\s*(\d{1,5})(?:\s*[xX\u00d7]\s*(\d{1,5}))?\s*", text)
    if found:
        width, height = int(found[1]), int(found[2] or found[1])
        if min(width, height) >= _LEAST and max(width, height) <= _MOST:
            return width, height
    return family.native_size, family.native_size
