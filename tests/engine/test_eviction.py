"""What leaves first."""

from __future__ import annotations

from studio.engine.eviction import choose, worth

ROWS = [("a", 100, 1.0), ("b", 100, 2.0), ("c", 100, 3.0)]


def test_a_second_is_worth_more_in_a_small_result() -> None:
    assert worth(1.0, 10_000) > worth(1.0, 20_000)
    assert worth(2.0, 10_000) == 2 * worth(1.0, 10_000)


def test_tiny_results_are_not_worth_everything() -> None:
    assert worth(1.0, 0) == worth(1.0, 4096)


def test_no_more_leaves_than_is_needed() -> None:
    assert choose(ROWS, 150) == (["a", "b"], 200, 2.0)


def test_nothing_leaves_when_nothing_is_needed() -> None:
    assert choose(ROWS, 0) == ([], 0, None)


def test_everything_may_have_to_leave() -> None:
    assert choose(ROWS, 10_000) == (["a", "b", "c"], 300, 3.0)
