"""What a computing process does with settings, policies and a device that others want."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.compute.bench import Bench
from studio.compute.context import DeviceRuntime
from studio.compute.device import policy_signature
from studio.compute.pool import Pool
from studio.core.values import DiffusionModel
from studio.engine.db import Database
from studio.engine.events import Event, RunFinished, RunRequest
from studio.engine.protocol import Configure
from studio.engine.records import Policies
from studio.engine.runtime import Token
from studio.settings import Settings
from tests.compute.setting import chain, home
from tests.compute.test_pool import Loader, quiet

SETTINGS = Settings(device="cpu", threads=1)


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def bench(tmp_path: Path, events: list[Event]) -> Iterator[Bench]:
    made = Bench(Configure.of(home(tmp_path), device="cpu", threads=1), events.append)
    yield made
    made.close()


def run(bench: Bench, out: Path, **more: object) -> None:
    bench.run(RunRequest("run", chain(steps=1, pause=0), output=str(out), **more), Token())  # type: ignore[arg-type]  # fields by name


def policy(tmp_path: Path, settings: Settings, device: str = "") -> str:
    database = Database(tmp_path / "cache" / "store")
    found = Policies(database).get(policy_signature(settings, device))
    database.close()
    return found


def test_the_policy_is_written_where_front_ends_find_it(bench: Bench, tmp_path: Path) -> None:
    assert policy(tmp_path, SETTINGS) == bench.device.policy
    assert policy(tmp_path, SETTINGS, "auto") == ""
    run(bench, tmp_path / "out", device="auto", settings={"threads": 2})
    assert policy(tmp_path, Settings(device="cpu", threads=2), "auto") == bench.device.policy
    assert bench.device.threads == 2


def test_settings_of_one_run_do_not_stay(bench: Bench, tmp_path: Path) -> None:
    run(bench, tmp_path / "out", settings={"threads": 3, "unheard_of": 1})
    assert bench.device.threads == 3
    run(bench, tmp_path / "out")
    assert bench.device.threads == 1


def test_asking_for_a_device_that_is_not_there_is_a_failed_run(
    bench: Bench, tmp_path: Path, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.compute.device.find_card", lambda: None)
    run(bench, tmp_path / "out", device="cuda")
    (finished,) = events
    assert isinstance(finished, RunFinished)
    assert finished.issues[0]["code"] == "E_UNSUPPORTED"


def test_an_idle_process_lets_go_of_its_networks_when_another_had_the_device(
    bench: Bench, tmp_path: Path
) -> None:
    run(bench, tmp_path / "out")
    pool = Pool(bench.device, 2**30, Loader())
    bench._runtime = DeviceRuntime(pool, 2**20)
    with pool.lend(DiffusionModel("a"), quiet):
        pass
    bench.yield_device()
    assert pool.bytes
    (tmp_path / "cache" / "cpu.lock").write_text("1")
    bench.yield_device()
    assert pool.bytes == 0


def test_broken_packs_are_told_and_break_nothing(tmp_path: Path) -> None:
    paths = home(tmp_path)
    (paths.data / "nodes" / "broken.py").write_text("import no_such_module")
    made = Bench(Configure.of(paths), lambda event: None)
    ready = made.ready()
    made.close()
    assert any("no_such_module" in failure for failure in ready.failures)
    assert "slow.count" in {spec["id"] for spec in ready.specs}
    assert ready.budget > 0


def test_packs_are_left_alone_when_told_so(tmp_path: Path) -> None:
    paths = home(tmp_path)
    said = Configure(str(paths.data), str(paths.cache), str(paths.resources), packs=False)
    made = Bench(said, lambda event: None)
    assert made.ready().specs == ()
    made.close()
