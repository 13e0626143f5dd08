"""Thousands of values at once are the same as one by one."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.columns import columns_of, made, shared
from studio.core.document import from_data
from studio.core.errors import DocumentError
from studio.core.graph import Node
from tests import strategies

TYPES = {"type": str, "version": int, "title": (str, type(None)), "params": dict}
ROWS = [{"type": "a"}, {"type": "b", "version": 3, "params": {"x": 1}, "tint": 5, "title": None}]
ODD: list[Any] = [
    1,
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "on",
    "muted",
    "text",
    [],
    [1, 2],
    [1, True],
    [1, "2"],
    {},
]
NAMES = ["type", "version", "mode", "params", "at", "width", "collapsed", "tint"]
ENTRIES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(ODD), max_size=3)


def test_values_are_made_as_by_calling_their_kind() -> None:
    columns = columns_of(ROWS, Node, TYPES)
    assert columns is not None
    assert made(Node, columns, 2) == [
        Node("a"), Node("b", 3, {"x": 1}, title=None, extra={"tint": 5}),  # type: ignore[arg-type]
    ]  # fmt: skip


def test_a_value_that_was_made_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        made(Node, {"type": ["a"]}, 1)[0].version = 2  # type: ignore[misc]


@pytest.mark.parametrize("row", [{}, {"type": 1}, {"type": "a", "version": True}, 5, ["type"]])
def test_a_row_that_may_be_wrong_is_not_parted(row: object) -> None:
    assert columns_of([*ROWS, row], Node, TYPES) is None
    assert columns_of([row], Node, TYPES) is None


def test_equal_texts_become_one_object() -> None:
    one, other, known = "".join(["a", "b"]), "".join(["a", "b"]), "".join(["a", "b"])
    assert one is not other
    assert all(text is known for text in shared([one, other], {known: known}))


@given(ENTRIES, st.sampled_from(["nodes", "layout"]))
@strategies.examples(300, 5000)
def test_an_entry_among_many_is_read_as_if_alone(odd: dict[str, Any], where: str) -> None:
    usual = {"type": "a"} if where == "nodes" else {"at": [1, 2]}
    odd = {**usual, **odd}
    assert _read(where, {"usual": usual, "odd": odd}) == _read(where, {"odd": odd})


def _read(where: str, entries: dict[str, Any]) -> object:
    """Return what is made of the last entry, or what is said of it."""
    try:
        graph = from_data({"wirebrush": 1, where: entries})
    except DocumentError as wrong:
        return str(wrong)
    return [*(graph.nodes if where == "nodes" else graph.view.layout).values()][-1]
