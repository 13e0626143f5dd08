"""What the engine asks of the computing process, and what it offers to one call of a node.

The engine knows no device. `studio.compute` hands it a `Runtime`; a run of which only effects
remain needs none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from studio.core.context import Context, Progress
from studio.core.errors import Cancelled
from studio.core.values import Ref, Value
from studio.engine.events import Emit, NodeWarned, Thumbnail
from studio.engine.sources import digest_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")


class Token:
    """Says whether a run was cancelled; safe between threads."""

    def __init__(self) -> None:
        self._flag = threading.Event()

    def cancel(self) -> None:
        """Ask the run to stop at its next step."""
        self._flag.set()

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._flag.is_set()

    def check(self) -> None:
        """Go on, or stop.

        Raises:
            Cancelled: The run was asked to stop.
        """
        if self._flag.is_set():
            raise Cancelled("the run was cancelled")


class Parts(Protocol):
    """Stores the repeated work inside nodes."""

    def part(
        self,
        call: Call,
        name: str,
        parameters: Mapping[str, Any],
        values: Iterable[Any],
        make: Callable[[], Generator[Progress, None, T]],
    ) -> Generator[Progress, None, T]:
        """Return a stored part, or make and store it."""

    def folder(self, key: str) -> Path:
        """Return the folder of a result's own files, which may not be there yet."""


@dataclass
class Call:
    """One call of one node, as the engine sees it; a `Context` passes most of it on.

    Attributes:
        run: Id of the run.
        node: Id of the node.
        title: What people call it.
        type: Id of its node type.
        version: Version of its node type.
        key: Key of the result.
        token: Asked between tensors and tiles.
        emit: Takes events that cannot wait for the next yield, such as `ModelLoading`.
        fetch: Returns the value that a patch refers to.
        parts: Stores the repeated work inside the node.
        previews: Whether somebody looks at pictures in the making.
        rung: Name of the way that was taken because memory was short, when it changes bits; the
            result is then stored under a key of its own.
        files: The folder of the result's own files; ``None``: it was not asked for.
        told: Codes and texts that were reported.
    """

    run: str
    node: str
    title: str
    type: str
    version: int
    key: str
    token: Token
    emit: Emit
    fetch: Callable[[Ref], Value]
    parts: Parts
    previews: bool = False
    rung: str = ""
    files: Path | None = None
    told: set[tuple[str, str]] = field(default_factory=set)

    @property
    def result_key(self) -> str:
        """Key that the result is stored under: another one where memory was short."""
        return digest_of([self.key, self.rung]) if self.rung else self.key

    def folder(self) -> Path:
        """Return the folder of the result's own files, with what an earlier call left there."""
        path = self.parts.folder(self.result_key)
        if self.files and self.files != path and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.files.rename(path)
        path.mkdir(parents=True, exist_ok=True)
        self.files = path
        return path

    def warn(self, code: str, text: str) -> None:
        """Report something that is odd but keeps nothing from running, once for all its parts."""
        if (code, text) not in self.told:
            self.told.add((code, text))
            self.emit(NodeWarned(self.run, self.node, code, text))

    def part(
        self,
        name: str,
        parameters: Mapping[str, Any],
        values: Iterable[Any],
        make: Callable[[], Generator[Progress, None, T]],
    ) -> Generator[Progress, None, T]:
        """Return a stored part of this node's work, or make and store it."""
        return self.parts.part(self, name, parameters, values, make)


class Runtime(Protocol):
    """What a computing process lends to the engine."""

    @property
    def device(self) -> str:
        """Name of the device, such as ``cpu`` or ``cuda:0``."""

    @property
    def policy(self) -> str:
        """The numeric policy: everything about this process that can change bits."""

    def context(self, call: Call) -> Context:
        """Return the ``ctx`` for one call."""

    def thumbnail(self, value: Any) -> Thumbnail | None:
        """Return a small picture of a result, for those that have one."""

    def preview(self, picture: NDArray[np.uint8]) -> Thumbnail:
        """Return a small picture of a picture in the making."""

    def relieve(self, call: Call, error: Exception) -> bool:
        """After an error: if memory ran short, find a way to do with less and say whether to retry.

        Sets `Call.rung` where that way may change bits.

        Raises:
            OutOfMemoryError: Every way was tried.
        """

    def reset_peak(self) -> None:
        """Begin to watch for the most memory in use."""

    def peak(self) -> int:
        """Return the most bytes in use since `reset_peak`; 0: not measured."""
