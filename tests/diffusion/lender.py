"""A context for tests: lends networks, keeps parts, and notes what was lent, made and said."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from studio.compute.codec import torch_codec
from studio.core.context import Progress
from studio.core.values import Handle, Ref, Value
from studio.engine.parts import content_digest


@dataclass
class Lender:
    """The ``ctx`` of a node.

    Attributes:
        networks: By the type of their handle.
        kept: Parts by their name, as JSON.
        lent: Types of the handles that were lent, in order.
        made: Names of the parts that were made.
        said: Codes of warnings.
        memory_budget: Bytes for activations.
        values: What patches refer to, by key.
    """

    networks: Mapping[type[Handle], Any]
    kept: dict[str, Any] = field(default_factory=dict)
    lent: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    memory_budget: int = 2**31
    values: dict[str, Value] = field(default_factory=dict)

    @contextmanager
    def on_device(self, handle: Handle) -> Iterator[Any]:
        self.lent.append(type(handle).__name__)
        yield self.networks[type(handle)]

    def fetch(self, ref: Ref) -> Value:
        return self.values[ref.key]

    def part(
        self,
        name: str,
        parameters: Mapping[str, Any],
        values: Iterable[Any],
        make: Callable[[], Generator[Progress, None, Any]],
    ) -> Generator[Progress, None, Any]:
        content = [content_digest(value, torch_codec()) for value in values]
        key = json.dumps([name, dict(parameters), content])
        if key not in self.kept:
            self.made.append(name)
            self.kept[key] = yield from make()
        return self.kept[key]

    def warn(self, code: str, text: str) -> None:
        self.said.append(code)
