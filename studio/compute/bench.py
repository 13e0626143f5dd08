"""What a computing process works with: node types, store, device, pool; and how a run is done."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import nodes
from studio.compute import memory
from studio.compute.codec import torch_codec
from studio.compute.context import DeviceRuntime
from studio.compute.device import Device, choose, policy_signature
from studio.compute.lock import DeviceLock
from studio.compute.pool import Pool, default_budget, load_network
from studio.core.errors import Cancelled, StudioError
from studio.core.registry import Registry
from studio.core.spec import NodeSpec
from studio.core.widgets import FileRef
from studio.engine.events import (
    Emit,
    PoolChanged,
    RunFinished,
    RunQueued,
    RunRequest,
    WorkerReady,
    issue_data,
)
from studio.engine.host import Host, open_host
from studio.engine.protocol import Configure, Fetch, Fetched, Place
from studio.engine.records import Policies
from studio.engine.run import run
from studio.engine.runtime import Token
from studio.engine.store import Store
from studio.roots import roots
from studio.settings import MEBIBYTE, Settings, read_settings


class Bench:
    """The work bench of one process.

    Args:
        configure: What the front end says.
        emit: Takes events.
    """

    def __init__(self, configure: Configure, emit: Emit) -> None:
        self._emit = emit
        self._paths = configure.paths
        self._packs = configure.packs
        self._store = self._paths.store if configure.store else None
        self._base = _with(read_settings(self._paths.settings)[0], configure.settings)
        self.settings = self._base
        self.registry = Registry()
        self.registry.scan(nodes)
        builtin = set(self.registry.specs)
        self._scan_packs()
        self.pack_specs: list[NodeSpec] = [
            spec for name, spec in self.registry.specs.items() if name not in builtin
        ]
        self.device = choose(self.settings)
        _set_threads(self.device.threads)
        self._runtime: DeviceRuntime | None = None
        self._host = self._opened()
        self._note_policy("")

    def ready(self) -> WorkerReady:
        """Say what this process is."""
        specs = tuple(spec.as_data() for spec in self.pack_specs)
        failures = tuple(f"{item.module}: {item.text}" for item in self.registry.failures)
        device = self.device
        budget = default_budget(device, self.settings.pool_mb)
        return WorkerReady(os.getpid(), device.name, device.policy, specs, failures, budget)

    # --- Runs ---

    def run(self, request: RunRequest, token: Token) -> None:
        """Do one run, with the device for itself."""
        try:
            runtime = self._runtime_for(request)
            host = replace(self._host, runtime=runtime, policy=runtime.policy)
            with self._device(request, token):
                run(host, request, self._emit, token)
        except Cancelled:
            self._emit(RunFinished(request.run, "cancelled"))
        except StudioError as error:
            issue = issue_data(error.as_issue())
            self._emit(RunFinished(request.run, "failed", issues=(issue,)))

    @contextmanager
    def _device(self, request: RunRequest, token: Token) -> Iterator[None]:
        def waiting(pid: int) -> None:
            name = self.device.name
            self._emit(RunQueued(request.run, reason=f"process {pid} has the device {name}"))

        with self._lock().hold(token, waiting):
            yield

    def _lock(self) -> DeviceLock:
        name = self.device.name.replace(":", "-")
        return DeviceLock(self._paths.cache / f"{name}.lock")

    # --- Values ---

    def fetched(self, wanted: Fetch) -> Fetched | None:
        """Say where a value lies, or nothing when only memory may have it."""
        store = self._host.cache.store
        if store is None or store.row(wanted.key) is None:
            return None
        return _found(store, wanted)

    def stored(self, wanted: Fetch) -> Fetched:
        """Store a value that is in memory alone, and say where it lies."""
        store = self._host.cache.store
        outputs = self._host.cache.get(wanted.key)
        if store is None or outputs is None:
            return Fetched(wanted.key, wanted.output, held=False)
        if store.row(wanted.key) is None:
            store.put(wanted.key, outputs, kind="")
            store.flush()
        return _found(store, wanted)

    # --- The device ---

    def free(self) -> None:
        """Let go of the networks that are not in use."""
        if self._runtime:
            self._runtime.pool.free()

    def yield_device(self) -> None:
        """Let go of the networks when another process used the device last; for idle times."""
        lock = self._lock()
        if self._runtime and self._runtime.pool.bytes and lock.last() != os.getpid():
            self._runtime.pool.free()

    def memory(self) -> int:
        """Return the bytes of memory that this process holds."""
        return memory.resident()

    def close(self) -> None:
        """Write what waits and let go of everything."""
        self._host.close()

    def _runtime_for(self, request: RunRequest) -> DeviceRuntime:
        """Return the runtime of the device that a run asks for."""
        asked = _with(self._base, request.settings)
        device = choose(asked, request.device)
        if self._runtime is None or device != self.device or asked != self.settings:
            self.free()
            self.device, self.settings = device, asked
            _set_threads(device.threads)
            self._runtime = self._made(device)
        self._note_policy(request.device)
        return self._runtime

    def _made(self, device: Device) -> DeviceRuntime:
        budget = default_budget(device, self.settings.pool_mb)
        pool = Pool(device, budget, load_network, lambda: self._tell(pool))
        return DeviceRuntime(pool, self.settings.activation_mb * MEBIBYTE)

    def _tell(self, pool: Pool) -> None:
        self._emit(PoolChanged(pool.bytes, pool.budget, pool.networks))

    def _note_policy(self, asked: str) -> None:
        """Write the numeric policy where front ends find it without torch."""
        if self._host.cache.store:
            signature = policy_signature(self.settings, asked)
            Policies(self._host.cache.store.database).put(signature, self.device.policy)

    # --- Set-up ---

    def _opened(self) -> Host:
        def resolve(ref: FileRef, request: RunRequest) -> Path:
            locate = self._host.fingerprints.having
            given = (request.base, request.granted, locate)
            return roots(self._paths, self.settings, *given).resolve(ref)

        return open_host(
            self._store,
            self.registry,
            resolve,
            codec=torch_codec(),
            limit=self.settings.store_mb * MEBIBYTE,
            budget=self.settings.ram_mb * MEBIBYTE,
        )

    def _scan_packs(self) -> None:
        """Take in third-party packs, which runs their code; nowhere but here."""
        if self._packs:
            self.registry.scan_entry_points()
            self.registry.scan_folder(self._paths.data / "nodes")


def _with(settings: Settings, said: Mapping[str, Any]) -> Settings:
    """Return settings with some values changed; names that there are not are left out."""
    known = {item.name for item in fields(Settings)} - {"models", "unknown"}
    return replace(settings, **{name: said[name] for name in known & said.keys()})


def _set_threads(threads: int) -> None:
    """Fix the number of threads; libraries read these when they are loaded, so before torch."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)


def _found(store: Store, wanted: Fetch) -> Fetched:
    made = partial(Fetched, wanted.key, wanted.output, held=True)
    return made(
        places=tuple(
            Place(str(item.path), item.offset, item.dtype, item.shape)
            for item in store.locate(wanted.key, wanted.output)
        )
    )
