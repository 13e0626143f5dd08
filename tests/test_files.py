"""Files are whole or not there."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from studio.core.errors import WriteError
from studio.files import MARK, atomic_create, atomic_write, sweep
from tests.counts import count

WRITER = """
import sys
from pathlib import Path
from studio.files import atomic_write
path = Path(sys.argv[1])
print("ready", flush=True)
number = 0
while True:
    number += 1
    atomic_write(path, (str(number % 10) * 200_000).encode(), durable=False)
"""


def names(folder: Path) -> list[str]:
    """Return what is in a folder, in order."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def small_files() -> Iterator[None]:
    """Let no file grow beyond 64 KiB, as a full disk would not."""
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, old)


def test_content_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new" / "graph.json"
    atomic_write(path, b"old")
    atomic_write(path, lambda file: file.write(b"new"))
    assert path.read_bytes() == b"new"
    assert names(path.parent) == ["graph.json"]


def test_a_writer_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    atomic_write(path, b"old")

    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        atomic_write(path, fail)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["graph.json"]


@pytest.mark.usefixtures("small_files")
def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    atomic_write(path, b"old")
    with pytest.raises(WriteError, match=r"graph\.json could not be written: File too large"):
        atomic_write(path, bytes(200_000))
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["graph.json"]


def test_creating_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    assert atomic_create(path, b"first")
    assert not atomic_create(path, b"second")
    assert path.read_bytes() == b"first"


def test_creating_works_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "a.png"
    assert atomic_create(path, b"first")
    assert not atomic_create(path, b"second")
    assert path.read_bytes() == b"first"


@pytest.mark.soak
def test_killed_writers_leave_whole_files(tmp_path: Path) -> None:
    path = tmp_path / "value"
    chance = random.Random(1)
    for _ in range(count(6, 1000)):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(chance.uniform(0.005, 0.05))
        writer.kill()
        writer.wait()
        writer.stdout.close()
        if path.exists():
            content = path.read_bytes()
            assert len(content) == 200_000
            assert len(set(content)) == 1
    sweep(tmp_path, older_than=-1)
    assert set(names(tmp_path)) <= {"value"}


def test_the_sweeper_leaves_young_files_and_those_of_others(tmp_path: Path) -> None:
    young, other = tmp_path / f"{MARK}1.tmp", tmp_path / "mine.tmp"
    old = tmp_path / f"{MARK}2.tmp"
    for path in (young, other, old):
        path.write_bytes(b"")
    os.utime(old, (0, 0))
    assert sweep(tmp_path) == 1
    assert names(tmp_path) == sorted([young.name, other.name])
