"""`LocalEngine`: everything in this process, for tests.

A run is done before `submit` returns; a listener may call `cancel` meanwhile.
"""

from __future__ import annotations

from studio.compute.bench import Bench
from studio.engine.client import Listen
from studio.engine.events import RunRequest
from studio.engine.protocol import Configure, Fetch
from studio.engine.runtime import Token


class LocalEngine:
    """An `Engine` without a process of its own.

    Args:
        configure: As for a worker.
        listen: Takes events.
    """

    def __init__(self, configure: Configure, listen: Listen) -> None:
        self._listen = listen
        self._tokens: dict[str, Token] = {}
        self.bench = Bench(configure, listen)

    def submit(self, request: RunRequest) -> None:
        """Do a run."""
        self.bench.run(request, self._token(request.run))
        self._tokens.pop(request.run, None)

    def cancel(self, run: str) -> None:
        """Stop a run within one step, or keep one from beginning."""
        self._token(run).cancel()

    def fetch(self, key: str, output: str) -> None:
        """Say where a value lies."""
        wanted = Fetch(key, output)
        self._listen(self.bench.fetched(wanted) or self.bench.stored(wanted))

    def free(self) -> None:
        """Let go of the networks that are not in use."""
        self.bench.free()

    def specs(self) -> None:
        """Tell the node types of packs."""
        self._listen(self.bench.ready())

    def close(self) -> None:
        """Let go of the store."""
        self.bench.close()

    def _token(self, run: str) -> Token:
        return self._tokens.setdefault(run, Token())
