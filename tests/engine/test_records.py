"""Receipts, costs and policies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.engine.db import Database
from studio.engine.records import Cost, Costs, File, Policies, Receipt, Receipts, signature


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "store")
    yield made
    made.close()


def test_a_receipt_comes_back_for_its_key_and_folder(database: Database, tmp_path: Path) -> None:
    receipt = Receipt((File("/a", 1, 2, "d"), File("/b")), done=False, run="r")
    receipts = Receipts(database)
    receipts.put("k", tmp_path, receipt)
    assert receipts.get("k", tmp_path) == receipt
    assert receipts.get("k", tmp_path / "other") is None


def test_a_damaged_receipt_is_none(database: Database, tmp_path: Path) -> None:
    receipts = Receipts(database)
    receipts.put("k", tmp_path, Receipt())
    for text in ("{", "[]", '{"files": [{"nonsense": 1}], "done": 1, "run": ""}'):
        database.must(("UPDATE receipts SET files = ?", [(text,)]))
        assert receipts.get("k", tmp_path) is None


def test_a_folder_with_an_odd_name_has_receipts(database: Database) -> None:
    folder = Path(os.fsdecode(b"/tmp/\xff"))
    Receipts(database).put("k", folder, Receipt())
    assert Receipts(database).get("k", folder) == Receipt()


def test_a_touched_file_is_intact_and_a_changed_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("text")
    file = File.of(path)
    os.utime(path, (1, 1))
    assert file.intact
    path.write_text("tex!")
    assert not file.intact
    path.unlink()
    assert not file.intact


def test_an_unfinished_receipt_names_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    receipt = Receipt((File(str(tmp_path / "gone")), File(str(path))), done=False)
    assert (receipt.intact, receipt.earlier) == (False, (None, path))


def test_costs_are_mixed_over_time(database: Database) -> None:
    costs = Costs(database)
    for seconds in (1.0, 2.0):
        costs.note("sample", "shape", Cost(seconds, 10, 20))
        costs.flush()
    found = costs.table()["sample", "shape"]
    assert found.seconds == pytest.approx(1.3)
    assert (found.bytes, found.peak) == (10, 20)
    assert costs.table()["sample", ""].seconds == pytest.approx(1.3)


def test_a_policy_is_known_by_what_it_was_resolved_from(database: Database) -> None:
    policies = Policies(database)
    one, other = signature("2.15", "", "threads 2"), signature("2.15", "", "threads 4")
    policies.put(one, "cpu")
    assert (policies.get(one), policies.get(other)) == ("cpu", "")
