"""The computing process: ``python -m studio.compute.worker``, started by `studio.engine.client`.

Three threads: this one reads requests, one computes, one reads cancellations; a fourth says that
the process lives. When the front end is gone, its end of the pipes closes and the process ends.
torch is imported when a node needs it, and not before.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import sys
import threading
import time
from typing import IO

from studio.compute.bench import Bench
from studio.core.errors import StudioError
from studio.engine.events import (
    Event,
    Heartbeat,
    RunFinished,
    RunRequest,
    issue_data,
)
from studio.engine.messages import Message
from studio.engine.protocol import Configure, Fetch, FrameError, Free, Reader, Specs, Writer
from studio.engine.runtime import Token
from studio.logs import set_up

HEARTBEAT_SECONDS = 1.0
END_SECONDS = 3.0
"""How long a run may take to stop when the front end is gone."""

log = logging.getLogger(__name__)


class Worker:
    """Serves one front end.

    Args:
        requests: Where requests come from.
        events: Where events go.
        cancellations: Lines with the ids of runs that shall stop.
    """

    def __init__(
        self, requests: IO[bytes], events: IO[bytes], cancellations: IO[bytes] | None = None
    ) -> None:
        self._reader = Reader(requests)
        self._writer = Writer(events)
        self._cancellations = cancellations
        self._runs: queue.SimpleQueue[RunRequest | Fetch | None] = queue.SimpleQueue()
        self._token = Token()
        self._run = ""
        self._cancelled: set[str] = set()
        self._guard = threading.Lock()

    def serve(self) -> None:
        """Serve until the front end closes its end."""
        first = self._reader.read()
        if not isinstance(first, Configure):
            return
        set_up(first.paths.logs, "worker", verbose=True)
        self._bench = Bench(first, self.emit)
        self.emit(self._bench.ready())
        computing = threading.Thread(target=self._compute, name="compute", daemon=True)
        computing.start()
        for work in (self._beat, self._listen_for_cancellations):
            threading.Thread(target=work, daemon=True).start()
        try:
            for message in self._reader:
                self._take(message)
        except FrameError:
            log.exception("the front end sent something that cannot be read")
        self._token.cancel()
        self._runs.put(None)
        computing.join(END_SECONDS)

    def emit(self, event: Event) -> None:
        """Send an event; without a front end there is nothing left to do."""
        try:
            self._writer.send(event)
        except (OSError, ValueError):
            os._exit(0)

    def _take(self, message: Message) -> None:
        match message:
            case RunRequest():
                self._runs.put(message)
            case Fetch() if (found := self._bench.fetched(message)) is not None:
                self.emit(found)
            case Fetch():
                self._runs.put(message)
            case Free():
                self._bench.free()
            case Specs():
                self.emit(self._bench.ready())
            case _:
                log.warning("%s is no request", type(message).__name__)

    def _compute(self) -> None:
        while (message := self._runs.get()) is not None:
            if isinstance(message, Fetch):
                self.emit(self._bench.stored(message))
            else:
                self._do(message)
        self._bench.close()

    def _do(self, request: RunRequest) -> None:
        with self._guard:
            self._run, self._token = request.run, Token()
            if request.run in self._cancelled:
                self._token.cancel()
        try:
            self._bench.run(request, self._token)
        except Exception as error:
            # A mistake of this program, not of a node; the process goes on with the next run.
            log.exception("the run %s broke", request.run)
            text = f"{type(error).__name__}: {error}"
            issue = issue_data(StudioError(text, fix="see the log and report it").as_issue())
            self.emit(RunFinished(request.run, "failed", issues=(issue,)))
        finally:
            with self._guard:
                self._run = ""

    def _listen_for_cancellations(self) -> None:
        for line in self._cancellations or ():
            run = line.decode("utf-8", "replace").strip()
            with self._guard:
                self._cancelled.add(run)
                if run == self._run:
                    self._token.cancel()

    def _beat(self) -> None:
        while True:
            self.emit(Heartbeat(self._run, self._bench.memory()))
            if not self._run:
                self._bench.yield_device()
            time.sleep(HEARTBEAT_SECONDS)


def main() -> None:
    """Serve over standard input and output; the argument names the pipe of cancellations."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the front end
    requests, events = sys.stdin.buffer, _private_output()
    worker = Worker(requests, events, os.fdopen(_cancel_pipe(sys.argv[1]), "rb"))
    worker.serve()
    logging.shutdown()
    os._exit(0)  # a run that did not stop in time does not keep the process alive


def _private_output() -> IO[bytes]:
    """Keep standard output for events, and send what anything prints to standard error."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "wb")


def _cancel_pipe(handle: str) -> int:
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.open_osfhandle(int(handle), os.O_RDONLY)
    return int(handle)


if __name__ == "__main__":
    main()
