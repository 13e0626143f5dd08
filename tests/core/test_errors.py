"""Codes, places and texts of errors."""

from __future__ import annotations

import re
from pathlib import Path

from studio.core.errors import (
    WARNINGS,
    Cancelled,
    DocumentError,
    Issue,
    Place,
    RangeError,
    StudioError,
    all_errors,
)


def test_every_class_has_a_code_of_its_own() -> None:
    found = all_errors()
    assert len(found) == len(set(found.values()))
    assert all(code.startswith("E_") for code in found)
    assert all(code.startswith("W_") for code in WARNINGS)


def test_every_class_says_what_it_means() -> None:
    assert all((kind.__doc__ or "").split("\n")[0].endswith(".") for kind in all_errors().values())


def test_every_warning_that_is_given_is_explained() -> None:
    root = Path(__file__).parents[2]
    given = {
        code
        for folder in ("nodes", "studio/diffusion", "studio/compute", "studio/engine")
        for path in (root / folder).rglob("*.py")
        for code in re.findall(r'"(W_[A-Z_]+)"', path.read_text("utf-8"))
    }
    assert given == WARNINGS.keys()


def test_an_error_says_what_and_what_next_and_can_be_told_as_data() -> None:
    wrong = RangeError("31 is too much", fix="take 30", place=Place("sample", "guidance"))
    assert str(wrong) == "31 is too much; take 30"
    assert wrong.as_issue() == Issue(
        "E_RANGE", "31 is too much", "take 30", Place("sample", "guidance")
    )
    assert str(wrong.as_issue()) == "E_RANGE sample.guidance: 31 is too much; take 30"


def test_places_are_written_as_people_say_them() -> None:
    assert [str(Place()), str(Place("a")), str(Place("a", "b"))] == ["graph", "a", "a.b"]


def test_a_document_error_knows_its_line() -> None:
    wrong = DocumentError("bad", line=3, field="nodes.a")
    assert (wrong.line, wrong.field, wrong.fix) == (3, "nodes.a", "")


def test_cancelling_is_no_error() -> None:
    assert not issubclass(Cancelled, StudioError)
