"""Values of parameters: brought to their hints, or refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given

from studio.core.spec import Input
from studio.core.widgets import (
    Asset,
    Boxes,
    Choice,
    Color,
    Curve,
    FilePath,
    FileRef,
    ModelFile,
    Points,
    Range,
    Seed,
    Table,
    Text,
    Toggle,
    Widget,
    widget_from_data,
)
from tests import strategies

INPUTS = [
    Input("number", "float", widget=Range(0, 10, multiple=0)),
    Input("steps", "int", widget=Range(1, 150)),
    Input("size", "int", widget=Range(8, 4096, multiple=8, unit=" px")),
    Input("seed", "int", widget=Seed()),
    Input("text", "str", widget=Text(limit=10)),
    Input("choice", "str", widget=Choice(("a", "b"))),
    Input("toggle", "bool", widget=Toggle()),
    Input("model", "file", widget=ModelFile("checkpoints")),
    Input("file", "file", widget=FilePath()),
    Input("asset", "asset", widget=Asset((".png",))),
    Input("color", "str", widget=Color()),
    Input("curve", "curve", widget=Curve(0, 2)),
    Input("table", "table", widget=Table(("a", "b"))),
    Input("boxes", "boxes", widget=Boxes()),
    Input("points", "points", widget=Points()),
]
PERSON = [[0.5, 0.25, 1]] * 18
BY_NAME = {item.name: item for item in INPUTS}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", 7), ("number", 7.5), ("steps", 20), ("steps", 20.0), ("size", 512),
        ("seed", 2**64 - 1), ("text", "0123456789"), ("choice", "b"), ("toggle", False),
        ("model", "starter/a.safetensors"), ("model", {"path": "a", "blake3": "b"}),
        ("file", FileRef("a")), ("color", "#ff8800"), ("color", "#ff8800aa"),
        ("curve", [[0, 0], [0.5, 2], [1, 1]]), ("table", [["x", "y"]]), ("asset", "a.assets/b.png"),
        ("points", []), ("points", [PERSON]), ("points", [[[-0.5, 1.5, 0.0]] * 18]),
    ],
)  # fmt: skip
def test_good_values_have_no_problem(name: str, value: object) -> None:
    assert BY_NAME[name].problem(value) is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("number", 10.5, "10.5 is outside 0 to 10"),
        ("points", [PERSON[1:]], "a person has 18 points, not 17"),
        ("points", [[[0.5, 3, 1]] * 18], "the point 0.5, 3 is outside -1 to 2"),
        ("points", [[[0.5, float("nan"), 1]] * 18], "outside -1 to 2"),
        ("points", [[[0.5, 0.5, 2]] * 18], "the confidence 2 is outside 0 to 1"),
        ("points", [[[0.5, 0.5]] * 18], "is not a list of people"),
        ("points", 7, "is not a list of people"),
        ("number", float("nan"), "not a finite number"),
        ("number", True, "True is not a number"),
        ("number", 10**400, "too large"),
        ("steps", 0, "0 is outside 1 to 150"),
        ("steps", 1.5, "1.5 is not a whole number"),
        ("steps", "3", "'3' is not a whole number"),
        ("steps", 10**400, "64 bits"),
        ("steps", 1e300, "64 bits"),
        ("size", 500, "500 is not a multiple of 8; the nearest are 496 and 504"),
        ("seed", -1, "-1 is outside 0 to 18446744073709551615"),
        ("seed", 2**64, "64 bits"),
        ("text", "01234567890", "11 bytes of text are over 10"),
        ("choice", "c", "'c' is none of a, b"),
        ("toggle", 1, "1 is not true or false"),
        ("model", "", "no file is chosen; pick one from checkpoints"),
        ("model", 5, "5 is not a path"),
        ("file", "", "no path is given"),
        ("color", "red", "not a colour"),
        ("curve", [[0.5, 0], [0, 0]], "rise"),
        ("curve", [[0, 3]], "3 is outside 0 to 2"),
        ("curve", [0, 1], "not a list of [time, value] points"),
        ("table", [[1]], "not a list of rows of texts"),
    ],
)
def test_bad_values_are_refused_with_a_reason(name: str, value: object, said: str) -> None:
    assert said in str(BY_NAME[name].problem(value))


@given(strategies.values)
@strategies.examples(50, 2000)
def test_no_value_makes_a_widget_raise(value: object) -> None:
    for item in INPUTS:
        problem = item.problem(value)
        assert problem is None or len(problem) < 300


def test_seven_is_the_same_number_however_it_is_written() -> None:
    assert type(BY_NAME["number"].coerce(7)) is float
    assert type(BY_NAME["steps"].coerce(7.0)) is int


@pytest.mark.parametrize("item", INPUTS, ids=lambda item: str(item.name))
def test_a_widget_survives_a_trip_as_data(item: Input) -> None:
    assert isinstance(item.widget, Widget)
    assert widget_from_data(item.widget.as_data()) == item.widget


def test_minus_zero_is_zero() -> None:
    assert str(Input("x", "float").coerce(-0.0)) == "0.0"
