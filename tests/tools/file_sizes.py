"""Which files are longer than the house rules allow."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NODE, MODULE = 150, 400
PLACES = ("studio", "nodes", "training", "benchmarks")


def too_long(root: Path = ROOT) -> list[str]:
    """Return one line for each file over its limit."""
    files = [path for place in PLACES for path in sorted((root / place).rglob("*.py"))]
    found = []
    for path in [*files, root / "main.py"]:
        limit = NODE if path.is_relative_to(root / "nodes") else MODULE
        lines = len(path.read_text("utf-8").splitlines())
        if lines > limit:
            found.append(f"{path.relative_to(root)}: {lines} lines, {limit} allowed")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(too_long()))
