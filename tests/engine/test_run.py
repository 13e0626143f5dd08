"""What runs, what does not, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.graph import Link, Node
from studio.engine.events import (
    Event,
    NodeProgress,
    NodesHeld,
    NodeStarted,
    NodeWarned,
    RunRequest,
)
from studio.engine.run import run
from tests.counts import count
from tests.engine.cheap import CALLS, Bench, FakeRuntime, chain, graph_of, ran, wide, words


def test_a_chain_runs_in_order(bench: Bench) -> None:
    assert ran(chain(3), bench) == ["start", "n0", "n1", "n2"]
    assert bench.value("n2", chain(3)).pixels.mean() == pytest.approx(0.8)


def test_an_unchanged_graph_runs_nothing_and_says_so_once(bench: Bench) -> None:
    bench.run(chain(3))
    assert ran(chain(3), bench) == []
    assert words(bench.events) == ["RunStarted", "NodesHeld", "RunFinished"]
    assert [event.count for event in bench.events if isinstance(event, NodesHeld)] == [4]


def test_a_change_runs_exactly_what_depends_on_it(bench: Bench) -> None:
    bench.run(chain(5))
    assert ran(chain(5, n2=0.7), bench) == ["n2", "n3", "n4"]


def test_going_back_to_an_earlier_graph_runs_nothing(bench: Bench) -> None:
    bench.run(chain(5))
    bench.run(chain(5, n0=0.7))
    assert ran(chain(5), bench) == []


def test_titles_ids_and_layout_change_nothing(bench: Bench) -> None:
    graph = chain(3)
    bench.run(graph)
    assert ran(graph.titled("n1", "Other").renamed("n0", "first"), bench) == []


def test_a_new_process_runs_nothing(bench: Bench) -> None:
    bench.run(chain(3))
    bench.restart()
    assert ran(chain(3), bench) == []


def test_without_the_store_nothing_is_read_or_kept(bench: Bench) -> None:
    bench.run(chain(2))
    assert len(ran(chain(2), bench, use_store=False)) == 3
    assert len(ran(chain(4), bench, use_store=False)) == 5
    assert ran(chain(4), bench) == ["n2", "n3"]


def test_only_the_targets_and_what_they_need_runs(bench: Bench) -> None:
    assert ran(wide(4), bench, "n2") == ["start", "n2"]


def test_copies_of_a_node_run_once(bench: Bench) -> None:
    graph = graph_of(
        {"a": Node("test.grey"), "b": Node("test.grey"), "mix": Node("test.mean")},
        "a.image -> mix.images[0]",
        "b.image -> mix.images[1]",
    )
    assert ran(graph, bench) == ["a", "mix"]


def test_named_outputs_are_told_apart(bench: Bench) -> None:
    graph = graph_of(
        {
            "a": Node("test.grey"),
            "split": Node("test.split"),
            "top": Node("test.add"),
            "bottom": Node("test.add"),
        },
        "a.image -> split.image",
        "split.top -> top.image",
        "split.bottom -> bottom.image",
    )
    assert ran(graph, bench) == ["a", "split", "top", "bottom"]


def test_a_failure_names_the_node_and_takes_only_its_dependants_along(bench: Bench) -> None:
    graph = graph_of(
        {
            "a": Node("test.grey"),
            "bad": Node("test.fail", title="My check", params={"below": 0.1}),
            "after": Node("test.add"),
            "free": Node("test.add"),
        },
        "a.image -> bad.image",
        "bad.image -> after.image",
        "a.image -> free.image",
    )
    finished = bench.run(graph)
    assert bench.started() == ["a", "bad", "free"]
    failure = bench.failures()[0]
    assert (failure.node, failure.title, failure.code) == ("bad", "My check", "E_RANGE")
    assert failure.text == "0.5 is too bright"
    assert (finished.status, finished.failed) == ("failed", 1)


def test_an_error_nobody_foresaw_keeps_its_cause(bench: Bench) -> None:
    graph = graph_of({"a": Node("test.grey"), "b": Node("test.break")}, "a.image -> b.image")
    bench.run(graph)
    failure = bench.failures()[0]
    assert (failure.code, failure.text) == ("E_NODE", "ZeroDivisionError: oh")
    assert "break_" in failure.cause


@pytest.mark.parametrize(
    ("node", "code", "where"),
    [
        (Node("test.add"), "E_INPUT_MISSING", "image"),
        (Node("test.grey", params={"level": 7}), "E_RANGE", "level"),
        (Node("test.grey", params={"level": "much"}), "E_RANGE", "level"),
        (Node("test.unknown"), "E_UNKNOWN_NODE", ""),
        (Node("test.file", params={"file": "none.txt"}), "E_FILE_MISSING", "file"),
    ],
)
def test_what_cannot_run_says_why(bench: Bench, node: Node, code: str, where: str) -> None:
    bench.run(graph_of({"x": node}))
    failure = bench.failures()[0]
    assert (failure.node, failure.code, failure.input) == ("x", code, where)


def test_a_circle_is_an_issue_of_the_run(bench: Bench) -> None:
    graph = graph_of(
        {"a": Node("test.add"), "b": Node("test.add")}, "a.image -> b.image", "b.image -> a.image"
    )
    finished = bench.run(graph, "a")
    assert [issue["code"] for issue in finished.issues] == ["E_CYCLE"]


def test_an_unknown_target_is_an_issue_of_the_run(bench: Bench) -> None:
    assert bench.run(chain(1), "nowhere").issues[0]["code"] == "E_GRAPH"


def test_progress_and_measurements_are_reported(bench: Bench) -> None:
    graph = graph_of({"a": Node("test.grey"), "s": Node("test.slow")}, "a.image -> s.image")
    bench.run(graph)
    steps = [event for event in bench.events if isinstance(event, NodeProgress)]
    assert (steps[-1].done, steps[-1].total) == (5, 5)
    done = bench.finished("s")
    assert (done.bytes >= 48, done.peak, done.outputs) == (
        True,
        7,
        {"image": "Image 1 x 2 x 2 x 3"},
    )


def test_previews_are_made_only_when_somebody_looks(bench: Bench) -> None:
    graph = graph_of({"a": Node("test.grey"), "s": Node("test.slow")}, "a.image -> s.image")
    assert isinstance(bench.runtime, FakeRuntime)
    bench.run(graph)
    assert bench.runtime.looked == 1  # the last one is the picture of the result
    bench.run(graph.with_param("s", "steps", 6), previews=True)
    assert bench.runtime.looked > 2


def test_cancelling_closes_the_generator_and_ends_the_run(bench: Bench) -> None:
    graph = graph_of(
        {"a": Node("test.grey"), "s": Node("test.slow", params={"steps": 1000})},
        "a.image -> s.image",
    )
    assert isinstance(bench.runtime, FakeRuntime)
    bench.runtime.on_look = bench.token.cancel
    assert bench.run(graph, previews=True).status == "cancelled"
    assert CALLS == ["step 0", "closed"]


def test_a_cancelled_run_leaves_what_is_finished(bench: Bench) -> None:
    bench.token.cancel()
    assert bench.run(chain(2)).status == "cancelled"
    assert bench.started() == []


def test_arrays_are_read_only(bench: Bench) -> None:
    bench.run(chain(1))
    assert not bench.value("n0", chain(1)).pixels.flags.writeable


def test_values_know_their_keys(bench: Bench) -> None:
    bench.run(chain(1))
    assert bench.value("n0", chain(1)).key == bench.finished("n0").key + ".image"


def test_a_way_that_changes_bits_has_a_key_of_its_own(bench: Bench) -> None:
    graph = graph_of(
        {"a": Node("test.grey"), "s": Node("test.slow"), "b": Node("test.add")},
        "a.image -> s.image",
        "s.image -> b.image",
    )
    assert isinstance(bench.runtime, FakeRuntime)
    bench.runtime.rung = "tiles"
    assert ran(graph, bench) == ["a", "s", "b"]
    bench.runtime.rung = ""
    assert ran(graph, bench) == ["s", "b"]
    bench.runtime.rung = "tiles"
    assert ran(graph, bench) == []


def test_what_took_long_is_held_in_a_new_process(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.engine.work.CHEAP_SECONDS", 0.0)
    bench.run(chain(3))
    bench.restart()
    assert ran(chain(3, n2=0.5), bench) == ["n2"]


def test_patches_find_the_values_they_refer_to(bench: Bench) -> None:
    (bench.folder / "m.safetensors").write_bytes(b"weights")
    graph = graph_of(
        {
            "m": Node("test.model", params={"file": "m.safetensors"}),
            "hint": Node("test.grey"),
            "p": Node("test.patch"),
            "u": Node("test.use"),
        },
        "m.model -> p.model",
        "hint.image -> p.hint",
        "p.model -> u.model",
    )
    assert ran(graph, bench) == ["m", "hint", "p", "u"]
    assert ran(graph.with_param("u", "seed", 1), bench) == ["u"]
    bench.restart()
    again = graph.with_param("u", "seed", 2)
    assert set(ran(again, bench)) == {"m", "hint", "p", "u"}
    assert bench.value("u", again).pixels.mean() == pytest.approx(2.5)


def test_a_small_memory_changes_no_result(tmp_path: Path) -> None:
    bench = Bench(tmp_path, budget=0)
    assert len(ran(chain(20), bench)) == 21
    assert bench.value("n19", chain(20)).pixels.mean() == pytest.approx(2.5)


def test_a_very_long_chain_runs(bench: Bench) -> None:
    length = count(5_000, 50_000)
    finished = bench.run(chain(length))
    assert (finished.status, finished.ran) == ("done", length + 1)
    assert ran(chain(length), bench) == []


def test_what_is_damaged_after_planning_is_made_again(bench: Bench) -> None:
    from studio.engine.events import RunRequest
    from studio.engine.run import execute

    for name in ("n0", "n1"):
        bench.run(chain(2), name)
    bench.restart()
    request = RunRequest("r", "{}", ("n2",), str(bench.output))
    plan = bench.host.plan(chain(3), request)
    assert plan.todo == ("n2",)
    store = bench.host.cache.store
    assert store is not None
    store.database.write(("UPDATE results SET checksum = x'00'", [()]))
    bench.events.clear()
    assert execute(bench.host, plan, request, bench.events.append, bench.token).status == "done"
    assert bench.started() == ["start", "n0", "n1", "n2"]


def test_parts_are_made_once(bench: Bench) -> None:
    graph = graph_of({"p": Node("test.parts")})
    bench.run(graph)
    bench.run(graph.with_param("p", "second", 3.0))
    assert CALLS == ["part 1", "part 2", "part 3"]
    assert bench.value("p", graph.with_param("p", "second", 3.0), "value") == 40


def test_a_value_out_of_range_on_a_link_is_refused(bench: Bench) -> None:
    graph = graph_of(
        {"n": Node("test.scale", params={"value": 9.0}), "g": Node("test.grey")},
        "n.value -> g.level",
    )
    bench.run(graph)
    assert [(failure.node, failure.input) for failure in bench.failures()] == [("g", "level")]


def test_a_node_that_starts_says_its_title(bench: Bench) -> None:
    bench.run(graph_of({"a": Node("test.grey", title="Background")}))
    assert [event.title for event in bench.events if isinstance(event, NodeStarted)] == [
        "Background"
    ]


def test_another_file_than_the_graph_was_made_with_is_told(bench: Bench) -> None:
    (bench.folder / "a.txt").write_text("text")
    graph = graph_of(
        {"f": Node("test.file", params={"file": {"path": "a.txt", "blake3": "0" * 64}})}
    )
    bench.run(graph)
    warned = [event for event in bench.events if isinstance(event, NodeWarned)]
    assert [(event.node, event.code) for event in warned] == [("f", "W_HASH")]


def test_a_linked_number_is_a_typed_number(bench: Bench) -> None:
    typed = graph_of({"g": Node("test.grey", params={"level": 1})})
    bench.run(typed)
    linked = graph_of(
        {"g": Node("test.grey"), "v": Node("test.value", params={"value": 1.0})}
    ).with_link(Link("v", "value", "g", "level"))
    assert ran(linked, bench) == []


def test_a_file_that_changes_while_the_run_goes_is_not_taken_for_the_old_one(bench: Bench) -> None:
    path = bench.folder / "file"
    path.write_text("old")
    graph = graph_of(
        {"f": Node("test.file", params={"file": "file"}), "d": Node("test.scale")},
        "f.value -> d.value",
    )

    def meddle(event: Event) -> None:
        if isinstance(event, NodeStarted) and event.node == "f":
            path.write_text("longer")
        bench.events.append(event)

    request = RunRequest("r", "{}", (), str(bench.output), title="Test")
    assert run(bench.host, request, meddle, bench.token, graph).status == "failed"
    assert [failure.code for failure in bench.failures()] == ["E_HASH"]
    path.write_text("old")
    bench.run(graph)
    assert bench.value("d", graph, "value") == 6
