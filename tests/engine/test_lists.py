"""Lists: a node linked to a list runs once for each item."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.core.graph import Graph, Link, Node
from studio.engine.events import Event, NodeProgress, NodeStarted, RunRequest
from studio.engine.run import run
from tests.engine.cheap import CALLS, Bench, graph_of, ran


def pictures(bench: Bench, **levels: float) -> Path:
    folder = bench.folder / "in"
    folder.mkdir(exist_ok=True)
    for name, level in levels.items():
        (folder / f"{name}.txt").write_text(str(level))
    return folder


def mapped(*after: str, **nodes: Node) -> Graph:
    return graph_of(
        {"folder": Node("test.folder", params={"folder": "in"}), "n": Node("test.add"), **nodes},
        "folder.images -> n.image",
        *after,
    )


SAVING = mapped("n.image -> s.image", s=Node("test.save"))


def saved(bench: Bench) -> list[str]:
    return sorted(path.read_text() for path in bench.output.glob("*.txt"))


def test_a_folder_goes_through_a_node_into_files(bench: Bench) -> None:
    pictures(bench, a=0.1, b=0.2, c=0.3)
    assert ran(SAVING, bench) == ["folder", "n", "s"]
    assert saved(bench) == ["0.200", "0.300", "0.400"]
    assert [event.items for event in bench.events if isinstance(event, NodeStarted)] == [0, 3, 3]


def test_an_unchanged_folder_runs_nothing(bench: Bench) -> None:
    pictures(bench, a=0.1, b=0.2)
    bench.run(SAVING)
    assert ran(SAVING, bench) == []
    bench.restart()
    assert ran(SAVING, bench) == []


def test_a_new_file_runs_for_itself_alone(bench: Bench) -> None:
    pictures(bench, b=0.1, d=0.2)
    bench.run(SAVING)
    CALLS.clear()
    pictures(bench, c=0.3)
    bench.restart()
    bench.run(SAVING)
    assert CALLS == ["read c.txt", "add 0.1"]
    assert (bench.finished("n").reused, bench.finished("s").reused) == (2, 2)
    assert len(saved(bench)) == 3


def test_the_same_file_under_another_name_is_known(bench: Bench) -> None:
    folder = pictures(bench, a=0.1)
    bench.run(SAVING)
    CALLS.clear()
    (folder / "a.txt").rename(folder / "z.txt")
    bench.run(SAVING)
    assert CALLS == []


def test_other_files_of_the_folder_do_not_count(bench: Bench) -> None:
    pictures(bench, a=0.1)
    bench.run(SAVING)
    (bench.folder / "in" / "notes.md").write_text("x")
    assert ran(SAVING, bench) == []


def test_an_item_that_fails_takes_only_itself_along(bench: Bench) -> None:
    pictures(bench, a=0.1, b=7.0, c=0.3)
    graph = graph_of(
        {
            "folder": Node("test.folder", params={"folder": "in"}),
            "check": Node("test.fail", params={"below": 1.0}),
            "s": Node("test.save"),
        },
        "folder.images -> check.image",
        "check.image -> s.image",
    )
    finished = bench.run(graph)
    assert [(failure.node, failure.item) for failure in bench.failures()] == [("check", 1)]
    assert (finished.status, saved(bench)) == ("failed", ["0.100", "0.300"])
    bench.run(graph)
    assert saved(bench) == ["0.100", "0.300"]


def test_a_list_is_held_whole_in_a_new_process(bench: Bench) -> None:
    pictures(bench, a=0.1, b=0.2)
    bench.run(SAVING)
    bench.restart()
    assert ran(SAVING, bench, output="other") == ["s"]


def test_a_list_becomes_one_batch(bench: Bench) -> None:
    pictures(bench, a=0.1, b=0.2)
    graph = mapped("n.image -> all.items", all=Node("test.join"))
    assert ran(graph, bench) == ["folder", "n", "all"]
    assert bench.value("all", graph).pixels.shape == (2, 2, 2, 3)


def test_a_batch_of_a_list_with_a_gap_is_refused(bench: Bench) -> None:
    pictures(bench, a=0.1, b=7.0)
    graph = graph_of(
        {
            "folder": Node("test.folder", params={"folder": "in"}),
            "check": Node("test.fail", params={"below": 1.0}),
            "all": Node("test.join"),
        },
        "folder.images -> check.image",
        "check.image -> all.items",
    )
    bench.run(graph)
    assert [failure.node for failure in bench.failures()] == ["check", "all"]


def variations(count: int) -> Graph:
    return graph_of(
        {
            "a": Node("test.grey"),
            "seeds": Node("test.numbers", params={"count": count}),
            "v": Node("test.seeded"),
        },
        "a.image -> v.image",
        "seeds.values -> v.seed",
    )


def test_a_row_of_seeds_makes_variations_and_more_seeds_only_the_new_ones(bench: Bench) -> None:
    bench.run(variations(3))
    assert [item.items for item in bench.events if isinstance(item, NodeStarted)] == [0, 3]
    bench.run(variations(5))
    assert bench.finished("v").reused == 3


def test_an_item_is_what_a_typed_number_gives(bench: Bench) -> None:
    bench.run(variations(3))
    typed = variations(3).without_nodes("seeds").with_param("v", "seed", 2)
    assert ran(typed, bench) == []


def test_two_lists_of_one_length_are_zipped(bench: Bench) -> None:
    pictures(bench, a=0.1, b=0.2)
    graph = mapped(
        "folder.images -> m.image", "n.image -> m.other", m=Node("test.add", params={"amount": 0.0})
    )
    bench.run(graph)
    total = graph.with_node("all", Node("test.join")).with_link(Link("m", "image", "all", "items"))
    bench.run(total)
    means = bench.value("all", total).pixels.mean(axis=(1, 2, 3))
    assert means.tolist() == pytest.approx([0.3, 0.5])


def test_lists_of_different_lengths_are_refused(bench: Bench) -> None:
    pictures(bench, a=0.1, b=0.2)
    graph = mapped(
        "n.image -> v.image", "seeds.values -> v.seed",
        seeds=Node("test.numbers", params={"count": 3}), v=Node("test.seeded"),
    )  # fmt: skip
    bench.run(graph)
    assert [(failure.node, failure.code) for failure in bench.failures()] == [("v", "E_SHAPE")]


def test_items_report_how_far_they_are(bench: Bench) -> None:
    pictures(bench, a=0.1, b=0.2)
    bench.run(SAVING)
    told = [event for event in bench.events if isinstance(event, NodeProgress)]
    assert {(event.node, event.item, event.items) for event in told} >= {("n", 1, 2), ("s", 1, 2)}


def test_lists_work_without_a_store_and_with_no_memory(bench: Bench) -> None:
    pictures(bench, a=0.1, b=0.2, c=0.3)
    bench.host.cache.budget = 0
    assert bench.run(SAVING, use_store=False).status == "done"
    assert saved(bench) == ["0.200", "0.300", "0.400"]


def test_a_damaged_item_is_made_again(bench: Bench) -> None:
    pictures(bench, a=0.1, b=0.2)
    bench.run(SAVING)
    store = bench.host.cache.store
    assert store is not None
    bench.restart()
    sql = "UPDATE results SET checksum = x'00' WHERE type = 'test.add'"
    bench.host.cache.store.database.write((sql, [()]))  # type: ignore[union-attr]  # it has one
    assert bench.run(SAVING, output="other").status == "done"
    files = (bench.folder / "other").glob("*.txt")
    assert sorted(path.read_text() for path in files) == ["0.200", "0.300"]


def test_a_picture_that_changes_while_the_run_goes_is_not_taken_for_the_old_one(
    bench: Bench,
) -> None:
    folder = pictures(bench, a=0.1, b=0.2)

    def meddle(event: Event) -> None:
        if isinstance(event, NodeStarted) and event.node == "n":
            (folder / "b.txt").write_text("0.9")
        bench.events.append(event)

    request = RunRequest("r", "{}", (), str(bench.output), title="Test")
    assert run(bench.host, request, meddle, bench.token, SAVING).status == "failed"
    assert [(fail.item, fail.code) for fail in bench.failures()] == [(1, "E_HASH")]
    (folder / "b.txt").write_text("0.2")
    bench.restart()
    bench.run(SAVING)
    assert saved(bench) == ["0.200", "0.300"]


def test_items_that_name_a_file_are_made_again_when_it_is_not_what_it_was(bench: Bench) -> None:
    pictures(bench, a=0.1, b=0.2, c=0.3, d=0.4, e=0.5)
    (bench.folder / "model").write_text("weights")
    graph = graph_of(
        {
            "folder": Node("test.folder", params={"folder": "in"}),
            "model": Node("test.model", params={"file": "model"}),
            "patch": Node("test.patch"),
            "use": Node("test.use"),
            "s": Node("test.save"),
        },
        "folder.images -> patch.hint",
        "model.model -> patch.model",
        "patch.model -> use.model",
        "use.image -> s.image",
    )
    bench.run(graph)
    os.utime(bench.folder / "model", (5, 5))
    bench.restart()
    assert bench.run(graph.with_param("use", "seed", 1), output="other").status == "done"
    files = (bench.folder / "other").glob("*.txt")
    assert len([*files]) == 5
