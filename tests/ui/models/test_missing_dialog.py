"""One dialog finds all missing models at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from blake3 import blake3
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.core.graph import Graph, Node
from studio.ui.documents.document import Document
from studio.ui.models import commands
from studio.ui.models.commands import MissingModels
from studio.ui.models.missing_dialog import MissingDialog
from studio.ui.session.hashing import AT_ONCE_BYTES
from studio.ui.studio import Studio


@pytest.fixture
def window(studio: Studio, qtbot: QtBot) -> Iterator[QWidget]:
    """A window that offers to find what graphs miss."""
    studio.actions.declare(*commands.ACTIONS)
    made = QWidget()
    qtbot.addWidget(made)
    MissingModels(studio, made)
    made.resize(800, 600)
    made.show()
    yield made
    made.close()


def weights(studio: Studio, name: str, content: bytes = b"weights") -> Path:
    path = studio.paths.models / "checkpoints" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (1000, 1000))
    return path


def named(*names: str) -> Graph:
    return Graph(
        {
            f"load_{number}": Node(
                "load.checkpoint", params={"file": {"path": f"checkpoints/{name}.safetensors"}}
            )
            for number, name in enumerate(names)
        }
    )


def opened(studio: Studio, graph: Graph) -> Document:
    document = studio.documents.add(graph)
    studio.documents.set_current(document)
    return document


def dialog_over(window: QWidget, qtbot: QtBot) -> MissingDialog:
    def found() -> list[MissingDialog]:
        return [item for item in window.findChildren(MissingDialog) if item.isVisible()]

    qtbot.waitUntil(lambda: bool(found()))
    return found()[0]


def settled(dialog: MissingDialog, qtbot: QtBot, test: Callable[[], bool]) -> None:
    qtbot.waitUntil(test)


def press(qtbot: QtBot, button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def file_of(document: Document, number: int = 0) -> str:
    return str(document.graph.nodes[f"load_{number}"].params["file"]["path"])


def test_a_graph_that_misses_models_asks_once_for_all(
    studio: Studio, window: QWidget, qtbot: QtBot
) -> None:
    weights(studio, "toy_v2.safetensors")
    document = opened(studio, named("toy", "unheard of"))
    dialog = dialog_over(window, qtbot)
    assert [row.missing.name for row in dialog.rows] == [
        "toy.safetensors", "unheard of.safetensors",
    ]  # fmt: skip
    qtbot.waitUntil(lambda: dialog.rows[0].offer is not None)
    press(qtbot, dialog.rows[0].button)
    assert dialog.rows[0].is_settled
    press(qtbot, dialog.done_button)
    assert file_of(document) == "checkpoints/toy_v2.safetensors"
    assert document.steps[-1:] == ("Use other file",)
    document.undo()
    assert file_of(document) == "checkpoints/toy.safetensors"


def test_a_renamed_file_is_taken_without_a_word_and_can_be_left(
    studio: Studio, window: QWidget, qtbot: QtBot
) -> None:
    path = weights(studio, "before.safetensors")
    studio.session.fingerprints().of(path)
    path.rename(path.with_name("zz.safetensors"))
    document = opened(studio, named("before"))
    dialog = dialog_over(window, qtbot)
    qtbot.waitUntil(lambda: dialog.rows[0].taken)
    assert dialog.rows[0].says.text() == "same content: zz.safetensors"
    press(qtbot, dialog.rows[0].button)
    press(qtbot, dialog.done_button)
    assert file_of(document) == "checkpoints/before.safetensors"
    assert not document.position


def test_esc_leaves_everything_as_it_is(studio: Studio, window: QWidget, qtbot: QtBot) -> None:
    weights(studio, "toy_v2.safetensors")
    document = opened(studio, named("toy"))
    dialog = dialog_over(window, qtbot)
    qtbot.waitUntil(lambda: dialog.rows[0].offer is not None)
    press(qtbot, dialog.rows[0].button)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert file_of(document) == "checkpoints/toy.safetensors"


def test_the_user_says_where_a_file_is(
    studio: Studio, window: QWidget, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = tmp_path / "elsewhere.safetensors"
    away.write_bytes(b"weights")
    monkeypatch.setattr(
        studio.questions, "open_files", lambda title, folder, filters, done: done([away])
    )
    document = opened(studio, named("unheard of"))
    dialog = dialog_over(window, qtbot)
    press(qtbot, dialog.rows[0].browse)
    press(qtbot, dialog.done_button)
    assert file_of(document) == away.as_posix()
    qtbot.waitUntil(lambda: not _missing(studio, document))


def test_a_searched_folder_joins_the_settings_and_the_file_is_there(
    studio: Studio, window: QWidget, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk/toy.safetensors").write_bytes(b"weights")
    monkeypatch.setattr(
        studio.questions, "folder", lambda title, start, done: done(tmp_path / "disk")
    )
    opened(studio, named("toy"))
    dialog = dialog_over(window, qtbot)
    press(qtbot, dialog.folders)
    assert studio.preferences.value("models") == (("checkpoints", (str(tmp_path / "disk"),)),)
    qtbot.waitUntil(lambda: dialog.rows[0].is_there)
    press(qtbot, dialog.done_button)


def test_an_edit_opens_no_dialog_but_the_command_does(
    studio: Studio, window: QWidget, qtbot: QtBot
) -> None:
    document = opened(studio, Graph())
    document.edit("Add", named("toy"))
    qtbot.waitUntil(lambda: _missing(studio, document))
    assert not window.findChildren(MissingDialog)
    assert studio.actions.trigger("models.missing")
    press(qtbot, dialog_over(window, qtbot).done_button)


def test_a_nodes_strip_offers_to_locate_the_file(
    studio: Studio, window: QWidget, qtbot: QtBot
) -> None:
    document = opened(studio, Graph())
    document.edit("Add", named("toy"))
    qtbot.waitUntil(lambda: studio.session.state(document, "load_0").fix == "Locate file")
    issue = next(item for item in studio.session.issues(document) if item.code == "G007")
    studio.session.fix(issue, document)
    press(qtbot, dialog_over(window, qtbot).done_button)


def _missing(studio: Studio, document: Document) -> bool:
    return any(item.code == "G007" for item in studio.session.issues(document))


def test_large_files_of_another_folder_are_found_for_all_that_miss_them(
    studio: Studio, window: QWidget, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "disk"
    other.mkdir()
    nodes = {}
    for number, letter in enumerate(b"ab"):
        content = bytes([letter]) * (AT_ONCE_BYTES + 1)
        (other / f"other name {number}.safetensors").write_bytes(content)
        ref = {"path": f"checkpoints/x{number}.safetensors", "blake3": blake3(content).hexdigest()}
        nodes[f"load_{number}"] = Node("load.checkpoint", params={"file": ref})
    monkeypatch.setattr(studio.questions, "folder", lambda title, start, done: done(other))
    document = opened(studio, Graph(nodes))
    dialog = dialog_over(window, qtbot)
    press(qtbot, dialog.folders)
    qtbot.waitUntil(lambda: all(row.taken for row in dialog.rows), timeout=20_000)
    press(qtbot, dialog.done_button)
    assert file_of(document) == "checkpoints/other name 0.safetensors"
    assert file_of(document, 1) == "checkpoints/other name 1.safetensors"
    document.undo()
    assert file_of(document, 1) == "checkpoints/x1.safetensors"
