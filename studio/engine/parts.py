"""Parts: repeated work inside nodes (a face, a tile, a frame), stored on its own.

So one changed face redraws one face. A part is named by the node type, its version, the parameters,
the content of the values, and the numeric policy.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from blake3 import blake3

from studio.core.context import Progress
from studio.engine.cache import Cache
from studio.engine.codec import Codec
from studio.engine.runtime import Call
from studio.engine.sources import DIGEST_BYTES, digest_of

T = TypeVar("T")

_NAME = "part"


class StoredParts:
    """Parts in the cache, and with a store on disk.

    Args:
        cache: Holds them.
        codec: Takes values apart, to name them by their content.
        policy: The numeric policy.
    """

    def __init__(self, cache: Cache, codec: Codec, policy: str) -> None:
        self._cache = cache
        self._codec = codec
        self._policy = policy

    def part(
        self,
        call: Call,
        name: str,
        parameters: Mapping[str, Any],
        values: Iterable[Any],
        make: Callable[[], Generator[Progress, None, T]],
    ) -> Generator[Progress, None, T]:
        """Return a stored part, or make and store it.

        Where memory was short, one that was made before that serves as well; a new one may have
        other bits, so its key says how it was made.
        """
        content = [content_digest(value, self._codec) for value in values]
        named = [_NAME, call.type, call.version, name, dict(parameters), content, self._policy]
        key = digest_of(named)
        held = self._cache.get(key)
        if held is None and call.rung:
            key = digest_of([key, call.rung])
            held = self._cache.get(key)
        if held is None:
            started = time.monotonic()
            made = yield from make()
            held = {_NAME: made}
            self._cache.keep(key, held)
            if self._cache.store:
                self._cache.store.put(
                    key, held, kind=f"{call.type}/{name}", seconds=time.monotonic() - started
                )
        result: T = held[_NAME]
        return result

    def folder(self, key: str) -> Path:
        """Return the folder of a result's own files, which may not be there yet."""
        return self._cache.folder(key)


def content_digest(value: Any, codec: Codec) -> str:
    """Return a digest of what a value holds, whatever made it."""
    encoded = codec.encode(value)
    digest = blake3(json.dumps(encoded.header, sort_keys=True).encode())
    for buffer in encoded.buffers:
        digest.update(f"\n{buffer.dtype} {buffer.shape}\n".encode())
        digest.update(buffer.data)
    made: str = digest.hexdigest(DIGEST_BYTES)
    return made
