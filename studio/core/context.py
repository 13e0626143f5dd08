"""What a running node may ask for, and how it tells where it is.

`Context` is a protocol: the engine implements it. A node that takes time is a generator that yields
`Progress` and returns its result; cancelling closes the generator, so no node asks whether it was
cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from studio.core.values import Handle, Ref, Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")
S = TypeVar("S")
U = TypeVar("U")

Preview = Callable[[], "NDArray[np.uint8]"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a node is.

    Attributes:
        done: Steps behind it.
        total: Steps in all.
        preview: Makes a picture, uint8 ``(height, width, 3 | 4)``, sRGB; called only if somebody
            looks, at most 30 times a second.
    """

    done: int
    total: int
    preview: Preview | None = None


Steps = Generator[Progress, None, T]
"""What a node that takes time returns: progress on the way, the result at the end."""


class Context(Protocol):
    """What the engine offers to a node that asks for ``ctx``."""

    @property
    def device(self) -> str:
        """Name of the device, such as ``cpu`` or ``cuda:0``."""

    @property
    def memory_budget(self) -> int:
        """Bytes that one node may use for its activations; a setting, never the free memory."""

    @property
    def memory_divisor(self) -> int:
        """What that budget was divided by because memory ran short; 1 where it did not."""

    @property
    def folder(self) -> Path:
        """A folder of this result's own, for what is too large to hold.

        It is removed with the result. When a run is killed, and when memory runs short, the next
        call finds what the one before has finished there.
        """

    def on_device(self, handle: Handle) -> AbstractContextManager[Any]:
        """Lend the network that a handle names, with its patches, while the block runs."""

    def fetch(self, ref: Ref) -> Value:
        """Return the value that a patch refers to."""

    def part(
        self,
        name: str,
        parameters: Mapping[str, Any],
        values: Iterable[Any],
        make: Callable[[], Generator[Progress, None, T]],
    ) -> Generator[Progress, None, T]:
        """Return a stored part of this node's work, or make and store it."""

    def warn(self, code: str, text: str) -> None:
        """Report something that is odd but keeps nothing from running."""


class Output(Protocol):
    """Where an effect writes, and what it needs to say about it."""

    @property
    def folder(self) -> Path:
        """Root that files are written under."""

    @property
    def graph(self) -> str:
        """The graph as a saved file."""

    @property
    def carried(self) -> str:
        """The graph for a picture to carry, with the files that belong to it inside."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of the files that belong to the graph and that a picture cannot carry."""

    @property
    def title(self) -> str:
        """Name of the graph, for file names."""

    @property
    def run(self) -> str:
        """Id of the run."""

    @property
    def node(self) -> str:
        """Id of the node."""

    @property
    def item(self) -> int:
        """Index of the item when the node is mapped over a list, else 0."""

    @property
    def earlier(self) -> tuple[Path | None, ...]:
        """The files of this very effect, in order, if a run before was killed while it wrote.

        Each is to be passed on to `wrote` and not written again; ``None``: it is not there.
        """

    def sha256(self, file: str) -> str:
        """Return the SHA-256 of a file that the graph names, as far as it is known; else empty."""

    def claim(self, path: Path) -> None:
        """Announce a file that is about to be created, so that a kill cannot repeat it."""

    def wrote(self, path: Path) -> None:
        """Put a finished file on the receipt."""


class EffectContext(Protocol):
    """What the engine offers to an effect that asks for ``ctx``."""

    @property
    def output(self) -> Output:
        """Where to write."""

    def warn(self, code: str, text: str) -> None:
        """Report something that is odd but keeps nothing from running."""


def ticks(walk: Generator[S, None, T], tell: Callable[[S], U]) -> Generator[U, None, T]:
    """Tell the steps of a generator in other words, such as progress, and return its result."""
    try:
        while True:
            try:
                step = next(walk)
            except StopIteration as stop:
                result: T = stop.value
                return result
            yield tell(step)
    finally:
        walk.close()


def result_of(walk: Generator[Any, None, T]) -> T:
    """Run a generator to its end and return its result."""
    while True:
        try:
            next(walk)
        except StopIteration as stop:
            result: T = stop.value
            return result
