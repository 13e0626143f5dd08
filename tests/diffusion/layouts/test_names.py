from __future__ import annotations

import pytest

from studio.diffusion.layouts.names import backwards, forwards, norm_groups, renamed

PAIRS = [("in.0", "first"), ("in.0.op", "step"), ("norm", "layer.norm")]


def test_the_longest_beginning_decides() -> None:
    rename = forwards(PAIRS)
    assert rename("in.0.weight") == "first.weight"
    assert rename("in.0.op.weight") == "step.weight"
    assert rename("in.00.weight") is None


def test_names_go_back_to_where_they_came_from() -> None:
    names = ["in.0.weight", "in.0.op.conv.bias", "norm"]
    assert [backwards(PAIRS)(str(forwards(PAIRS)(name))) for name in names] == names


def test_unknown_names_are_returned_apart() -> None:
    assert renamed({"norm.weight": 1, "x": 2}, forwards(PAIRS)) == ({"layer.norm.weight": 1}, ["x"])


@pytest.mark.parametrize(
    ("widths", "groups"),
    [([320, 640], 32), ([64, 128, 160], 32), ([40, 48, 64, 96], 8), ([16, 48], 16), ([4, 12], 4)],
)
def test_groups_are_32_or_the_largest_power_that_fits(widths: list[int], groups: int) -> None:
    assert norm_groups(widths) == groups


def test_widths_that_no_number_of_groups_fits_are_refused() -> None:
    with pytest.raises(ValueError, match="6"):
        norm_groups([6])
