"""Mute, bypass, freeze, switches and literal nodes, as runs see them."""

from __future__ import annotations

import pytest

from studio.core.graph import Graph, Link, Node
from studio.engine.events import NodesHeld, NodeWarned
from tests.engine.cheap import Bench, chain, graph_of, ran


def test_a_muted_node_and_what_needs_it_do_not_run(bench: Bench) -> None:
    graph = chain(3).with_mode("n1", "muted")
    finished = bench.run(graph)
    assert bench.started() == []
    assert finished.status == "done"
    held = [event for event in bench.events if isinstance(event, NodesHeld)]
    assert held[0].skipped == ("n2",)


def test_a_bypassed_node_passes_on_what_it_gets(bench: Bench) -> None:
    graph = chain(3).with_mode("n1", "bypassed")
    assert ran(graph, bench) == ["start", "n0", "n2"]
    assert bench.value("n2", graph).pixels.mean() == pytest.approx(0.7)


def test_a_frozen_node_stays_when_what_is_before_it_changes(bench: Bench) -> None:
    bench.run(chain(3))
    frozen = chain(3, n0=0.9).with_mode("n1", "frozen", bench.finished("n1").key)
    assert ran(frozen, bench) == []
    assert ran(frozen.with_param("n2", "amount", 0.2), bench) == ["n2"]


def test_a_frozen_node_without_a_result_runs_once(bench: Bench) -> None:
    graph = chain(2).with_mode("n0", "frozen", "0" * 40)
    assert ran(graph, bench) == ["start", "n0", "n1"]


@pytest.mark.parametrize(("key", "said"), [("0" * 40, ["W_FROZEN"]), ("", [])])
def test_a_frozen_node_that_lost_its_result_says_so(
    bench: Bench, key: str, said: list[str]
) -> None:
    bench.run(chain(2).with_mode("n0", "frozen", key))
    warned = [event for event in bench.events if isinstance(event, NodeWarned)]
    assert [event.code for event in warned if event.node == "n0"] == said


def test_a_frozen_result_is_pinned(bench: Bench) -> None:
    graph = chain(1)
    bench.run(graph)
    key = bench.finished("n0").key
    bench.run(graph.with_mode("n0", "frozen", key))
    store = bench.host.cache.store
    assert store is not None
    store.limit = 1
    store.evict()
    assert store.held([key]) == {key}


def warned(bench: Bench) -> list[str]:
    return [event.code for event in bench.events if isinstance(event, NodeWarned)]


def modelled(seed: int = 0) -> Graph:
    return graph_of(
        {
            "grey": Node("test.grey"),
            "load": Node("test.model", params={"file": "a.bin"}),
            "hint": Node("test.patch"),
            "use": Node("test.use", params={"seed": seed}),
        },
        "load.model -> hint.model",
        "grey.image -> hint.hint",
        "hint.model -> use.model",
    )


def test_a_frozen_model_gives_way_when_its_file_becomes_another(bench: Bench) -> None:
    (bench.folder / "a.bin").write_text("one")
    bench.run(modelled())
    key = bench.finished("load").key
    (bench.folder / "a.bin").write_text("another")
    assert ran(modelled(1).with_mode("load", "frozen", key), bench)[-3:] == ["load", "hint", "use"]
    assert bench.finished("load").key != key
    assert warned(bench) == ["W_FROZEN"]


def test_a_frozen_node_stays_when_the_file_that_it_read_is_gone(bench: Bench) -> None:
    (bench.folder / "a.bin").write_text("one")
    nodes = {"size": Node("test.file", params={"file": "a.bin"}), "twice": Node("test.scale")}
    graph = graph_of(nodes, "size.value -> twice.value")
    bench.run(graph, "size")
    frozen = graph.with_mode("size", "frozen", bench.finished("size").key)
    (bench.folder / "a.bin").unlink()
    assert ran(frozen, bench) == ["twice"]
    assert bench.value("twice", frozen, "value") == 6


def test_a_frozen_result_that_cost_little_outlives_the_process(bench: Bench) -> None:
    bench.run(chain(3))
    key = bench.finished("n1").key
    bench.run(chain(3).with_mode("n1", "frozen", key))
    bench.restart()
    assert ran(chain(3, n0=0.9, n2=0.2).with_mode("n1", "frozen", key), bench) == ["n2"]


def test_what_takes_the_place_of_a_damaged_frozen_result_has_a_key_of_its_own(
    bench: Bench,
) -> None:
    bench.run(chain(2), "n0")
    key = bench.finished("n0").key
    bench.restart()
    store = bench.host.cache.store
    assert store is not None
    store.database.write(("UPDATE results SET checksum = x'00'", [()]))
    assert ran(chain(2, n0=0.3).with_mode("n0", "frozen", key), bench) == ["start", "n0", "n1"]
    assert bench.finished("n0").key != key
    assert warned(bench) == ["W_FROZEN"]
    assert bench.value("n1", chain(2, n0=0.3)).pixels.mean() == pytest.approx(0.9)


def switched(choice: int) -> Graph:
    return graph_of(
        {
            "a": Node("test.grey", params={"level": 0.1}),
            "b": Node("test.grey", params={"level": 0.2}),
            "which": Node("test.switch", params={"choice": choice}),
            "end": Node("test.add"),
        },
        "a.image -> which.inputs[0]",
        "b.image -> which.inputs[1]",
        "which.value -> end.image",
    )


def test_a_switch_runs_only_the_chosen_branch(bench: Bench) -> None:
    assert ran(switched(1), bench) == ["b", "end"]


def test_a_switch_has_the_key_of_the_chosen_branch(bench: Bench) -> None:
    bench.run(switched(0))
    plain = graph_of(
        {"a": Node("test.grey", params={"level": 0.1}), "end": Node("test.add")},
        "a.image -> end.image",
    )
    assert ran(plain, bench) == []


def test_a_switch_that_cannot_choose_says_why(bench: Bench) -> None:
    bench.run(switched(10))
    assert [(failure.node, failure.code) for failure in bench.failures()] == [("which", "E_RANGE")]


def test_a_switch_driven_by_a_computed_number_runs(bench: Bench) -> None:
    graph = switched(0).with_node("n", Node("test.scale", params={"value": 0.5}))
    graph = graph.with_link(Link("n", "value", "which", "choice"))
    bench.run(graph)
    assert "which" in bench.started()
    assert bench.value("end", graph).pixels.mean() == pytest.approx(0.3)


def test_a_switch_as_target_runs_what_it_passes_on(bench: Bench) -> None:
    assert ran(switched(1).without_nodes("end"), bench, "which") == ["b"]


def test_a_sub_graph_runs_like_its_nodes(bench: Bench) -> None:
    from studio.core.graph import Port, SubGraph

    inner = graph_of({"one": Node("test.add"), "two": Node("test.add")}, "one.image -> two.image")
    definition = SubGraph(
        "Twice",
        {"p1": Port("image", "Image", ("one.image",))},
        {"p2": Port("image", "Image", ("two.image",))},
        inner,
    )
    graph = graph_of(
        {"start": Node("test.grey"), "twice": Node("graph:twice"), "n": Node("test.add")},
        "start.image -> twice.p1",
        "twice.p2 -> n.image",
    ).with_graph("twice", definition)
    assert ran(graph, bench) == ["start", "twice/one", "twice/two", "n"]
    assert ran(chain(3), bench) == []
