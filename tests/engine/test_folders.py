"""Folders of a result's own files: made when asked for, counted, and gone with the result."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from studio.core.values import Frames
from studio.engine.cache import Cache
from studio.engine.codec import Codec
from studio.engine.db import Database
from studio.engine.parts import StoredParts
from studio.engine.runtime import Call, Token
from studio.engine.store import ORPHAN_SECONDS, Store

KEY, OTHER = "ab" * 20, "cd" * 20


def store(folder: Path) -> Store:
    return Store(Database(folder))


def call(cache: Cache) -> Call:
    def unused(*given: Any) -> Any:
        raise AssertionError(given)

    parts = StoredParts(cache, Codec(), "policy")
    return Call("run", "node", "Node", "test.node", 1, KEY, Token(), unused, unused, parts)


def frames(folder: Path, size: int = 1000) -> Frames:
    """Return a film of one file in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "000001.png").write_bytes(b"p" * size)
    return Frames(str(folder), 0, 1)


def test_a_folder_is_counted_with_its_result_and_leaves_with_it(tmp_path: Path) -> None:
    held = store(tmp_path)
    film = frames(held.folder(KEY), 5000)
    assert held.put(KEY, {"frames": film}, kind="test.node") > 5000
    held.flush()
    assert held.stats().bytes > 5000
    held.remove([KEY])
    assert not held.folder(KEY).exists()


def test_a_film_whose_files_are_gone_is_no_result(tmp_path: Path) -> None:
    held = store(tmp_path)
    film = frames(held.folder(KEY))
    held.put(KEY, {"frames": film}, kind="test.node")
    held.flush()
    assert Cache(store=held).get(KEY)
    Path(film.source, "000001.png").unlink()
    Path(film.source).rmdir()
    assert Cache(store=held).get(KEY) is None


def test_what_killed_runs_left_is_swept_once_it_is_old(tmp_path: Path) -> None:
    held = store(tmp_path)
    kept, lost, young = frames(held.folder(KEY)), frames(held.folder(OTHER)), "ef" * 20
    frames(held.folder(young))
    held.put(KEY, {"frames": kept}, kind="test.node")
    held.flush()
    for path in (kept.source, lost.source):
        old = Path(path).stat().st_mtime - 2 * ORPHAN_SECONDS
        os.utime(path, (old, old))
    assert held.sweep() == 1
    assert Path(kept.source).is_dir()
    assert not Path(lost.source).exists()
    assert held.folder(young).is_dir()


def test_a_call_finds_what_it_finished_before_memory_ran_short() -> None:
    cache = Cache()
    about = call(cache)
    first = about.folder()
    assert first.is_dir()
    (first / "000001.png").write_bytes(b"frame")
    assert about.folder() == first
    about.rung = "budget/4"
    second = about.folder()
    assert second != first
    assert not first.exists()
    assert (second / "000001.png").read_bytes() == b"frame"
    assert second.name == about.result_key


def test_without_a_store_files_live_as_long_as_the_cache() -> None:
    cache = Cache()
    about = call(cache)
    path = about.folder()
    assert path.is_dir()
    del about, cache
    assert not path.exists()
