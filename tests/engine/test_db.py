"""The database: versions, damage, network disks."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from studio.core.errors import WriteError
from studio.engine import db
from studio.engine.db import NAME, Database, on_network


def test_tables_are_made_once_and_kept(tmp_path: Path) -> None:
    one = Database(tmp_path)
    one.must(("INSERT INTO meta VALUES ('a', 1)", [()]))
    one.close()
    two = Database(tmp_path)
    assert two.value("SELECT value FROM meta WHERE name = 'a'") == 1
    assert two.value("PRAGMA journal_mode") == "wal"
    two.close()


def test_a_database_of_an_older_version_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Database(tmp_path)
    old.must(("INSERT INTO meta VALUES ('a', 1)", [()]))
    old.close()
    monkeypatch.setattr(
        db, "VERSIONS", (*db.VERSIONS, "CREATE TABLE more (x);\nDELETE FROM leases")
    )
    new = Database(tmp_path)
    assert new.rows("SELECT * FROM more") == []
    assert new.value("SELECT value FROM meta") == 1
    new.close()


def test_a_database_of_a_newer_version_is_set_aside(tmp_path: Path) -> None:
    newer = sqlite3.connect(tmp_path / NAME)
    newer.execute("PRAGMA user_version = 999")
    newer.close()
    Database(tmp_path).close()
    assert len(list(tmp_path.glob(f"{NAME}.damaged-*"))) == 1


def test_a_wrong_question_is_no_damage(tmp_path: Path) -> None:
    database = Database(tmp_path)
    assert database.rows("SELECT nonsense FROM nowhere") == []
    assert not database.write(("INSERT INTO pins VALUES (NULL, NULL, NULL)", [()]))
    assert not list(tmp_path.glob(f"{NAME}.damaged-*"))
    database.close()


def test_a_transaction_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    database = Database(tmp_path)
    assert not database.write(
        ("INSERT INTO meta VALUES ('a', 1)", [()]), ("INSERT INTO nowhere VALUES (1)", [()])
    )
    assert database.value("SELECT count(*) FROM meta") == 0
    database.close()


@pytest.mark.skipif(os.name == "nt", reason="folders are files of another kind there")
def test_a_store_that_cannot_be_opened_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match="store"):
        Database(tmp_path / "file" / "store")


def test_network_disks_are_known_by_the_longest_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "server:/x /data nfs4 rw 0 0\n/dev/a / ext4 rw 0 0\n/dev/b /data/fast xfs rw\n"
    )
    found = [
        on_network(Path(path), mounts) for path in ("/data/s", "/data/fast/s", "/home", "/database")
    ]
    assert found == [True, False, False, False]


def test_without_a_list_of_mounts_disks_are_local(tmp_path: Path) -> None:
    assert not on_network(tmp_path, tmp_path / "none")


def test_a_new_database_that_another_one_is_just_making_is_waited_for(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / NAME, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE made (first)")
    other.execute("BEGIN")
    other.execute("SELECT * FROM made").fetchall()
    threading.Timer(0.2, other.rollback).start()
    Database(tmp_path).close()
    other.close()


def test_a_database_in_memory_touches_no_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    held = Database(None)
    held.must(("INSERT INTO meta VALUES ('a', 1)", [()]))
    assert held.value("SELECT value FROM meta WHERE name = 'a'") == 1
    held.close()
    assert not list(tmp_path.iterdir())
