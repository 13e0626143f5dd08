"""The graph as the pictures of a run carry it: with the files that belong to it inside."""

from __future__ import annotations

from functools import cached_property

from studio.core import assets
from studio.core.document import read, write
from studio.core.errors import StudioError
from studio.core.widgets import FileRef
from studio.engine.events import RunRequest
from studio.engine.host import Host


class Carried:
    """What the pictures of one run carry; it is put together when the first one asks.

    Args:
        host: Finds the files.
        request: The run.
    """

    def __init__(self, host: Host, request: RunRequest) -> None:
        self._host = host
        self._request = request

    @property
    def text(self) -> str:
        """The graph as a saved file, with its assets."""
        return self._made[0]

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of the assets that are too large to be carried, or are gone."""
        return self._made[1]

    def sha256(self, file: str) -> str:
        """Return the SHA-256 of a file that the graph names, as far as it is known; else empty."""
        try:
            path = self._host.resolve(FileRef(file), self._request)
        except StudioError:
            return ""
        return self._host.fingerprints.sha256(path)

    @cached_property
    def _made(self) -> tuple[str, tuple[str, ...]]:
        if assets.ENDING not in self._request.graph:
            return self._request.graph, ()
        whole, left = assets.embedded(read(self._request.graph), self._content)
        return write(whole), left

    def _content(self, path: str) -> bytes | None:
        try:
            file = self._host.resolve(FileRef(path), self._request)
            return file.read_bytes() if file.stat().st_size <= assets.MOST_BYTES else None
        except (StudioError, OSError):
            return None
