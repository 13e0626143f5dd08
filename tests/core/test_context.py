"""Progress of generators."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from studio.core.context import Progress, result_of, ticks


def walk(closed: list[bool]) -> Generator[int, None, str]:
    try:
        yield from range(3)
    finally:
        closed.append(True)
    return "done"


def test_ticks_tells_each_step_and_returns_the_result() -> None:
    closed: list[bool] = []
    told = ticks(walk(closed), lambda step: Progress(step + 1, 3))
    assert [next(told).done for _ in range(3)] == [1, 2, 3]
    with pytest.raises(StopIteration) as stop:
        next(told)
    assert (stop.value.value, closed) == ("done", [True])


def test_closing_ticks_closes_the_walk() -> None:
    closed: list[bool] = []
    told = ticks(walk(closed), lambda step: Progress(step, 3))
    next(told)
    told.close()
    assert closed == [True]


def test_result_of_runs_to_the_end() -> None:
    assert result_of(walk([])) == "done"
