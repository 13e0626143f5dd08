"""A kill of everything: one run at work, two that wait; afterwards all three are finished."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
import pytest

from studio.compute.local import LocalEngine
from studio.engine.events import Event, RunFinished, RunRequest
from studio.engine.protocol import Configure
from studio.engine.work import CHEAP_SECONDS
from studio.paths import Paths, resources
from tests.counts import count

ROOT = Path(__file__).resolve().parents[2]
BLURS = 4

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(os.name == "nt", reason="kills as systems with signals do"),
]


def graph(radius: float) -> dict[str, Any]:
    """Return a graph that blurs a large picture over and over, and saves a small one."""
    blurs = {
        f"blur{index}": {
            "type": "image.blur", "version": 1, "title": f"Blur {index}",
            "params": {"radius": radius + index},
        }
        for index in range(BLURS)
    }  # fmt: skip
    ends = ["load", *blurs, "small", "save"]
    return {
        "wirebrush": 1,
        "title": f"radius {radius:g}",
        "nodes": {
            "load": {"type": "load.image", "version": 1, "params": {"file": {"path": "cat.png"}}},
            **blurs,
            "small": {"type": "image.resize", "version": 1, "params": {"width": 64, "height": 64}},
            "save": {"type": "output.save_image", "version": 1, "params": {}},
        },
        "links": [f"{a}.image -> {b}.image" for a, b in pairwise(ends)],
    }


class Program:
    """The program in a folder of its own, several times at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.environment = {**os.environ, "WIREBRUSH_HOME": str(folder / "home")}
        picture = np.random.default_rng(0).integers(0, 255, (1000, 1000, 3), np.uint8)
        cv2.imwrite(str(folder / "cat.png"), picture)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), *arguments],
            stdout=subprocess.PIPE, cwd=self.folder, env=self.environment, text=True,
        )  # fmt: skip

    def run(self, radius: float, out: str) -> subprocess.Popen[str]:
        name = f"graph{radius:g}.json"
        (self.folder / name).write_text(json.dumps(graph(radius)), "utf-8")
        return self.start("run", name, "--json", "--out", out)

    def pictures(self, out: str) -> list[bytes]:
        """Return the pixels of every picture in a folder."""
        return pictures(self.folder / out)


def pictures(folder: Path) -> list[bytes]:
    """Return the pixels of every picture in a folder."""
    return [np.asarray(cv2.imread(str(path))).tobytes() for path in folder.glob("*")]


def calm(folder: Path, base: Path, radii: list[float]) -> list[list[bytes]]:
    """Return the pictures of each run, made one after the other in this process.

    Args:
        folder: Where they and everything else is kept.
        base: The folder of the picture that is blurred.
        radii: One for each run.
    """
    events: list[Event] = []
    paths = Paths(folder / "data", folder / "cache", resources())
    with closing(LocalEngine(Configure.of(paths), events.append)) as engine:
        for radius in radii:
            out = str(folder / f"{radius:g}")
            text = json.dumps(graph(radius))
            engine.submit(RunRequest("calm", text, output=out, base=str(base)))
    ends = [event.status for event in events if isinstance(event, RunFinished)]
    assert ends == ["done"] * len(radii)
    return [pictures(folder / f"{radius:g}") for radius in radii]


def until(process: subprocess.Popen[str], name: str, times: int = 1) -> list[dict[str, Any]]:
    """Read events until one came so many times."""
    assert process.stdout
    found: list[dict[str, Any]] = []
    while sum(event["event"] == name for event in found) < times:
        line = process.stdout.readline()
        assert line, f"it ended after {found}"
        found.append(json.loads(line))
    return found


def said_by(process: subprocess.Popen[str]) -> str:
    """Wait for a program that ends well, and return what it printed."""
    said: str = process.communicate()[0]
    assert process.returncode == 0, said
    return said


def kill_everything(processes: list[subprocess.Popen[str]]) -> None:
    """Kill front ends and workers at once."""
    family = [psutil.Process(process.pid) for process in processes]
    workers = [child for parent in family for child in parent.children(recursive=True)]
    for member in [*family, *workers]:
        member.kill()
    for process in processes:
        process.communicate()
    psutil.wait_procs(workers, timeout=10)


@pytest.mark.parametrize("trial", range(count(1, 8)))
def test_all_three_runs_are_finished_and_nothing_is_written_twice(
    tmp_path: Path, trial: int
) -> None:
    wild = Program(tmp_path / "wild")
    radii = [3.0, 5.0, 7.0]
    going = wild.run(radii[0], "out0")
    before = until(going, "node_finished")
    parent = psutil.Process(going.pid)
    held = [*parent.children(), parent]
    for member in held:  # the front end too, which would take a worker that rests long for dead
        member.suspend()
    waiting = []
    for place, radius in enumerate(radii[1:], 1):
        waiting.append(wild.run(radius, f"out{place}"))
        until(waiting[-1], "run_queued")
    for member in held:
        member.resume()
    before += until(going, "node_finished", 1 + trial % 3)
    kill_everything([going, *waiting])
    finished = [event for event in before if event["event"] == "node_finished"]
    kept = [event["node"] for event in finished if event["seconds"] >= CHEAP_SECONDS]

    assert said_by(wild.start("queue")).count("interrupted  ") == 3
    first = said_by(wild.start("queue", "resume")).partition("radius 5")[0]
    assert not [name for name in kept if name.replace("blur", "Blur ") in first]
    for place, undisturbed in enumerate(calm(tmp_path / "calm", wild.folder, radii)):
        assert len(wild.pictures(f"out{place}")) == 1
        assert wild.pictures(f"out{place}") == undisturbed
    said_by(wild.start("queue", "resume"))
    assert [len(wild.pictures(f"out{place}")) for place in range(3)] == [1, 1, 1]


def test_a_run_says_that_others_were_interrupted(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    lost = program.run(3.0, "lost")
    until(lost, "run_started")
    kill_everything([lost])
    time.sleep(0.1)
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "run", "graph3.json", "--out", "other"],
        cwd=program.folder, env=program.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "1 interrupted run waits: wirebrush queue resume" in done.stderr
