"""Runs that wait, and what becomes of them when their front end is gone."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core.errors import WriteError
from studio.engine.db import Database
from studio.engine.events import RunRequest
from studio.engine.processes import lives, started, this_process
from studio.engine.queue import LEASE_SECONDS, REMEMBERED, RunQueue
from tests.counts import count

ADD = """
import sys, time
from pathlib import Path
from studio.engine.db import Database
from studio.engine.events import RunRequest
from studio.engine.queue import RunQueue
queue = RunQueue(Database(Path(sys.argv[1])))
for index in range(int(sys.argv[2])):
    queue.add(RunRequest(f"run{index}", "{}", output=f"out{index}"))
    if index == 0:
        queue.start("run0")
    print(index, flush=True)
time.sleep(60)
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path)
    yield made
    made.close()


def request(name: str) -> RunRequest:
    return RunRequest(name, '{"wirebrush": 1}', ("save",), "out", settings={"threads": 2})


def test_runs_are_kept_in_order_and_whole(database: Database) -> None:
    queue = RunQueue(database)
    for name in "cab":
        queue.add(request(name))
    assert [run.request for run in queue.runs()] == [request(name) for name in "cab"]
    assert queue.orphans() == []


def test_a_finished_run_is_no_orphan_even_when_its_front_end_is_gone(database: Database) -> None:
    gone = RunQueue(database, "gone|1|1", lambda: 1.0)
    gone.add(request("a"))
    gone.add(request("b"))
    gone.start("a")
    gone.finish("a", "failed", "no memory")
    queue = RunQueue(database)
    assert [run.id for run in queue.orphans()] == ["b"]
    assert [(run.state, run.text) for run in queue.runs()] == [
        ("failed", "no memory"),
        ("queued", ""),
    ]


def test_a_front_end_on_another_machine_counts_until_its_lease_is_over(database: Database) -> None:
    now = 1000.0
    RunQueue(database, "elsewhere|1|1", lambda: now).add(request("a"))
    assert RunQueue(database, clock=lambda: now + LEASE_SECONDS - 1).orphans() == []
    assert len(RunQueue(database, clock=lambda: now + LEASE_SECONDS + 1).orphans()) == 1


def test_an_orphan_is_adopted_once(database: Database, tmp_path: Path) -> None:
    RunQueue(database, "gone|1|1", lambda: 1.0).add(request("a"))
    won: list[str] = []

    def adopt(name: str) -> None:
        other = Database(tmp_path)
        if RunQueue(other, name, lambda: 100.0).adopt("a"):
            won.append(name)
        other.close()

    threads = [threading.Thread(target=adopt, args=(f"other|{n}|1",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_clearing_keeps_what_is_at_work(database: Database) -> None:
    RunQueue(database, "gone|1|1", lambda: 1.0).add(request("orphan"))
    queue = RunQueue(database)
    for name in ("over", "mine"):
        queue.add(request(name))
    queue.finish("over", "done")
    assert queue.clear() == 2
    assert [run.id for run in queue.runs()] == ["mine"]


def test_the_queue_forgets_the_oldest_finished_runs(database: Database) -> None:
    queue = RunQueue(database)
    for index in range(REMEMBERED + 5):
        queue.add(request(str(index)))
        queue.finish(str(index), "done")
    assert [run.id for run in queue.runs()] == [str(index) for index in range(5, REMEMBERED + 5)]


def test_a_process_is_known_by_more_than_its_number() -> None:
    host, pid, start = this_process().split("|")
    assert lives(this_process())
    assert start == started(int(pid))
    assert lives(f"{host}|{pid}|{start}1") is False
    assert lives(f"elsewhere|{pid}|{start}") is None


@pytest.mark.soak
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as systems with signals do")
def test_what_was_added_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    for kill in range(count(3, 200)):
        folder = tmp_path / str(kill)
        command = [sys.executable, "-c", ADD, str(folder), "6"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            added = [process.stdout.readline() for _ in range(1 + kill % 5)]
            process.kill()
        database = Database(folder)
        queue = RunQueue(database)
        found = queue.orphans()
        assert [run.id for run in found] == [f"run{n}" for n in range(len(found))]
        assert len(found) >= len(added)
        assert found[0].state == "running"
        assert all(queue.adopt(run.id) for run in found)
        assert queue.orphans() == []
        database.close()


def test_a_run_is_done_although_it_cannot_be_written_down(
    database: Database, logged: io.StringIO
) -> None:
    database.rows("PRAGMA query_only = 1")
    RunQueue(database).add(RunRequest("a", "{}"))
    assert "not written down" in logged.getvalue()


def test_a_run_that_cannot_be_taken_over_says_why(database: Database) -> None:
    gone = "0 0 nobody"
    RunQueue(database, me=gone, clock=lambda: 0.0).add(RunRequest("a", "{}"))
    database.rows("PRAGMA query_only = 1")
    with pytest.raises(WriteError, match="cannot be written"):
        RunQueue(database).adopt("a")
