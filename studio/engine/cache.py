"""Results in memory, counted in bytes, over those on disk.

What was used least recently leaves first. Values are immutable, so whoever holds one keeps it.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from studio.core.values import Value
from studio.engine.named_files import Stamps, stamps_of, still, unchanged
from studio.engine.store import Store

DEFAULT_BUDGET = 2_000_000_000
SMALL = 64
"""Bytes counted for whatever holds no array; the order of magnitude is enough."""


class Cache:
    """Results by key.

    Args:
        budget: Bytes that it may hold.
        store: Results on disk; ``None``: memory alone.
    """

    def __init__(self, budget: int = DEFAULT_BUDGET, store: Store | None = None) -> None:
        self.budget = budget
        self.store = store
        self.bytes = 0
        self._held: OrderedDict[str, tuple[dict[str, Any], int, Stamps]] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        """Say whether a result is in memory."""
        return key in self._held

    def __len__(self) -> int:
        """Return how many results are in memory."""
        return len(self._held)

    def held(self, keys: Iterable[str]) -> set[str]:
        """Return those of these keys that have results, in memory or on disk."""
        wanted = set(keys)
        found = wanted & self._held.keys()
        return found | self.store.held(wanted - found) if self.store else found

    def usable(self, keys: Iterable[str]) -> set[str]:
        """Return those of these keys that have results, and name no file that has changed."""
        wanted = set(keys)
        here = wanted & self._held.keys()
        found = {key for key in here if still(self._held[key][2])}
        return found | self.store.usable(wanted - here) if self.store else found

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the outputs of a result by name, each with its key, or ``None``.

        One that names files that are no longer what they were is none.
        """
        if key in self._held:
            self._held.move_to_end(key)
            outputs, _, stamps = self._held[key]
            if unchanged(outputs.values(), stamps):
                return outputs
            self._drop(key)
        stored = self.store.get(key) if self.store else None
        if stored is None:
            return None
        outputs = with_keys(key, stored)
        self.keep(key, outputs)
        return outputs

    def keep(self, key: str, outputs: Mapping[str, Any]) -> int:
        """Hold a result in memory, if it fits at all, and return its bytes."""
        size = sum(map(size_of, outputs.values()))
        stamps = stamps_of(outputs.values())
        self._drop(key)
        if size <= self.budget and stamps is not None:
            self._held[key] = (dict(outputs), size, stamps)
            self.bytes += size
        while self.bytes > self.budget:
            self._drop(next(iter(self._held)))
        return size

    def keep_on_disk(self, key: str, kind: str) -> None:
        """Store a result that cost so little that only the memory has it.

        Args:
            key: Names it.
            kind: Node type that made it.
        """
        if self.store and key in self._held and not self.store.held([key]):
            self.store.put(key, self._held[key][0], kind=kind)

    def folder(self, key: str) -> Path:
        """Return the folder of a result's own files: in the store, else for as long as this."""
        return self.store.folder(key) if self.store else self._scratch / key

    @cached_property
    def _scratch(self) -> Path:
        made = Path(tempfile.mkdtemp(prefix="wirebrush-"))
        weakref.finalize(self, shutil.rmtree, made, ignore_errors=True)
        return made

    def remove(self, keys: Iterable[str]) -> None:
        """Forget results, also those on disk."""
        gone = list(keys)
        for key in gone:
            self._drop(key)
        if self.store:
            self.store.remove(gone)

    def clear(self) -> None:
        """Forget what is in memory."""
        self._held.clear()
        self.bytes = 0

    def _drop(self, key: str) -> None:
        self.bytes -= self._held.pop(key, ({}, 0, {}))[1]


def size_of(value: Any) -> int:
    """Return about how many bytes of memory a value takes."""
    total = 0
    waiting = [value]
    while waiting:
        item = waiting.pop()
        size = getattr(item, "nbytes", None)
        if isinstance(size, int):
            total += size
        elif isinstance(item, str | bytes):
            total += SMALL + len(item)
        elif isinstance(item, tuple | list):
            waiting.extend(item)
        elif is_dataclass(item):
            waiting.extend(getattr(item, entry.name) for entry in fields(item))
        total += SMALL
    return total


def with_keys(key: str, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return outputs whose values know the key that names them: that of the result and a name."""
    return {
        name: replace(value, key=f"{key}.{name}") if isinstance(value, Value) else value
        for name, value in outputs.items()
    }
