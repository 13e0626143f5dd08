"""Sizes that are wanted, and the passes that lead there."""

from __future__ import annotations

import pytest

from studio.core.errors import RangeError
from studio.diffusion.upscale.targets import Target, plan


def passes(scale: int, target: Target) -> int:
    return len(plan(1, 10, 20, scale, target).passes)


@pytest.mark.parametrize(
    ("wanted", "expected"), [(0.25, 1), (1, 1), (2, 1), (2.5, 2), (4, 2), (8, 3), (16, 4)]
)
def test_a_network_runs_as_often_as_the_size_needs(wanted: float, expected: int) -> None:
    assert passes(2, Target(wanted)) == expected


def test_a_network_runs_four_times_at_most_and_once_when_it_restores() -> None:
    assert passes(2, Target(width=1000, height=2000)) == 4
    assert passes(1, Target(8)) == 1
    assert passes(4, Target()) == 1


def test_each_pass_begins_where_the_last_one_ended() -> None:
    assert plan(1, 10, 20, 4, Target(5)).passes == ((10, 20), (40, 80))
    assert plan(1, 10, 20, 4, Target(5)).box == (50, 100)


def test_a_box_asks_for_no_more_than_its_aspect_needs() -> None:
    assert len(plan(1, 10, 20, 2, Target(width=100, height=40, aspect="fit")).passes) == 1
    assert len(plan(1, 10, 20, 2, Target(width=40, height=20, aspect="fill")).passes) == 2
    assert len(plan(1, 10, 20, 2, Target(width=40, height=20, aspect="stretch")).passes) == 2


@pytest.mark.parametrize(
    ("items", "width", "height", "target", "said"),
    [
        (1, 10000, 10, Target(), "40000 x 40"),
        (1, 10000, 10, Target(0.5), "40000 x 40"),
        (1, 8000, 8000, Target(), "32000 x 32000"),
        (20, 2000, 2000, Target(), "20 pictures of 8000 x 8000"),
    ],
)
def test_what_grows_too_large_is_refused_with_the_number(
    items: int, width: int, height: int, target: Target, said: str
) -> None:
    with pytest.raises(RangeError, match=said):
        plan(items, width, height, 4, target)
