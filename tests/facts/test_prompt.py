from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core.errors import RangeError
from studio.core.values import PatchRequest
from studio.facts.prompt import Passage, Prompt, parse, plain
from tests.counts import count

GRAMMAR = st.text("ab ,()[]:.|\\<>lora#BREAK0123456789-+\n{}_é猫\x00", max_size=60)
EVENTS = settings(max_examples=count(200, 5000), deadline=None)


def weights(prompt: Prompt) -> list[tuple[str, float]]:
    [passage] = prompt.passages
    [part] = passage.parts
    return [(piece.text, round(piece.weight, 9)) for piece in part]


def words(passage: Passage) -> str:
    return "|".join("".join(piece.text for piece in part) for part in passage.parts)


def problem_parts(text: str) -> list[str]:
    prompt = parse(text)
    return [prompt.text[slice(*problem.span)] for problem in prompt.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a cat", [("a cat", 1.0)]),
        ("a (cat)", [("a ", 1.0), ("cat", 1.1)]),
        ("((cat))", [("cat", 1.21)]),
        ("[cat]", [("cat", round(1 / 1.1, 9))]),
        ("(cat:1.3)", [("cat", 1.3)]),
        ("(cat: .5)", [("cat", 0.5)]),
        ("(cat:-2)", [("cat", -2.0)]),
        ("(a (b:1.5):2)", [("a ", 2.0), ("b", 3.0)]),
        ("((a:1.2) b:0.5)", [("a", 0.6), (" b", 0.5)]),
        (r"\(a\) \[b\] c\:1 \\ \#", [(r"(a) [b] c:1 \ #", 1.0)]),
        (r"(a\):1.5)", [("a)", 1.5)]),
        ("[a:b]", [("a:b", round(1 / 1.1, 9))]),
        ("(16:9)", [("16", 9.0)]),
        ("16:9", [("16:9", 1.0)]),
        ("", []),
    ],
)
def test_weights_follow_the_grammar(text: str, expected: list[tuple[str, float]]) -> None:
    assert weights(parse(text)) == expected
    assert not parse(text).problems


@pytest.mark.parametrize(
    ("text", "expected", "reported"),
    [
        ("a (b", [("a (b", 1.0)], ["("]),
        ("a) b", [("a) b", 1.0)], [")"]),
        ("a:1.3) b", [("a:1.3) b", 1.0)], [")"]),
        ("((a) b", [("(", 1.0), ("a", 1.1), (" b", 1.0)], ["("]),
        ("(a [b) c]", [("a [b", 1.1), (" c]", 1.0)], ["[", "]"]),
        ("(a:1,3)", [("a:1,3", 1.1)], [":1,3"]),
        ("(a:abc)", [("a:abc", 1.1)], [":abc"]),
        ("(a:11)", [("a:11", 1.1)], [":11)"]),
        ("(a:1e3)", [("a:1e3", 1.1)], [":1e3"]),
        ("(a:nan) (b:1.3)", [("a:nan", 1.1), (" ", 1.0), ("b", 1.3)], [":nan"]),
        ("[a:b:7]", [("a:b:7", round(1 / 1.1, 9))], ["[a:b:7]"]),
        ("[a|b]", [("a|b", round(1 / 1.1, 9))], ["[a|b]"]),
        ("a AND b", [("a AND b", 1.0)], ["AND"]),
        ("((a:9):9)", [("a", 10.0)], ["a"]),
    ],
)
def test_a_broken_part_stays_literal_and_is_reported(
    text: str, expected: list[tuple[str, float]], reported: list[str]
) -> None:
    assert weights(parse(text)) == expected
    assert problem_parts(text) == reported


def test_an_error_leaves_the_rest_of_the_prompt_alone() -> None:
    assert ("cat", 1.3) in weights(parse("(broken:1,2), (cat:1.3), open ("))


def test_break_begins_a_new_part_inside_brackets_too() -> None:
    [passage] = parse("a BREAK (b BREAK c:2)").passages
    assert [[(p.text, p.weight) for p in part] for part in passage.parts] == [
        [("a ", 1.0)],
        [(" ", 1.0), ("b ", 2.0)],
        [(" c", 2.0)],
    ]
    assert words(parse("BREAKFAST").passages[0]) == "BREAKFAST"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x [a:b:0.5]", [(0.0, 0.5, "x a"), (0.5, 1.0, "x b")]),
        ("[b:.25]", [(0.0, 0.25, ""), (0.25, 1.0, "b")]),
        ("[a::0.5] y", [(0.0, 0.5, "a y"), (0.5, 1.0, " y")]),
        ("[a:b:0]", [(0.0, 1.0, "b")]),
        (
            "[a:[b:c:0.8]:0.3]",
            [(0.0, 0.3, "a"), (0.3, 0.8, "b"), (0.8, 1.0, "c")],
        ),
        ("[(a:1.2):(b:1.3):0.5]", [(0.0, 0.5, "a"), (0.5, 1.0, "b")]),
    ],
)
def test_a_bracket_with_a_share_changes_the_prompt(
    text: str, expected: list[tuple[float, float, str]]
) -> None:
    found = [(p.start, p.end, words(p)) for p in parse(text).passages]
    assert found == expected
    assert not parse(text).problems


def test_a_change_beyond_the_schedule_is_reported() -> None:
    prompt = parse("[a:b:1.5]")
    assert [words(passage) for passage in prompt.passages] == ["a"]
    assert "beyond" in prompt.problems[0].text


def test_lora_tags_become_requests() -> None:
    prompt = parse("a <lora:ink:0.8> b<lora:oil:0.5:-1><lora:x>")
    assert prompt.requests == (
        PatchRequest("lora", "ink", 0.8, 0.8),
        PatchRequest("lora", "oil", 0.5, -1.0),
        PatchRequest("lora", "x", 1.0, 1.0),
    )
    assert weights(prompt) == [("a  b", 1.0)]


@pytest.mark.parametrize(
    "tag", ["<lora:>", "<lora:a:1,0>", "<lora:a:11>", "<lora:a:1:1:1>", "<hyp:a>"]
)
def test_a_broken_tag_stays_literal(tag: str) -> None:
    prompt = parse(f"a {tag}")
    assert weights(prompt) == [(f"a {tag}", 1.0)]
    assert problem_parts(f"a {tag}") == [tag]
    assert not prompt.requests


def test_embeddings_are_named() -> None:
    prompt = parse("(embedding:bad-hands_5:1.2), embedding:x.pt, (embedding:y)")
    assert prompt.embeddings == ("bad-hands_5", "x.pt", "y")
    assert not prompt.problems


def test_comments_go_and_colours_stay() -> None:
    assert words(parse("a # note\nb #ff8800 c#1").passages[0]) == "a \nb #ff8800 c#1"


def test_control_characters_are_removed_with_a_note() -> None:
    prompt = parse("a\x00b\ud800\x7fc\td\n")
    assert prompt.text == "abc\td\n"
    assert prompt.problems[0].text == "3 control characters were removed"


def test_a_prompt_over_the_limit_is_refused() -> None:
    assert parse("a" * 65536).text
    with pytest.raises(RangeError, match="65537"):
        parse("a" * 65537)
    with pytest.raises(RangeError, match="65538"):
        plain("é" * 32769)


def test_plain_reads_no_grammar() -> None:
    assert weights(plain("(a:1.3) [b] <lora:x> BREAK")) == [("(a:1.3) [b] <lora:x> BREAK", 1.0)]


def test_places_lead_back_to_the_prompt() -> None:
    text = r"a (b\(c:1.5) d"
    [passage] = parse(text).passages
    found = [[text[place] for place in piece.places] for piece in passage.parts[0]]
    assert found == [["a", " "], ["b", "(", "c"], [" ", "d"]]


@pytest.mark.parametrize(
    "unit",
    ["(a", "a)", "[a:", "1", "(:1", "<lora:", "[a:b:0.5]", "((((", ":  ", "[a:b:0.", "_" * 9],
)
def test_hostile_prompts_cost_linear_time(unit: str) -> None:
    length = count(15_000, 60_000)
    text = unit * (length // len(unit))
    begin = time.process_time()
    parse(text)
    parse(":" + text)
    assert time.process_time() - begin < length / 12_000


@EVENTS
@given(GRAMMAR)
def test_parsing_never_fails_and_covers_the_schedule(text: str) -> None:
    prompt = parse(text)
    passages = prompt.passages
    assert [p.start for p in passages] == [0.0, *(p.end for p in passages[:-1])]
    assert passages[-1].end == 1.0
    pieces = [piece for p in passages for part in p.parts for piece in part]
    assert all(-10 <= piece.weight <= 10 for piece in pieces)
    assert all(prompt.text[k] == c for p in pieces for c, k in zip(p.text, p.places, strict=True))
    assert all(0 <= p.span[0] <= p.span[1] <= len(prompt.text) for p in prompt.problems)


@EVENTS
@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="()[]:\\#<")))
def test_plain_text_round_trips(text: str) -> None:
    assert words(parse(text).passages[0]).replace("|", "") == text.replace("BREAK", "").replace(
        "|", ""
    )


Written = tuple[str, tuple[tuple[str, float], ...]]


def bracketed(inner: list[Written], kind: tuple[str, str, float]) -> Written:
    opening, closing, factor = kind
    runs = tuple((text, weight * factor) for _, part in inner for text, weight in part)
    return f"{opening}{''.join(written for written, _ in inner)}{closing}", runs


KINDS = st.sampled_from(
    [("(", ")", 1.1), ("[", "]", 1 / 1.1), ("(", ":0.5)", 0.5), ("(", ":1.3)", 1.3)]
)
NESTED = st.recursive(
    st.text("ab ,", min_size=1, max_size=4).map(lambda text: (text, ((text, 1.0),))),
    lambda inner: st.builds(bracketed, st.lists(inner, min_size=1, max_size=3), KINDS),
    max_leaves=12,
)


@EVENTS
@given(NESTED)
def test_each_letter_has_the_product_of_the_weights_around_it(written: Written) -> None:
    text, runs = written
    expected = [(letter, round(weight, 9)) for run, weight in runs for letter in run]
    found = [(letter, weight) for run, weight in weights(parse(text)) for letter in run]
    assert found == expected
