"""The engine's process as the window sees it: started, ended, restarted when it dies."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.core.spec import spec_from_data
from studio.engine import events
from studio.engine.client import Engine, Listen, died_error
from studio.ui.session.worker_info import WorkerInfo, WorkerStatus, device_text, precision_text

if TYPE_CHECKING:
    from studio.core.registry import Registry
    from studio.ui.messages import Messages

log = logging.getLogger(__name__)

COMPUTING = (
    "device", "threads", "activation_mb", "pool_mb", "ram_mb", "store_mb",
)  # fmt: skip
"""Settings that a computing process is started with."""


class WorkerLink(QObject):
    """The engine, made when it is first needed.

    Args:
        make: Makes an engine that reports to a listener.
        listen: Takes events, in any thread.
        registry: Node types; those of packs join.
        messages: What is said in passing.
    """

    changed = Signal()
    ready = Signal(object)
    """`WorkerReady`."""

    def __init__(
        self,
        make: Callable[[Listen], Engine],
        listen: Listen,
        registry: Registry,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.info = WorkerInfo()
        self.policy = ""
        self._make = make
        self._listen = listen
        self._registry = registry
        self._messages = messages
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._was_ready = False
        self._works = False
        self._closed = False

    # --- In threads of the background ---

    def engine(self) -> Engine:
        """Return the engine."""
        with self._lock:
            if self._engine is None:
                self._engine = self._make(self._listen)
            return self._engine

    def wake(self) -> None:
        """Start the process, so that it is ready when the first run comes."""
        if not self._closed:
            self.engine().specs()

    def renew(self) -> None:
        """End the process and start another one."""
        with self._lock:
            old, self._engine = self._engine, None
        if old:
            old.close()
        self.wake()

    def revive(self) -> None:
        """Start a process after one died, unless it never came to life."""
        if self._was_ready:
            self._was_ready = False
            self.wake()

    def close(self) -> None:
        """End the process."""
        self._closed = True
        with self._lock:
            old, self._engine = self._engine, None
        if old:
            old.close()

    # --- In the window's thread ---

    def expect(self, policy: str) -> None:
        """Take in the policy that the process will have, as far as that is known before."""
        if policy and not self.policy:
            self.policy = policy

    def restarting(self) -> None:
        """Say that the process is on its way."""
        self._set(replace(self.info, status="starting", pid=0, memory=0, networks=0, names=()))

    def busy(self, on: bool) -> None:
        """Say whether a run is at work; a process that still starts says so once it is ready."""
        self._works = on
        if self.info.status in ("idle", "busy"):
            self._set(replace(self.info, status="busy" if on else "idle"))

    def take(self, event: events.Event) -> None:
        """Take in an event."""
        match event:
            case events.WorkerReady():
                self._ready(event)
            case events.Heartbeat():
                self._set(replace(self.info, memory=event.memory))
            case events.PoolChanged():
                sizes = replace(self.info, networks=event.bytes, budget=event.budget)
                self._set(replace(sizes, names=event.networks))
            case events.WorkerDied():
                self._died(event)

    def _ready(self, event: events.WorkerReady) -> None:
        self._was_ready = True
        status: WorkerStatus = "busy" if self._works else "idle"
        device = device_text(event.device, event.policy)
        precision = precision_text(event.policy)
        self.policy = event.policy
        self._join(event)
        budget = event.budget or self.info.budget
        info = replace(self.info, status=status, device=device, precision=precision)
        self._set(replace(info, pid=event.pid, budget=budget))
        self.ready.emit(event)

    def _join(self, event: events.WorkerReady) -> None:
        """Take in the node types of packs."""
        for data in event.specs:
            spec = spec_from_data(dict(data))
            if self._registry.spec(spec.id) is None:
                self._registry.add(spec)
        for failure in event.failures:
            log.warning("%s", failure)

    def _died(self, event: events.WorkerDied) -> None:
        error = died_error(event)
        self._set(replace(self.info, status="dead", pid=0, memory=0, networks=0, names=()))
        self._messages.say(f"{error.text[:1].upper()}{error.text[1:]}; {error.fix}", "error")

    def _set(self, info: WorkerInfo) -> None:
        if info != self.info:
            self.info = info
            self.changed.emit()
