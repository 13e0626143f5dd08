from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.ui.inspector.arithmetic import LIMIT, FormulaError, evaluate


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("512*2", 1024),
        ("(3 + 1) / 2", 2),
        ("1 + 2 * 3", 7),
        ("10 - 2 - 3", 5),
        ("-(2 + 3)", -5),
        ("1.5e2", 150.0),
        ("7 / 2", 3.5),
        (".5", 0.5),
        ("0,25", 0.25),
    ],
)
def test_a_formula_is_worked_out(text: str, value: float) -> None:
    assert evaluate(text, 0) == value


@pytest.mark.parametrize(
    ("text", "value"), [("+1", 21), ("*2", 40), ("/4", 5), ("+ 2 * 3", 26), ("*2 + 1", 41)]
)
def test_a_text_that_begins_with_a_sign_changes_the_value_held(text: str, value: float) -> None:
    assert evaluate(text, 20) == value


def test_a_leading_minus_is_a_negative_number_where_there_are_some() -> None:
    assert evaluate("-5", 20) == -5
    assert evaluate("-5", 20, signed=False) == 15


def test_the_unit_may_be_typed_too() -> None:
    assert evaluate("512 px", 0, " px") == 512


def test_whole_numbers_stay_exact_beyond_what_a_float_holds() -> None:
    assert evaluate("+1", 2**64 - 2) == 2**64 - 1


@pytest.mark.parametrize(
    "text", ["", "abc", "1 +", "(1", "1)", "1 2", "2**3", "1/0", "*", "()", "9" * (LIMIT + 1)]
)
def test_what_is_no_formula_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(FormulaError, match=r"\w"):
        evaluate(text, 1)


@given(st.text(alphabet="0123456789+-*/(). e_", max_size=60))
def test_no_text_does_anything_but_give_a_number_or_be_refused(text: str) -> None:
    try:
        found = evaluate(text, 3)
    except FormulaError:
        return
    assert isinstance(found, int | float)
