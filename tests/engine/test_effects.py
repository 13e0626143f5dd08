"""Effects: written once for each key and folder, and told of afterwards."""

from __future__ import annotations

import pytest

from studio.core.graph import Graph, Node
from studio.engine.effects import OutputFolder
from studio.engine.events import NodesHeld, RunRequest
from studio.engine.host import output_folder
from studio.engine.run import DeviceNeededError
from tests.engine.cheap import Bench, graph_of, ran


def saving() -> Graph:
    return graph_of({"a": Node("test.grey"), "s": Node("test.save")}, "a.image -> s.image")


def files(bench: Bench, folder: str = "out") -> list[str]:
    return sorted(path.name for path in (bench.folder / folder).glob("*"))


def test_an_effect_is_the_target_and_tells_what_it_wrote(bench: Bench) -> None:
    assert ran(saving(), bench) == ["a", "s"]
    assert [file.path for file in bench.finished("s").files] == [str(bench.output / "out_0.txt")]


def test_what_is_still_there_is_told_and_not_written_again(bench: Bench) -> None:
    bench.run(saving())
    assert ran(saving(), bench) == []
    told = [event.files for event in bench.events if isinstance(event, NodesHeld)]
    assert [file.path for file in told[0]] == [str(bench.output / "out_0.txt")]
    assert files(bench) == ["out_0.txt"]


def test_what_an_effect_took_is_known_afterwards(bench: Bench) -> None:
    bench.run(saving())
    request = RunRequest("r", "{}", (), str(bench.folder / "other"))
    described = bench.host.plan(saving(), request).describe(bench.host.costs)
    assert [(item.node, item.cost is None) for item in described.nodes] == [("s", False)]


def test_what_was_deleted_is_written_again(bench: Bench) -> None:
    bench.run(saving())
    (bench.output / "out_0.txt").unlink()
    assert ran(saving(), bench) == ["s"]


def test_what_was_changed_is_written_again_beside_it(bench: Bench) -> None:
    bench.run(saving())
    (bench.output / "out_0.txt").write_text("mine!")
    assert ran(saving(), bench) == ["s"]
    assert files(bench) == ["out_0.txt", "out_1.txt"]


def test_another_folder_runs_only_the_effect_in_a_process_without_a_device(bench: Bench) -> None:
    bench.run(saving())
    bench.runtime = None
    bench.restart()
    request = RunRequest("r", "{}", (), str(bench.folder / "other"))
    assert bench.host.plan(saving(), request).light(bench.host.cache)
    assert ran(saving(), bench, output="other") == ["s"]
    assert files(bench, "other") == ["out_0.txt"]


def test_what_is_damaged_and_needs_a_device_is_made_where_there_is_one(bench: Bench) -> None:
    links = ("a.image -> b.image", "b.image -> s.image")
    nodes = {"a": Node("test.grey"), "b": Node("test.slow"), "s": Node("test.save")}
    graph = graph_of(nodes, *links)
    bench.run(graph)
    runtime, bench.runtime = bench.runtime, None
    bench.restart()
    store = bench.host.cache.store
    assert store
    store.database.write(("UPDATE results SET checksum = 'another'", [()]))
    request = RunRequest("r", "{}", (), str(bench.folder / "other"))
    assert bench.host.plan(graph, request).light(bench.host.cache)
    with pytest.raises(DeviceNeededError):
        bench.run(graph, output="other")
    bench.runtime = runtime
    bench.restart()
    assert ran(graph, bench, output="other") == ["a", "b", "s"]


def test_a_plan_with_more_than_effects_needs_a_device(bench: Bench) -> None:
    request = RunRequest("r", "{}", (), str(bench.output))
    assert not bench.host.plan(saving(), request).light(bench.host.cache)


def test_an_effect_that_shall_always_write_does(bench: Bench) -> None:
    graph = saving().with_param("s", "always", True)
    bench.run(graph, id="one")
    assert ran(graph, bench, id="two") == ["s"]
    assert files(bench) == ["out_0.txt", "out_1.txt"]


def test_an_effect_that_shall_always_write_does_so_once_a_run(bench: Bench) -> None:
    graph = saving().with_param("s", "always", True)
    bench.run(graph, id="one")
    assert ran(graph, bench, id="one") == []


def test_without_the_store_effects_write_again(bench: Bench) -> None:
    bench.run(saving())
    bench.run(saving(), use_store=False)
    assert files(bench) == ["out_0.txt", "out_1.txt"]


def test_an_effect_that_writes_nothing_is_held_with_its_inputs(bench: Bench) -> None:
    graph = graph_of({"a": Node("test.grey"), "s": Node("test.show")}, "a.image -> s.value")
    assert ran(graph, bench) == ["a", "s"]
    assert ran(graph, bench) == []
    assert bench.host.cache.store is not None
    bench.host.cache.remove([bench.host.plan(graph, RunRequest("r", "{}")).jobs["a"].key])
    assert ran(graph, bench) == ["a", "s"]


def announced(bench: Bench) -> None:
    """Leave what a run leaves that was killed while it wrote the file."""
    request = RunRequest("killed", "{}", (), str(bench.output))
    key = bench.host.plan(saving(), request).jobs["s"].key
    folder = output_folder(request)
    output = OutputFolder(folder, "", "", "killed", "s", 0, key, bench.host.receipts)
    bench.output.mkdir()
    output.claim(bench.output / "out_0.txt")


def test_a_file_that_a_killed_run_announced_and_did_not_write_is_written(bench: Bench) -> None:
    announced(bench)
    assert ran(saving(), bench) == ["a", "s"]
    assert files(bench) == ["out_0.txt"]


def test_a_file_that_a_killed_run_wrote_is_not_written_twice(bench: Bench) -> None:
    announced(bench)
    (bench.output / "out_0.txt").write_text("0.500")
    bench.run(saving())
    assert files(bench) == ["out_0.txt"]
    assert [file.path for file in bench.finished("s").files] == [str(bench.output / "out_0.txt")]
    assert ran(saving(), bench) == []
