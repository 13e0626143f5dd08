"""JSON within limits, and where things stand in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from studio.core.errors import DocumentError
from studio.core.json_text import line_of, parse
from tests import strategies

TEXT = """{
  "a": [1,
    {"b": "x, } ] \\" y",
     "c": null}
  ], "d": {},
  "e": [[], [
    true]]
}"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1), (("a",), 2), (("a", 0), 2), (("a", 1), 3), (("a", 1, "b"), 3),
        (("a", 1, "c"), 4), (("d",), 5), (("e", 1, 0), 7), (("z",), 0), (("a", 9), 0),
    ],
)  # fmt: skip
def test_the_line_of_a_path_is_found(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(TEXT, path) == line
    assert line_of(TEXT.encode(), path) == line


@given(strategies.values)
@strategies.examples(50, 2000)
def test_what_json_writes_is_read(value: object) -> None:
    assert parse(json.dumps(value)) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


def test_a_key_may_occur_again_in_another_object() -> None:
    assert parse('{"a": {"a": 1}, "b": {"a": 2}}') == {"a": {"a": 1}, "b": {"a": 2}}
    with pytest.raises(DocumentError) as caught:
        parse('{"a": {"a": 1},\n "b": [{"a": 2,\n "a": 3}]}')
    assert (caught.value.line, caught.value.field) == (3, "b.0.a")


def test_a_number_inside_a_text_is_not_blamed() -> None:
    with pytest.raises(DocumentError) as caught:
        parse('{"x": "1e999",\n"y": 1e999}')
    assert (caught.value.line, caught.value.field) == (2, "y")
