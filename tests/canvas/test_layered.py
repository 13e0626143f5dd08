"""Columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.canvas.layered import ACROSS, DOWN, Edge, layered, spread
from tests.strategies import examples

SIZE = (200.0, 100.0)
heights = st.lists(st.floats(10, 400), min_size=1, max_size=12)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[dict[str, tuple[float, float]], list[Edge]]:
    sizes = {f"n{k}": (draw(st.floats(50, 400)), high) for k, high in enumerate(draw(heights))}
    names = st.sampled_from([*sizes])
    edges = draw(st.lists(st.builds(Edge, names, names, st.floats(0, 90), st.floats(0, 90))))
    return sizes, edges


@given(boxes())
@examples(25, 2000)
def test_nothing_overlaps(found: tuple[dict[str, tuple[float, float]], list[Edge]]) -> None:
    sizes, edges = found
    places = layered(sizes, edges)
    rects = [(*at, at[0] + sizes[key][0], at[1] + sizes[key][1]) for key, at in places.items()]
    assert set(places) == set(sizes)
    for k, one in enumerate(rects):
        for other in rects[k + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0]
            assert apart or one[3] <= other[1] + 1e-6 or other[3] <= one[1] + 1e-6


def test_links_go_from_left_to_right() -> None:
    sizes = dict.fromkeys("abcd", SIZE)
    places = layered(sizes, [Edge("c", "a"), Edge("a", "b"), Edge("d", "b")])
    assert places["c"][0] < places["a"][0] < places["b"][0]
    assert places["d"][0] == places["a"][0]


def test_a_chain_is_straight() -> None:
    places = layered(dict.fromkeys("abc", SIZE), [Edge("a", "b", 40, 60), Edge("b", "c", 40, 60)])
    assert places["a"][1] + 40 == pytest.approx(places["b"][1] + 60)
    assert places["b"][0] - places["a"][0] == SIZE[0] + ACROSS


def test_links_do_not_cross_without_need() -> None:
    sizes = dict.fromkeys(["a", "b", "x", "y"], SIZE)
    edges = [Edge("a", "y"), Edge("b", "x")]
    hub = [Edge("h", "a"), Edge("h", "b")]
    places = layered({"h": SIZE, **sizes}, hub + edges)
    assert (places["a"][1] < places["b"][1]) == (places["y"][1] < places["x"][1])


def test_a_cycle_is_laid_out_too() -> None:
    places = layered(dict.fromkeys("ab", SIZE), [Edge("a", "b"), Edge("b", "a"), Edge("a", "a")])
    assert places["a"][0] < places["b"][0]


def test_what_is_not_linked_is_packed() -> None:
    places = layered({f"n{k}": SIZE for k in range(100)}, [])
    assert 5 <= len({x for x, _ in places.values()}) <= 12


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(10, 90)), min_size=1, max_size=9))
@examples(50, 1000)
def test_spread_keeps_order_and_gaps(items: list[tuple[float, float]]) -> None:
    wanted, sizes = [item[0] for item in items], [item[1] for item in items]
    tops = spread(wanted, sizes, DOWN)
    for k in range(len(tops) - 1):
        assert tops[k + 1] >= tops[k] + sizes[k] + DOWN - 1e-6
    assert sum(tops) == pytest.approx(sum(wanted), abs=sum(sizes) * len(items) + DOWN * 99)


def test_spread_leaves_what_fits() -> None:
    assert spread([0, 500], [100, 100], DOWN) == [0, 500]
    assert spread([100, 100], [100, 100], 20) == [40, 160]
