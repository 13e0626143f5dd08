"""The results that a run works with: what is alive, what is held, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.core.errors import HashMismatchError, MissingFileError, MissingInputError
from studio.core.sequences import item_at
from studio.core.values import Handle, Ref, Sequence, Value
from studio.engine.cache import Cache, with_keys
from studio.engine.keys import Job
from studio.engine.sources import made_in
from studio.facts.listing import digest_of

FAILED = Ref("")
"""Stands in a list for an item that could not be made."""


class GoneError(Exception):
    """An item of a list left the store, was damaged, or names files that are no longer the same.

    Attributes:
        key: Of the list.
    """

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Results:
    """Results of one run, over those that are held.

    A result lives as long as a planned node needs it, whatever the budget of the cache.

    Args:
        cache: Holds results.
        planned: Jobs that will run.
    """

    def __init__(self, cache: Cache, planned: Iterable[Job]) -> None:
        self._cache = cache
        self._alive: dict[str, dict[str, Any]] = {}
        self._members: dict[str, list[str]] = {}
        self._referred: dict[str, Value] = {}
        self._lost: set[str] = set()
        self._renamed: dict[str, str] = {}
        self._uses = Counter(made.key for job in planned for made in made_in(job.inputs.values()))

    def of(self, key: str) -> dict[str, Any] | None:
        """Return the outputs of a result, or ``None`` when it, or part of it, is missing."""
        if key in self._alive:
            return self._alive[key]
        outputs = self._cache.get(key)
        return outputs if outputs is not None and self._complete(outputs) else None

    def held(self, keys: Iterable[str]) -> bool:
        """Say whether there are results, as far as that is known without reading them."""
        wanted = set(keys) - self._alive.keys()
        return not wanted or (not wanted & self._lost and self._cache.held(wanted) >= wanted)

    def add(self, key: str, outputs: Mapping[str, Any], used: Mapping[str, Any]) -> dict[str, Any]:
        """Take in what a node returned and return it with its keys.

        Args:
            key: Names it.
            outputs: Values by the name of the output.
            used: Arguments of the node; what a patch refers to among them stays alive.
        """
        made = with_keys(key, outputs)
        self._lost.discard(key)
        if self._uses[key] > 0:
            self._alive[key] = made
        wanted = set(_refs(made))
        if wanted:
            given = {value.key: value for value in _values(used.values()) if value.key in wanted}
            self._referred.update(given)
        return made

    def hold(self, key: str, outputs: dict[str, Any], owner: str) -> None:
        """Keep the result of an item alive as long as its list, where no store has it."""
        self._alive[key] = outputs
        self._members.setdefault(owner, []).append(key)

    def expect(self, job: Job) -> None:
        """Note that a job runs that was not planned; `release` it afterwards."""
        self._uses.update(made.key for made in made_in(job.inputs.values()))

    def rename(self, planned: str, real: str) -> None:
        """Note that a result has another key than what needs it was planned with."""
        if self._renamed.get(planned) != real:
            self._renamed[planned] = real
            self._uses[real] += self._uses[planned]

    def forget(self, key: str) -> None:
        """Look a result up again the next time."""
        self._alive.pop(key, None)

    def release(self, job: Job) -> None:
        """Note that a planned job is over; what nobody else needs may leave."""
        for made in made_in(job.inputs.values()):
            self._uses[made.key] -= 1
            if self._uses[made.key] <= 0:
                for key in (made.key, self._renamed.get(made.key, "")):
                    for member in (key, *self._members.pop(key, ())):
                        self._alive.pop(member, None)

    def fetch(self, ref: Ref) -> Value:
        """Return the value that a patch refers to.

        Raises:
            MissingInputError: It left the store.
        """
        value = self._referred.get(ref.key)
        value = self._by_name(ref.key) if value is None else value
        if not isinstance(value, Value):
            raise MissingInputError(
                "a value that a patch of this model refers to is gone", fix="run again"
            )
        return value

    def item(self, values: Sequence[Any], index: int, name: str) -> Any:
        """Return one value of a list, with its key.

        Args:
            values: The list.
            index: Place of the item.
            name: Key that the value gets when it has none of its own.

        Raises:
            GoneError: The item is of no use any more.
            HashMismatchError: Its file changed after the run began.
        """
        item = values.items[index]
        if not isinstance(item, Ref):
            item = item_at(values, index)
            _refuse_changed(values, index)
            return replace(item, key=name) if isinstance(item, Value) else item
        value = self._by_name(item.key)
        if value is None:
            self._lose(values)
            raise GoneError(values.key.rpartition(".")[0])
        return value

    def _lose(self, values: Sequence[Any]) -> None:
        """Note which items of a list are of no use although they are held, so that they are made."""
        keys = {item.key.rpartition(".")[0] for item in values.items if isinstance(item, Ref)}
        self._lost.update(key for key in keys if self.of(key) is None)

    def whole(self, values: Sequence[Any]) -> Sequence[Any]:
        """Return a list whose items are all values.

        Raises:
            MissingInputError: An item could not be made.
            GoneError: An item is of no use any more.
        """
        if FAILED in values.items:
            count = values.items.count(FAILED)
            raise MissingInputError(
                f"{count} of {len(values)} items could not be made",
                fix="see what is said about them",
            )
        if not any(isinstance(item, Ref) for item in values.items):
            return values
        items = tuple(self.item(values, index, "") for index in range(len(values)))
        return Sequence(items, key=values.key)

    def _by_name(self, name: str) -> Any:
        key, _, output = name.rpartition(".")
        return (self.of(key) or {}).get(output)

    def _complete(self, outputs: Mapping[str, Any]) -> bool:
        """Say whether everything that outputs refer to is there."""
        wanted = {name.rpartition(".")[0] for name in _refs(outputs) if name not in self._referred}
        wanted |= {
            item.key.rpartition(".")[0]
            for value in outputs.values()
            if isinstance(value, Sequence)
            for item in value.items
            if isinstance(item, Ref)
        }
        return self.held(wanted)


def _refuse_changed(values: Sequence[Any], index: int) -> None:
    """Refuse what was read of a file that is no longer the one that names it."""
    if not values.reader or not values.digests:
        return
    path = Path(values.items[index])
    with suppress(MissingFileError):  # whoever removes a file did not change it
        if digest_of(path) != values.digests[index]:
            raise HashMismatchError(f"{path} changed while the run was going", fix="run again")


def _refs(outputs: Mapping[str, Any]) -> list[str]:
    """Return the keys that the patches on handles refer to."""
    return [
        ref.key
        for value in outputs.values()
        if isinstance(value, Handle)
        for patch in value.patches
        for _, ref in patch.refs
    ]


def _values(given: Iterable[Any]) -> list[Value]:
    members = [
        member for value in given for member in (value if isinstance(value, tuple) else (value,))
    ]
    return [value for value in members if isinstance(value, Value)]
