from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import assets
from studio.core.document import read, write
from studio.core.errors import DocumentError, MissingFileError, StudioError
from studio.core.graph import Graph, Node
from studio.core.registry import Registry
from studio.facts.pictures import attach
from studio.files import atomic_write
from studio.ui.documents import journals
from studio.ui.documents.document import Document
from studio.ui.documents.documents import Documents
from studio.ui.documents.journal import recovered
from studio.ui.documents.saving import ChangedOnDiskError, disk_digest
from tests.ui.stores import chain, documents_in, paths_in, rename

Answer = list[StudioError | None]
TWO = chain(2)


def saved_file(folder: Path, graph: Graph = TWO) -> Path:
    path = folder / "cat.json"
    path.write_text(write(graph), "utf-8")
    return path


def save(qtbot: QtBot, documents: Documents, document: Document, path: Path | None = None,
         over: bool = False) -> StudioError | None:  # fmt: skip
    """Save and wait for the answer."""
    got: Answer = []
    documents.save(document, path, over=over, done=got.append)
    qtbot.waitUntil(lambda: bool(got))
    return got[0]


def test_a_file_opens_once(tmp_path: Path, qtbot: QtBot) -> None:
    path = saved_file(tmp_path)
    with documents_in(tmp_path) as documents:
        first = documents.open(path)
        documents.new()
        assert documents.open(path) is first
        assert documents.current is first
        assert first.graph == chain(2)
        assert first.saved


def test_a_file_opens_in_the_background(tmp_path: Path, qtbot: QtBot) -> None:
    path = saved_file(tmp_path)
    with documents_in(tmp_path) as documents:
        got: list[Document | StudioError] = []
        documents.open_later(path, got.append)
        documents.open_later(path, got.append)
        qtbot.waitUntil(lambda: len(got) == 2)
        assert got == [documents.current] * 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "cat.json cannot be opened: it is not JSON"),
        ('{"wirebrush": 999}', "newer"),
        ('{"wirebrush": 1, "nodes": {"a": {}}}', "'type' is missing"),
    ],
)
def test_a_damaged_or_newer_file_says_what_is_wrong(
    tmp_path: Path, qtbot: QtBot, text: str, says: str
) -> None:
    path = tmp_path / "cat.json"
    path.write_text(text, "utf-8")
    with documents_in(tmp_path) as documents:
        with pytest.raises(DocumentError, match=says):
            documents.open(path)
        assert documents.items == ()


def test_a_missing_file_is_said(tmp_path: Path, qtbot: QtBot) -> None:
    with documents_in(tmp_path) as documents, pytest.raises(MissingFileError):
        documents.open(tmp_path / "nowhere.json")


def test_saving_keeps_the_version_before(tmp_path: Path, qtbot: QtBot) -> None:
    path = saved_file(tmp_path)
    with documents_in(tmp_path) as documents:
        document = documents.open(path)
        rename(document, "B")
        assert save(qtbot, documents, document) is None
        assert read(path.read_bytes()).title == "B"
        assert read((tmp_path / "cat.json.bak").read_bytes()) == chain(2)
        assert document.saved


def test_a_new_graph_takes_the_name_of_its_file_without_a_step(
    tmp_path: Path, qtbot: QtBot
) -> None:
    with documents_in(tmp_path) as documents:
        document = documents.add(chain(1))
        document.edit("Add", chain(2))
        assert save(qtbot, documents, document, tmp_path / "cat.json") is None
        assert read((tmp_path / "cat.json").read_bytes()) == document.graph
        assert (document.graph.title, document.saved, document.steps) == ("cat", True, ("Add",))
        document.undo()
        assert document.graph.title == "cat"


@pytest.mark.parametrize(("title", "then"), [("cat", "dog"), ("mine", "mine"), ("", "dog")])
def test_a_title_follows_the_file_that_it_was_taken_from(
    tmp_path: Path, qtbot: QtBot, title: str, then: str
) -> None:
    (tmp_path / "cat.json").write_text(write(chain(1).with_title(title)), "utf-8")
    with documents_in(tmp_path) as documents:
        document = documents.open(tmp_path / "cat.json")
        assert save(qtbot, documents, document, tmp_path / "dog.json") is None
        assert read((tmp_path / "dog.json").read_bytes()).title == then == document.graph.title


def test_what_is_edited_while_it_is_saved_is_not_saved(tmp_path: Path, qtbot: QtBot) -> None:
    with documents_in(tmp_path) as documents:
        document = documents.new()
        rename(document, "A")
        got: Answer = []
        documents.save(document, tmp_path / "a.json", done=got.append)
        rename(document, "B")
        qtbot.waitUntil(lambda: bool(got))
        assert read((tmp_path / "a.json").read_bytes()).title == "A"
        assert not document.saved


def test_saving_again_before_the_first_save_is_done_is_no_conflict(
    tmp_path: Path, qtbot: QtBot
) -> None:
    path = saved_file(tmp_path)
    with documents_in(tmp_path) as documents:
        document = documents.open(path)
        got: Answer = []
        for title in ("first", "second"):
            rename(document, title)
            documents.save(document, done=got.append)
        qtbot.waitUntil(lambda: len(got) == 2)
        assert got == [None, None]
        assert (read(path.read_bytes()).title, document.saved) == ("second", True)


def test_a_link_to_a_file_goes_on_leading_to_it(tmp_path: Path, qtbot: QtBot) -> None:
    path, link = saved_file(tmp_path), tmp_path / "link.json"
    link.symlink_to(path)
    with documents_in(tmp_path) as documents:
        document = documents.open(link)
        rename(document, "mine")
        assert save(qtbot, documents, document) is None
    assert link.is_symlink()
    assert read(path.read_bytes()).title == "mine"


def test_what_another_program_wrote_is_not_written_over(tmp_path: Path, qtbot: QtBot) -> None:
    path = saved_file(tmp_path)
    with documents_in(tmp_path) as documents:
        document = documents.open(path)
        rename(document, "mine")
        saved_file(tmp_path, chain(3))
        assert isinstance(save(qtbot, documents, document), ChangedOnDiskError)
        assert read(path.read_bytes()) == chain(3)
        assert save(qtbot, documents, document, over=True) is None
        assert read(path.read_bytes()).title == "mine"


def test_saving_where_nothing_can_be_written_says_so(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with documents_in(tmp_path) as documents:
        document = documents.new()
        error = save(qtbot, documents, document, tmp_path / "file" / "a.json")
        assert error is not None
        assert "could not be written" in error.text
        assert document.path is None


def test_assets_move_with_the_document(tmp_path: Path, qtbot: QtBot) -> None:
    with documents_in(tmp_path) as documents:
        document = documents.new()
        kept = document.add_asset(b"mask", ".png")
        painted = Node("image.paint_mask", params={"file": {"path": kept.path}})
        document.edit("Paint", Graph({"m": painted}))
        document.edit("More", document.graph.with_title("more"))
        assert save(qtbot, documents, document, tmp_path / "cat.json") is None
        assert (tmp_path / "cat.assets" / Path(kept.path).name).read_bytes() == b"mask"
        assert document.saved
        document.undo()
        path = document.graph.nodes["m"].params["file"]["path"]
        assert Path(document.base, path).is_file()


def test_a_picture_opens_as_a_graph_without_a_file(tmp_path: Path, qtbot: QtBot) -> None:
    _, data = cv2.imencode(".png", np.zeros((2, 2, 3), np.uint8))
    attached = attach(data.tobytes(), write(chain(2)), "")
    (tmp_path / "cat.png").write_bytes(attached.data)
    with documents_in(tmp_path) as documents:
        document = documents.open(tmp_path / "cat.png")
        assert (document.title, document.path, document.graph) == ("cat", None, chain(2))


@pytest.mark.parametrize("suffix", [".png", ".json"])
def test_what_a_graph_carries_is_laid_beside_it(tmp_path: Path, qtbot: QtBot, suffix: str) -> None:
    painted = Node("image.paint_mask")
    ref = assets.add(tmp_path / "old.json", b"mask", ".png", atomic_write)
    graph = Graph({"m": painted}).with_param("m", "mask", ref)
    whole, _ = assets.embedded(graph, lambda path: (tmp_path / path).read_bytes())
    path = tmp_path / f"cat{suffix}"
    _, data = cv2.imencode(".png", np.zeros((2, 2, 3), np.uint8))
    picture = attach(data.tobytes(), write(whole)).data
    path.write_bytes(picture if suffix == ".png" else write(whole).encode())
    with documents_in(tmp_path) as documents:
        got: list[Document | StudioError] = []
        documents.open_later(path, got.append)
        qtbot.waitUntil(lambda: bool(got))
        (document,) = documents.items
        laid = Path(document.base, document.graph.nodes["m"].params["mask"]["path"])
        assert laid.read_bytes() == b"mask"
        assert laid.parent != tmp_path / "old.assets"
        assert assets.EMBEDDED not in document.graph.extra
        assert document.saved
        assert save(qtbot, documents, document, tmp_path / "new.json", over=True) is None
        assert (tmp_path / "new.assets" / laid.name).read_bytes() == b"mask"


def test_closing_shows_the_tab_beside(tmp_path: Path, qtbot: QtBot) -> None:
    with documents_in(tmp_path) as documents:
        first, second = documents.new(), documents.new()
        documents.close(second)
        assert documents.current is first
        documents.close(first)
        assert documents.current is None


def closed(documents: Documents, path: Path) -> Document:
    """Open a file, close its tab, and return the document."""
    found = documents.open(path)
    documents.close(found)
    return found


def test_a_closed_tab_comes_back_with_its_history(tmp_path: Path, qtbot: QtBot) -> None:
    with documents_in(tmp_path) as documents:
        first, _ = documents.new(), documents.new()
        rename(first, "A")
        documents.close(first)
        assert documents.reopen_closed() is first
        assert documents.items[0] is first
        assert first.steps == ("Call it A",)
        assert documents.reopen_closed() is None


def test_a_tab_that_comes_back_does_not_know_what_was_written_since(
    tmp_path: Path, qtbot: QtBot
) -> None:
    path = saved_file(tmp_path)
    with documents_in(tmp_path) as documents:
        first = closed(documents, path)
        second = documents.open(path)
        rename(second, "B")
        save(qtbot, documents, second)
        save(qtbot, documents, second, tmp_path / "elsewhere.json")
        assert documents.reopen_closed() is first
        rename(first, "A")
        assert isinstance(save(qtbot, documents, first), ChangedOnDiskError)
        assert read(path.read_bytes()).title == "B"


def test_a_tab_comes_back_without_a_file_that_another_one_has_open(
    tmp_path: Path, qtbot: QtBot
) -> None:
    path = saved_file(tmp_path)
    with documents_in(tmp_path) as documents:
        first = closed(documents, path)
        documents.open(path)
        assert documents.reopen_closed() is first
        assert (first.path, first.saved) == (None, False)


def test_tabs_can_be_moved(tmp_path: Path, qtbot: QtBot) -> None:
    with documents_in(tmp_path) as documents:
        first, second = documents.new(), documents.new()
        documents.move(0, 1)
        documents.move(0, 5)
        assert documents.items == (second, first)


def test_reloading_is_an_edit(tmp_path: Path, qtbot: QtBot) -> None:
    path = saved_file(tmp_path)
    with documents_in(tmp_path) as documents:
        document = documents.open(path)
        saved_file(tmp_path, chain(3))
        got: Answer = []
        documents.reload(document, got.append)
        qtbot.waitUntil(lambda: got == [None])
        assert (document.graph, document.saved) == (chain(3), True)
        document.undo()
        assert document.graph == chain(2)


def test_keeping_mine_lets_me_save(tmp_path: Path, qtbot: QtBot) -> None:
    path = saved_file(tmp_path)
    with documents_in(tmp_path) as documents:
        document = documents.open(path)
        saved_file(tmp_path, chain(3))
        documents.keep(document)
        assert not document.saved
        qtbot.waitUntil(lambda: documents.digest(document) == disk_digest(path))
        assert save(qtbot, documents, document) is None
        assert read(path.read_bytes()) == chain(2)


def test_an_edit_is_on_the_disk_before_it_returns(tmp_path: Path, qtbot: QtBot) -> None:
    with documents_in(tmp_path) as documents:
        document = documents.new()
        rename(document, "A")
        found = recovered(documents.journals.folder / document.id, Registry())
        assert found is not None
        assert found.graph.title == "A"


def test_many_edits_shorten_the_journal(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "COMPACT_RECORDS", 5)
    with documents_in(tmp_path) as documents:
        document = documents.new()
        for number in range(12):
            rename(document, str(number))
        folder = documents.journals.folder / document.id
        qtbot.waitUntil(
            lambda: sorted(path.name for path in folder.iterdir()) == ["2.base", "2.log"]
        )
        found = recovered(folder, Registry())
        assert found is not None
        assert (found.graph.title, found.head.edits) == ("11", 12)


def test_after_saving_only_later_edits_count(tmp_path: Path, qtbot: QtBot) -> None:
    with documents_in(tmp_path) as documents:
        document = documents.new()
        rename(document, "A")
        save(qtbot, documents, document, tmp_path / "a.json")
        rename(document, "B")
        journal = documents.journals.folder / document.id
        qtbot.waitUntil(lambda: not (journal / "0.base").exists())
        found = recovered(documents.journals.folder / document.id, Registry())
        assert found is not None
        assert (found.head.edits, found.head.title, found.graph.title) == (1, "a", "B")


def test_with_a_full_disk_editing_goes_on_and_it_is_said(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with documents_in(tmp_path) as documents:
        said: list[str] = []
        documents.journals.failed.connect(said.append)
        document = documents.new()
        monkeypatch.setattr("studio.ui.documents.journal.os.write", full)
        rename(document, "A")
        rename(document, "B")
        assert document.graph.title == "B"
        assert len(said) == 1
        assert "No space left" in said[0]


def test_a_program_that_ends_in_order_leaves_no_journals(tmp_path: Path, qtbot: QtBot) -> None:
    with documents_in(tmp_path) as documents:
        rename(documents.new(), "A")
    assert list((paths_in(tmp_path).data / "journal").iterdir()) == []


def test_the_saved_file_is_plain_json(tmp_path: Path, qtbot: QtBot) -> None:
    with documents_in(tmp_path) as documents:
        document = documents.add(chain(1), "one")
        save(qtbot, documents, document, tmp_path / "one.json")
        assert json.loads((tmp_path / "one.json").read_text())["wirebrush"] == 1
