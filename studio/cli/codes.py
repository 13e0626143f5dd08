"""Exit codes: what a program that starts this one can count on."""

from __future__ import annotations

OK, FAILED, USAGE, PARTIAL, MISSING, MEMORY, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
"""Exit codes: 3 some items failed, 4 a model file is missing, 5 out of memory."""


def exit_code(code: str) -> int:
    """Return the exit code that belongs to an error's code."""
    table = {
        "E_FILE_MISSING": MISSING,
        "G007": MISSING,
        "E_UNKNOWN_NODE": USAGE,  # asked for by name; in a graph it is an issue of the check
        "E_OOM": MEMORY,
        "E_CANCELLED": INTERRUPTED,
    }
    return table.get(code, FAILED)
