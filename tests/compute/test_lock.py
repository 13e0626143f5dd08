"""One device, one run at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from studio.compute.lock import DeviceLock
from studio.core.errors import Cancelled, WriteError
from studio.engine.runtime import Token

HOLD = """
import sys, time
from pathlib import Path
from studio.compute.lock import DeviceLock
from studio.engine.runtime import Token
with DeviceLock(Path(sys.argv[1])).hold(Token(), print):
    print("held", flush=True)
    time.sleep(60)
"""


def held(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_waits_and_hears_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "cpu.lock"
    said: list[int] = []
    with held(path) as first:
        threading.Timer(0.3, first.kill).start()
        with DeviceLock(path).hold(Token(), said.append):
            assert DeviceLock(path).last() == os.getpid()
    assert said == [first.pid]


def test_a_lock_that_cannot_be_written_is_said_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    lock = DeviceLock(tmp_path / "cache" / "cpu.lock")
    with pytest.raises(WriteError, match=r"cpu\.lock"), lock.hold(Token(), print):
        pass


def test_waiting_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "cpu.lock"
    token = Token()
    with held(path) as first:
        waiting = DeviceLock(path).hold(token, lambda pid: token.cancel())
        with pytest.raises(Cancelled), waiting:
            pytest.fail("two may not have one device")
        first.kill()


def test_a_free_device_is_had_at_once(tmp_path: Path) -> None:
    for _ in range(2):
        with DeviceLock(tmp_path / "cpu.lock").hold(Token(), lambda pid: pytest.fail("it waits")):
            pass
    assert DeviceLock(tmp_path / "none.lock").last() == 0
