"""How often long tests repeat: a little in every run, fully when soaking."""

from __future__ import annotations

import os


def count(reduced: int, full: int) -> int:
    """Return `full` under ``just soak``, else `reduced`."""
    return full if os.environ.get("WIREBRUSH_SOAK") == "1" else reduced
