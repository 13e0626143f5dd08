from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core.document import write
from studio.core.registry import Registry
from studio.paths import resources
from studio.ui.documents.documents import Documents
from studio.ui.documents.journal import Head, Recovered
from studio.ui.documents.recover_dialog import RecoverDialog, described
from studio.ui.documents.recovery import Lost, Recovery
from studio.ui.looks.looks import Looks
from tests.ui.stores import chain, died, documents_in, paths_in, rename


def dead(folder: Path, *titles: str) -> None:
    """Leave what a killed program leaves, with one edit in each document."""
    documents = Documents(paths_in(folder), Registry())
    for title in titles:
        rename(documents.add(chain(1), title), title)
    died(documents)


def searched(qtbot: QtBot, recovery: Recovery) -> list[Lost]:
    got: list[list[Lost]] = []
    recovery.search(got.append)
    qtbot.waitUntil(lambda: bool(got))
    return got[0]


def offered(qtbot: QtBot, folder: Path) -> list[str]:
    """Return the titles of what the next start offers."""
    with documents_in(folder) as documents:
        found = searched(qtbot, recovery := Recovery(documents, Registry()))
        recovery.close()
    return [item.found.graph.title for item in found]


def test_what_a_dead_program_left_is_found_and_opened(tmp_path: Path, qtbot: QtBot) -> None:
    dead(tmp_path, "A", "B")
    with documents_in(tmp_path) as documents:
        recovery = Recovery(documents, Registry())
        lost = searched(qtbot, recovery)
        assert {item.found.head.title for item in lost} == {"A", "B"}
        opened = recovery.recover(lost)
        assert {document.graph.title for document in opened} == {"A", "B"}
        assert not any(document.saved for document in opened)
        recovery.close()
    assert list((paths_in(tmp_path).data / "journal").glob("*/*/*")) == []


def test_what_is_recovered_survives_the_next_death(tmp_path: Path, qtbot: QtBot) -> None:
    dead(tmp_path, "A")
    documents = Documents(paths_in(tmp_path), Registry())
    recovery = Recovery(documents, Registry())
    recovery.recover(searched(qtbot, recovery))
    recovery.close()
    died(documents)
    assert offered(qtbot, tmp_path) == ["A"]


def test_a_death_before_the_old_journal_went_offers_a_document_once(
    tmp_path: Path, qtbot: QtBot
) -> None:
    dead(tmp_path, "A")
    documents = Documents(paths_in(tmp_path), Registry())
    recovery = Recovery(documents, Registry())
    lost = searched(qtbot, recovery)
    documents.restore(lost[0].found)
    recovery.close()
    died(documents)
    assert offered(qtbot, tmp_path) == ["A"]
    assert not lost[0].folder.exists()


def test_a_program_that_lives_keeps_its_journals(tmp_path: Path, qtbot: QtBot) -> None:
    with documents_in(tmp_path) as other, documents_in(tmp_path) as documents:
        rename(other.new(), "A")
        recovery = Recovery(documents, Registry())
        assert searched(qtbot, recovery) == []
        assert not recovery.alone
        recovery.close()


def test_what_is_not_wanted_now_is_offered_again(tmp_path: Path, qtbot: QtBot) -> None:
    dead(tmp_path, "A")
    for _ in range(2):
        with documents_in(tmp_path) as documents:
            recovery = Recovery(documents, Registry())
            assert len(searched(qtbot, recovery)) == 1
            recovery.close()


def test_what_is_discarded_is_gone(tmp_path: Path, qtbot: QtBot) -> None:
    dead(tmp_path, "A")
    with documents_in(tmp_path) as documents:
        recovery = Recovery(documents, Registry())
        recovery.discard(searched(qtbot, recovery))
        recovery.close()
    with documents_in(tmp_path) as documents:
        recovery = Recovery(documents, Registry())
        assert searched(qtbot, recovery) == []
        recovery.close()


def test_a_recovered_document_takes_the_place_of_its_file_in_the_tabs(
    tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "a.json"
    path.write_text(write(chain(1)), "utf-8")
    documents = Documents(paths_in(tmp_path), Registry())
    rename(documents.open(path), "edited")
    died(documents)
    with documents_in(tmp_path) as later:
        later.open(path)
        recovery = Recovery(later, Registry())
        recovery.recover(searched(qtbot, recovery))
        assert [(item.path, item.graph.title) for item in later.items] == [(path, "edited")]
        recovery.close()


def test_saved_documents_need_no_recovery(tmp_path: Path, qtbot: QtBot) -> None:
    documents = Documents(paths_in(tmp_path), Registry())
    document = documents.new()
    rename(document, "A")
    documents.save(document, tmp_path / "a.json")
    qtbot.waitUntil(lambda: document.saved)
    died(documents)
    with documents_in(tmp_path) as later:
        recovery = Recovery(later, Registry())
        assert searched(qtbot, recovery) == []
        assert recovery.alone
        recovery.close()


def test_a_journal_that_cannot_be_read_is_left_for_another_version(
    tmp_path: Path, qtbot: QtBot, logged: io.StringIO
) -> None:
    dead(tmp_path, "A")
    base = next((paths_in(tmp_path).data / "journal").glob("*/*/0.base"))
    base.write_bytes(b"what is this")
    with documents_in(tmp_path) as documents:
        recovery = Recovery(documents, Registry())
        assert searched(qtbot, recovery) == []
        assert "a graph cannot be read" in recovery.unreadable
        assert str(base.parent) in logged.getvalue()
        recovery.close()
    assert base.is_file()


def test_journals_that_cannot_be_read_are_told_until_they_are_discarded(
    tmp_path: Path, qtbot: QtBot
) -> None:
    dead(tmp_path, "A", "B")
    bases = [*(paths_in(tmp_path).data / "journal").glob("*/*/0.base")]
    for base in bases:
        base.write_bytes(b"what is this")
    with documents_in(tmp_path) as documents:
        recovery = Recovery(documents, Registry())
        searched(qtbot, recovery)
        assert "2 graphs" in recovery.unreadable
        recovery.discard_unreadable()
        assert recovery.unreadable == ""
        recovery.close()
    assert not any(base.exists() for base in bases)


def test_a_journal_that_was_only_begun_is_nothing_to_tell(tmp_path: Path, qtbot: QtBot) -> None:
    begun = paths_in(tmp_path).data / "journal" / "dead" / "document"
    begun.mkdir(parents=True)
    (begun / "0.log").touch()
    with documents_in(tmp_path) as documents:
        recovery = Recovery(documents, Registry())
        assert (searched(qtbot, recovery), recovery.unreadable) == ([], "")
        recovery.close()


def test_old_drafts_that_nobody_names_go(tmp_path: Path, qtbot: QtBot) -> None:
    old, young = (paths_in(tmp_path).data / "drafts" / name for name in ("old", "young"))
    for folder in (old, young):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    with documents_in(tmp_path) as documents:
        recovery = Recovery(documents, Registry())
        searched(qtbot, recovery)
        recovery.close()
    assert not old.exists()
    assert young.exists()


def lost(title: str, edits: int = 3, when: float = 0.0) -> Lost:
    head = Head("x", "", title, edits)
    return Lost(Path("nowhere"), Recovered(head, chain(1), when))


@pytest.mark.parametrize(("edits", "says"), [(1, "cat: 1 edit, last"), (12, "cat: 12 edits, last")])
def test_a_lost_document_is_described(edits: int, says: str) -> None:
    assert described(lost("cat", edits), 0.0).startswith(says)
    assert "today" in described(lost("cat"), 0.0)
    assert "1970" in described(lost("cat"), 10.0**9)


def test_the_dialog_recovers_what_has_a_tick(tmp_path: Path, qtbot: QtBot) -> None:
    dead(tmp_path, "A", "B")
    with documents_in(tmp_path) as documents:
        recovery = Recovery(documents, Registry())
        dialog = RecoverDialog(Looks(resources()), recovery, searched(qtbot, recovery))
        qtbot.addWidget(dialog)
        dialog.open()
        assert dialog.recover.text() == "Recover all"
        dialog.boxes[1].click()
        assert dialog.recover.text() == "Recover 1"
        kept = dialog.chosen[0].found.graph
        QTest.mouseClick(dialog.recover, Qt.MouseButton.LeftButton)
        assert [document.graph for document in documents.items] == [kept]
        recovery.close()


def test_nothing_can_be_recovered_without_a_tick(qtbot: QtBot, tmp_path: Path) -> None:
    with documents_in(tmp_path) as documents:
        dialog = RecoverDialog(Looks(resources()), Recovery(documents, Registry()), [lost("cat")])
        qtbot.addWidget(dialog)
        dialog.boxes[0].click()
        assert not dialog.recover.isEnabled()
