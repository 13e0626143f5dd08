"""Google docstrings, as the manual of nodes."""

from __future__ import annotations

from studio.core.docstring import Docstring, parse

TEXT = """Do a thing.

    First paragraph
    goes on.

    Second one.

    Args:
        first: What comes first,
            and goes on here: with a colon.
        second: The other.

    Raises:
        RangeError: It is too much.

    Source:
        Somebody 2022,
        arXiv:2206.00364.
    """


def test_every_section_is_read() -> None:
    assert parse(TEXT) == Docstring(
        "Do a thing.",
        "First paragraph goes on.\n\nSecond one.",
        {"first": "What comes first, and goes on here: with a colon.", "second": "The other."},
        (("RangeError", "It is too much."),),
        "Somebody 2022, arXiv:2206.00364.",
    )


def test_attributes_are_read_like_args() -> None:
    assert parse("X.\n\nAttributes:\n    a: One.").args == {"a": "One."}


def test_what_is_missing_stays_empty() -> None:
    assert parse(None) == Docstring()
    assert parse("  Only this.  ") == Docstring("Only this.")
