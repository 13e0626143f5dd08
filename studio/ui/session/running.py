"""Runs on their way: written into the queue, given to the engine one at a time, and reported."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.document import write
from studio.core.graph import Graph
from studio.engine import events
from studio.engine.client import Engine
from studio.engine.events import RunRequest
from studio.ui.session.runs import Job, Line, RunInfo
from studio.ui.session.seeds import (
    SeedPlace,
    advanced,
    change_of,
    seeds,
    with_changing,
    with_seeds,
)
from studio.ui.session.store_room import StoreRoom
from studio.ui.threads.desk import Desks

if TYPE_CHECKING:
    from studio.core.types import SpecOf
    from studio.ui.documents.document import Document

RENEW_MS = 10_000
SEED_STEP = "Advance the seed"


class Running(QObject):
    """The runs of this window.

    Args:
        room: Keeps the queue.
        desks: Threads for the queue, and for short words to the engine.
        engine: Returns the engine; called in those threads.
        request: Returns a run request for a document, complete but for its graph.
        document: Finds an open document by its id.
    """

    changed = Signal()
    began = Signal(object)
    """`Job`, before the engine has it."""
    ended = Signal(object)
    """`Job`."""

    def __init__(
        self,
        room: StoreRoom,
        desks: Desks,
        engine: Callable[[], Engine],
        request: Callable[[Document], RunRequest],
        document: Callable[[str], Document | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.line = Line()
        self._room = room
        self._desk, self._calls = desks.line, desks.calls
        self._engine = engine
        self._request = request
        self._document = document
        self._random = random.Random()
        self._used: dict[str, dict[SeedPlace, int]] = {}
        self._renewal = QTimer(self)
        self._renewal.setInterval(RENEW_MS)
        self._renewal.timeout.connect(lambda: desks.line.do(room.renew, about="leases"))
        self._renewal.start()

    def close(self) -> None:
        """Keep the leases no longer."""
        self._renewal.stop()

    # --- Commands ---

    def run(
        self,
        document: Document,
        spec_of: SpecOf,
        targets: tuple[str, ...],
        what: str,
        fresh: Mapping[SeedPlace, int],
        *,
        front: bool,
        times: int,
    ) -> None:
        """Put runs of a document into the queue.

        Args:
            document: Whose graph.
            spec_of: Finds the spec of a node type.
            targets: Nodes that are wanted.
            what: The same in words.
            fresh: Seeds whose results are there already.
            front: Whether they come before all that wait.
            times: How many.
        """
        pending = self._pending(document)
        used = {**fresh, **self._used.get(document.id, {}), **pending}
        graph, jobs = with_changing(document.graph, spec_of, pending), []
        for number in range(times):
            graph = advanced(graph, spec_of, used, self._random, fixed=number == 0)
            words = f"{what}, {number + 1} of {times}" if times > 1 else what
            job = self._job(document, graph, targets, words)
            job.seeds = change_of(document.graph, graph, spec_of)
            used = job.used = seeds(graph, spec_of)
            jobs.append(job)
        for job in reversed(jobs) if front else jobs:
            self._enter(job, front=front, kept=True)

    def run_live(self, document: Document, spec_of: SpecOf, targets: tuple[str, ...]) -> None:
        """Run a document because it was edited; older runs of that kind end."""
        for job in [*self.line.waiting, *([self.line.active] if self.line.active else [])]:
            if job.info.live and job.info.document == document.id:
                self.cancel(job.info.id)
        job = self._job(document, document.graph, targets, "live")
        job.info = replace(job.info, live=True)
        job.used = seeds(document.graph, spec_of)
        self._enter(job, front=False, kept=False)

    def resume_orphans(self, requests: Iterable[RunRequest], document: Callable[..., str]) -> None:
        """Go on with runs that were interrupted.

        Args:
            requests: The runs.
            document: Says which open document a run is of.
        """
        for request in requests:
            info = RunInfo(request.run, request.title, "resumed", document(request))
            self.line.add(Job(info, request, targets=request.targets))
        self._go_on()

    def cancel(self, run: str) -> None:
        """Stop a run, or take it out of the queue."""
        job = self.line.find(run)
        if job is None:
            return
        if job is self.line.active:
            job.info, job.stopping = replace(job.info, step="stops"), True
            if job.submitted:
                self._stop(run)
            self.changed.emit()
            return
        self.line.end(run, "cancelled")
        self._desk.do(partial(self._room.finish, run, "cancelled", ""))
        self._go_on()

    def cancel_all(self) -> None:
        """Stop the run at work, and take all others out of the queue."""
        for job in [*self.line.waiting, *([self.line.active] if self.line.active else [])]:
            self.cancel(job.info.id)

    def pause(self, on: bool) -> None:
        """Begin no further run, or go on."""
        self.line.paused = on
        self._go_on()

    def move(self, run: str, position: int) -> None:
        """Give a waiting run another place."""
        if self.line.move(run, position):
            self._go_on()

    def clear_finished(self) -> None:
        """Forget the runs that are over."""
        self.line.over.clear()
        self.changed.emit()

    def last_seed(self, document: Document, place: SeedPlace) -> int | None:
        """Return the seed that a parameter had in the last run."""
        return self._used.get(document.id, {}).get(place)

    # --- What the engine says ---

    def take(self, event: events.Event) -> tuple[Job | None, float | None]:
        """Take in an event; return the run that it is about, and what its node has left."""
        run = getattr(event, "run", "")
        job = self.line.find(run) if run else None
        left = None
        match event:
            case events.RunStarted():
                self.line.started(event)
            case events.RunQueued() if job:
                job.info = replace(job.info, step=event.reason or job.info.step)
            case events.NodeStarted():
                self.line.node_started(event)
            case events.NodeProgress():
                left = self.line.node_progress(event)
            case events.ModelLoading():
                self.line.loading(event)
            case events.NodesHeld() if job:
                files = tuple(item.path for item in event.files)
                job.info = replace(job.info, files=job.info.files + files)
            case events.NodeFinished():
                self.line.node_finished(event)
            case events.NodeFailed():
                self.line.node_failed(event)
            case events.RunFinished():
                job = self._finished(event)
        return job, left

    def _finished(self, event: events.RunFinished) -> Job | None:
        job = self.line.finished(event)
        if job:
            if not job.info.live:
                finish = partial(self._room.finish, event.run, event.status, job.info.text)
                self._desk.do(finish)
            self.ended.emit(job)
            self._go_on()
        return job

    # --- Inside ---

    def _job(self, document: Document, graph: Graph, targets: tuple[str, ...], what: str) -> Job:
        info = RunInfo(uuid.uuid4().hex, document.title, what, document.id)
        request = replace(self._request(document), run=info.id, targets=targets)
        return Job(info, None, graph, targets, draft=request)

    def _enter(self, job: Job, *, front: bool, kept: bool) -> None:
        """Put a run into the queue, and onto the disk if it shall outlive this window."""
        draft, graph = job.draft, job.graph
        assert draft is not None
        assert graph is not None

        def prepare() -> RunRequest:
            request = replace(draft, graph=write(graph), live=not kept)
            if kept:
                self._room.add(request)
            return request

        self.line.add(job, front=front)
        self._desk.do(prepare, partial(self._ready, job))
        self.changed.emit()

    def _ready(self, job: Job, request: RunRequest) -> None:
        job.request = request
        self._go_on()

    def _go_on(self) -> None:
        """Give the engine the next run, if there is one and none is at work."""
        job = self.line.next()
        if job and job.request:
            self._begin(job, job.request)
        self.changed.emit()

    def _begin(self, job: Job, request: RunRequest) -> None:
        document = self._document(job.info.document)
        if document:
            self._used[document.id] = job.used
            self._advance(document, job.seeds)
        self.began.emit(job)

        def submit() -> None:
            if not request.live:
                self._room.begin(request.run)
            self._engine().submit(request)

        self._desk.do(submit, lambda _: self._submitted(job))

    def _submitted(self, job: Job) -> None:
        """Stop a run now that was to be stopped before an engine knew of it."""
        job.submitted = True
        if job.stopping:
            self._stop(job.info.id)

    def _stop(self, run: str) -> None:
        self._calls.do(lambda: self._engine().cancel(run))

    def _pending(self, document: Document) -> dict[SeedPlace, int]:
        """Return the seeds of the last run of a document that is not over."""
        active = [self.line.active] if self.line.active else []
        jobs = [job for job in [*active, *self.line.waiting] if job.info.document == document.id]
        return jobs[-1].used if jobs else {}

    def _advance(self, document: Document, new: Mapping[SeedPlace, int]) -> None:
        """Give a document the seeds of the run that begins; several runs are one step."""
        graph = with_seeds(document.graph, new)
        if graph is not document.graph:
            document.edit(SEED_STEP, graph, ("seed", document.id))
