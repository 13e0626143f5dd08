"""What one process has for its runs: node types, results, files, and perhaps a device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.core.widgets import FileRef
from studio.engine.cache import DEFAULT_BUDGET, Cache
from studio.engine.codec import Codec
from studio.engine.db import Database
from studio.engine.events import RunRequest
from studio.engine.fingerprint import Fingerprints
from studio.engine.keys import World
from studio.engine.leases import Leases
from studio.engine.plan import Plan, plan
from studio.engine.records import Costs, Receipts
from studio.engine.runtime import Runtime
from studio.engine.store import DEFAULT_LIMIT, Store

Resolve = Callable[[FileRef, RunRequest], Path]
"""Finds the file that a graph names, for a run that says where relative paths start from."""


@dataclass(frozen=True)
class Host:
    """Everything that runs share.

    Attributes:
        registry: Node types.
        cache: Results in memory, and below it those on disk.
        fingerprints: Content of files.
        resolve: Finds the file that a graph names.
        policy: Numeric policy; empty while it is not known.
        runtime: The device; ``None``: only effects can run.
        receipts: What effects wrote; ``None``: nobody remembers.
        costs: What nodes took; ``None``: nobody remembers.
        leases: Who computes what; ``None``: this process alone uses the store.
    """

    registry: Registry
    cache: Cache
    fingerprints: Fingerprints
    resolve: Resolve
    policy: str = ""
    runtime: Runtime | None = None
    receipts: Receipts | None = None
    costs: Costs | None = None
    leases: Leases | None = None

    def plan(self, graph: Graph, request: RunRequest) -> Plan:
        """Make the plan for a request.

        Raises:
            GraphError: A target does not exist, or the graph goes in a circle.
        """
        world = World(
            registry=self.registry,
            fingerprints=self.fingerprints,
            resolve=lambda ref: self.resolve(ref, request),
            policy=self.policy,
            held=self.cache.usable,
        )
        return plan(
            graph,
            world,
            self.cache,
            targets=request.targets,
            receipts=self.receipts,
            folder=output_folder(request),
            run=request.run,
        )

    def without_store(self) -> Host:
        """Return the same with an empty memory and no disk, for one run that shall forget."""
        empty = Cache(self.cache.budget)
        return replace(self, cache=empty, receipts=None, costs=None, leases=None)

    def close(self) -> None:
        """Write what waits, now and then clean up, and let go of the store."""
        if self.cache.store:
            self.cache.store.flush()
            self.cache.store.tidy()
            self.cache.store.database.close()


def output_folder(request: RunRequest) -> Path:
    """Return the folder that effects write under, absolute."""
    return Path(request.output).absolute()


def open_host(
    folder: Path | None,
    registry: Registry,
    resolve: Resolve,
    *,
    runtime: Runtime | None = None,
    policy: str = "",
    codec: Codec | None = None,
    limit: int = DEFAULT_LIMIT,
    budget: int = DEFAULT_BUDGET,
) -> Host:
    """Open the store of a folder and return what runs need.

    Args:
        folder: The store; ``None``: nothing outlives the process.
        registry: Node types.
        resolve: Finds the file that a graph names.
        runtime: The device; brings its policy.
        policy: Numeric policy that is known without a device.
        codec: Takes values apart; a process with torch brings one that knows it.
        limit: Bytes that the store may take on disk.
        budget: Bytes that results may take in memory.
    """
    if folder is None:
        return Host(registry, Cache(budget), Fingerprints(), resolve, policy, runtime)
    database = Database(folder)
    return Host(
        registry=registry,
        cache=Cache(budget, Store(database, codec, limit)),
        fingerprints=Fingerprints(database),
        resolve=resolve,
        policy=runtime.policy if runtime else policy,
        runtime=runtime,
        receipts=Receipts(database),
        costs=Costs(database),
        leases=Leases(database),
    )
