"""The graph as the pictures of a run carry it: what belongs to it inside, other files by content.

A picture may end up anywhere, so the files that its graph reads are named by their digests too.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from studio.core import assets
from studio.core.document import read, write
from studio.core.errors import StudioError
from studio.core.widgets import FilePath, FileRef, ModelFile
from studio.engine.events import RunRequest
from studio.engine.host import Host
from studio.engine.known_files import with_digests


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
            path = self._find(FileRef(file))
        except StudioError:
            return ""
        return self._host.fingerprints.sha256(path)

    @cached_property
    def _made(self) -> tuple[str, tuple[str, ...]]:
        given = read(self._request.graph)
        files = (ModelFile, FilePath)
        known = self._host.fingerprints
        named = with_digests(given, self._host.registry, self._find, known, files)
        whole, left = assets.embedded(named, self._content)
        return (self._request.graph if whole is given else write(whole)), left

    def _find(self, ref: FileRef) -> Path:
        return self._host.resolve(ref, self._request)

    def _content(self, path: str) -> bytes | None:
        try:
            file = self._find(FileRef(path))
            return file.read_bytes() if file.stat().st_size <= assets.MOST_BYTES else None
        except (StudioError, OSError):
            return None
