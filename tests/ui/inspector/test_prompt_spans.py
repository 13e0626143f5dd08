from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.ui.inspector.prompt_spans import read


def colored(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.role) for span in read(text).spans]


def test_a_weight_is_colored_with_its_brackets_by_its_direction() -> None:
    assert colored("a (blue cube:1.3), (noise:0.6)") == [
        ("(blue cube:1.3)", "weight_up"),
        ("(noise:0.6)", "weight_down"),
    ]


def test_bare_brackets_are_weights_too() -> None:
    assert colored("(x) [y]") == [("(x)", "weight_up"), ("[y]", "weight_down")]


def test_loras_and_wildcards_have_colors_of_their_own() -> None:
    text = "<lora:blueprint:0.8>, __weather__"
    assert colored(text) == [("<lora:blueprint:0.8>", "lora"), ("__weather__", "wildcard")]


def test_a_comment_reaches_to_the_end_of_its_line() -> None:
    assert colored("a # no\nb") == [("# no", "comment")]


def test_escaped_brackets_are_text() -> None:
    assert colored(r"a \(b\)") == [("\\", "punctuation"), ("\\", "punctuation")]


def test_plain_text_has_no_color() -> None:
    assert read("a red ball, a blue cube").spans == ()


def test_what_is_not_understood_is_told_with_its_place() -> None:
    ((text, start, end),) = read("a (b").problems
    assert "never closed" in text
    assert (start, end) == (2, 3)


@given(st.text(alphabet="ab ()[]<>:#\\|_1.\n", max_size=80))
def test_spans_are_in_order_and_inside_the_text(text: str) -> None:
    places = [place for span in read(text).spans for place in (span.start, span.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
