"""Large files are read in the background, and only once."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from studio.engine import fingerprint
from studio.engine.db import Database
from studio.facts.listing import file_digest
from studio.ui.session.hashing import AT_ONCE_BYTES, HashingError, LaterFingerprints


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "model.bin"
    path.write_bytes(bytes(AT_ONCE_BYTES) + b"more" * 4_000_000)
    return path


def test_a_small_file_is_read_on_the_spot(tmp_path: Path) -> None:
    path = tmp_path / "small"
    path.write_bytes(b"abc")
    made = LaterFingerprints(None, lambda work: None, lambda path, share: None)
    assert made.of(path) == file_digest(path)


def test_a_large_file_comes_later_and_says_how_far_it_is(large: Path) -> None:
    waiting: list[Callable[[], None]] = []
    told: list[float] = []
    made = LaterFingerprints(None, waiting.append, lambda path, share: told.append(share))
    for _ in range(2):
        with pytest.raises(HashingError):
            made.of(large)
    assert len(waiting) == 1
    waiting[0]()
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] == 1.0


def test_a_digest_that_the_store_knows_is_said_at_once(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprint, "QUICK_BYTES", 0)
    os.utime(large, (1, 1))
    database = Database(tmp_path / "store")
    LaterFingerprints(database, lambda work: None, lambda path, share: None)._make(large)
    made = LaterFingerprints(database, lambda work: None, lambda path, share: None)
    assert made.of(large) == file_digest(large)
    assert made.sha256(large) == sha256(large.read_bytes()).hexdigest()
    database.close()


def test_a_window_that_closes_waits_for_no_file(large: Path) -> None:
    told: list[float] = []
    made = LaterFingerprints(None, lambda work: None, lambda path, share: told.append(share))
    made.stop()
    made._make(large)
    assert told == [1.0]
    assert not made.knows(large)
