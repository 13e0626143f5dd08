"""A front end without a window: plans a run, does it here or in a worker, and reports it."""

from __future__ import annotations

import queue
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from studio.cli.report import Reporter
from studio.cli.setup import builtin_registry, settings
from studio.compute.device import policy_signature
from studio.core.registry import Registry
from studio.core.widgets import FileRef
from studio.engine.db import Database
from studio.engine.events import Event, RunFinished, RunRequest
from studio.engine.host import Host, open_host
from studio.engine.queue import RunQueue
from studio.engine.records import Policies
from studio.engine.runtime import Token
from studio.paths import Paths, find_paths, with_cache
from studio.roots import Roots, roots
from studio.settings import MEBIBYTE, Settings

if TYPE_CHECKING:
    from studio.core.graph import Graph
    from studio.engine.plan import Plan

WAIT_SECONDS = 0.2


@dataclass(frozen=True)
class FrontEnd:
    """What the commands that run graphs share.

    Attributes:
        paths: The installation.
        settings: The user's.
        registry: Built-in node types.
        host: The store, and what runs need that compute nothing.
        database: Holds the queue; in memory where the store is not used.
    """

    paths: Paths
    settings: Settings
    registry: Registry
    host: Host
    database: Database

    @property
    def queue(self) -> RunQueue:
        """The runs that wait."""
        return RunQueue(self.database)

    def places(self, request: RunRequest) -> Roots:
        """Return the folders that the graph of a run may name files in."""
        locate = self.host.fingerprints.having
        return roots(self.paths, self.settings, request.base, request.granted, locate)

    def plan(self, graph: Graph, request: RunRequest) -> Plan:
        """Make the plan of a run, with the numeric policy that a worker resolved before."""
        return self._host(request).plan(graph, request)

    def _host(self, request: RunRequest) -> Host:
        known = Policies(self.database).get(policy_signature(self.settings, request.device))
        return replace(self.host, policy=known)

    def perform(self, request: RunRequest, plan: Plan, reporter: Reporter) -> RunFinished:
        """Do one run, here if only effects remain, else in a worker; Ctrl-C cancels it."""
        host = self._host(request)
        if plan.light(host.cache):
            from studio.engine.run import DeviceNeededError, execute

            token = Token()
            with _interrupts(token.cancel), suppress(DeviceNeededError):
                return execute(host, plan, request, reporter.tell, token)
        return self._in_worker(request, reporter)

    def _in_worker(self, request: RunRequest, reporter: Reporter) -> RunFinished:
        from studio.engine.client import WorkerEngine
        from studio.engine.protocol import Configure

        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        configure = replace(Configure.of(self.paths), store=request.use_store)
        engine = WorkerEngine(configure, events.put)
        try:
            with _interrupts(lambda: engine.cancel(request.run)):
                engine.submit(request)
                for event in _received(events, self.queue):
                    reporter.tell(event)
                    if isinstance(event, RunFinished) and event.run == request.run:
                        return event
        finally:
            engine.close()
        raise AssertionError("events never end before their run")


def _received(events: queue.SimpleQueue[Event], runs: RunQueue) -> Iterator[Event]:
    """Go through events as they come; wakes up often enough for Ctrl-C and the lease."""
    while True:
        runs.renew()
        try:
            yield events.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            continue


@contextmanager
def _interrupts(cancel: Callable[[], None]) -> Iterator[None]:
    """Cancel at the first Ctrl-C; the second one ends the program."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        cancel()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def open_front(*, use_store: bool = True) -> FrontEnd:
    """Return the front end of this user.

    Args:
        use_store: Whether results, digests of files and the queue are read and kept.
    """
    paths = find_paths()
    chosen = settings(paths)
    paths = with_cache(paths, chosen.cache)
    registry = builtin_registry()

    def resolve(ref: FileRef, request: RunRequest) -> Path:
        locate = host.fingerprints.having
        return roots(paths, chosen, request.base, request.granted, locate).resolve(ref)

    limit, budget = chosen.store_mb * MEBIBYTE, chosen.ram_mb * MEBIBYTE
    folder = paths.store if use_store else None
    host = open_host(folder, registry, resolve, limit=limit, budget=budget)
    store = host.cache.store
    return FrontEnd(paths, chosen, registry, host, store.database if store else Database(None))
