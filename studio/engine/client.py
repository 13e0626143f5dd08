"""The engine as a front end sees it, and the one that lives in a process of its own.

The computing process is disposable: when it dies, the run that it was at fails and says why, the
next run starts a new process, and what was finished is reused from the store. It is started by
name and never imported, so nothing here loads torch.
"""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from studio.core.errors import WorkerDiedError
from studio.engine.events import (
    Event,
    RunFinished,
    RunQueued,
    RunRequest,
    WorkerDied,
    issue_data,
)
from studio.engine.protocol import Configure, Fetch, FrameError, Free, Specs
from studio.engine.worker_process import WorkerProcess

HANG_SECONDS = 60.0
"""A process that says nothing for so long, not even that it lives, is ended."""
LOOKS = 10
"""How often a process is looked after in that time."""
LINE = 1000
"""Characters of a log line that are said when a process died; sentences with paths are long."""

Listen = Callable[[Event], None]
"""Takes events; called in a thread of the engine."""


class Engine(Protocol):
    """Does runs, one after the other, and reports them to its listener."""

    def submit(self, request: RunRequest) -> None:
        """Put a run at the end of the line."""

    def cancel(self, run: str) -> None:
        """Stop a run within one step, or take it out of the line."""

    def fetch(self, key: str, output: str) -> None:
        """Ask where a value lies; `Fetched` answers."""

    def free(self) -> None:
        """Let go of the networks that are not in use."""

    def specs(self) -> None:
        """Ask for the node types of packs; `WorkerReady` answers."""

    def close(self) -> None:
        """End everything; a run on its way is cancelled."""


class WorkerEngine:
    """Runs in a computing process that is started when it is first needed.

    Args:
        configure: What the process needs to know.
        listen: Takes events.
        hang_seconds: A process that says nothing for so long is ended.
    """

    def __init__(
        self, configure: Configure, listen: Listen, *, hang_seconds: float = HANG_SECONDS
    ) -> None:
        self._configure = configure
        self._listen = listen
        self._hang_seconds = hang_seconds
        self._lock = threading.RLock()
        self._process: WorkerProcess | None = None
        self._active: RunRequest | None = None
        self._waiting: deque[RunRequest] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def pid(self) -> int:
        """Number of the computing process; 0 when there is none."""
        with self._lock:
            return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start the process now, so that it is ready when the first run comes."""
        with self._lock:
            self._started()

    def submit(self, request: RunRequest) -> None:
        """Put a run at the end of the line."""
        with self._lock:
            if request.live:
                self._replace(request)
            self._waiting.append(request)
            ahead = len(self._waiting) - (self._active is None)
            if ahead:
                self._listen(RunQueued(request.run, ahead))
            self._next()

    def _replace(self, newer: RunRequest) -> None:
        """Cancel older runs of live mode of the same source; other runs never vanish."""
        active = [self._active] if self._active else []
        for older in [*self._waiting, *active]:
            if older.live and older.source and older.source == newer.source:
                self.cancel(older.run)

    def cancel(self, run: str) -> None:
        """Stop a run within one step, or take it out of the line."""
        with self._lock:
            waiting = [request for request in self._waiting if request.run == run]
            for request in waiting:
                self._waiting.remove(request)
                self._listen(RunFinished(run, "cancelled"))
            if self._process and self._active and self._active.run == run:
                self._process.cancel(run)

    def fetch(self, key: str, output: str) -> None:
        """Ask where a value lies; `Fetched` answers."""
        with self._lock:
            self._started().send(Fetch(key, output))

    def free(self) -> None:
        """Let go of the networks that are not in use."""
        with self._lock:
            if self._process:
                self._process.send(Free())

    def specs(self) -> None:
        """Ask for the node types of packs; `WorkerReady` answers."""
        with self._lock:
            self._started().send(Specs())

    def close(self) -> None:
        """End everything; a run on its way is cancelled."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
            process, active = self._process, self._active
        if process:
            if active:
                process.cancel(active.run)
            process.ask_to_end()
            process.wait()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join()

    def _started(self) -> WorkerProcess:
        if self._process is None:
            process = WorkerProcess()
            self._process = process
            watched = _Watched(process, self._hang_seconds)
            self._thread = threading.Thread(
                target=self._follow, args=(watched,), name="worker events", daemon=True
            )
            self._thread.start()
            process.send(self._configure)
        return self._process

    def _next(self) -> None:
        """Give the process the next run, if it has none."""
        if self._active is None and self._waiting and not self._closed:
            self._active = self._waiting.popleft()
            self._started().send(self._active)

    def _follow(self, watched: _Watched) -> None:
        """Pass on what a process says until it is gone."""
        broken = ""
        try:
            for message in watched.process.reader:
                watched.heard()
                if isinstance(message, Event):
                    self._tell(message)
        except (FrameError, OSError, ValueError) as error:
            broken = str(error)
            watched.process.kill()
        watched.stop()
        code = watched.process.wait()
        self._gone(watched, code, broken)

    def _tell(self, event: Event) -> None:
        self._listen(event)
        if isinstance(event, RunFinished):
            with self._lock:
                if self._active and self._active.run == event.run:
                    self._active = None
                    self._next()

    def _gone(self, watched: _Watched, code: int, broken: str) -> None:
        """Report a death, fail the run that was at work, and go on with the next one."""
        lines = watched.process.tail() + ((broken,) if broken else ())
        with self._lock:
            watched.process.release()
            self._process = None
            run, self._active = self._active, None
            if self._closed:
                if run:
                    self._listen(RunFinished(run.run, "cancelled"))
                return
            died = WorkerDied(None if watched.hung else code, run.run if run else "", lines)
            self._listen(died)
            if run:
                error = died_error(died)
                issues = (issue_data(error.as_issue()),)
                self._listen(RunFinished(run.run, "failed", failed=1, issues=issues))
            self._next()


class _Watched:
    """Ends a process that hangs: one that is silent in so many looks on end.

    Looks are counted, not seconds, so that a machine that slept finds its processes alive.
    """

    def __init__(self, process: WorkerProcess, seconds: float) -> None:
        self.process = process
        self.hung = False
        self._seconds = seconds
        self._silent = 0
        self._over = threading.Event()
        threading.Thread(target=self._watch, name="worker watch", daemon=True).start()

    def heard(self) -> None:
        """Note that the process lives."""
        self._silent = 0

    def stop(self) -> None:
        """Watch no longer."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(self._seconds / LOOKS):
            self._silent += 1
            if self._silent > LOOKS:
                self.hung = True
                self.process.kill()
                return


def died_error(event: WorkerDied) -> WorkerDiedError:
    """Return the death of a worker as an error for people: the cause, and what to do."""
    last = next((line for line in reversed(event.log) if line.strip()), "")
    said = f"; the last it said was: {last[:LINE]}" if last else ""
    return WorkerDiedError(
        f"the computing process {_cause(event.exit)}{said}",
        fix="run again: finished nodes are kept; the log says more",
    )


def _cause(code: int | None) -> str:
    if code is None:
        return "did not answer any more and was ended"
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    hint = ", as systems do when memory runs out" if name == "SIGKILL" else ""
    return f"was ended by {name}{hint}"
