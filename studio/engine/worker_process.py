"""One computing process, seen from outside: started by name, spoken to over pipes.

Frames go over standard input and output. What the process prints, or says when it crashes, goes to
the log, and its last lines are kept. A second pipe carries cancellations, so that they never wait
behind anything else.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import studio
from studio.engine.messages import Message
from studio.engine.protocol import Reader, Writer

log = logging.getLogger("studio.worker")

MODULE = "studio.compute.worker"
LOG_LINES = 50
PATIENCE = 5.0
"""Seconds that a process may take to end by itself."""

ENVIRONMENT = {
    # libgomp otherwise spins while it waits, and takes the cores of the window.
    "OMP_WAIT_POLICY": "PASSIVE",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "PYTHONFAULTHANDLER": "1",
    "PYTHONUTF8": "1",
}


class WorkerProcess:
    """A computing process that has just been started."""

    def __init__(self) -> None:
        source, self._cancel = os.pipe()
        try:
            self._process = _started(source)
        finally:
            os.close(source)
        self._input = _pipe(self._process.stdin)
        self._output = _pipe(self._process.stdout)
        self._errors = _pipe(self._process.stderr)
        self._writer = Writer(self._input)
        self.reader = Reader(self._output)
        self._tail: deque[str] = deque(maxlen=LOG_LINES)
        self._log = threading.Thread(target=self._keep_log, name="worker log", daemon=True)
        self._log.start()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def send(self, message: Message) -> None:
        """Send a request; a process that is gone takes none, which its reader will notice."""
        with suppress(OSError, ValueError):
            self._writer.send(message)

    def cancel(self, run: str) -> None:
        """Ask the process to stop a run."""
        with suppress(OSError):
            os.write(self._cancel, f"{run}\n".encode())

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()

    def ask_to_end(self) -> None:
        """Close its input, upon which the process ends by itself."""
        with suppress(OSError, ValueError):
            self._input.close()

    def wait(self) -> int:
        """Wait until the process is gone, with force if need be, and return its exit code."""
        try:
            code = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        self._log.join(PATIENCE)
        return code

    def tail(self) -> tuple[str, ...]:
        """Return the last lines of its log."""
        return tuple(self._tail)

    def release(self) -> None:
        """Close the pipes of a process that is gone."""
        self.ask_to_end()
        self._output.close()
        self._errors.close()
        with suppress(OSError):
            os.close(self._cancel)

    def _keep_log(self) -> None:
        for line in self._errors:
            text = line.decode("utf-8", "replace").rstrip()
            self._tail.append(text)
            log.info("%s", text)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # all three are pipes
    return stream


def _started(cancel: int) -> subprocess.Popen[bytes]:
    """Start the process; without the working folder among the places that modules come from."""
    handle, options = _inherited(cancel)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", MODULE, str(handle)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        **options,
    )


def _environment() -> dict[str, str]:
    root = str(Path(studio.__file__).resolve().parent.parent)
    places = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, **ENVIRONMENT, "PYTHONPATH": os.pathsep.join(places)}


def _inherited(fd: int) -> tuple[int, dict[str, Any]]:
    """Return what the child knows a pipe by, and the options that hand it over.

    The child is in a session of its own, so that Ctrl-C reaches the front end alone.
    """
    if sys.platform == "win32":
        import msvcrt

        handle = msvcrt.get_osfhandle(fd)
        os.set_handle_inheritable(handle, True)
        startup = subprocess.STARTUPINFO()
        startup.lpAttributeList = {"handle_list": [handle]}
        group = subprocess.CREATE_NEW_PROCESS_GROUP
        return handle, {"startupinfo": startup, "creationflags": group}
    return fd, {"pass_fds": (fd,), "start_new_session": True}
