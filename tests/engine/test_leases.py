"""Two processes that need one result make it once."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from pathlib import Path

import pytest

from studio.core.errors import Cancelled
from studio.core.graph import Graph, Node
from studio.engine import leases
from studio.engine.db import Database
from studio.engine.leases import Leases
from studio.engine.processes import this_process
from studio.engine.runtime import Token
from tests.engine.cheap import CALLS, Bench, graph_of


def two(folder: Path) -> tuple[Leases, Leases]:
    return Leases(Database(folder)), Leases(Database(folder))


def test_a_key_is_leased_to_one(tmp_path: Path) -> None:
    one, other = two(tmp_path)
    assert (one.take("k"), other.take("k"), one.take("k"), other.take("x")) == (
        True,
        False,
        True,
        True,
    )
    one.free("k")
    assert other.take("k")


def test_what_is_not_mine_is_not_freed(tmp_path: Path) -> None:
    one, other = two(tmp_path)
    one.take("k")
    other.free("k")
    assert not other.take("k")


def test_a_lease_that_was_not_renewed_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two(tmp_path)
    one.take("k")
    later = time.time() + leases.LEASE_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert other.take("k")


def test_a_renewed_lease_lasts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two(tmp_path)
    one.take("k")
    wall, steady = time.time(), time.monotonic()
    monkeypatch.setattr(time, "time", lambda: wall + leases.LEASE_SECONDS - 1)
    monkeypatch.setattr(time, "monotonic", lambda: steady + leases.LEASE_SECONDS - 1)
    one.renew("k")
    monkeypatch.setattr(time, "time", lambda: wall + leases.LEASE_SECONDS + 1)
    assert not other.take("k")


def _take_and_die(folder: Path) -> None:
    this_process.cache_clear()  # a fork inherits the name of its parent
    assert Leases(Database(folder)).take("k")
    os._exit(1)


def test_the_lease_of_a_dead_process_ends_at_once(tmp_path: Path) -> None:
    process = multiprocessing.get_context("fork").Process(target=_take_and_die, args=(tmp_path,))
    process.start()
    process.join()
    assert Leases(Database(tmp_path)).take("k")


def test_waiting_ends_when_the_run_is_cancelled(tmp_path: Path) -> None:
    token = Token()
    token.cancel()
    with pytest.raises(Cancelled):
        Leases(Database(tmp_path)).wait(token)


def slow_graph() -> Graph:
    params = {"steps": 30}
    return graph_of(
        {"a": Node("test.grey"), "s": Node("test.slow", params=params)}, "a.image -> s.image"
    )


def test_two_engines_on_one_store_compute_once(tmp_path: Path) -> None:
    CALLS.clear()
    benches = [Bench(tmp_path), Bench(tmp_path)]
    for bench in benches:
        assert bench.runtime is not None
        bench.runtime.on_look = lambda: time.sleep(0.02)
    threads = [
        threading.Thread(target=bench.run, args=(slow_graph(),), kwargs={"previews": True})
        for bench in benches
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert CALLS.count("step 0") == 1
    values = [bench.value("s", slow_graph()).pixels.tobytes() for bench in benches]
    assert values[0] == values[1]
    for bench in benches:
        bench.host.close()
