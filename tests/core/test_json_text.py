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


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}', '{"a": 1, "\\u0061": 2}', '{"a" : ":", "b": {"c": 1, "c"\n: 2}}',
        '{"a": "b\\u003a", "c": [], "c": "\\":"}', '[{"a": {"x": 1}, "a": 0}, "\":"]',
    ],
)  # fmt: skip
def test_a_repeated_key_is_found_whatever_the_texts_hold(text: str) -> None:
    with pytest.raises(DocumentError, match="occurs twice"):
        parse(text)


@pytest.mark.parametrize("text", ['{"a": "x: \\":"}', '{":": ":", "b" : ["\\u003a"]}', "{}", '":"'])
def test_colons_in_texts_are_no_keys(text: str) -> None:
    assert parse(text) == json.loads(text)


@pytest.mark.parametrize("number", [-(2**63), 2**64 - 1, 1.7e308])
def test_numbers_up_to_the_limits_are_read(number: float) -> None:
    assert parse(f"[1.5, 0, {number!r}, {number!r}]") == [1.5, 0, number, number]


@pytest.mark.parametrize("number", [-(2**63) - 1, 2**64, "1" * 5000, "-1e999", "NaN"])
def test_numbers_beyond_the_limits_are_refused_with_their_line(number: object) -> None:
    text = f'{{"a": [1.5,\n 1, {number}]}}'
    with pytest.raises(DocumentError, match="number") as refused:
        parse(text)
    assert (refused.value.line, refused.value.field) == (2, "a.2")
