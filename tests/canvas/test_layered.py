"""Columns."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.canvas.layered import ACROSS, DOWN, Edge, layered, spread
from studio.canvas.state import Point
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


def crossed(places: dict[str, Point], edge: Edge) -> set[str]:
    """Return the boxes that the line of a link runs into."""
    start = (places[edge.source][0] + SIZE[0], places[edge.source][1] + edge.leaves)
    end = (places[edge.target][0], places[edge.target][1] + edge.enters)
    found = set()
    for name, (left, top) in places.items():
        for x in (left + 1, left + SIZE[0] / 2, left + SIZE[0] - 1):
            y = start[1] + (end[1] - start[1]) * (x - start[0]) / (end[0] - start[0])
            if start[0] < x < end[0] and top < y < top + SIZE[1]:
                found.add(name)
    return found


def test_a_link_past_a_node_runs_beside_it() -> None:
    edges = [Edge("a", "b", 50, 50), Edge("b", "c", 50, 50), Edge("a", "c", 50, 50)]
    assert crossed(layered(dict.fromkeys("abc", SIZE), edges), edges[2]) == set()


@pytest.mark.parametrize("length", [4, 8, 16])
def test_links_past_many_nodes_have_lanes_of_their_own(length: int) -> None:
    names = [f"n{k}" for k in range(length)]
    chain = [Edge(one, other, 50, 50) for one, other in pairwise(names)]
    long = [Edge(names[0], names[-1], 60, 70), Edge(names[0], names[-2], 70, 80)]
    places = layered(dict.fromkeys(names, SIZE), chain + long)
    assert [crossed(places, edge) for edge in long] == [set(), set()]


def test_a_graph_of_5000_nodes_is_laid_out_in_linear_time() -> None:
    def seconds(count: int) -> float:
        sizes = {f"n{k}": SIZE for k in range(count)}
        steps = (1, 1, 2, 7, 40)
        edges = [Edge(f"n{k}", f"n{k + steps[k % 5]}", 40, 40) for k in range(count - steps[-1])]
        start = time.process_time()
        layered(sizes, edges)
        return time.process_time() - start

    assert seconds(5000) < 40 * max(seconds(500), 0.005)


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
