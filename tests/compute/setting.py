"""A front end for tests: a home of its own, a pack of slow nodes, and the events as they come."""

from __future__ import annotations

import json
import os
import queue
import signal
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from studio.engine.client import WorkerEngine
from studio.engine.events import (
    Event,
    NodeFinished,
    NodeStarted,
    RunFinished,
    RunRequest,
    WorkerReady,
)
from studio.engine.protocol import Configure
from studio.paths import Paths, resources

E = TypeVar("E", bound=Event)

PATIENCE = 300.0

PACK = '''
import os, sys, time
from typing import Annotated
from studio.core.context import EffectContext, Context, Progress, Steps
from studio.core.define import node
from studio.core.values import Image
from studio.core.widgets import Range


@node("slow.count", category="Test")
def count(
    start: Annotated[int, Range(0, 1000)] = 0,
    steps: Annotated[int, Range(0, 1000)] = 3,
    pause: Annotated[float, Range(0, 10)] = 0.02,
    *,
    ctx: Context,
) -> Steps[int]:
    """Count slowly.

    Args:
        start: First number.
        steps: How many more.
        pause: Seconds for each.
    """
    for step in range(steps):
        time.sleep(pause)
        yield Progress(step + 1, steps)
    return start + steps


@node("slow.picture", category="Test")
def picture(
    value: Annotated[int, Range(0, 1000)] = 0,
    side: Annotated[int, Range(1, 4096)] = 8,
    *,
    ctx: Context,
) -> Image:
    """Make a picture of noise.

    Args:
        value: Its seed.
        side: Its width and height.
    """
    import numpy as np

    return Image(np.random.default_rng(value).random((1, side, side, 3), np.float32))


@node("slow.trouble", category="Test")
def trouble(kind: str = "", *, ctx: Context) -> int:
    """Get into trouble.

    Args:
        kind: Which.
    """
    import faulthandler

    print("trouble", kind)
    if kind == "exit":
        print("the last words", file=sys.stderr)
        sys.stderr.flush()
        os._exit(3)
    if kind == "crash":
        faulthandler._sigsegv()
    if kind == "damage":
        os.write(os.open("/proc/self/fd/" + str(frames()), os.O_WRONLY), b"nonsense, not a frame")
        time.sleep(30)
    if kind == "hang":
        import ctypes
        ctypes.PyDLL(None).sleep(60)  # keeps the interpreter's lock, as broken libraries do
    if kind == "print":
        os.write(1, b"x" * 100000)
    if kind == "memory":
        raise MemoryError
    return 7


def frames():
    """Find the pipe that events go through: the last one that was opened for writing."""
    for fd in range(30, 2, -1):
        try:
            if os.readlink(f"/proc/self/fd/{fd}").startswith("pipe") and fd_writes(fd):
                return fd
        except OSError:
            continue


def fd_writes(fd):
    import fcntl
    return fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_WRONLY


@node("slow.save", category="Test")
def save(image: Image, name: str = "picture", *, ctx: EffectContext) -> None:
    """Save a picture.

    Args:
        image: Which.
        name: Of the file.
    """
    path = ctx.output.folder / f"{name}.raw"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(image.pixels.tobytes())
    ctx.output.wrote(path)
'''


def home(folder: Path) -> Paths:
    """Make an installation with the pack."""
    paths = Paths(folder / "data", folder / "cache", resources())
    pack = paths.data / "nodes" / "slow.py"
    pack.parent.mkdir(parents=True, exist_ok=True)
    pack.write_text(PACK, "utf-8")
    return paths


def graph(nodes: Mapping[str, tuple[str, Mapping[str, Any]]], *links: str) -> str:
    """Write a graph: type and parameters by id, links as text."""
    written = {
        name: {"type": kind, "version": 1, "params": dict(params)}
        for name, (kind, params) in nodes.items()
    }
    return json.dumps({"wirebrush": 1, "nodes": written, "links": list(links)})


def chain(folder: str = "", **params: Any) -> str:
    """Write a graph that counts, makes a picture and saves it."""
    return graph(
        {
            "count": ("slow.count", params),
            "picture": ("slow.picture", {"side": 64}),
            "save": ("slow.save", {}),
        },
        "count.value -> picture.value",
        "picture.image -> save.image",
    )


class Front:
    """Submits runs and keeps what is said."""

    def __init__(self, paths: Paths, hang_seconds: float = 60.0, **settings: Any) -> None:
        self.events: list[Event] = []
        self.began = 0.0
        self._new: queue.SimpleQueue[Event] = queue.SimpleQueue()
        settings = {"threads": 1, "device": "cpu", **settings}
        self.engine = WorkerEngine(
            Configure.of(paths, **settings), self._new.put, hang_seconds=hang_seconds
        )

    def submit(self, text: str, out: Path, **more: Any) -> str:
        """Submit a run and return its id."""
        run = uuid.uuid4().hex
        self.began = time.time()
        self.engine.submit(RunRequest(run, text, output=str(out), **more))
        return run

    def until(self, kind: type[E], holds: Callable[[E], bool] = lambda event: True) -> E:
        """Wait for an event."""
        limit = time.monotonic() + PATIENCE
        while True:
            event = self._new.get(timeout=max(0.01, limit - time.monotonic()))
            self.events.append(event)
            if isinstance(event, kind) and holds(event):
                return event

    def over(self) -> bool:
        """Take in what was said so far, and say whether a run ended."""
        while not self._new.empty():
            self.events.append(self._new.get())
        return any(isinstance(event, RunFinished) for event in self.events)

    def settle(self, run: str) -> None:
        """Wait until a run is over, unless it is already."""
        done = [event.run for event in self.events if isinstance(event, RunFinished)]
        if run not in done:
            self.until(RunFinished, lambda event: event.run == run)

    def run(self, text: str, out: Path, **more: Any) -> RunFinished:
        """Do a whole run."""
        run = self.submit(text, out, **more)
        return self.until(RunFinished, lambda event: event.run == run)

    def ready(self) -> WorkerReady:
        """Start the worker and wait until it takes requests."""
        self.engine.specs()
        return self.until(WorkerReady)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Kill the worker."""
        os.kill(self.engine.pid, number)

    def ran(self) -> list[str]:
        """Return the nodes that began, and forget all events."""
        found = [event.node for event in self.events if isinstance(event, NodeStarted)]
        self.events.clear()
        return found

    def finished(self) -> set[str]:
        """Return the nodes that have their results on disk."""
        return {event.node for event in self.events if isinstance(event, NodeFinished)}


@contextmanager
def front(paths: Paths, **settings: Any) -> Iterator[Front]:
    """Open a front end, and close it."""
    made = Front(paths, **settings)
    try:
        yield made
    finally:
        made.engine.close()
