"""How far runs are, and in which order they come."""

from __future__ import annotations

from studio.engine.events import (
    NodeFailed,
    NodeFinished,
    NodeProgress,
    NodeStarted,
    RunFinished,
    RunRequest,
    RunStarted,
    Thumbnail,
    Written,
)
from studio.ui.session.runs import Job, Line, RunInfo, failure_of, share_of, step_of


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def job(name: str) -> Job:
    """Return a run that can begin."""
    return Job(RunInfo(name, name, document="d"), RunRequest(name, "{}"))


def test_runs_begin_one_after_the_other() -> None:
    line = Line()
    for name in ("a", "b"):
        line.add(job(name))
    line.add(job("first"), front=True)
    begun = line.next()
    assert begun is not None
    assert begun.info.id == "first"
    assert line.next() is None
    line.finished(RunFinished("first", "done"))
    assert [info.id for info in line.infos] == ["a", "b", "first"]


def test_a_run_that_is_not_put_together_keeps_its_place() -> None:
    line = Line()
    line.add(Job(RunInfo("a", "a")))
    line.add(job("b"))
    assert line.next() is None


def test_what_is_left_follows_from_the_steps() -> None:
    clock = Clock()
    line = Line(clock)
    line.add(job("a"))
    line.next()
    line.started(RunStarted("a", 2))
    line.node_started(NodeStarted("a", "n", "Sampler"))
    clock.now += 6
    left = line.node_progress(NodeProgress("a", "n", 12, 20))
    assert left is not None
    assert round(left, 6) == 4.0
    info = line.infos[0]
    assert (info.step, round(info.share, 6), info.node_title) == ("step 12 / 20", 0.3, "Sampler")


def test_the_estimate_counts_when_it_is_longer() -> None:
    clock = Clock()
    line = Line(clock)
    line.add(job("a"))
    line.next()
    line.started(RunStarted("a", 2, seconds=30.0))
    line.node_started(NodeStarted("a", "n"))
    clock.now += 5
    line.node_progress(NodeProgress("a", "n", 5, 10))
    assert line.infos[0].left == 25.0


def test_the_next_run_of_a_graph_knows_how_long_the_last_one_took() -> None:
    line = Line()
    line.add(job("a"))
    assert line.infos[0].left is None
    line.next()
    line.finished(RunFinished("a", "done", seconds=6.1))
    line.add(job("b"))
    assert line.infos[0].left == 6.1


def test_a_run_that_is_over_says_what_was_held_and_written() -> None:
    line = Line()
    line.add(job("a"))
    line.next()
    picture = Thumbnail(1, 1, bytes(4))
    written = (Written("n", "/out/a.png"),)
    line.node_finished(NodeFinished("a", "n", "k", thumbnail=picture, files=written))
    line.finished(RunFinished("a", "done", ran=3, held=5, seconds=2.0))
    info = line.infos[0]
    assert (info.step, info.files, info.picture) == ("5 of 8 held", ("/out/a.png",), picture)


def test_a_run_in_which_nothing_was_held_says_how_much_it_computed() -> None:
    line = Line()
    line.add(job("a"))
    line.next()
    line.finished(RunFinished("a", "done", ran=8))
    assert line.infos[0].step == "8 nodes"


def test_a_run_that_failed_says_at_which_node_it_did_first() -> None:
    line = Line()
    line.add(job("a"))
    line.next()
    line.node_failed(NodeFailed("a", "n", "Load image", "E_FILE", "a.png is damaged"))
    line.node_failed(NodeFailed("a", "m", "Blur", "E_RANGE", "too much"))
    line.finished(RunFinished("a", "failed", failed=2))
    assert failure_of(line.infos[0]) == "“a” was not finished. Load image: a.png is damaged"


def test_a_list_counts_its_items() -> None:
    event = NodeProgress("a", "n", 1, 2, item=3, items=8)
    assert step_of(event) == "item 4 / 8"
    assert share_of(event) == 3.5 / 8
