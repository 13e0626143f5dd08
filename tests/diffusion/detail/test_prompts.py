"""Which prompt a mask gets."""

from __future__ import annotations

import pytest

from studio.core.errors import RangeError
from studio.diffusion.detail.prompts import Subject, Wish, read_rows, wishes


def subjects(count: int, label: str = "face") -> list[Subject]:
    places = [(0.1 + 0.8 * at / max(count - 1, 1), 0.3) for at in range(count)]
    return [Subject(at, label, at + 7, place) for at, place in enumerate(places)]


def wished(count: int, prompts: str = "", *table: tuple[str, ...]) -> tuple[list[Wish], list[str]]:
    said: list[str] = []
    found = wishes(subjects(count), prompts, read_rows(table), lambda code, text: said.append(code))
    return list(found), said


def test_nothing_written_is_the_linked_prompt() -> None:
    assert wished(2) == ([Wish(), Wish()], [])


def test_each_mask_takes_its_text() -> None:
    found, said = wished(2, "a cat [SEP] a dog")
    assert [each.prompt for each in found] == ["a cat", "a dog"]
    assert said == []


def test_the_last_text_repeats() -> None:
    assert [each.prompt for each in wished(3, "a cat[SEP]a dog")[0]] == ["a cat", "a dog", "a dog"]


def test_texts_too_many_are_told() -> None:
    found, said = wished(1, "a cat[SEP]a dog")
    assert [each.prompt for each in found] == ["a cat"]
    assert said == ["W_UNUSED"]


def test_nothing_is_told_where_nothing_was_found() -> None:
    assert wished(0, "a cat[SEP]a dog", ("face", "x")) == ([], [])


def test_a_text_may_skip_its_mask_or_be_the_linked_prompt() -> None:
    found, _ = wished(3, "[SKIP][SEP] [PROMPT] [SEP]a [SKIP] b")
    assert found == [Wish(skip=True), Wish(), Wish("a [SKIP] b")]


def test_the_linked_prompt_inside_of_a_text_stays_for_the_encoder() -> None:
    assert wished(1, "[PROMPT], smiling")[0] == [Wish("[PROMPT], smiling")]


@pytest.mark.parametrize(
    ("match", "hits"),
    [
        ("all", [0, 1, 2]), ("", [0, 1, 2]), ("ALL", [0, 1, 2]), ("2", [1]), ("#9", [2]),
        ("Face", [0, 1, 2]), ("hand", []), ("left", [0, 1]), ("right", [1, 2]), ("top", [0, 1, 2]),
        ("bottom", []), ("centre", [1]), ("0.8 0 1 1", [2]), ("0,0,.2,1", [0]), ("4", []),
    ],
)  # fmt: skip
def test_a_row_matches_by_number_id_label_or_region(match: str, hits: list[int]) -> None:
    found, said = wished(3, "", (match, "a cat"))
    assert [at for at, each in enumerate(found) if each.prompt == "a cat"] == hits
    assert said == ([] if hits else ["W_UNUSED"])


def test_the_first_row_that_matches_counts() -> None:
    found, _ = wished(2, "", ("2", "a dog"), ("all", "a cat"))
    assert [each.prompt for each in found] == ["a cat", "a dog"]


def test_a_row_gives_negative_denoise_and_skip() -> None:
    found, _ = wished(2, "", ("1", "a cat", "dark", "0.25"), ("2", "", "", "", "yes"))
    assert found == [Wish("a cat", "dark", 0.25), Wish(skip=True)]


def test_empty_cells_follow_the_texts() -> None:
    found, _ = wished(2, "a cat[SEP]a dog", ("all", "", "dark", "0.5"))
    assert found == [Wish("a cat", "dark", 0.5), Wish("a dog", "dark", 0.5)]


def test_a_row_in_the_table_may_bring_back_what_texts_skip() -> None:
    found, _ = wished(1, "[SKIP]", ("1", "a cat"))
    assert found == [Wish("a cat")]


def test_a_row_without_a_prompt_leaves_skipped_what_is_skipped() -> None:
    assert wished(1, "[SKIP]", ("1", "", "", "0.5"))[0][0].skip


@pytest.mark.parametrize(
    "row",
    [("1", "", "", "1.5"), ("1", "", "", "much"), ("1", "", "", "nan"), ("1", "", "", "", "?")],
)
def test_cells_that_make_no_sense_are_refused_before_any_work(row: tuple[str, ...]) -> None:
    """T6: a bad entry must not be passed over in silence."""
    with pytest.raises(RangeError, match="row 2"):
        read_rows([("1", "fine"), row])


def test_empty_lines_of_the_table_are_passed_over() -> None:
    assert wished(1, "", ("", "", "", "", ""), ("1", "a cat"))[0] == [Wish("a cat")]
