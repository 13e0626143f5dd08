"""Runs: does what a plan says, drives generators, and reports.

Nothing here is recursive: what turns out to be missing (a damaged blob, a result that left) is put
on a stack and made again. One node that fails takes along only what needs it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from studio.core.document import read
from studio.core.errors import Cancelled, RunError, StudioError
from studio.core.folding import Given, Made, checked
from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.core.spec import Input, NodeSpec
from studio.core.types import is_list
from studio.core.values import Sequence
from studio.engine import lists
from studio.engine.calling import failure
from studio.engine.done import Done, Turn
from studio.engine.events import (
    Emit,
    NodeFinished,
    NodesHeld,
    NodeStarted,
    NodeWarned,
    RunFinished,
    RunRequest,
    RunStarted,
    Status,
    issue_data,
)
from studio.engine.gather import GoneError, Results
from studio.engine.host import Host
from studio.engine.keys import Job, computes, key_of
from studio.engine.other_keys import OtherKeys
from studio.engine.plan import Plan
from studio.engine.runtime import Token
from studio.engine.sources import digest_of, made_in
from studio.engine.words import given
from studio.engine.work import Work

PIN_SECONDS = 3600.0
FROZEN_SECONDS = 365 * 24 * 3600.0
FROZEN = "frozen"
TRIES = 3
"""How often a node begins anew because what it needs left the store meanwhile."""


class DeviceNeededError(Exception):
    """A result turned out to be missing that only a process with a device can make."""


def run(
    host: Host, request: RunRequest, emit: Emit, token: Token, graph: Graph | None = None
) -> RunFinished:
    """Do one run and return its last event, which was also emitted.

    Args:
        host: What the process has for its runs.
        request: What is wanted.
        emit: Takes the events.
        token: Cancels the run.
        graph: The graph of the request, where it was read already.
    """
    host = host if request.use_store else host.without_store()
    try:
        graph = _graph(request.graph, host.registry) if graph is None else graph
        plan = host.plan(graph, request)
    except StudioError as error:
        finished = RunFinished(request.run, "failed", issues=(issue_data(error.as_issue()),))
        emit(finished)
        return finished
    return execute(host, plan, request, emit, token)


@lru_cache(maxsize=8)
def _graph(text: str, registry: Registry) -> Graph:
    """Read a graph; whoever goes back and forth between a few of them reads each once."""
    return read(text, registry)


def execute(host: Host, plan: Plan, request: RunRequest, emit: Emit, token: Token) -> RunFinished:
    """Do what a plan says and return the last event, which was also emitted.

    Raises:
        DeviceNeededError: This process has no device, and something damaged must be made on one.
            What was done until then is safe; the same run goes on in a process with a device.
    """
    return _Run(host, plan, request, emit, token).finish()


class _Run:
    """One run on its way."""

    def __init__(
        self, host: Host, plan: Plan, request: RunRequest, emit: Emit, token: Token
    ) -> None:
        self.host = host
        self.plan = plan
        self.request = request
        self.emit = emit
        self.token = token
        self.results = Results(host.cache, (plan.jobs[node] for node in plan.todo))
        self.work = Work(host, request, emit, token, self.results)
        self.ran: set[str] = set()
        self.failed: set[str] = set()
        self.blocked: set[str] = set()
        self._keys = OtherKeys(host.policy)
        self._tries: Counter[str] = Counter()

    def finish(self) -> RunFinished:
        """Run everything and report."""
        started = time.monotonic()
        status: Status = "done"
        self._announce()
        try:
            self._pin()
            self._all()
            status = "failed" if self.failed else "done"
        except Cancelled:
            status = "cancelled"
        finally:
            self.work.finish()
            self._unpin()
        seconds = time.monotonic() - started
        finished = RunFinished(
            self.request.run,
            status,
            ran=len(self.ran),
            held=self.plan.held,
            failed=len(self.failed),
            seconds=seconds,
        )
        self.emit(finished)
        return finished

    def _announce(self) -> None:
        run, plan = self.request.run, self.plan
        costs = self.host.costs
        seconds = plan.describe(costs).seconds if plan.todo and costs else 0.0
        self.emit(RunStarted(run, len(plan.todo), plan.held, seconds))
        if plan.held or plan.files or plan.skipped:
            self.emit(NodesHeld(run, plan.held, plan.files, plan.skipped))
        for job in plan.jobs.values():
            for name, path in job.other:
                text = f"{name}: {path} is not the file that the graph was made with"
                self.emit(NodeWarned(run, job.id, "W_HASH", text))
        for node in plan.thawed:
            self._warn_thawed(node)

    def _warn_thawed(self, node: str) -> None:
        text = "the result that it was frozen with is gone; it takes one of what is before it"
        self.emit(NodeWarned(self.request.run, node, "W_FROZEN", text))

    def _pin(self) -> None:
        store = self.host.cache.store
        if store is None:
            return
        frozen = {job.key: job.spec for job in self.plan.jobs.values() if job.frozen and job.spec}
        for key, spec in frozen.items():
            self.host.cache.keep_on_disk(key, spec.id)
        if frozen:
            store.pin(frozen, FROZEN, FROZEN_SECONDS)
        if self.plan.todo and self.plan.bounds:
            store.pin(self.plan.bounds, self.request.run, PIN_SECONDS)
        store.touch(self.plan.bounds)

    def _unpin(self) -> None:
        store = self.host.cache.store
        if store is not None and self.plan.todo and self.plan.bounds:
            store.unpin(self.request.run)

    def _all(self) -> None:
        for node in self.plan.todo:
            self.token.check()
            self._ensure(node)
            self.results.release(self.plan.jobs[node])

    def _ensure(self, node: str) -> None:
        """Run a node, and before it whatever it needs and turns out to be missing."""
        stack = [node]
        while stack:
            job = self._actual(stack[-1])
            if job.id != node:
                self._refuse_without_device(job)
            missing = self._missing(job) if job.error is None else []
            if not self.blocked.isdisjoint(missing):
                self.blocked.add(job.id)
            elif missing:
                stack.extend(missing)
                for source in missing:
                    self.results.expect(self.plan.jobs[source])
                continue
            elif not self._perform(job):
                continue  # something left the store a moment ago
            stack.pop()
            if job.id != node:
                self.results.release(self.plan.jobs[job.id])

    def _refuse_without_device(self, job: Job) -> None:
        """Give up where something that was held must be made again, and cannot be made here."""
        if self.host.runtime is None and job.spec and computes(job.spec):
            raise DeviceNeededError(job.id)

    def _missing(self, job: Job) -> list[str]:
        """Return the nodes whose results a job needs and nobody has."""
        found: dict[str, None] = {}
        for made in made_in(job.inputs.values()):
            if made.node in self.blocked or self.results.of(made.key) is None:
                found[made.node] = None
        return list(found)

    def _actual(self, node: str) -> Job:
        """Return a job that runs with the keys that its inputs really got, and its own."""
        planned = self.plan.jobs[node]
        job = self._keys.actual(planned)
        if job.key != planned.key:
            if not planned.frozen:
                self._keys.note(planned.key, job.key)
            elif self._keys.note_thawed(node, job.key):
                self._warn_thawed(node)
            self.results.rename(planned.key, job.key)
        return job

    def _perform(self, job: Job) -> bool:
        """Run one node; return whether that is settled, well or badly."""
        spec = job.spec
        if spec is None or job.error is not None:
            self._fail(job, job.error or RunError("its type is not known"))
            return True
        try:
            values = self._values(job, spec)
            mapped = lists.lists_in(job, spec, values)
            if mapped:
                self._map(job, spec, values, mapped)
            else:
                self._single(job, spec, values)
        except GoneError as gone:
            self.results.forget(gone.key)
            self._tries[job.id] += 1
            if self._tries[job.id] < TRIES:
                return False
            self._fail(job, RunError("what it needs leaves the store again and again"))
        except StudioError as error:
            self._fail(job, error)
        return True

    def _values(self, job: Job, spec: NodeSpec) -> dict[str, Any]:
        """Return the arguments of a node."""
        values: dict[str, Any] = {}
        for item in spec.inputs:
            filled = job.inputs[item.name]
            if isinstance(filled, tuple):
                values[item.name] = tuple(self._value(item, source) for source in filled)
            else:
                values[item.name] = self._value(item, filled)
        return values

    def _value(self, item: Input, source: Given | Made) -> Any:
        if isinstance(source, Given):
            return source.value
        outputs = self.results.of(source.key)
        if outputs is None:
            raise GoneError(source.key)
        value = outputs[source.output]
        if isinstance(value, Sequence):
            return self.results.whole(value) if is_list(item.type) else value
        return checked(item, value) if item.widget else value

    def _single(self, job: Job, spec: NodeSpec, values: Mapping[str, Any]) -> None:
        self._start(job, spec)
        done = self._found(job, spec)
        if done is None:
            keep = job.id in self.plan.keep
            done = self.work.do(job, spec, job.key, values, keep=keep)
        self._settle(job, done)
        self.work.say(self._finished(job, done), stored=done.stored, seconds=done.seconds)

    def _found(self, job: Job, spec: NodeSpec) -> Done | None:
        """Return what is held under a key that the plan could not know; ``None``: nothing is."""
        if job.key == self.plan.jobs[job.id].key:
            return None
        if spec.effect:
            return self.work.held(job, spec, job.key, 0)
        return None if self.results.of(job.key) is None else Done(job.key, reused=1)

    def _start(self, job: Job, spec: NodeSpec, items: int = 0) -> None:
        """Say that a node begins; before one that may take long, say what is finished."""
        if items or spec.streams or spec.context:
            self.work.flush()
        self.emit(NodeStarted(self.request.run, job.id, job.title, items))

    def _settle(self, job: Job, done: Done) -> None:
        self.ran.add(job.id)
        self._keys.note(job.key, done.key)

    def _finished(self, job: Job, done: Done) -> NodeFinished:
        return NodeFinished(
            self.request.run,
            job.id,
            done.key,
            outputs=done.words,
            words=done.said,
            thumbnail=done.thumbnail,
            files=done.files,
            seconds=done.seconds,
            bytes=done.size,
            peak=done.peak,
            reused=done.reused,
        )

    def _map(
        self, job: Job, spec: NodeSpec, values: Mapping[str, Any], mapped: list[lists.Mapped]
    ) -> None:
        count = len(mapped[0].values)
        self._start(job, spec, count)
        tokens = [lists.item_tokens(job, mapped, index) for index in range(count)]
        keys = [key_of(spec, item, self.host.policy) for item in tokens]
        total, made = Done(job.key), []
        for index, key in enumerate(keys):
            self.token.check()
            done = None
            turn = Turn(index, count, job.key)
            if not lists.is_lost(mapped, index):
                done = self._item(job, spec, key, values, mapped, turn)
            if done is not None:
                total = total.plus(done)
            made.append(done.key if done else "")
            if done is None or done.reused or not spec.streams:
                self.work.tell(job, turn)
        if all(made) and made != keys:  # less memory made other bits, so this is another list
            other = digest_of([job.key, made])
            self._keys.note(job.key, other)
            self.results.rename(job.key, other)
            job, total = replace(job, key=other), replace(total, key=other)
        if spec.effect:
            total = replace(total, said=given(spec, values))
        self._join(job, spec, total, made)

    def _item(
        self,
        job: Job,
        spec: NodeSpec,
        key: str,
        values: Mapping[str, Any],
        mapped: list[lists.Mapped],
        turn: Turn,
    ) -> Done | None:
        """Do one call of a mapped node, unless its result is held; ``None``: it failed."""
        try:
            held = self.work.held(job, spec, key, turn.item)
            if held is not None:
                return held
            given = lists.item_values(values, mapped, turn.item, self.results)
            return self.work.do(job, spec, key, given, keep=True, turn=turn)
        except StudioError as error:
            self._report(job, error, turn.item)
            return None

    def _join(self, job: Job, spec: NodeSpec, total: Done, keys: list[str]) -> None:
        """Put the calls of a mapped node together."""
        if "" in keys:
            self.failed.add(job.id)
        if keys and not any(keys):
            self.blocked.add(job.id)
            return
        whole = "" not in keys
        if spec.effect:
            if whole:
                self.work.sign(job, total)
        else:
            keep = whole and job.id in self.plan.keep
            outputs = lists.list_of(spec, keys)
            total = self.work.join(job, spec, total, outputs, keep=keep, whole=whole)
        self.ran.add(job.id)
        self.work.say(self._finished(job, total), stored=total.stored, seconds=total.seconds)

    def _fail(self, job: Job, error: StudioError) -> None:
        self.failed.add(job.id)
        self.blocked.add(job.id)
        self._report(job, error, -1)

    def _report(self, job: Job, error: StudioError, item: int) -> None:
        self.work.say(failure(self.request.run, job.id, job.title, error, item))
