"""What the window knows of its surroundings goes into the graphs that it saves."""

from __future__ import annotations

import os
from pathlib import Path

from pytestqt.qtbot import QtBot

from studio.core.document import read
from studio.core.graph import Graph, Node
from studio.core.widgets import FileRef
from studio.roots import Roots
from studio.ui.studio import Studio

NAME = "checkpoints/cat.safetensors"


def test_a_saved_graph_finds_its_model_under_another_name(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = studio.paths.models / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    os.utime(path, (1000, 1000))
    document = studio.documents.add(
        Graph({"load": Node("load.checkpoint", params={"file": {"path": NAME}})})
    )
    qtbot.waitUntil(lambda: studio.session.fingerprints().remembered(path)[0] != "")
    told: list[object] = []
    studio.documents.save(document, tmp_path / "cat.json", done=told.append)
    qtbot.waitUntil(lambda: told == [None])
    assert (document.saved, document.steps) == (True, ())
    path = path.rename(path.with_name("dog.safetensors"))
    os.utime(path, (1000, 1000))
    known = studio.session.fingerprints()
    known.of(path)
    saved = read((tmp_path / "cat.json").read_bytes())
    ref = FileRef(**saved.nodes["load"].params["file"])
    roots = Roots((("checkpoints", (path.parent,)),), locate=known.having)
    assert roots.resolve(ref) == path
