"""How a control acts over the steps and blocks, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from studio.core.errors import RangeError, ShapeError
from studio.diffusion.control.settings import (
    ControlSettings,
    curve_at,
    read_weights,
    settings_of,
)

FOUR = (0.0, 0.2, 0.5, 1.0)
"""The noise that is behind each of four steps."""


def test_a_control_acts_on_whole_steps_inside_its_range() -> None:
    settings = ControlSettings(2.0, start=0.25, end=0.75)
    assert [settings.factor(step, FOUR) for step in range(4)] == [0, 2, 2, 0]


@pytest.mark.parametrize(
    ("start", "end", "acts"),
    [
        (0.0, 1.0, [1, 1, 1, 1]),
        (0.0, 0.5, [1, 1, 0, 0]),
        (0.2, 0.6, [0, 1, 1, 0]),
        (0.6, 1.0, [0, 0, 0, 1]),
        (0.2, 0.2, [0, 0, 0, 0]),
        (1.0, 1.0, [0, 0, 0, 0]),
    ],
)
def test_the_noise_behind_counts_where_that_is_the_basis(
    start: float, end: float, acts: list[int]
) -> None:
    settings = ControlSettings(start=start, end=end, basis="noise")
    assert [settings.factor(step, FOUR) for step in range(4)] == acts


def test_the_strength_follows_the_curve_from_the_first_step_to_the_last() -> None:
    settings = ControlSettings(2.0, ((0.0, 1.0), (1.0, 0.0)))
    assert [settings.factor(step, (0.0,) * 5) for step in range(5)] == [2, 1.5, 1, 0.5, 0]
    assert settings.factor(0, (0.0,)) == 2


@pytest.mark.parametrize(("time", "value"), [(0.0, 0.2), (0.25, 0.2), (0.5, 0.6), (0.9, 1.0)])
def test_a_curve_is_straight_between_points_and_level_beyond(time: float, value: float) -> None:
    assert curve_at(((0.25, 0.2), (0.75, 1.0)), time) == pytest.approx(value)


def test_a_curve_may_jump() -> None:
    curve = ((0.0, 1.0), (0.5, 1.0), (0.5, 0.0), (1.0, 0.0))
    assert [curve_at(curve, time) for time in (0.4, 0.6)] == [1, 0]


def test_it_cannot_end_before_it_starts() -> None:
    with pytest.raises(RangeError, match=r"starts at 0\.5 and ends at 0\.25"):
        ControlSettings(start=0.5, end=0.25)


def test_soft_modes_rise_from_a_tenth_at_the_shallowest_block_to_one_in_the_middle() -> None:
    weights = ControlSettings(mode="prompt").block_weights(13)
    assert weights[0] == pytest.approx(0.1)
    assert weights[6] == pytest.approx(10**-0.5)
    assert weights[12] == 1
    assert ControlSettings(mode="control").block_weights(13) == weights
    assert set(ControlSettings().block_weights(13)) == {1}


@pytest.mark.parametrize(
    ("mode", "side", "acts_on"),
    [
        ("balanced", "both", "both"),
        ("prompt", "both", "both"),
        ("control", "both", "positive"),
        ("control", "negative", "negative"),
        ("balanced", "positive", "positive"),
    ],
)
def test_the_control_mode_leaves_the_negative_prompt_alone(
    mode: Any, side: Any, acts_on: str
) -> None:
    assert ControlSettings(mode=mode, side=side).acts_on == acts_on


@pytest.mark.parametrize("text", ["1, .5 ,2", "1 0.5 2.0", "1,\n0.5,\n2e0", " 1 , 0.5 , 2 "])
def test_block_weights_are_numbers_between_commas_or_spaces(text: str) -> None:
    assert read_weights(text, 3) == (1, 0.5, 2)


@pytest.mark.parametrize("text", ["", "  \n"])
def test_no_block_weights_are_none(text: str) -> None:
    assert read_weights(text, 13) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1, x, 1", "block weight 2 is 'x'"),
        ("1,,1", "block weight 2 is ''"),
        ("1, 1,", "block weight 3 is ''"),
        ("nan", "block weight 1 is 'nan'"),
        ("1, inf", "block weight 2 is 'inf'"),
        ("0x1", "block weight 1 is '0x1'"),
        ("2.01", "block weight 1 is '2.01'"),
        ("-0.5", "block weight 1 is '-0.5'"),
        ("1_0", "block weight 1 is '1_0'"),
    ],
)
def test_a_block_weight_that_is_no_number_of_the_range_is_named(text: str, said: str) -> None:
    with pytest.raises(RangeError, match=said):
        read_weights(text, 0)


@pytest.mark.parametrize("count", [1, 12, 14])
def test_there_are_as_many_block_weights_as_blocks(count: int) -> None:
    with pytest.raises(ShapeError, match=f"{count} block weights, and the network has 13 blocks"):
        read_weights(" ".join(["1"] * count), 13)


def test_settings_say_the_same_after_a_patch() -> None:
    settings = ControlSettings(
        0.5, ((0.0, 1.0), (1.0, 0.25)), 0.1, 0.9, "prompt", (1.0, 2.0), "pad", "negative", "depth",
        "noise",
    )  # fmt: skip
    assert settings_of(settings.as_settings(), "negative") == settings
