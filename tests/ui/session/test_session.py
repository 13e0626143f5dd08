"""The session over an engine of cheap nodes: states, runs, results, the worker's death."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from studio.core.document import write
from studio.core.graph import Graph, Node
from studio.core.view import View
from studio.engine.events import NodeProgress, NodeStarted
from tests.engine.cheap import graph_of
from tests.ui.engines import Desktop, pictures


@pytest.fixture
def desktop(tmp_path: Path, qtbot: QtBot) -> Iterator[Desktop]:
    made = Desktop(tmp_path, qtbot, pictures())
    yield made
    made.close()


def step(number: int) -> Any:
    """Return what holds at a step of the slow node."""
    return lambda event: isinstance(event, NodeProgress) and event.done == number


def test_before_a_run_everything_needs_one(desktop: Desktop) -> None:
    desktop.until("save", "stale")
    assert desktop.kinds("grey", "seeded", "slow", "save") == ["stale"] * 4
    assert desktop.session.state(desktop.document, "slow").footer == "needs a run"


def test_a_run_makes_everything_fresh(desktop: Desktop) -> None:
    desktop.run()
    assert desktop.over == ["done"]
    desktop.wait(lambda: desktop.kinds("grey", "seeded", "slow", "save") == ["fresh"] * 4)
    assert desktop.session.state(desktop.document, "slow").footer.endswith(" s")


def test_an_edit_makes_what_follows_stale_at_once(desktop: Desktop) -> None:
    desktop.run()
    desktop.wait(lambda: desktop.kinds("grey", "seeded", "slow", "save") == ["fresh"] * 4)
    graph = desktop.document.graph
    desktop.document.edit("Set seed", graph.with_param("seeded", "seed", 8))
    assert desktop.kinds("grey", "seeded", "slow", "save") == ["fresh", "stale", "stale", "stale"]


def test_going_back_makes_it_fresh_again(desktop: Desktop) -> None:
    desktop.run()
    graph = desktop.document.graph
    desktop.document.edit("Set seed", graph.with_param("seeded", "seed", 8))
    desktop.until("save", "stale")
    desktop.document.undo()
    desktop.until("save", "fresh")


def test_moving_a_node_changes_no_state(desktop: Desktop) -> None:
    desktop.run()
    desktop.until("save", "fresh")
    graph = desktop.document.graph
    desktop.document.edit("Move", graph.with_view(View().moved({"grey": (5.0, 5.0)})))
    assert desktop.kinds("grey", "save") == ["fresh", "fresh"]


def test_a_node_at_work_says_its_step_and_the_next_one_waits(desktop: Desktop) -> None:
    desktop.until("save", "stale")
    desktop.held_at = step(1)
    desktop.session.run(desktop.document)
    desktop.wait(lambda: "step 1" in desktop.session.state(desktop.document, "slow").footer)
    state = desktop.session.state(desktop.document, "slow")
    assert (state.kind, state.footer, state.share) == ("running", "step 1 / 4", 0.25)
    assert desktop.session.state(desktop.document, "save").footer == "waits for Slow"
    assert desktop.session.active is not None
    desktop.engine.go.set()
    desktop.until("save", "fresh")


def test_a_picture_in_the_making_is_shown_and_then_the_result(desktop: Desktop) -> None:
    desktop.held_at = step(1)
    desktop.session.run(desktop.document)
    desktop.wait(lambda: desktop.session.picture(desktop.document, "slow") is not None)
    preview = desktop.session.state(desktop.document, "slow").picture
    desktop.engine.go.set()
    desktop.until("save", "fresh")
    assert desktop.session.state(desktop.document, "slow").picture not in (0, preview)
    assert desktop.session.picture(desktop.document, "slow") is not None


def test_cancelling_ends_a_run_within_a_step(desktop: Desktop) -> None:
    desktop.held_at = step(1)
    desktop.session.run(desktop.document)
    desktop.until("slow", "running")
    active = desktop.session.active
    assert active is not None
    desktop.session.cancel(active.id)
    desktop.wait(lambda: desktop.over == ["cancelled"])
    desktop.until("slow", "stale")


def test_a_failure_is_told_at_the_node_and_among_the_issues(tmp_path: Path, qtbot: QtBot) -> None:
    graph = graph_of(
        {"grey": Node("test.grey"), "fail": Node("test.fail", params={"below": 0.1})},
        "grey.image -> fail.image",
    )
    desktop = Desktop(tmp_path, qtbot, graph)
    desktop.run("fail")
    desktop.until("fail", "failed")
    state = desktop.session.state(desktop.document, "fail")
    assert "too bright" in state.text
    codes = [issue.code for issue in desktop.session.issues(desktop.document)]
    assert "E_RANGE" in codes
    assert [message.kind for message in desktop.said] == ["error"]
    desktop.document.edit("Set below", graph.with_param("fail", "below", 9.0))
    assert desktop.kinds("fail") == ["stale"]
    desktop.wait(
        lambda: "E_RANGE" not in [i.code for i in desktop.session.issues(desktop.document)]
    )
    desktop.close()


def test_a_window_that_starts_again_shows_what_the_store_holds(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.engine.work.CHEAP_SECONDS", 0.0)
    first = Desktop(tmp_path, qtbot, pictures())
    first.run()
    first.close()
    second = Desktop(tmp_path, qtbot, pictures())
    second.until("save", "fresh")
    assert second.session.state(second.document, "slow").note == "held"
    second.wait(lambda: second.session.picture(second.document, "slow") is not None)
    assert second.engine.submitted == []
    second.close()


def test_runs_wait_in_line_and_can_change_places(desktop: Desktop) -> None:
    desktop.until("save", "stale")
    desktop.held_at = lambda event: isinstance(event, NodeStarted)
    desktop.session.run(desktop.document)
    desktop.wait(lambda: desktop.session.active is not None)
    desktop.session.run(desktop.document, ["seeded"])
    desktop.session.run(desktop.document, ["grey"])
    desktop.session.run(desktop.document, ["slow"], front=True)
    whats = [run.what for run in desktop.session.runs]
    assert whats == ["all", "to Slow", "to Seeded", "to Grey"]
    last = desktop.session.runs[-1].id
    desktop.session.move(last, 0)
    assert desktop.session.runs[1].id == last
    desktop.session.cancel_all()
    desktop.wait(lambda: desktop.over == ["cancelled"] * 4)


def test_a_run_is_stopped_that_the_engine_does_not_have_yet(desktop: Desktop) -> None:
    desktop.until("save", "stale")
    desktop.held_at = lambda event: isinstance(event, NodeStarted)
    desktop.session.run(desktop.document)
    desktop.wait(lambda: desktop.session.active is not None)
    desktop.session.cancel_all()
    desktop.wait(lambda: desktop.over == ["cancelled"])


def test_a_paused_queue_begins_nothing(desktop: Desktop) -> None:
    desktop.session.pause()
    desktop.session.run(desktop.document)
    desktop.wait(lambda: desktop.session.runs[0].status == "waiting")
    assert desktop.session.active is None
    desktop.session.resume()
    desktop.wait(lambda: desktop.over == ["done"])


def test_several_runs_count_the_seed_up_in_one_step(desktop: Desktop) -> None:
    desktop.run(times=3)
    desktop.wait(lambda: desktop.over == ["done"] * 3)
    assert desktop.document.graph.nodes["seeded"].params["seed"] == 9
    desktop.document.undo()
    assert desktop.document.graph.nodes["seeded"].params["seed"] == 7


def test_a_seed_that_shall_change_does_so_when_the_next_run_begins(
    tmp_path: Path, qtbot: QtBot
) -> None:
    node = Node("test.seeded", params={"seed": 7}, seed_mode="increment")
    desktop = Desktop(tmp_path, qtbot, pictures(seeded=node))
    desktop.run()
    assert desktop.document.graph.nodes["seeded"].params["seed"] == 7
    desktop.run()
    assert desktop.document.graph.nodes["seeded"].params["seed"] == 8
    assert desktop.session.last_seed(desktop.document, "seeded", "seed") == 8
    desktop.until("save", "fresh")
    desktop.close()


def test_when_the_worker_dies_one_message_says_so_and_the_next_run_works(desktop: Desktop) -> None:
    desktop.held_at = step(1)
    desktop.session.run(desktop.document)
    desktop.until("slow", "running")
    desktop.engine.die()
    desktop.wait(lambda: desktop.over == ["failed"])
    assert len(desktop.said) == 1
    assert "SIGKILL" in desktop.said[0].text
    desktop.wait(lambda: desktop.session.worker.status == "idle")
    desktop.held_at = lambda event: False
    desktop.run()
    desktop.until("save", "fresh")
    assert desktop.over == ["done", "failed"]


def test_live_mode_runs_after_an_edit_and_keeps_only_the_newest(desktop: Desktop) -> None:
    desktop.session.set_live(desktop.document, True)
    desktop.wait(lambda: desktop.over == ["done"])
    for seed in range(20, 30):
        graph = desktop.document.graph.with_param("seeded", "seed", seed)
        desktop.document.edit("Set seed", graph, "drag")
    desktop.until("save", "fresh")
    assert len(desktop.engine.submitted) == 2
    assert '"seed": 29' in desktop.engine.submitted[-1].graph
    assert desktop.engine.submitted[-1].live


def test_live_mode_cancels_the_run_that_is_out_of_date(desktop: Desktop) -> None:
    desktop.held_at = step(1)
    desktop.session.set_live(desktop.document, True)
    desktop.wait(lambda: desktop.session.state(desktop.document, "slow").share > 0)
    graph = desktop.document.graph.with_param("seeded", "seed", 99)
    desktop.held_at = lambda event: False
    desktop.document.edit("Set seed", graph)
    desktop.wait(lambda: desktop.over == ["done", "cancelled"])
    desktop.until("save", "fresh")


def test_results_come_as_arrays(desktop: Desktop) -> None:
    desktop.run()
    desktop.until("slow", "fresh")
    found: list[Any] = []
    key = desktop.session.key(desktop.document, "slow")
    desktop.session.fetch(key, "image", found.append)
    desktop.wait(lambda: bool(found))
    assert found[0].kind == "Image"
    assert found[0].arrays["pixels"].shape == (1, 2, 2, 3)
    assert float(found[0].arrays["pixels"].mean()) == 8.5


def test_what_only_the_worker_holds_is_fetched_too(desktop: Desktop) -> None:
    desktop.run()
    desktop.until("grey", "fresh")
    found: list[Any] = []
    key = desktop.session.key(desktop.document, "grey")
    desktop.session.fetch(key, "image", found.append)
    desktop.wait(lambda: bool(found))
    assert float(found[0].arrays["pixels"].mean()) == 0.5


def test_what_nobody_holds_is_answered_with_nothing(desktop: Desktop) -> None:
    found: list[Any] = []
    desktop.session.fetch("no such key", "image", found.append)
    desktop.wait(lambda: found == [None])


def interrupted(folder: Path) -> None:
    """Leave a run as a front end does that was killed."""
    from studio.engine.db import Database
    from studio.engine.events import RunRequest
    from studio.engine.queue import RunQueue

    database = Database(folder / "cache" / "store")
    request = RunRequest("gone", write(pictures()), output=str(folder / "out"), title="Test")
    RunQueue(database, "a host|1|that is gone").add(request)
    database.must(("UPDATE runs SET expires = 0", [()]))
    database.close()


def test_interrupted_runs_are_offered_and_finished(tmp_path: Path, qtbot: QtBot) -> None:
    interrupted(tmp_path)
    desktop = Desktop(tmp_path, qtbot, pictures())
    desktop.wait(lambda: bool(desktop.said))
    message = desktop.said[0]
    assert (message.text, message.action) == ("A run was interrupted.", "Finish")
    assert message.does is not None
    message.does()
    desktop.wait(lambda: desktop.over == ["done"])
    assert len(list((tmp_path / "out").glob("*.txt"))) == 1
    desktop.close()


def test_an_interrupted_run_that_cannot_be_taken_up_says_why(tmp_path: Path, qtbot: QtBot) -> None:
    interrupted(tmp_path)
    desktop = Desktop(tmp_path, qtbot, pictures())
    desktop.wait(lambda: bool(desktop.said))
    database = desktop.session._room._database
    assert database
    database.rows("PRAGMA query_only = 1")  # as on a full disk
    assert desktop.said[0].does
    desktop.said[0].does()
    desktop.wait(lambda: len(desktop.said) > 1)
    assert desktop.said[1].text.startswith("The runs were not taken up: the queue of runs cannot")
    database.rows("PRAGMA query_only = 0")
    desktop.close()


def test_an_interrupted_run_goes_on_in_its_own_graph_among_two_of_one_title(
    tmp_path: Path, qtbot: QtBot
) -> None:
    first = Desktop(tmp_path, qtbot, pictures().with_title("Poster"))
    files = [tmp_path / "graphs" / name for name in ("a.json", "b.json")]
    files[0].parent.mkdir()
    for file in files:
        file.write_text(write(first.graph), "utf-8")
    documents = [first.documents.open(file) for file in files]
    first.held_at = step(1)
    first.session.run(documents[1])
    first.wait(lambda: bool(first.engines and first.engine.submitted))
    request = first.engine.submitted[0]
    first.close()
    assert (request.title, request.source) == ("Poster", str(files[1]))
    again = Desktop(tmp_path, qtbot, pictures())
    opened = [again.documents.open(file) for file in files]
    again.session._orphans._resume([request])
    again.wait(lambda: bool(again.session.runs))
    assert again.session.runs[0].document == opened[1].id
    again.close()


def test_what_waits_when_the_window_closes_is_kept(tmp_path: Path, qtbot: QtBot) -> None:
    from studio.engine.db import Database
    from studio.engine.queue import RunQueue

    desktop = Desktop(tmp_path, qtbot, pictures())
    desktop.held_at = step(1)
    desktop.session.run(desktop.document)
    desktop.until("slow", "running")
    desktop.session.run(desktop.document, ["seeded"])
    desktop.wait(lambda: len(desktop.session.runs) == 2)
    desktop.close()
    database = Database(tmp_path / "cache" / "store")
    assert [run.state for run in RunQueue(database).runs()] == ["running", "queued"]
    database.close()


def test_a_node_with_a_sub_graph_shows_what_is_inside(tmp_path: Path, qtbot: QtBot) -> None:
    from studio.core.graph import Link, Port, SubGraph

    inner = graph_of(
        {"add": Node("test.add"), "slow": Node("test.slow")}, "add.image -> slow.image"
    )
    sub = SubGraph(
        "Bright",
        {"in": Port("in", "Image", ("add.image",))},
        {"out": Port("out", "Image", ("slow.image",))},
        inner,
    )
    graph = Graph(
        {"grey": Node("test.grey"), "bright": Node("graph:bright"), "show": Node("test.show")},
        (Link.parse("grey.image -> bright.in"), Link.parse("bright.out -> show.value")),
        {"bright": sub},
    )
    desktop = Desktop(tmp_path, qtbot, graph)
    desktop.until("bright", "stale")
    desktop.held_at = step(1)
    desktop.session.run(desktop.document)
    desktop.until("bright/slow", "running")
    assert desktop.session.state(desktop.document, "bright").kind == "running"
    desktop.engine.go.set()
    desktop.until("bright", "fresh")
    assert desktop.session.picture(desktop.document, "bright") is not None
    desktop.close()


def test_another_device_restarts_the_worker(desktop: Desktop) -> None:
    desktop.wait(lambda: desktop.session.worker.status == "idle")
    desktop.preferences.set("threads", 3)
    desktop.wait(lambda: len(desktop.engines) == 2)
    desktop.wait(lambda: desktop.session.worker.status == "idle")
    assert desktop.session.worker.device == "CPU, 2 threads"
    assert desktop.session.worker.budget == 8 * 2**30
    assert desktop.session.worker.precision == "fp32"


def test_memory_is_freed_on_demand(desktop: Desktop) -> None:
    desktop.wait(lambda: desktop.session.worker.status == "idle")
    desktop.session.free_memory()
    desktop.wait(lambda: desktop.engine.freed == 1)
