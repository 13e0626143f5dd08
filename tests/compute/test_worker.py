"""The computing process from outside: what it does, and what becomes of runs when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.engine.client import died_error
from studio.engine.events import (
    Heartbeat,
    NodeFailed,
    NodeFinished,
    NodeProgress,
    NodesHeld,
    NodeStarted,
    NodeWarned,
    RunFinished,
    RunQueued,
    WorkerDied,
)
from studio.engine.processes import started
from studio.engine.protocol import Fetched
from tests.compute.setting import chain, front, graph, home
from tests.counts import count

posix = pytest.mark.skipif(os.name == "nt", reason="kills as systems with signals do")


def trouble(kind: str) -> str:
    return graph({"trouble": ("slow.trouble", {"kind": kind})})


def test_a_run_writes_its_file_and_the_next_one_does_nothing(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        assert it.run(chain(), tmp_path / "out").status == "done"
        assert it.ran() == ["count", "picture", "save"]
        assert it.run(chain(), tmp_path / "out").ran == 0
        assert it.ran() == []
    assert (tmp_path / "out" / "picture.raw").stat().st_size == 64 * 64 * 3 * 4


def test_a_worker_whose_nodes_need_no_torch_does_not_import_it(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        it.run(chain(), tmp_path / "out")
        maps = Path(f"/proc/{it.engine.pid}/maps")
        loaded = maps.read_text("utf-8") if maps.exists() else ""
    assert "libtorch" not in loaded


def test_another_process_reuses_what_is_stored(tmp_path: Path) -> None:
    paths = home(tmp_path)
    with front(paths) as first:
        first.run(chain(), tmp_path / "out")
    with front(paths) as second:
        second.run(chain(), tmp_path / "other")
        assert second.ran() == ["save"]
    pictures = [(tmp_path / name / "picture.raw").read_bytes() for name in ("out", "other")]
    assert pictures[0] == pictures[1]


@posix
def test_a_killed_worker_fails_one_run_and_the_next_one_goes_on(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        run = it.submit(chain(steps=500, pause=0.02), tmp_path / "out")
        it.until(NodeProgress)
        it.kill()
        died = it.until(WorkerDied)
        assert (died.exit, died.run) == (-signal.SIGKILL, run)
        failed = it.until(RunFinished)
        assert (failed.run, failed.status) == (run, "failed")
        assert "was ended by SIGKILL" in failed.issues[0]["text"]
        assert it.run(chain(steps=3), tmp_path / "out").status == "done"


@pytest.mark.soak
@posix
def test_kills_at_any_moment_leave_the_same_picture(tmp_path: Path) -> None:
    text = chain(start=0, steps=20, pause=0.02)
    with front(home(tmp_path / "calm")) as calm:
        calm.run(text, tmp_path / "calm")
    expected = (tmp_path / "calm" / "picture.raw").read_bytes()
    with front(home(tmp_path / "wild")) as it:
        for kill in range(count(3, 40)):
            out = tmp_path / f"out{kill}"
            wanted = text.replace('"start": 0', f'"start": {kill}')
            it.submit(wanted, out)
            time.sleep(0.2 + 0.07 * (kill % 12))
            it.kill()
            it.until(WorkerDied)
            stored = it.finished()
            it.ran()
            assert it.run(wanted, out).status == "done"
            assert stored.isdisjoint(it.ran())
        assert it.run(text, tmp_path / "out").status == "done"
    assert (tmp_path / "out" / "picture.raw").read_bytes() == expected


@posix
def test_a_worker_that_dies_idle_is_replaced(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        first = it.ready().pid
        it.kill()
        assert it.until(WorkerDied).run == ""
        assert it.ready().pid != first


def test_the_last_words_of_a_worker_are_kept(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        it.submit(trouble("exit"), tmp_path)
        died = it.until(WorkerDied)
    assert died.exit == 3
    assert "the last words" in died.log
    assert "exit code 3; the last it said was: the last words" in str(died_error(died))


@posix
def test_a_crash_names_its_signal_and_the_line(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        it.submit(trouble("crash"), tmp_path)
        died = it.until(WorkerDied)
    assert died.exit == -signal.SIGSEGV
    assert any("slow.py" in line for line in died.log)


@posix
def test_damaged_messages_end_the_worker_with_a_clear_error(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        it.submit(trouble("damage"), tmp_path)
        died = it.until(WorkerDied)
        assert "no frame of ours" in died.log[-1]
        assert it.until(RunFinished).status == "failed"
        assert it.run(trouble(""), tmp_path).status == "done"


@posix
def test_a_worker_that_hangs_is_ended(tmp_path: Path) -> None:
    with front(home(tmp_path), hang_seconds=4.0) as it:
        run = it.submit(trouble("hang"), tmp_path)
        died = it.until(WorkerDied)
        assert (died.exit, died.run) == (None, run)
        assert "did not answer" in it.until(RunFinished).issues[0]["text"]


def test_what_nodes_print_does_not_disturb_the_messages(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        assert it.run(trouble("print"), tmp_path).status == "done"


def test_a_node_without_memory_fails_alone_after_every_rung(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        assert it.run(trouble("memory"), tmp_path).status == "failed"
        failed = next(event for event in it.events if isinstance(event, NodeFailed))
        assert failed.code == "E_OOM"
        assert "GiB are free on cpu" in failed.text
        warned = [event.code for event in it.events if isinstance(event, NodeWarned)]
        assert warned == ["W_LADDER"] * 3
        assert it.run(trouble(""), tmp_path).status == "done"


def test_cancelling_stops_within_a_step_and_the_next_run_works(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        run = it.submit(chain(steps=1000, pause=0.05), tmp_path / "out")
        it.until(NodeProgress)
        began = time.monotonic()
        it.engine.cancel(run)
        assert it.until(RunFinished).status == "cancelled"
        assert time.monotonic() - began < 1.0
        assert not (tmp_path / "out").exists()
        assert it.run(chain(), tmp_path / "out").status == "done"


def test_a_run_that_waits_can_be_cancelled(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        first = it.submit(chain(steps=1000, pause=0.02), tmp_path / "out")
        second = it.submit(chain(), tmp_path / "out")
        assert it.until(RunQueued).run == second
        it.engine.cancel(second)
        assert it.until(RunFinished).run == second
        it.engine.cancel(first)
        assert it.until(RunFinished).run == first


def test_live_runs_replace_older_ones_of_their_source_and_no_others(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        live = {"live": True, "source": "/graphs/a.json", "title": "Poster"}
        first = it.submit(chain(steps=1000, pause=0.02), tmp_path / "1", **live)
        it.until(NodeProgress)
        kept = it.submit(chain(start=1), tmp_path / "2")
        named_alike = {**live, "source": "/graphs/b.json"}
        other = it.submit(chain(start=2), tmp_path / "3", **named_alike)
        old = it.submit(chain(start=3), tmp_path / "4", **live)
        new = it.submit(chain(start=4), tmp_path / "5", **live)
        ends = {event.run: event.status for event in (it.until(RunFinished) for _ in range(5))}
    assert ends == {
        first: "cancelled",
        old: "cancelled",
        kept: "done",
        other: "done",
        new: "done",
    }


def test_runs_are_done_in_order(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        runs = [it.submit(chain(start=index), tmp_path / str(index)) for index in range(3)]
        assert [it.until(RunFinished).run for _ in runs] == runs


def test_a_graph_that_cannot_be_read_is_a_failed_run(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        finished = it.run('{"wirebrush": 99}', tmp_path)
        assert finished.status == "failed"
        assert finished.issues[0]["code"] == "E_DOCUMENT"


def test_fetching_says_where_a_value_lies(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        it.run(chain(), tmp_path / "out")
        done = {event.node: event for event in it.events if isinstance(event, NodeFinished)}
        it.engine.fetch(done["picture"].key, "image")
        found = it.until(Fetched)
        it.engine.fetch("0" * 40, "image")
        assert it.until(Fetched).held is False
    (place,) = found.places
    size = 4 * 64 * 64 * 3
    with Path(place.path).open("rb") as file:
        file.seek(place.offset)
        assert file.read(size) == (tmp_path / "out" / "picture.raw").read_bytes()
    assert (place.dtype, place.shape) == ("F32", (1, 64, 64, 3))


def test_the_worker_says_that_it_lives(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        it.ready()
        assert it.until(Heartbeat).memory >= 0


def test_large_graphs_travel(tmp_path: Path) -> None:
    many = {f"count{index}": ("slow.trouble", {"kind": "x" * 500}) for index in range(1200)}
    with front(home(tmp_path)) as it:
        assert it.run(graph(many), tmp_path).status == "done"


@posix
def test_two_front_ends_share_the_device_one_after_the_other(tmp_path: Path) -> None:
    paths = home(tmp_path)
    with front(paths) as first, front(paths) as second:
        one = first.submit(chain(), tmp_path / "one")
        first.until(NodeStarted)
        first.kill(signal.SIGSTOP)
        second.submit(chain(start=100), tmp_path / "two")
        waiting = second.until(RunQueued)
        assert waiting.reason == f"process {first.engine.pid} has the device cpu"
        first.kill(signal.SIGCONT)
        assert first.until(RunFinished).run == one
        assert second.until(RunFinished).status == "done"


@posix
def test_a_run_that_waits_for_the_device_can_be_cancelled(tmp_path: Path) -> None:
    paths = home(tmp_path)
    with front(paths) as first, front(paths) as second:
        first.submit(chain(), tmp_path / "one")
        first.until(NodeStarted)
        first.kill(signal.SIGSTOP)
        run = second.submit(chain(start=100), tmp_path / "two")
        second.until(RunQueued)
        second.engine.cancel(run)
        assert second.until(RunFinished).status == "cancelled"
        first.kill(signal.SIGCONT)


ALONE = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.compute.setting import chain, front, home
from studio.engine.events import NodeProgress
folder = Path(sys.argv[1])
with front(home(folder)) as it:
    it.submit(chain(steps=900, pause=0.05), folder / "out")
    it.until(NodeProgress)
    print(it.engine.pid, flush=True)
    time.sleep(60)
"""


@posix
def test_a_worker_ends_when_its_front_end_is_killed(tmp_path: Path) -> None:
    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-c", ALONE, str(tmp_path), root]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        process.kill()
    limit = time.monotonic() + 10
    while started(pid) is not None and time.monotonic() < limit:
        time.sleep(0.05)
    assert started(pid) is None


def test_held_nodes_are_one_message(tmp_path: Path) -> None:
    with front(home(tmp_path)) as it:
        it.run(chain(), tmp_path / "out")
        it.events.clear()
        it.run(chain(), tmp_path / "out")
        held = [event for event in it.events if isinstance(event, NodesHeld)]
    assert [event.count for event in held] == [3]
