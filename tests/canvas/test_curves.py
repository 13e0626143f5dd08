"""The lines of links."""

from __future__ import annotations

import numpy as np
import pytest

from studio.canvas.curves import (
    FINE,
    SEGMENTS,
    Floats,
    bend,
    direct,
    reach_of,
    refined,
    tangents,
    through,
)
from tests.canvas.stage import METRICS


def curve(*ends: float) -> Floats:
    lines: Floats = bend(direct(np.array([ends]), METRICS))[0]
    return lines


@pytest.mark.parametrize("ends", [(0, 0, 300, 80), (0, 0, -200, 40), (5, 5, 5, 5)])
def test_a_curve_begins_and_ends_at_its_sockets(ends: tuple[float, ...]) -> None:
    lines = curve(*ends)
    assert lines.shape == (SEGMENTS, 4)
    assert lines[0, :2] == pytest.approx(ends[:2])
    assert lines[-1, 2:] == pytest.approx(ends[2:])
    assert lines[1:, :2] == pytest.approx(lines[:-1, 2:])


def test_a_level_link_is_straight() -> None:
    assert curve(0, 40, 300, 40)[:, 1::2] == pytest.approx(40)


def test_lines_are_shorter_at_the_ends() -> None:
    lengths = np.diff(curve(0, 0, 300, 0)[:, 0])
    assert lengths[0] < lengths[SEGMENTS // 2]


def test_tangents_keep_their_bounds() -> None:
    found = tangents(np.array([0.0, 100.0, 5000.0, -100.0, -5000.0]), METRICS)
    assert found.tolist() == pytest.approx([28, 45, 150, 95, 150])


def test_nothing_jumps_where_a_link_turns_backwards() -> None:
    found = tangents(np.linspace(-50, 50, 1001), METRICS)
    assert np.abs(np.diff(found)).max() < 1


def test_a_box_holds_its_curve() -> None:
    controls = direct(np.array([[0.0, 0.0, -300.0, 200.0]]), METRICS)
    left, top, right, bottom = reach_of(controls)[0]
    points = bend(controls)[0].reshape(-1, 2)
    assert points.min(0).tolist() >= [left, top]
    assert (points.max(0) <= [right, bottom]).all()


def test_many_curves_are_those_of_each_alone() -> None:
    ends = np.random.default_rng(1).uniform(-900, 900, (1500, 4))
    together = bend(direct(ends, METRICS))
    assert together[[0, 700, 1499]] == pytest.approx(
        np.stack([curve(*ends[k]) for k in (0, 700, 1499)])
    )


def test_a_link_passes_its_reroutes() -> None:
    path = [(0.0, 0.0), (50.0, 200.0), (400.0, 200.0), (450.0, 0.0)]
    lines = bend(through(path, METRICS))
    assert lines.shape == (3, SEGMENTS, 4)
    assert lines[:, 0, :2] == pytest.approx(np.array(path[:-1]))
    assert lines[:, -1, 2:] == pytest.approx(np.array(path[1:]))
    assert lines[1, :, 1] == pytest.approx(200)


def test_a_reroute_is_left_without_a_corner() -> None:
    lines = bend(through([(0.0, 0.0), (10.0, 300.0), (20.0, 600.0)], METRICS))
    into, out = lines[0, -1], lines[1, 0]
    assert into[0] == pytest.approx(into[2], abs=0.5)
    assert out[0] == pytest.approx(out[2], abs=0.5)


def test_a_refined_curve_runs_through_the_same_points() -> None:
    controls = np.array([[0.0, 0, 124, 0, -308, 310, -184, 310], [0, 0, 60, 0, 90, 40, 150, 40]])
    rough, fine = bend(controls), refined(bend(controls))
    assert fine.shape == (2, FINE, 4)
    assert fine[:, 0, :2] == pytest.approx(rough[:, 0, :2])
    assert fine[:, -1, 2:] == pytest.approx(rough[:, -1, 2:])
    share = np.linspace(0, 1, 2001)[:, None]
    for one, made in zip(controls.reshape(2, 4, 2), fine, strict=True):
        rest = 1 - share
        exact = (
            rest**3 * one[0] + 3 * rest**2 * share * one[1]
            + 3 * rest * share**2 * one[2] + share**3 * one[3]
        )  # fmt: skip
        apart = np.hypot(*(made[:, None, :2] - exact[None]).transpose(2, 0, 1)).min(1)
        assert apart.max() < 0.2
