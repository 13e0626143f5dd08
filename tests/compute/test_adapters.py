"""Pictures that are followed, in a whole graph: what is looked at again, and what is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.torch import save_file

from studio.compute.local import LocalEngine
from studio.core.document import write
from studio.core.graph import Graph, Link, Node
from studio.engine.db import NAME
from studio.engine.events import NodeFailed, RunRequest
from studio.engine.protocol import Configure
from studio.paths import Paths, resources
from tests.tiny_adapters import image_encoder, ip_adapter

pytestmark = pytest.mark.torch

Run = Callable[..., NDArray[np.float32]]

LINKS = (
    "load.text_encoder -> prompt.text_encoder", "load.model -> follow.model",
    "adapter.ip_adapter -> follow.ip_adapter", "eye.image_encoder -> follow.image_encoder",
    "example.image -> follow.image", "load.model -> latent.model", "follow.model -> sample.model",
    "prompt.conditioning -> sample.positive", "prompt.conditioning -> sample.negative",
    "latent.latent -> sample.latent", "sample.latent -> decode.latent", "load.vae -> decode.vae",
    "decode.image -> save.image",
)  # fmt: skip


def graph(seed: int = 0, **follow: Any) -> Graph:
    """Return a graph that draws a small picture after an example."""
    nodes = {
        "load": Node("load.checkpoint", params={"file": {"path": "starter/toyworld.safetensors"}}),
        "adapter": Node("load.ip_adapter", params={"file": {"path": "ip.safetensors"}}),
        "eye": Node("load.image_encoder", params={"file": {"path": "eye.safetensors"}}),
        "example": Node("load.image", params={"file": {"path": "example.png"}}),
        "prompt": Node("prompt.encode", params={"text": "a red ball"}),
        "follow": Node("control.ip_adapter", params={"strength": 1.0, **follow}),
        "latent": Node("latent.empty", params={"width": 64, "height": 64}),
        "sample": Node("sample", params={"seed": seed, "steps": 2, "guidance": 2.0}),
        "decode": Node("latent.decode"),
        "save": Node("output.save_image", params={"name": "{seed}"}),
    }
    return Graph(nodes, tuple(map(Link.parse, LINKS)))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs the graph and gives the picture."""
    from studio.core.values import DiffusionModel
    from studio.diffusion.loading import load
    from studio.diffusion.pictures import encode
    from studio.media.pictures import read_pixels

    unet: Any = load(DiffusionModel(str(resources() / "starter" / "toyworld.safetensors"), "sd15"))
    save_file(ip_adapter(unet), tmp_path / "ip.safetensors")
    save_file(image_encoder().state_dict(), tmp_path / "eye.safetensors")
    pixels = np.random.default_rng(0).random((40, 50, 3), np.float32)
    (tmp_path / "example.png").write_bytes(encode(pixels, "png"))

    def start(**changes: Any) -> NDArray[np.float32]:
        events: list[Any] = []
        engine = LocalEngine(
            Configure.of(Paths(tmp_path / "data", tmp_path / "cache", resources())), events.append
        )
        out = tmp_path / f"out{len(list(tmp_path.glob('out*')))}"
        document = write(graph(**changes))
        engine.submit(RunRequest("r", document, (), str(out), base=str(tmp_path)))
        engine.close()
        assert [event for event in events if isinstance(event, NodeFailed)] == []
        [file] = out.rglob("*.png")
        return read_pixels(file)

    return start


def looks(home: Path) -> int:
    """Return how often an image encoder looked at something."""
    [file] = home.rglob(NAME)
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT count(*) FROM results WHERE type = 'sample/sight'")
        found: int = rows.fetchone()[0]
    return found


def test_the_example_changes_the_picture_and_is_looked_at_once(run: Run, tmp_path: Path) -> None:
    plain = run(strength=0.0)
    assert looks(tmp_path) == 0
    assert np.abs(run() - plain).max() > 0.02
    assert np.abs(run(seed=1, strength=0.5) - plain).max() > 0.02
    assert looks(tmp_path) == 1
    assert np.array_equal(run(start=0.3, end=0.3), plain)
