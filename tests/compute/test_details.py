"""Details in a whole graph: what the engine runs again when one thing changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.compute.local import LocalEngine
from studio.core.document import write
from studio.core.graph import Graph, Link, Node
from studio.engine.db import NAME
from studio.engine.events import NodeFailed, NodeStarted, RunRequest
from studio.engine.protocol import Configure
from studio.paths import Paths, resources

pytestmark = pytest.mark.torch

QUICK = ("folder", "one", "load")
BOXES = "8 8 40 40 face\n80 72 120 116 face"
LINKS = (
    "folder.images -> one.items", "one.value -> detect.image", "detect.detections -> mask.detections",
    "load.text_encoder -> prompt.text_encoder", "one.value -> redraw.image",
    "mask.mask -> redraw.mask", "detect.detections -> redraw.detections",
    "load.model -> redraw.model", "load.vae -> redraw.vae",
    "load.text_encoder -> redraw.text_encoder", "prompt.conditioning -> redraw.positive",
    "prompt.conditioning -> redraw.negative", "redraw.image -> save.image",
)  # fmt: skip


def graph(**redraw: Any) -> Graph:
    """Return a graph that redraws two boxes of a picture."""
    given = {"steps": 1, "guidance": 1.0, "padding": 4, **redraw}
    nodes = {
        "folder": Node("load.folder", params={"folder": "in"}),
        "one": Node("logic.collect"),
        "detect": Node("detail.detect", params={"boxes": BOXES}),
        "mask": Node("detail.mask", params={"grow": 0, "blur": 1.0}),
        "load": Node("load.checkpoint", params={"file": {"path": "starter/toyworld.safetensors"}}),
        "prompt": Node("prompt.encode", params={"text": "a smiling face"}),
        "redraw": Node("detail.redraw", params=given),
        "save": Node("output.save_image"),
    }
    return Graph(nodes, tuple(map(Link.parse, LINKS)))


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., list[str]]:
    """Return what runs the graph and tells which nodes started."""
    from studio.diffusion.pictures import encode

    (tmp_path / "in").mkdir()
    pixels = np.random.default_rng(0).random((128, 128, 3), np.float32)
    (tmp_path / "in" / "noise.png").write_bytes(encode(pixels, "png"))

    def start(**redraw: Any) -> list[str]:
        events: list[Any] = []
        engine = LocalEngine(
            Configure.of(Paths(tmp_path / "data", tmp_path / "cache", resources())), events.append
        )
        document = write(graph(**redraw))
        engine.submit(RunRequest("r", document, (), str(tmp_path / "out"), base=str(tmp_path)))
        engine.close()
        assert [event for event in events if isinstance(event, NodeFailed)] == []
        return [event.node for event in events if isinstance(event, NodeStarted)]

    return start


def parts(home: Path) -> int:
    """Return how many redrawn masks are in the store."""
    [file] = home.rglob(NAME)
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT count(*) FROM results WHERE type = 'detail.redraw/mask'")
        found: int = rows.fetchone()[0]
    return found


def made(ran: list[str]) -> list[str]:
    """Leave out what is not kept for the next process where it took less than 50 ms."""
    return [node for node in ran if node not in QUICK]


def test_only_what_changed_runs_again(run: Callable[..., list[str]], tmp_path: Path) -> None:
    assert "detect" in run(prompts="a sad face[SEP]a face with a hat")
    assert parts(tmp_path) == 2
    assert made(run(prompts="a sad face[SEP]a face with glasses")) == ["redraw", "save"]
    assert parts(tmp_path) == 3
    again = run(prompts="a sad face[SEP]a face with glasses", denoise=0.5)
    assert made(again) == ["redraw", "save"]
    assert parts(tmp_path) == 5
