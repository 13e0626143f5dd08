from __future__ import annotations

import pytest

from studio.core.spec import Input
from studio.core.widgets import Range, Seed
from studio.ui.inspector.arithmetic import FormulaError
from studio.ui.inspector.scales import Scale


def scale(kind: str, *args: float, **more: object) -> Scale:
    return Scale.of(Input("x", kind, widget=Range(*args, **more)))  # type: ignore[arg-type]


def test_a_share_is_where_a_value_lies_between_the_bounds() -> None:
    steps = scale("int", 0, 200)
    assert steps.share(50) == 0.25
    assert steps.at(0.25) == 50


def test_on_a_log_scale_equal_ways_are_equal_factors() -> None:
    log = scale("float", 0.01, 100, scale="log")
    assert log.share(1) == pytest.approx(0.5)
    assert log.at(0.75) == pytest.approx(10)


def test_a_drag_stays_on_the_grid_and_inside() -> None:
    width = scale("int", 64, 8192, step=8, multiple=8)
    assert width.at(0.5) % 8 == 0
    assert width.at(2) == 8192
    assert scale("float", 0, 30, step=0.1).at(0.1234) == 3.7


def test_fine_steps_are_a_tenth() -> None:
    guidance = scale("float", 0, 30, step=0.1)
    assert guidance.stepped(4.0, 1) == 4.1
    assert guidance.stepped(4.0, 1, fine=True) == 4.01


def test_steps_end_at_the_bounds() -> None:
    assert scale("int", 1, 100).stepped(99, 5) == 100


def test_numbers_that_no_slider_can_tell_apart_have_none() -> None:
    assert scale("int", 1, 1000).is_slider
    assert not scale("int", -(2**40), 2**40).is_slider
    assert not Scale.of(Input("seed", "int", widget=Seed())).is_slider


def test_what_is_typed_may_be_out_of_bounds_so_that_it_can_be_said() -> None:
    assert scale("int", 1, 100).read("512", 20) == 512


def test_whole_numbers_are_rounded_as_they_are_shown() -> None:
    assert scale("int", 1, 1000).read("512/3", 20) == 171


def test_a_result_without_end_is_refused() -> None:
    with pytest.raises(FormulaError):
        scale("int", 0, 9).read("1e400", 1)


def test_a_seed_keeps_all_of_its_digits() -> None:
    seed = Scale.of(Input("seed", "int", widget=Seed()))
    assert seed.read("18446744073709551615", 0) == 2**64 - 1
