"""The graphs that come with the program."""

from __future__ import annotations

import re
from contextlib import closing
from itertools import combinations
from pathlib import Path

import cv2
import pytest

import nodes
from studio.canvas.scene import Scene
from studio.core.check import issues
from studio.core.document import read, write
from studio.core.registry import Registry
from studio.engine.events import Event, NodeWarned, RunFinished, RunRequest
from studio.engine.protocol import Configure
from studio.paths import Paths, resources
from tests.canvas.stage import METRICS
from tests.counts import count

FOLDER = Path(__file__).parents[1] / "resources" / "graphs"
EXAMPLES = sorted(FOLDER.glob("*.json"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    made = Registry()
    made.scan(nodes)
    return made


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_no_issue(path: Path, registry: Registry) -> None:
    assert issues(read(path.read_text("utf-8"), registry), registry) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_kept_whole(path: Path, registry: Registry) -> None:
    graph = read(path.read_text("utf-8"), registry)
    assert read(write(graph), registry) == graph


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_widget_value_is_written_out(path: Path, registry: Registry) -> None:
    graph = read(path.read_text("utf-8"), registry)
    for name, node in graph.nodes.items():
        spec = registry.spec(node.type)
        assert spec is not None
        assert list(node.params) == [item.name for item in spec.inputs if item.widget], name
        assert name in graph.view.layout


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_tidy_and_says_what_it_is(path: Path, registry: Registry) -> None:
    graph = read(path.read_text("utf-8"), registry)
    scene = Scene(registry.spec, METRICS)
    scene.set_graph(graph, registry.spec)
    notes = [
        (*note.at, note.at[0] + note.size[0], note.at[1] + note.size[1])
        for note in graph.view.notes
    ]
    assert notes
    rects = [*(scene.rect(name) for name in graph.nodes), *notes]
    over = [
        (one, other)
        for one, other in combinations(rects, 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]
    assert over == []


def test_the_first_example_calls_its_nodes_as_the_manual_does() -> None:
    graph = read((FOLDER / "text_to_image.json").read_text("utf-8"))
    names = ["load", "prompt", "negative", "latent", "sample", "decode", "resize", "save"]
    assert list(graph.nodes) == names
    assert graph.nodes["prompt"].params["text"]


PICTURES = {
    "text_to_image": (512, 512),
    "image_to_image": (512, 512),
    "controlnet": (512, 512),
    "face_detail": (384, 192),
    "upscale": (512, 512),
    "portrait_poster": (819, 1024),
}


STEPS = re.compile(r'"steps": \d+')


def checked(folder: Path, size: tuple[int, int]) -> None:
    """Make sure that the only picture in a folder is of a size, and no plain colour."""
    (picture,) = folder.glob("*.png")
    pixels = cv2.imread(str(picture))
    assert pixels is not None
    assert pixels.shape[1::-1] == size
    assert pixels.std() > 10


@pytest.mark.torch
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(PICTURES))
def test_an_example_runs_without_a_window(name: str, tmp_path: Path) -> None:
    from studio.compute.local import LocalEngine

    events: list[Event] = []
    configure = Configure.of(Paths(tmp_path / "data", tmp_path / "cache", resources()), threads=1)
    with closing(LocalEngine(configure, events.append)) as engine:
        text = STEPS.sub(f'"steps": {count(4, 20)}', (FOLDER / f"{name}.json").read_text("utf-8"))
        engine.submit(RunRequest("r", text, output=str(tmp_path / "output"), base=str(FOLDER)))
    assert isinstance(events[-1], RunFinished)
    assert (events[-1].status, events[-1].issues) == ("done", ())
    assert not [event for event in events if isinstance(event, NodeWarned)]
    checked(tmp_path / "output", PICTURES[name])
