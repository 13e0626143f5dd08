"""The example graph, built from nothing by hand, is the one that ships; run, it is what it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.cli import main
from studio.core.document import read, write
from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.core.widgets import plain
from studio.paths import resources
from tests.ui.journey.desk import Desk, desk_in
from tests.ui.journey.steps import Journey

EXAMPLE = resources() / "graphs" / "text_to_image.json"
RUN_MS = 180_000


def by_title(graph: Graph, registry: Registry) -> dict[str, Any]:
    """Return what a graph is, whatever its ids and places are."""
    names = {
        key: node.title or registry.specs[node.type].title for key, node in graph.nodes.items()
    }

    def end(text: str) -> str:
        node, _, name = text.partition(".")
        return f"{names[node]}.{name}"

    return {
        "nodes": {
            names[key]: (node.type, node.seed_mode, params(node.params))
            for key, node in graph.nodes.items()
        },
        "links": {" -> ".join(map(end, str(link).split(" -> "))) for link in graph.links},
        "form": [end(text) for text in graph.form],
        "frames": [
            (frame.title, frame.color, {names[node] for node in frame.nodes})
            for frame in graph.view.frames
        ],
    }


def params(values: Mapping[str, object]) -> dict[str, object]:
    return {name: by_path(plain(value)) for name, value in values.items()}


def by_path(value: object) -> object:
    """Return a value without the digest that a file gets when its graph is saved."""
    return {"path": value["path"]} if isinstance(value, dict) and "blake3" in value else value


def undigested(graph: Graph) -> Graph:
    nodes = {key: replace(node, params=params(node.params)) for key, node in graph.nodes.items()}
    return replace(graph, nodes=nodes)


def test_thirty_actions_of_mouse_and_keyboard_build_the_example(
    tmp_path: Path, real_registry: Registry, qtbot: QtBot
) -> None:
    example = read(EXAMPLE.read_text("utf-8"), real_registry)
    with desk_in(tmp_path, real_registry, qtbot) as desk:
        journey = Journey(desk, tmp_path / "made.json")
        assert len(list(journey.steps())) == 30
        journey.run()
        made = read(journey.path.read_text("utf-8"), real_registry)
        assert write(undigested(made)) == write(desk.document.graph)
        desk.wait(lambda: desk.studio.session.issues(desk.document) == ())
    assert by_title(made, real_registry) == by_title(example, real_registry)
    assert made.view.notes
    assert made.view.reroutes


def viewer_values(desk: Desk) -> Any:
    """Return the picture that the viewer shows, as it is shown."""
    side = desk.window.docks.items["viewer"].fill().view.a  # type: ignore[attr-defined]
    return None if side is None else side.shown.values


@pytest.mark.torch
@pytest.mark.timeout(400)
def test_what_was_built_runs_and_its_picture_is_the_one_of_the_command_line(
    tmp_path: Path, real_registry: Registry, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with desk_in(tmp_path / "home", real_registry, qtbot, process=True) as desk:
        desk.studio.preferences.set("output", str(out))
        desk.studio.preferences.set("device", "cpu")
        journey = Journey(desk, tmp_path / "made.json", count=4)
        journey.run()
        session = desk.studio.session
        desk.hands.key("Ctrl+Return")
        desk.wait(lambda: any(run.status == "done" for run in session.runs), RUN_MS)
        desk.hands.click(desk.hands.header(journey.resize))
        desk.wait(lambda: np.shape(viewer_values(desk)) == (512, 512, 3))
        shown = np.array(viewer_values(desk))
    (file,) = out.rglob("*.png")
    on_disk = pixels(file)
    assert on_disk.std() > 10
    assert on_disk.shape == (512, 512, 3)
    shown = np.rint(np.clip(shown, 0, 1) * np.float32(255)).astype(np.uint8)
    assert np.array_equal(shown, on_disk)
    assert np.array_equal(
        on_disk, pixels(by_command_line(journey.path, tmp_path / "other", monkeypatch))
    )


def pixels(file: Path) -> Any:
    """Return a picture of 8 bits as RGB."""
    found = cv2.imread(str(file), cv2.IMREAD_COLOR)
    assert found is not None
    return found[..., ::-1]


def by_command_line(graph: Path, folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Run a graph as the command does in an installation of its own, and return its picture.

    It is computed in this process, which holds the libraries already.
    """
    from studio.compute.local import LocalEngine

    patch.setenv("WIREBRUSH_HOME", str(folder))
    patch.setattr("studio.engine.client.WorkerEngine", LocalEngine)
    assert main(["run", str(graph), "--out", str(folder / "out"), "--device", "cpu"]) == 0
    (file,) = (folder / "out").rglob("*.png")
    return file
