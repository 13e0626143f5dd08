"""Results on disk: kept, found, checked, and let go."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.core.values import Image
from studio.engine.codec import Buffer, Codec
from studio.engine.db import NAME, Database, Statement
from studio.engine.events import Thumbnail
from studio.engine.store import INLINE_BYTES, Store
from tests.counts import count

SMALL = Image(np.full((1, 4, 4, 3), 0.25, np.float32))
LARGE = Image(np.random.default_rng(1).random((1, 64, 64, 3), np.float32))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = opened(tmp_path)
    yield made
    made.database.close()


def opened(folder: Path, limit: int = 10**9) -> Store:
    return Store(Database(folder), limit=limit)


def put(store: Store, key: str, image: Image = LARGE, seconds: float = 1.0) -> int:
    size = store.put(key, {"image": image}, kind="test", seconds=seconds)
    store.flush()
    return size


def pixels(store: Store, key: str) -> bytes | None:
    found = store.get(key)
    return found["image"].pixels.tobytes() if found else None


@pytest.mark.parametrize("image", [SMALL, LARGE])
def test_a_result_comes_back_bit_for_bit(store: Store, image: Image) -> None:
    put(store, "k" * 40, image)
    assert pixels(store, "k" * 40) == image.pixels.tobytes()
    assert store.blob("k" * 40).exists() == (image.pixels.nbytes > INLINE_BYTES)


def test_a_result_is_there_before_its_commit_and_for_others_after_it(
    store: Store, tmp_path: Path
) -> None:
    other = opened(tmp_path)
    store.put("a", {"image": LARGE}, kind="test")
    assert (store.held(["a", "b"]), other.held(["a"])) == ({"a"}, set())
    assert pixels(store, "a") == LARGE.pixels.tobytes()
    store.flush()
    assert other.held(["a"]) == {"a"}
    other.database.close()


def test_rows_wait_for_a_common_commit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    store.put("a", {"image": SMALL}, kind="test")
    assert not store.due
    monkeypatch.setattr(time, "monotonic", lambda: now + 0.2)
    assert store.due


def test_several_outputs_keep_their_names(store: Store) -> None:
    store.put("a", {"x": 1, "y": "two", "z": SMALL}, kind="test")
    found = store.get("a")
    assert found is not None
    assert (list(found), found["x"], found["y"]) == (["x", "y", "z"], 1, "two")


def test_the_thumbnail_is_there_without_the_result(store: Store) -> None:
    picture = Thumbnail(2, 1, bytes(range(8)))
    store.put("a", {"image": LARGE}, kind="test", thumbnail=picture)
    store.flush()
    assert store.thumbnail("a") == picture
    assert store.thumbnail("b") is None


def test_a_viewer_finds_the_array_in_the_blob(store: Store) -> None:
    store.put("a", {"first": SMALL, "image": LARGE}, kind="test")
    store.flush()
    place = store.locate("a", "image")[0]
    found = np.memmap(place.path, np.float32, "r", place.offset, place.shape)
    np.testing.assert_array_equal(found, LARGE.pixels)


def test_a_missing_blob_is_a_miss(store: Store) -> None:
    put(store, "a")
    store.blob("a").unlink()
    assert (store.get("a"), store.held(["a"])) == (None, set())


@pytest.mark.soak
def test_a_flipped_bit_is_a_miss_and_never_a_wrong_picture(store: Store) -> None:
    dice = random.Random(5)
    for _ in range(count(100, 1000)):
        put(store, "a")
        data = bytearray(store.blob("a").read_bytes())
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        store.blob("a").write_bytes(data)
        assert store.get("a") is None


def test_a_cut_blob_is_a_miss(store: Store) -> None:
    for length in (0, 1, 7, 100, 30_000):
        put(store, "a")
        store.blob("a").write_bytes(store.blob("a").read_bytes()[:length])
        assert store.get("a") is None


def test_the_blob_of_another_key_is_a_miss(store: Store) -> None:
    put(store, "a")
    put(store, "b", Image(LARGE.pixels + 1))
    store.blob("b").replace(store.blob("a"))
    assert store.get("a") is None


@pytest.mark.parametrize("column", ["header", "data", "checksum"])
def test_a_damaged_row_is_a_miss(store: Store, column: str) -> None:
    put(store, "a", SMALL)
    store.database.write((f"UPDATE results SET {column} = x'7b22'", [()]))
    assert store.get("a") is None


def test_a_damaged_database_is_set_aside_and_begun_anew(tmp_path: Path) -> None:
    store = opened(tmp_path)
    put(store, "a")
    store.database.close()
    (tmp_path / NAME).write_bytes(b"this is no database" * 1000)
    again = opened(tmp_path)
    assert again.held(["a"]) == set()
    put(again, "b")
    assert pixels(again, "b") == LARGE.pixels.tobytes()
    assert list(tmp_path.glob(f"{NAME}.damaged-*"))
    again.database.close()


def test_a_database_damaged_in_use_is_begun_anew(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for index in range(50):
        put(store, f"k{index}", SMALL)
    store.database.value("PRAGMA wal_checkpoint(TRUNCATE)")
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:4096] + os.urandom(path.stat().st_size - 4096))
    for index in range(50):
        store.get(f"k{index}")
    put(store, "new")
    assert pixels(store, "new") == LARGE.pixels.tobytes()
    store.database.close()


def test_what_cost_little_and_is_large_leaves_first(tmp_path: Path) -> None:
    store = opened(tmp_path, limit=LARGE.pixels.nbytes * 3)
    for key, seconds in (("cheap", 0.01), ("dear", 9.0), ("middle", 1.0), ("new", 2.0)):
        put(store, key, seconds=seconds)
    store.evict()
    assert store.held(["cheap", "dear", "middle", "new"]) == {"dear", "new"}
    assert not store.blob("cheap").exists()
    store.database.close()


def test_old_expensive_results_leave_too(tmp_path: Path) -> None:
    store = opened(tmp_path, limit=LARGE.pixels.nbytes * 3)
    put(store, "dear", seconds=5.0)
    for index in range(40):
        put(store, f"k{index}", seconds=1.0)
    assert store.held(["dear"]) == set()
    store.database.close()


def test_what_is_pinned_stays_until_it_is_let_go(tmp_path: Path) -> None:
    store = opened(tmp_path, limit=1)
    store.pin(["a"], "run", 60)
    put(store, "a")
    store.evict()
    assert store.held(["a"]) == {"a"}
    store.unpin("run")
    store.evict()
    assert store.held(["a"]) == set()
    store.database.close()


def test_the_limit_is_kept_without_being_asked(tmp_path: Path) -> None:
    store = opened(tmp_path, limit=500_000)
    for index in range(40):
        put(store, f"k{index}")
    assert store.stats().bytes <= 550_000
    store.database.close()


def test_clearing_tells_what_was_there(store: Store) -> None:
    put(store, "a")
    before = store.clear()
    assert (before.results, store.stats().results) == (1, 0)
    assert not store.blob("a").exists()


def test_clearing_works_on_a_disk_that_takes_nothing_before_files_have_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "a")
    store.flush()
    write = store.database.write

    def full(*statements: Statement) -> bool:
        return not store.blob("a").exists() and write(*statements)

    monkeypatch.setattr(store.database, "write", full)
    store.clear()
    assert store.stats().results == 0


def test_orphans_are_swept_when_they_are_old(store: Store) -> None:
    put(store, "a")
    put(store, "b")
    store.database.write(("DELETE FROM results WHERE key = ?", [("a",)]))
    assert store.sweep() == 0
    for key in "ab":
        os.utime(store.blob(key), (1, 1))
    assert store.sweep() == 1
    assert (store.blob("a").exists(), store.blob("b").exists()) == (False, True)


def test_the_store_is_tidied_once_a_day(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "a")
    store.database.write(("DELETE FROM results", [()]))
    os.utime(store.blob("a"), (1, 1))
    assert [store.tidy(), store.tidy()] == [1, 0]


def test_an_unknown_kind_of_array_is_not_read_here(store: Store) -> None:
    class Torch:
        name = "torch"

        def takes(self, value: object) -> bool:
            return isinstance(value, bytes)

        def to_buffer(self, value: bytes) -> Buffer:
            return Buffer("U8", (len(value),), value)

        def from_buffer(self, buffer: Buffer) -> bytes:
            return bytes(buffer.data)

    store.codec = Codec(Torch())
    store.put("a", {"latent": b"1234"}, kind="test")
    found = store.get("a")
    assert found is not None
    assert (store.reads("a"), found["latent"]) == (True, b"1234")
    store.codec = Codec()
    assert (store.reads("a"), store.held(["a"])) == (False, {"a"})


def test_without_room_nothing_is_promised(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from studio.core.errors import WriteError

    def full(*args: object, **options: object) -> None:
        raise WriteError("the disk is full")

    monkeypatch.setattr("studio.engine.store.atomic_write", full)
    assert put(store, "a") == 0
    assert store.held(["a"]) == set()


def _write_for_ever(folder: Path) -> None:
    store = opened(folder)
    for index in range(100_000):
        store.put(f"{index % 50:03}", {"image": LARGE}, kind="test")
        if index % 3 == 0:
            store.flush()


@pytest.mark.soak
def test_a_kill_at_any_moment_leaves_nothing_wrong(tmp_path: Path) -> None:
    dice = random.Random(2)
    for _ in range(count(3, 100)):
        process = multiprocessing.get_context("fork").Process(
            target=_write_for_ever, args=(tmp_path,)
        )
        process.start()
        time.sleep(0.05 + dice.random() * 0.1)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        store = opened(tmp_path)
        found = store.held(f"{index:03}" for index in range(50))
        assert all(pixels(store, key) == LARGE.pixels.tobytes() for key in found)
        store.database.close()
