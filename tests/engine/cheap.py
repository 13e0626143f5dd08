"""Cheap nodes, and the words that tests of the engine are written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar

from studio.core.context import Context, EffectContext, Progress, Steps
from studio.core.define import node, spec_of
from studio.core.errors import RangeError
from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry
from studio.core.values import DiffusionModel, Image, Patch, Ref, Sequence
from studio.core.widgets import FilePath, FileRef, ModelFile, Range, Seed
from studio.engine.events import (
    Event,
    NodeFailed,
    NodeFinished,
    NodeStarted,
    RunFinished,
    RunRequest,
    Thumbnail,
)
from studio.engine.host import Host, open_host
from studio.engine.run import run
from studio.engine.runtime import Call, Token

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")

CALLS: list[str] = []
"""What the functions were called with, for tests that look inside."""


@node("test.grey", category="Test")
def grey(
    level: Annotated[float, Range(0, 1)] = 0.5, size: Annotated[int, Range(1, 4096)] = 2
) -> Image:
    """Make a grey picture.

    Args:
        level: How bright.
        size: Of its sides.
    """
    import numpy as np

    return Image(np.full((1, size, size, 3), level, np.float32))


@node("test.add", category="Test")
def add(
    image: Image,
    other: Image | None = None,
    amount: Annotated[float, Range(-10, 10)] = 0.1,
    count: Annotated[int, Range(0, 100)] = 1,
    label: str = "",
    soft: bool = False,
) -> Image:
    """Make a picture brighter.

    Args:
        image: What.
        other: Is added, too.
        amount: By how much.
        count: How often.
        label: For nothing.
        soft: For nothing.
    """
    CALLS.append(f"add {amount:g}")
    pixels = image.pixels + amount * count
    return Image(pixels + other.pixels if other else pixels)


@node("test.mean", category="Test")
def mean(images: tuple[Image, ...]) -> Image:
    """Mix pictures.

    Args:
        images: Which.
    """
    import numpy as np

    return Image(np.mean([image.pixels for image in images], axis=0))


class Halves(NamedTuple):
    """Two parts.

    Attributes:
        top: The upper one.
        bottom: The lower one.
    """

    top: Image
    bottom: Image


@node("test.split", category="Test")
def split(image: Image) -> Halves:
    """Cut a picture.

    Args:
        image: Which.
    """
    half = image.pixels.shape[1] // 2
    return Halves(Image(image.pixels[:, :half].copy()), Image(image.pixels[:, half:].copy()))


@node("test.slow", category="Test")
def slow(image: Image, steps: Annotated[int, Range(1, 1000)] = 5, *, ctx: Context) -> Steps[Image]:
    """Take some steps.

    Args:
        image: Passed on.
        steps: How many.
    """
    import numpy as np

    try:
        for index in range(steps):
            CALLS.append(f"step {index}")
            yield Progress(index + 1, steps, lambda: np.zeros((1, 1, 3), np.uint8))
    finally:
        CALLS.append("closed")
    return Image(image.pixels + 1)


@node("test.fail", category="Test")
def fail(image: Image, below: float = 10.0) -> Image:
    """Fail for bright pictures.

    Args:
        image: Which.
        below: Brighter ones fail.

    Raises:
        RangeError: It is too bright.
    """
    if float(image.pixels.max()) >= below:
        raise RangeError(f"{image.pixels.max():g} is too bright", fix="use a darker one")
    return Image(image.pixels + 0)


@node("test.break", category="Test")
def break_(image: Image) -> Image:
    """Break in a way that nobody foresaw.

    Args:
        image: Which.
    """
    raise ZeroDivisionError("oh")


@node("test.seeded", category="Test")
def seeded(image: Image, seed: Annotated[int, Seed()] = 0) -> Image:
    """Depend on a seed.

    Args:
        image: Which.
        seed: Which.
    """
    return Image(image.pixels + seed)


@node("test.scale", category="Test")
def scale(value: float = 1.0) -> float:
    """Compute a number, which no planner can know.

    Args:
        value: Doubled.
    """
    return value * 2


@node("test.file", category="Test")
def file_size(file: Annotated[Path, FilePath()]) -> int:
    """Measure a file.

    Args:
        file: Which.
    """
    return len(file.read_bytes())


@node("test.model", category="Test")
def model(file: Annotated[Path, ModelFile("checkpoints")]) -> DiffusionModel:
    """Name a model.

    Args:
        file: Which.
    """
    return DiffusionModel(str(file), "sd15")


@node("test.patch", category="Test")
def patch(model: DiffusionModel, hint: Image) -> DiffusionModel:
    """Put a hint on a model.

    Args:
        model: Which.
        hint: Which.
    """
    from dataclasses import replace

    put = Patch("controlnet", model.file, refs=(("hint", Ref(hint.key)),))
    return replace(model, patches=(*model.patches, put))


@node("test.use", category="Test")
def use(model: DiffusionModel, seed: Annotated[int, Seed()] = 0, *, ctx: Context) -> Image:
    """Use a model with its hints.

    Args:
        model: Which.
        seed: Which.
    """
    hints = [ctx.fetch(ref) for patch in model.patches for _, ref in patch.refs]
    total: Any = sum(hint.pixels for hint in hints if isinstance(hint, Image))
    return Image(total + seed)


@node("test.parts", category="Test")
def parts(first: float = 1.0, second: float = 2.0, *, ctx: Context) -> Steps[float]:
    """Add two parts that are made apart.

    Args:
        first: One.
        second: Two.
    """

    def make(value: float) -> Steps[float]:
        CALLS.append(f"part {value:g}")
        yield Progress(1, 1)
        return value * 10

    total = 0.0
    for value in (first, second):
        total += yield from ctx.part("piece", {"value": value}, (), partial(make, value))
    return total


def read_grey(path: str) -> Image:
    """Read the one number of a text file as a picture."""
    CALLS.append(f"read {Path(path).name}")
    import numpy as np

    return Image(np.full((1, 2, 2, 3), float(Path(path).read_text()), np.float32))


@node("test.folder", category="Test")
def folder(
    folder: Annotated[Path, FilePath(folder=True)], pattern: str = "*.txt"
) -> Sequence[Image]:
    """Take the text files of a folder.

    Args:
        folder: Which.
        pattern: Which of them.
    """
    from studio.facts.listing import digest_of, list_files

    paths = list_files(folder, pattern)
    digests = tuple(map(digest_of, paths))
    return Sequence(tuple(map(str, paths)), digests, f"{__name__}:read_grey")


@node("test.numbers", category="Test", folds=True)
def numbers(count: Annotated[int, Range(1, 100)] = 3) -> Sequence[int]:
    """Count.

    Args:
        count: How far.
    """
    return Sequence(tuple(range(count)))


@node("test.join", category="Test")
def join(items: Sequence[Image]) -> Image:
    """Make one batch.

    Args:
        items: Of these.
    """
    import numpy as np

    from studio.core.sequences import item_at

    return Image(np.concatenate([item_at(items, i).pixels for i in range(len(items))]))


@node("test.value", category="Test", folds=True)
def value(value: float = 0.0) -> float:
    """Hold a number.

    Args:
        value: Which.
    """
    return value


@node("test.switch", category="Test", folds=True)
def switch(inputs: tuple[T, ...], choice: Annotated[int, Range(0, 9)] = 0) -> T:
    """Pass one on.

    Args:
        inputs: Of these.
        choice: Which.
    """
    return inputs[choice]


@node("test.save", category="Test")
def save(image: Image, name: str = "out", always: bool = False, *, ctx: EffectContext) -> None:
    """Write a text that says how bright a picture is.

    Args:
        image: Which.
        name: Of the file.
        always: Whether to write again.
    """
    if ctx.output.earlier and ctx.output.earlier[0]:
        ctx.output.wrote(ctx.output.earlier[0])
        return
    number = 0
    while (path := ctx.output.folder / f"{name}_{number}.txt").exists():
        number += 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{image.pixels.mean():.3f}")
    ctx.output.wrote(path)


@node("test.show", category="Test")
def show(value: T) -> None:
    """Look at something.

    Args:
        value: What.
    """


NODES = (
    grey, add, mean, split, slow, fail, break_, seeded, scale, file_size, model, patch, use, parts,
    folder, numbers, join, value, switch, save, show,
)  # fmt: skip


def registry() -> Registry:
    """Return a registry of the cheap nodes."""
    found = Registry()
    for function in NODES:
        found.add(spec_of(function))
    return found


@dataclass
class FakeContext:
    """The ``ctx`` of a device that computes nothing."""

    call: Call
    device: str = "cpu"
    memory_budget: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.call, name)


@dataclass
class FakeRuntime:
    """A device that computes nothing."""

    policy: str = "fake"
    device: str = "cpu"
    looked: int = 0
    on_look: Callable[[], None] | None = None
    rung: str = ""

    def context(self, call: Call) -> Any:
        call.rung = self.rung
        return FakeContext(call)

    def thumbnail(self, value: Any) -> Thumbnail | None:
        return Thumbnail(1, 1, bytes(4)) if isinstance(value, Image) else None

    def preview(self, picture: NDArray[np.uint8]) -> Thumbnail:
        self.looked += 1
        if self.on_look:
            self.on_look()
        return Thumbnail(1, 1, bytes(4))

    def relieve(self, call: Call, error: Exception) -> bool:
        return False

    def reset_peak(self) -> None:
        pass

    def peak(self) -> int:
        return 7


@dataclass
class Bench:
    """An engine with cheap nodes, and what it said."""

    folder: Path
    runtime: FakeRuntime | None = field(default_factory=FakeRuntime)
    budget: int = 10**9
    events: list[Event] = field(default_factory=list)
    token: Token = field(default_factory=Token)

    def __post_init__(self) -> None:
        self.host: Host = open_host(
            self.folder / "store",
            registry(),
            self._resolve,
            runtime=self.runtime,
            policy="fake",
            budget=self.budget,
        )

    def _resolve(self, ref: FileRef, request: RunRequest) -> Path:
        return self.folder / ref.path

    @property
    def output(self) -> Path:
        """Where effects write."""
        return self.folder / "out"

    def restart(self) -> None:
        """Go on as a new process would."""
        self.host.close()
        self.__post_init__()

    def run(
        self, graph: Graph, *targets: str, output: str = "out", id: str = "r", **options: Any
    ) -> RunFinished:
        """Run a graph and remember the events."""
        self.events.clear()
        folder = str(self.folder / output)
        request = RunRequest(id, "{}", targets, folder, title="Test", **options)
        return run(self.host, request, self.events.append, self.token, graph)

    def started(self) -> list[str]:
        """Return the nodes that ran, in order."""
        return [event.node for event in self.events if isinstance(event, NodeStarted)]

    def failures(self) -> list[NodeFailed]:
        """Return what failed."""
        return [event for event in self.events if isinstance(event, NodeFailed)]

    def finished(self, node: str) -> NodeFinished:
        """Return the event of a node that finished."""
        return next(e for e in self.events if isinstance(e, NodeFinished) and e.node == node)

    def value(self, node: str, graph: Graph, output: str = "image") -> Any:
        """Return an output that is held."""
        request = RunRequest("r", "{}", (node,), str(self.output))
        outputs = self.host.cache.get(self.host.plan(graph, request).jobs[node].key)
        assert outputs is not None
        return outputs[output]


def ran(graph: Graph, bench: Bench, *targets: str, **options: Any) -> list[str]:
    """Run a graph and return the nodes that ran, in order."""
    bench.run(graph, *targets, **options)
    return bench.started()


def graph_of(nodes: dict[str, Node], *links: str) -> Graph:
    """Return a graph from its nodes and the texts of its links."""
    return Graph(nodes, tuple(map(Link.parse, links)))


def chain(length: int, **params: float) -> Graph:
    """Return a grey picture with a row of nodes that make it brighter: ``n0``, ``n1``, ..."""
    names = [f"n{index}" for index in range(length)]
    nodes = {name: Node("test.add", params={"amount": params.get(name, 0.1)}) for name in names}
    links = (f"{a}.image -> {b}.image" for a, b in zip(["start", *names], names, strict=False))
    return graph_of({"start": Node("test.grey"), **nodes}, *links)


def wide(width: int) -> Graph:
    """Return as many pairs of nodes side by side."""
    nodes: dict[str, Node] = {"start": Node("test.grey")}
    names = [f"n{index}" for index in range(width)]
    nodes |= {name: Node("test.add", params={"amount": i / 1000}) for i, name in enumerate(names)}
    return graph_of(nodes, *(f"start.image -> {name}.image" for name in names))


def words(events: Iterable[Event]) -> list[str]:
    """Return the kinds of events."""
    return [type(event).__name__ for event in events]
