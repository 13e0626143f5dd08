from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.ui.inspector.prompt_weights import STEP, changed


def weighed(text: str, start: int, end: int | None = None, by: float = STEP) -> str:
    edit = changed(text, start, start if end is None else end, by)
    return text if edit is None else text[: edit.start] + edit.text + text[edit.end :]


def test_the_word_under_the_cursor_gets_a_weight() -> None:
    assert weighed("a red ball", 3) == "a (red:1.05) ball"


def test_the_selection_gets_a_weight_without_the_spaces_around_it() -> None:
    assert weighed("a red ball, cube", 1, 12) == "a (red ball:1.05), cube"


def test_a_weight_around_the_cursor_is_changed() -> None:
    assert weighed("a (red:1.3) ball", 4) == "a (red:1.35) ball"
    assert weighed("a (red:1.3) ball", 4, by=-STEP) == "a (red:1.25) ball"


def test_a_weight_that_becomes_one_loses_its_brackets() -> None:
    assert weighed("a (red:1.05) ball", 4, by=-STEP) == "a red ball"


def test_bare_brackets_count_as_their_weight() -> None:
    assert weighed("(red)", 2) == "(red:1.15)"


def test_the_strength_of_a_lora_is_changed() -> None:
    assert weighed("<lora:blueprint:0.8>", 8) == "<lora:blueprint:0.85>"
    assert weighed("<lora:blueprint>", 8) == "<lora:blueprint:1.05>"


def test_the_same_stretch_stays_selected_so_that_the_key_can_be_pressed_again() -> None:
    text = "a red ball"
    edit = changed(text, 2, 5, STEP)
    assert edit is not None
    text = text[: edit.start] + edit.text + text[edit.end :]
    assert text[slice(*edit.select)] == "red"
    assert weighed(text, *edit.select) == "a (red:1.1) ball"


@pytest.mark.parametrize("text", ["", "  ,  "])
def test_where_there_is_nothing_to_weigh_nothing_happens(text: str) -> None:
    assert changed(text, 0, 0, STEP) is None


@given(st.text(alphabet="ab (:1.3)<lora>,\\", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_no_text_is_damaged_outside_of_what_is_weighed(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    edit = changed(text, start, end, STEP)
    if edit is not None:
        assert 0 <= edit.start <= edit.end <= len(text)
        after = text[: edit.start] + edit.text + text[edit.end :]
        assert 0 <= edit.select[0] <= edit.select[1] <= len(after)
