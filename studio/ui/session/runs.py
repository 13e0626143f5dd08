"""The runs of this window: how far each is, and in which order they come. No Qt."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from studio.core.graph import Graph
from studio.engine.events import (
    ModelLoading,
    NodeFailed,
    NodeFinished,
    NodeProgress,
    NodeStarted,
    RunFinished,
    RunRequest,
    RunStarted,
    Thumbnail,
)
from studio.ui.session.seeds import SeedPlace

RunStatus = Literal["waiting", "running", "done", "failed", "cancelled"]

REMEMBERED = 50
"""Runs that are over and still shown."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What a result cost.

    Attributes:
        seconds: How long it took.
        bytes: Size of the result.
        peak: Most memory in use meanwhile, in bytes; 0: not measured.
        held: Whether it was there already when the last run began.
    """

    seconds: float
    bytes: int = 0
    peak: int = 0
    held: bool = False


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run, as the queue shows it.

    Attributes:
        id: Id of the run.
        title: Name of the graph.
        what: What of it runs, such as ``to Decode`` or ``all``.
        document: Id of the document that it came from; empty: none that is open.
        status: How far it is.
        live: Whether live mode made it.
        step: Where it is, in words, such as ``step 12 / 20``.
        node: Expanded id of the node at work.
        node_title: What people call that node.
        share: Part that is done, 0 to 1; negative: not known.
        left: Seconds left, or that it is expected to take; ``None``: not known.
        seconds: How long it took.
        picture: Its newest picture.
        files: What it wrote.
        text: Why it failed.
    """

    id: str
    title: str
    what: str = "all"
    document: str = ""
    status: RunStatus = "waiting"
    live: bool = False
    step: str = ""
    node: str = ""
    node_title: str = ""
    share: float = -1.0
    left: float | None = None
    seconds: float = 0.0
    picture: Thumbnail | None = None
    files: tuple[str, ...] = ()
    text: str = ""


@dataclass
class Job:
    """A run that is not over.

    Attributes:
        info: How the queue shows it.
        request: All that an engine needs; ``None`` while that is put together.
        graph: What is run.
        targets: Nodes that are wanted.
        draft: The request without the graph.
        seeds: Seeds that the document gets when it begins.
        used: All seeds that it has.
        nodes: How many nodes run.
        done: How many of them did.
        estimate: Seconds that it takes, as told when it began; 0: not known.
        submitted: Whether an engine has it.
        stopping: Whether it shall be stopped.
    """

    info: RunInfo
    request: RunRequest | None = None
    graph: Graph | None = None
    targets: tuple[str, ...] = ()
    draft: RunRequest | None = None
    seeds: Mapping[SeedPlace, int] = field(default_factory=dict)
    used: dict[SeedPlace, int] = field(default_factory=dict)
    nodes: int = 0
    done: int = 0
    estimate: float = 0.0
    began: float = 0.0
    node_began: float = 0.0
    held: int = 0
    submitted: bool = False
    stopping: bool = False

    @property
    def about(self) -> tuple[str, tuple[str, ...]]:
        """What runs of the same length share."""
        return self.info.document, self.targets


class Line:
    """The runs in order: one at work, those that wait, those that are over.

    Args:
        clock: Seconds; for how long things take.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.active: Job | None = None
        self.waiting: list[Job] = []
        self.over: list[RunInfo] = []
        self.paused = False
        self._took: dict[tuple[str, tuple[str, ...]], float] = {}

    @property
    def infos(self) -> tuple[RunInfo, ...]:
        """All runs: the one at work, those that wait, those that are over, newest first."""
        active = [self.active.info] if self.active else []
        return (*active, *(job.info for job in self.waiting), *reversed(self.over))

    def add(self, job: Job, *, front: bool = False) -> None:
        """Take in a run, at the end or before all that wait."""
        job.info = replace(job.info, left=self._took.get(job.about))
        self.waiting.insert(0 if front else len(self.waiting), job)

    def next(self) -> Job | None:
        """Make the first run that waits the active one, if it may begin."""
        if self.active or self.paused or not self.waiting or self.waiting[0].request is None:
            return None
        job = self.waiting.pop(0)
        job.info = replace(job.info, status="running", step="starts", left=None)
        job.began = job.node_began = self._clock()
        self.active = job
        return job

    def find(self, run: str) -> Job | None:
        """Return a run that is not over."""
        jobs = [*([self.active] if self.active else []), *self.waiting]
        return next((job for job in jobs if job.info.id == run), None)

    def move(self, run: str, position: int) -> bool:
        """Give a waiting run another place; say whether it has one now."""
        job = next((job for job in self.waiting if job.info.id == run), None)
        if job is None:
            return False
        self.waiting.remove(job)
        self.waiting.insert(max(0, min(position, len(self.waiting))), job)
        return True

    def end(self, run: str, status: RunStatus, text: str = "", seconds: float = 0.0) -> Job | None:
        """Note that a run is over; return it, if it was not before."""
        job = self.find(run)
        if job is None:
            return None
        if job is self.active:
            self.active = None
        else:
            self.waiting.remove(job)
        if status == "done":
            self._took[job.about] = seconds
        step = said_of(job) if job.held or job.done else ""
        job.info = replace(
            job.info, status=status, text=text, seconds=seconds, step=step, node="", left=None
        )
        self.over = [*self.over, job.info][-REMEMBERED:]
        return job

    # --- What the engine says of the run at work ---

    def started(self, event: RunStarted) -> None:
        """The run begins."""
        if job := self._active(event.run):
            job.nodes, job.held, job.estimate = event.nodes, event.held, event.seconds
            job.began = job.node_began = self._clock()
            share = 0.0 if event.nodes else 1.0
            job.info = replace(job.info, share=share, left=event.seconds or None)

    def node_started(self, event: NodeStarted) -> None:
        """One of its nodes begins."""
        if job := self._active(event.run):
            job.node_began = self._clock()
            title = event.title or event.node
            job.info = replace(job.info, node=event.node, node_title=title, step=title)
            self._count(job, 0.0, None)

    def node_progress(self, event: NodeProgress) -> float | None:
        """A node is on its way; return the seconds that it has left, when that can be said."""
        job = self._active(event.run)
        if job is None:
            return None
        share = share_of(event)
        spent = self._clock() - job.node_began
        left = spent / share - spent if 0 < share <= 1 and event.done else None
        picture = event.preview or job.info.picture
        job.info = replace(job.info, node=event.node, step=step_of(event), picture=picture)
        self._count(job, share, left)
        return left

    def loading(self, event: ModelLoading) -> None:
        """Weights are on their way."""
        if job := self._active(event.run):
            job.info = replace(job.info, step=f"loads {event.name}")

    def node_finished(self, event: NodeFinished) -> None:
        """A node has its result."""
        if job := self._active(event.run):
            job.done += 1
            files = job.info.files + tuple(item.path for item in event.files)
            picture = event.thumbnail or job.info.picture
            job.info = replace(job.info, files=files, picture=picture)
            self._count(job, 0.0, None)

    def node_failed(self, event: NodeFailed) -> None:
        """A node could not do its work; the first one tells why the run failed."""
        job = self._active(event.run)
        if job and not job.info.text:
            job.info = replace(job.info, text=f"{event.title or event.node}: {event.text}")

    def finished(self, event: RunFinished) -> Job | None:
        """The run is over."""
        text = "; ".join(str(item["text"]) for item in event.issues)
        if job := self.find(event.run):
            job.done, job.held = event.ran or job.done, event.held or job.held
            text = text or job.info.text
        return self.end(event.run, event.status, text, event.seconds)

    def _active(self, run: str) -> Job | None:
        return self.active if self.active and self.active.info.id == run else None

    def _count(self, job: Job, share: float, left: float | None) -> None:
        """Work out how far a run is: nodes count alike, time as told at its start."""
        whole = min(1.0, (job.done + share) / job.nodes) if job.nodes else 1.0
        rest = job.estimate - (self._clock() - job.began) if job.estimate else 0.0
        longest = max(rest, left or 0.0)
        known = left is not None or job.estimate
        job.info = replace(job.info, share=whole, left=longest if known else None)


def said_of(job: Job) -> str:
    """Say how much of a run was there already."""
    nodes = job.held + job.done
    if job.held:
        return f"{job.held} of {nodes} held"
    return "1 node" if nodes == 1 else f"{nodes} nodes"


def failure_of(info: RunInfo) -> str:
    """Say why a run failed."""
    return f"“{info.title}” was not finished. {info.text or 'The issues say more.'}"


def share_of(event: NodeProgress) -> float:
    """Return which part of a node is done."""
    part = event.done / event.total if event.total else 0.0
    return (event.item + part) / event.items if event.items else part


def step_of(event: NodeProgress) -> str:
    """Say where a node is."""
    if event.items:
        return f"item {event.item + 1} / {event.items}"
    return f"step {event.done} / {event.total}"
