"""The engine that lives in the process of a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.compute.local import LocalEngine
from studio.core.document import write
from studio.core.graph import Graph, Link, Node
from studio.engine.client import Engine
from studio.engine.events import (
    Event,
    NodeFinished,
    NodeStarted,
    RunFinished,
    RunRequest,
    WorkerReady,
)
from studio.engine.protocol import Configure, Fetched
from studio.paths import Paths, resources


def saving() -> Graph:
    """Return a graph that paints nothing over a picture and saves the mask."""
    nodes = {
        "folder": Node("load.folder", params={"folder": "in"}),
        "small": Node("image.resize", params={"width": 8, "height": 8}),
        "save": Node("output.save_image"),
    }
    links = ("folder.images -> small.image", "small.image -> save.image")
    return Graph(nodes, tuple(map(Link.parse, links)))


def filming() -> Graph:
    """Return a graph that works on each frame of a film, and saves a film again."""
    nodes = {
        "film": Node("load.frame_folder", params={"folder": "in", "fps": 12.0}),
        "apart": Node("image.from_frames"),
        "small": Node("image.resize", params={"width": 8, "height": 8}),
        "together": Node("image.to_frames"),
        "save": Node("output.save_frames", params={"format": "mkv"}),
    }
    links = (
        "film.frames -> apart.frames", "apart.images -> small.image", "apart.fps -> together.fps",
        "small.image -> together.images", "together.frames -> save.frames",
    )  # fmt: skip
    return Graph(nodes, tuple(map(Link.parse, links)))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    import numpy as np

    from studio.diffusion.pictures import encode

    (tmp_path / "in").mkdir()
    for index in range(3):
        pixels = np.full((16, 16, 3), index / 4, np.float32)
        (tmp_path / "in" / f"{index}.png").write_bytes(encode(pixels, "png"))
    return tmp_path


def request(home: Path, run: str, graph: Graph) -> RunRequest:
    return RunRequest(run, write(graph), (), str(home / "out"), base=str(home), title="Small")


def started(
    home: Path, run: str = "r", cancelled: bool = False, graph: Graph | None = None
) -> list[Event]:
    """Run a graph with a fresh engine and return what it said."""
    events: list[Event] = []
    paths = Paths(home / "data", home / "cache", resources())
    engine: Engine = LocalEngine(Configure.of(paths), events.append)
    if cancelled:
        engine.cancel(run)
    engine.submit(request(home, run, graph or saving()))
    engine.specs()
    finished = next((event for event in events if isinstance(event, NodeFinished)), None)
    if finished:
        engine.fetch(finished.key, "names")
    engine.close()
    return events


def test_a_folder_becomes_files(home: Path) -> None:
    events = started(home)
    assert len(list((home / "out").glob("*.png"))) == 3
    assert [event.status for event in events if isinstance(event, RunFinished)] == ["done"]
    assert any(isinstance(event, WorkerReady) for event in events)
    assert [event.held for event in events if isinstance(event, Fetched)] == [True]


def test_the_second_time_nothing_runs(home: Path) -> None:
    started(home)
    assert not any(isinstance(event, NodeStarted) for event in started(home, "again"))
    assert len(list((home / "out").glob("*.png"))) == 3


def test_a_film_is_worked_on_frame_by_frame_and_is_a_film_again(home: Path) -> None:
    from studio.media import films

    started(home, graph=filming())
    (saved,) = (home / "out").glob("*.mkv")
    film = films.open_film(saved)
    assert (film.stop, film.fps) == (3, 12)
    assert [frame.shape for frame in films.read(film)] == [(8, 8, 3)] * 3
    assert not any(isinstance(event, NodeStarted) for event in started(home, graph=filming()))


def test_a_run_can_be_cancelled_before_it_begins(home: Path) -> None:
    events = started(home, cancelled=True)
    assert [event.status for event in events if isinstance(event, RunFinished)] == ["cancelled"]
