"""The panel of models lists files with what they say about themselves, and makes nodes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.canvas.state import Selection
from studio.core.graph import Graph, Node
from studio.ui.documents.document import Document
from studio.ui.mimes import MODEL_MIME, NODE_MIME
from studio.ui.models import commands
from studio.ui.models.browser import ModelsPanel
from studio.ui.models.model_rows import ModelRow
from studio.ui.studio import Studio
from tests.facts.files import safetensors

LORA = {"lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight": ("F32", (1, 320))}


def put(studio: Studio, name: str, metadata: Mapping[str, str] | None = None) -> Path:
    path = studio.paths.models / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(safetensors(LORA, metadata))
    return path


@pytest.fixture
def panel(studio: Studio, document: Document, qtbot: QtBot) -> Iterator[ModelsPanel]:
    studio.actions.declare(*commands.ACTIONS)
    put(studio, "loras/ink.safetensors", {"modelspec.trigger_phrase": "ink drawing, wash"})
    put(studio, "loras/styles/oil.safetensors")
    made = ModelsPanel(studio)
    qtbot.addWidget(made)
    made.resize(300, 500)
    made.show()
    qtbot.waitUntil(lambda: made.count > 0 and all(row.facts for row in rows(made)))
    yield made
    made.close()


def rows(panel: ModelsPanel) -> list[ModelRow]:
    return [row for row in panel.list.items if row.entry]


def names(panel: ModelsPanel) -> list[str]:
    return [row.entry.name for row in rows(panel) if row.entry]


def choose(panel: ModelsPanel, name: str) -> None:
    place = next(
        i for i, row in enumerate(panel.list.items) if row.entry and row.entry.name == name
    )
    panel.list.setCurrentIndex(panel.list.model().index(place, 0))


def test_models_are_listed_by_kind_with_their_words(panel: ModelsPanel) -> None:
    assert [row.kind for row in panel.list.items if not row.entry] == ["checkpoints", "loras"]
    ink = next(row for row in rows(panel) if row.entry and row.entry.name == "ink")
    assert ink.facts is not None
    assert ink.facts.words == ("ink drawing", "wash")
    assert ink.facts.family


def test_a_search_finds_names_folders_and_words(panel: ModelsPanel, qtbot: QtBot) -> None:
    QTest.keyClicks(panel.search, "wash")
    assert names(panel) == ["ink"]
    panel.search.setText("styles")
    assert names(panel) == ["oil"]


def test_enter_asks_for_the_node_that_loads_it(panel: ModelsPanel, qtbot: QtBot) -> None:
    panel.search.setText("toyworld")
    with qtbot.waitSignal(panel.add_asked) as told:
        QTest.keyClick(panel.search, Qt.Key.Key_Return)
    kind, params = told.args
    assert kind.startswith("load.")
    assert list(params.values()) == [{"path": "starter/toyworld.safetensors"}]


def test_a_dragged_model_is_the_node_with_its_file(panel: ModelsPanel) -> None:
    choose(panel, "toyworld")
    entry = panel.list.current
    assert entry is not None
    data = panel.list.mime_of(entry)
    assert data is not None
    assert data.hasFormat(NODE_MIME)
    told = json.loads(bytes(data.data(MODEL_MIME).data()))
    assert told["value"] == {"path": "starter/toyworld.safetensors"}


def test_the_selected_node_uses_it_as_one_step(
    panel: ModelsPanel, studio: Studio, document: Document
) -> None:
    choose(panel, "toyworld")
    assert not studio.actions.enabled("models.use")
    document.edit("Add", Graph({"load": Node("load.checkpoint", params={})}))
    document.select(Selection(frozenset({"load"})))
    assert studio.actions.trigger("models.use")
    assert document.graph.nodes["load"].params["file"]["path"] == "starter/toyworld.safetensors"
    assert document.steps[-1] == "Use toyworld"


def test_a_new_file_appears_by_itself(panel: ModelsPanel, studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(studio.library._watcher.directories()))
    put(studio, "loras/new.safetensors")
    qtbot.waitUntil(lambda: "new" in names(panel))


def test_a_picture_beside_the_file_is_its_picture(
    panel: ModelsPanel, studio: Studio, qtbot: QtBot
) -> None:
    path = put(studio, "loras/seen.safetensors")
    image = QImage(8, 6, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    assert image.save(str(path.with_name("seen.preview.png")))
    studio.library.rescan()
    qtbot.waitUntil(lambda: any(row.picture for row in rows(panel)))


def test_reading_for_its_content_is_shown(panel: ModelsPanel, studio: Studio) -> None:
    entry = rows(panel)[0].entry
    assert entry is not None
    studio.session.hashed.emit(entry.path, 0.5)
    assert rows(panel)[0].words == "reading 50 %"
