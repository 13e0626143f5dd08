"""Mapping: a list linked to an input of one value runs the node once for each item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from studio.core.errors import Place, ShapeError
from studio.core.spec import NodeSpec
from studio.core.types import is_list
from studio.core.values import Ref, Sequence
from studio.engine.gather import FAILED, Results
from studio.engine.keys import Job
from studio.engine.sources import digest_of, item_token


@dataclass(frozen=True, slots=True)
class Mapped:
    """One link that brings a list.

    Attributes:
        input: Name of the input.
        place: Place among the links of an input that takes many; ``None`` for others.
        values: The list.
        name: Key of the list.
    """

    input: str
    place: int | None
    values: Sequence[Any]
    name: str

    def token(self, index: int) -> Any:
        """Return what an item contributes to the key of its call."""
        return item_token(self.values, index, self.name)


def lists_in(job: Job, spec: NodeSpec, values: Mapping[str, Any]) -> list[Mapped]:
    """Return the links of a node that bring lists where it takes one value.

    Raises:
        ShapeError: Two of them differ in length.
    """
    found = [
        mapped
        for item in spec.inputs
        if not is_list(item.type)
        for mapped in _of_input(job, item.name, values[item.name])
    ]
    lengths = {len(mapped.values) for mapped in found}
    if len(lengths) > 1:
        said = ", ".join(f"{mapped.input} has {len(mapped.values)}" for mapped in found)
        raise ShapeError(
            f"lists of different lengths meet: {said}",
            fix="link lists of one length",
            place=Place(job.id, found[1].input),
        )
    return found


def _of_input(job: Job, name: str, value: Any) -> Iterator[Mapped]:
    filled = job.inputs[name]
    if isinstance(value, tuple) and isinstance(filled, tuple):
        for place, member in enumerate(value):
            if isinstance(member, Sequence):
                yield Mapped(name, place, member, _name(member, job.tokens[name][place]))
    elif isinstance(value, Sequence) and not isinstance(filled, tuple):
        yield Mapped(name, None, value, _name(value, job.tokens[name]))


def _name(values: Sequence[Any], token: Any) -> str:
    return values.key or digest_of(token)


def item_tokens(job: Job, mapped: list[Mapped], index: int) -> dict[str, Any]:
    """Return the tokens of one call."""
    tokens = dict(job.tokens)
    for link in mapped:
        token = link.token(index)
        if link.place is None:
            tokens[link.input] = token
        else:
            members = list(tokens[link.input])
            members[link.place] = token
            tokens[link.input] = members
    return tokens


def item_values(
    values: Mapping[str, Any], mapped: list[Mapped], index: int, results: Results
) -> dict[str, Any]:
    """Return the arguments of one call; the items are read now and not before.

    Raises:
        ShapeError: An item is itself a list.
    """
    given = dict(values)
    for link in mapped:
        value = results.item(link.values, index, digest_of(link.token(index)))
        if isinstance(value, Sequence):
            raise ShapeError(
                "a list of lists cannot be taken apart", fix="make one list of it before"
            )
        if link.place is None:
            given[link.input] = value
        else:
            members = list(given[link.input])
            members[link.place] = value
            given[link.input] = tuple(members)
    return given


def is_lost(mapped: list[Mapped], index: int) -> bool:
    """Say whether an item cannot be worked on, because it could not be made."""
    return any(link.values.items[index] == FAILED for link in mapped)


def list_of(spec: NodeSpec, keys: list[str]) -> dict[str, Any]:
    """Return the outputs of a mapped node: lists that name the results of its calls.

    Args:
        spec: Node type.
        keys: Key of each call; empty where it failed.
    """
    return {
        output.name: Sequence(tuple(Ref(f"{key}.{output.name}") if key else FAILED for key in keys))
        for output in spec.outputs
    }
