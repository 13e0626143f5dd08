"""Results that get other keys than were planned, and what needs them."""

from __future__ import annotations

import pytest

from studio.core.define import node, spec_of
from studio.core.errors import RangeError
from studio.core.graph import Graph, Link, Node
from studio.core.values import Image
from studio.engine.runtime import Call
from tests.engine.cheap import CALLS, Bench, FakeRuntime, chain, graph_of, ran


def behind_a_slow_one(length: int) -> Graph:
    """A slow node in a chain: ``start``, ``slow``, ``n0``, ``n1``, ..."""
    plain = chain(length).with_node("slow", Node("test.slow"))
    plain = plain.without_links(Link("start", "image", "n0", "image"))
    return plain.with_link(Link("start", "image", "slow", "image")).with_link(
        Link("slow", "image", "n0", "image")
    )


@pytest.fixture
def short_of_memory(bench: Bench) -> Bench:
    assert isinstance(bench.runtime, FakeRuntime)
    bench.runtime.rung = "tiles"
    return bench


@pytest.mark.timeout(20)
def test_each_node_behind_a_way_that_changes_bits_runs_once(short_of_memory: Bench) -> None:
    expected = ["start", "slow", "n0", "n1", "n2"]
    assert ran(behind_a_slow_one(3), short_of_memory) == expected


def test_what_follows_from_other_bits_has_other_keys(short_of_memory: Bench) -> None:
    graph = behind_a_slow_one(2)
    short_of_memory.run(graph)
    other = short_of_memory.finished("n1").key
    assert isinstance(short_of_memory.runtime, FakeRuntime)
    short_of_memory.runtime.rung = ""
    short_of_memory.run(graph)
    assert short_of_memory.finished("n1").key != other


def test_a_list_of_other_bits_has_another_key(short_of_memory: Bench) -> None:
    folder = short_of_memory.folder / "in"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text("0.5")
    nodes = {"all": Node("test.folder", params={"folder": "in"}), "slow": Node("test.slow")}
    links = ("all.images -> slow.image", "slow.image -> one.image", "one.image -> two.image")
    graph = graph_of({**nodes, "one": Node("test.add"), "two": Node("test.add")}, *links)
    assert ran(graph, short_of_memory) == ["all", "slow", "one", "two"]
    other = [short_of_memory.finished(node).key for node in ("slow", "two")]
    assert isinstance(short_of_memory.runtime, FakeRuntime)
    short_of_memory.runtime.rung = ""
    assert ran(graph, short_of_memory) == ["slow", "one", "two"]
    assert [short_of_memory.finished(node).key for node in ("slow", "two")] != other


def test_a_part_of_other_bits_has_another_key(short_of_memory: Bench) -> None:
    graph = graph_of({"p": Node("test.parts")})
    short_of_memory.run(graph)
    assert isinstance(short_of_memory.runtime, FakeRuntime)
    short_of_memory.runtime.rung = ""
    short_of_memory.run(graph.with_param("p", "second", 3.0))
    assert CALLS == ["part 1", "part 2", "part 1", "part 3"]


def test_a_part_that_was_made_before_memory_ran_short_serves(bench: Bench) -> None:
    graph = graph_of({"p": Node("test.parts")})
    bench.run(graph)
    assert isinstance(bench.runtime, FakeRuntime)
    bench.runtime.rung = "tiles"
    bench.run(graph.with_param("p", "second", 3.0))
    assert CALLS == ["part 1", "part 2", "part 3"]


def test_what_other_bits_made_is_found_again_and_nothing_is_saved_twice(
    short_of_memory: Bench,
) -> None:
    graph = behind_a_slow_one(1).with_node("s", Node("test.save"))
    graph = graph.with_link(Link("n0", "image", "s", "image"))
    short_of_memory.run(graph)
    CALLS.clear()
    short_of_memory.run(graph)
    assert [path.name for path in short_of_memory.output.iterdir()] == ["out_0.txt"]
    assert "add 0.1" not in CALLS
    assert short_of_memory.finished("s").files


@node("test.hungry", category="Test")
def hungry(image: Image) -> Image:
    """Fail each other time.

    Args:
        image: Passed on.
    """
    CALLS.append("hungry")
    if CALLS.count("hungry") % 2:
        raise RangeError("this is too much")
    return Image(image.pixels + 1)


class Relief(FakeRuntime):
    """A device on which nodes may be called again with less."""

    def relieve(self, call: Call, error: Exception) -> bool:
        call.rung = "less"
        return True


def test_what_was_made_in_less_memory_before_is_not_made_again(bench: Bench) -> None:
    bench.runtime = Relief()
    bench.restart()
    bench.host.registry.add(spec_of(hungry))
    graph = graph_of({"a": Node("test.grey"), "h": Node("test.hungry")}, "a.image -> h.image")
    bench.run(graph)
    bench.run(graph)
    assert CALLS == ["hungry"] * 3
