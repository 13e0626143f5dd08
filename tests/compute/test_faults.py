"""Kills and cancellations in the midst of real work: a tiny checkpoint becomes a picture."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count as numbers
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from studio.engine.db import Database
from studio.engine.events import (
    Event,
    ModelLoading,
    NodeFinished,
    NodeProgress,
    NodeStarted,
    RunFinished,
    RunRequest,
    WorkerDied,
)
from studio.engine.protocol import Configure
from studio.engine.store import Store
from studio.files import MARK
from studio.paths import Paths, resources
from tests.compute.setting import Front, front, home
from tests.counts import count

pytestmark = [
    pytest.mark.torch,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.name == "nt", reason="kills as systems with signals do"),
]

EXAMPLE = (resources() / "graphs" / "text_to_image.json").read_text("utf-8")
PROMPT = "a smiling face with glasses and a red hat, sunset"
NUMBERS = numbers(100)
TRIES = 12
KINDS = ("step", "store write", "import", "load", "decode", "save")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    from studio.diffusion.saving import save_checkpoint
    from studio.diffusion.towers import TextTowers, Tower
    from studio.facts.families import family
    from tests import tiny

    paths = home(tmp_path_factory.mktemp("faults"))
    towers = TextTowers((Tower(family("sd15").encoders[0], tiny.clip_l()),))
    path = paths.models / "checkpoints" / "tiny.safetensors"
    path.parent.mkdir(parents=True)
    save_checkpoint(path, tiny.sd15_unet(), tiny.vae(), towers, "sd15", {})
    return paths


@pytest.fixture(scope="module")
def it(installation: Paths) -> Iterator[Front]:
    with front(installation) as made:
        yield made


def drawing(**changes: str) -> str:
    """Return the example graph for the tiny checkpoint, with another prompt each time."""
    text = EXAMPLE.replace("starter/toyworld.safetensors", "checkpoints/tiny.safetensors")
    assert PROMPT in text
    text = text.replace(PROMPT, f"a red ball {next(NUMBERS)}")
    for old, new in changes.items():
        assert f'"{old}": ' in text
        text = text.replace(f'"{old}": {_value(text, old)}', f'"{old}": {new}', 1)
    return text


def _value(text: str, name: str) -> str:
    return text.partition(f'"{name}": ')[2].partition(",")[0].partition("}")[0]


def only_picture(folder: Path) -> np.ndarray[Any, Any]:
    """Return the pixels of the one picture in a folder."""
    (path,) = folder.glob("*.png")
    return np.asarray(cv2.imread(str(path)))


def staged(folder: Path, since: float) -> bool:
    """Say whether a file is being written somewhere in a folder, or was left by a killed writer."""
    found = list(folder.rglob(f"{MARK}*"))
    return any(path.exists() and path.stat().st_mtime >= since for path in found)


def kill_while(it: Front, holds: Callable[[], bool]) -> bool:
    """Let the worker run in slices until something holds, and kill it right there."""
    while it.engine.pid:
        it.kill(signal.SIGSTOP)
        if holds():
            it.kill()
            return True
        it.kill(signal.SIGCONT)
        time.sleep(0.0005)
        if it.over():
            return False
    return False


class Kills:
    """Ways to kill the worker inside one kind of work; each says whether it was in time."""

    def __init__(self, it: Front, paths: Paths, out: Path) -> None:
        self.it = it
        self.store = paths.store
        self.out = out

    def prepare(self, kind: str) -> None:
        """Bring the worker into a state in which such work will be done."""
        if kind == "import" and self.it.engine.pid:
            self.it.kill()
            self.it.until(WorkerDied)
        if kind == "load":
            self.it.engine.free()

    def inside(self, kind: str) -> bool:
        """Kill the worker inside some work."""
        blobs = self.store / "blobs"
        ways: dict[str, Callable[[], bool]] = {
            "import": self._import,
            "load": self._load,
            "step": self._step,
            "decode": self._decode,
            "store write": lambda: kill_while(self.it, lambda: staged(blobs, self.it.began)),
            "save": lambda: kill_while(self.it, lambda: staged(self.out, 0.0)),
        }
        return ways[kind]()

    def _import(self) -> bool:
        self.it.until(NodeStarted, lambda event: event.node == "prompt")
        time.sleep(0.5)
        self.it.kill()
        return not any(isinstance(event, ModelLoading) for event in self.it.events)

    def _load(self) -> bool:
        loading = self.it.until(ModelLoading, lambda event: event.node == "sample")
        self.it.kill()
        return loading.done < loading.total

    def _step(self) -> bool:
        step = self.it.until(NodeProgress, lambda event: event.node == "sample")
        self.it.kill()
        return step.done < step.total

    def _decode(self) -> bool:
        step = self.it.until(NodeProgress, lambda event: event.node == "decode")
        self.it.kill()
        return step.done < step.total


def finished_and_stored(it: Front, paths: Paths) -> set[str]:
    """Return the nodes that were reported and are on disk; what costs nothing is in memory."""
    keys = {event.key: event.node for event in it.events if isinstance(event, NodeFinished)}
    database = Database(paths.store)
    held = Store(database).held(keys)
    database.close()
    return {keys[key] for key in held}


@pytest.mark.soak
@pytest.mark.parametrize(("index", "kind"), list(enumerate(islice(cycle(KINDS), count(2, 20)))))
def test_a_kill_inside_anything_leaves_the_same_picture(
    it: Front, installation: Paths, tmp_path: Path, index: int, kind: str
) -> None:
    for attempt in range(TRIES):
        folder = tmp_path / str(attempt)
        text = drawing()
        assert it.run(text, folder / "calm", use_store=False).status == "done"
        kills = Kills(it, installation, folder / "out")
        kills.prepare(kind)
        it.events.clear()
        run = it.submit(text, folder / "out")
        if kills.inside(kind):
            break
        it.settle(run)
    else:
        pytest.fail(f"no kill came inside {kind}")
    died = it.until(WorkerDied)
    assert (died.exit, died.run) == (-signal.SIGKILL, run)
    assert it.until(RunFinished).issues[0]["code"] == "E_WORKER_DIED"
    stored = finished_and_stored(it, installation)
    assert ("sample" in stored) == (kind in ("decode", "store write", "save"))
    it.ran()
    assert it.run(text, folder / "out").status == "done"
    assert stored.isdisjoint(it.ran())
    # Both the calm run and the wild one computed in processes of their own.
    assert np.array_equal(only_picture(folder / "calm"), only_picture(folder / "out"))


def test_another_process_makes_the_same_picture(
    it: Front, installation: Paths, tmp_path: Path
) -> None:
    from studio.compute.local import LocalEngine

    text = drawing(sampler='"dpmpp_sde"', denoise="0.7", steps="4")  # draws noise at every step
    configure = Configure.of(installation, threads=1, device="cpu")
    assert it.run(text, tmp_path / "there", use_store=False).status == "done"
    with closing(LocalEngine(configure, list[Event]().append)) as engine:
        engine.submit(RunRequest("here", text, output=str(tmp_path / "here"), use_store=False))
    assert np.array_equal(only_picture(tmp_path / "there"), only_picture(tmp_path / "here"))


def cancelled(it: Front, run: str) -> float:
    """Cancel a run and return the seconds that it took to end."""
    began = time.monotonic()
    it.engine.cancel(run)
    assert it.until(RunFinished, lambda event: event.run == run).status == "cancelled"
    return time.monotonic() - began


def nothing_was_left(it: Front, paths: Paths, out: Path) -> None:
    """Check that nothing is half-written and that the next run works."""
    assert not out.exists()
    assert not staged(paths.store, it.began)
    it.events.clear()
    assert it.run(drawing(steps="2"), out).status == "done"
    assert only_picture(out).shape == (512, 512, 3)


def steps_of(it: Front, node: str) -> list[int]:
    found = (event for event in it.events if isinstance(event, NodeProgress))
    return [event.done for event in found if event.node == node]


def test_cancelling_while_sampling(it: Front, installation: Paths, tmp_path: Path) -> None:
    run = it.submit(drawing(steps="1000"), tmp_path)
    it.events.clear()
    step = it.until(NodeProgress, lambda event: event.node == "sample" and event.done > 2)
    assert cancelled(it, run) < 2.0
    assert max(steps_of(it, "sample")) <= step.done + 20
    nothing_was_left(it, installation, tmp_path / "out")


def test_cancelling_while_decoding(it: Front, installation: Paths, tmp_path: Path) -> None:
    large = {"steps": "1", "width": "768", "height": "768"}
    run = it.submit(drawing(**large), tmp_path, settings={"activation_mb": 64})
    it.events.clear()
    step = it.until(NodeProgress, lambda event: event.node == "decode")
    assert step.total > 100
    assert cancelled(it, run) < 2.0
    assert max(steps_of(it, "decode")) < step.total / 2
    nothing_was_left(it, installation, tmp_path / "out")


def test_cancelling_while_loading(it: Front, installation: Paths, tmp_path: Path) -> None:
    it.engine.free()
    run = it.submit(drawing(steps="1000"), tmp_path)
    it.events.clear()
    it.until(ModelLoading, lambda event: event.node == "sample")
    assert cancelled(it, run) < 2.0
    assert max([0, *steps_of(it, "sample")]) <= 2
    nothing_was_left(it, installation, tmp_path / "out")
