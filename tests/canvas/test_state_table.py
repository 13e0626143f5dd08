"""What is known of nodes, by row."""

from __future__ import annotations

import random

import numpy as np

from studio.canvas.state_table import StateTable
from studio.canvas.states import NodeState

FRESH, STALE = NodeState("fresh"), NodeState("stale", footer="needs a run")


def known(table: StateTable) -> list[NodeState | None]:
    return [table.of(row) for row in range(len(table.numbers))]


def table_of(*ids: str) -> StateTable:
    table = StateTable()
    table.reorder([], ids, np.zeros(0, np.intp))
    return table


def test_only_steps_to_another_look_are_told() -> None:
    table = table_of("a", "b", "c")
    steps = table.put(slice(None), [FRESH, FRESH, STALE])
    assert len(steps) == 2
    assert {*steps} == {(None, FRESH), (None, STALE)}
    assert table.put(np.array([2, 0]), [NodeState("stale", footer="needs a run"), STALE]) == [
        (FRESH, STALE)
    ]
    assert known(table) == [STALE, FRESH, STALE]


def test_states_follow_their_nodes_and_wait_for_those_that_are_away() -> None:
    table = table_of("a", "b", "c")
    table.put(slice(None), [FRESH, STALE, None])
    table.reorder(["a", "b", "c"], ["c", "a"], np.array([1, -1, 0]))
    assert known(table) == [None, FRESH]
    table.reorder(["c", "a"], ["b", "c", "a"], np.array([1, 2]))
    assert known(table) == [STALE, None, FRESH]


def test_rows_are_found_by_the_kind_of_their_state() -> None:
    table = table_of("a", "b", "c")
    table.put(np.array([0, 2]), [NodeState("running", share=0.1), NodeState("running", share=0.7)])
    assert table.rows_of("running") == [0, 2]
    assert table.rows_of("failed") == []


def test_a_long_run_keeps_few_states() -> None:
    table, chance = table_of(*"abcd"), random.Random(3)
    expected: list[NodeState | None] = [None] * 4
    for step in range(2_000):
        row = chance.randrange(4)
        expected[row] = NodeState("running", share=step / 2_000)
        table.put(np.array([row]), [expected[row]])
        assert table.of(row) is expected[row]
    assert known(table) == expected
    assert len(table.held) < 400
