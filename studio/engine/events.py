"""What goes between a front end and the engine: run requests, and what a run reports.

Everything here is a frozen dataclass of plain values; `studio.engine.messages` turns any of them
into JSON values and back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from studio.core.errors import Issue, Severity
from studio.engine.messages import Message

Status = Literal["done", "failed", "cancelled"]


@dataclass(frozen=True)
class RunRequest(Message):
    """One run, complete: whoever receives it needs nothing else.

    Attributes:
        run: Id of the run, unique for ever.
        graph: The graph as a saved file, with all overrides applied.
        targets: Ids of the nodes wanted; empty: all effects, or all last nodes without any.
        output: Folder that effects write under.
        base: Folder that relative paths in the graph start from; empty: none.
        granted: Absolute paths that the user named himself; a graph alone may open none.
        title: Name of the graph, for file names.
        source: Absolute path of the file that the graph is or will be in: titles may be given
            twice, this may not; empty: not known.
        use_store: Whether stored results are read and results stored.
        previews: Whether somebody looks at pictures in the making.
        device: Name of the device that was asked for; empty: the engine chooses.
        live: Whether a newer run of the same source ends this one.
        settings: Values of the settings that change results, by name.
    """

    run: str
    graph: str
    targets: tuple[str, ...] = ()
    output: str = "."
    base: str = ""
    granted: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    use_store: bool = True
    previews: bool = False
    device: str = ""
    live: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Thumbnail(Message):
    """A small picture.

    Attributes:
        width: At most 256 pixels.
        height: At most 256 pixels.
        data: uint8 RGBA, rows from the top.
    """

    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class Written(Message):
    """A file that an effect made, now or in an earlier run.

    Attributes:
        node: Id of the effect.
        path: Absolute path.
        item: Index of the item when the effect is mapped over a list.
    """

    node: str
    path: str
    item: int = 0


@dataclass(frozen=True)
class Event(Message):
    """Base of everything that an engine reports."""


@dataclass(frozen=True)
class WorkerReady(Event):
    """A worker takes requests.

    Attributes:
        pid: Its process.
        device: What it computes on.
        policy: Numeric policy, part of the keys of nodes that compute.
        specs: Node types of third-party packs, as `NodeSpec.as_data`.
        failures: Packs that could not be loaded, as text.
        budget: Bytes that networks may take on the device; 0: not known.
    """

    pid: int
    device: str
    policy: str
    specs: tuple[Mapping[str, Any], ...] = ()
    failures: tuple[str, ...] = ()
    budget: int = 0


@dataclass(frozen=True)
class Heartbeat(Event):
    """The worker lives.

    Attributes:
        run: Id of the run at work; empty when idle.
        memory: Bytes of memory that the process holds.
    """

    run: str = ""
    memory: int = 0


@dataclass(frozen=True)
class RunQueued(Event):
    """A run waits.

    Attributes:
        run: Its id.
        position: Runs before it.
        reason: What it waits for, when that is not another run.
    """

    run: str
    position: int = 0
    reason: str = ""


@dataclass(frozen=True)
class RunStarted(Event):
    """A run begins.

    Attributes:
        run: Its id.
        nodes: How many nodes will run.
        held: How many are needed by the targets and already have results.
        seconds: Estimated time; 0 when nothing is known.
    """

    run: str
    nodes: int
    held: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class NodesHeld(Event):
    """Everything that need not run, in one message.

    Attributes:
        run: Id of the run.
        count: How many nodes.
        files: What effects wrote earlier and is still there, unchanged.
        skipped: Targets that are muted, or need something muted.
    """

    run: str
    count: int
    files: tuple[Written, ...] = ()
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class NodeStarted(Event):
    """A node begins.

    Attributes:
        run: Id of the run.
        node: Id of the node.
        title: What people call it.
        items: How many items it is mapped over; 0: it runs once.
    """

    run: str
    node: str
    title: str = ""
    items: int = 0


@dataclass(frozen=True)
class NodeProgress(Event):
    """A node is on its way.

    Attributes:
        run: Id of the run.
        node: Id of the node.
        done: Steps behind it.
        total: Steps in all.
        item: Item it works on; the steps are those of this item.
        items: How many items it is mapped over; 0: it runs once.
        preview: How the result looks so far, if somebody looks.
    """

    run: str
    node: str
    done: int
    total: int
    item: int = 0
    items: int = 0
    preview: Thumbnail | None = None


@dataclass(frozen=True)
class ModelLoading(Event):
    """Weights are on their way to the device.

    Attributes:
        run: Id of the run.
        node: Node that needs them.
        name: Name of the file.
        done: Bytes read.
        total: Bytes in all.
    """

    run: str
    node: str
    name: str
    done: int
    total: int


@dataclass(frozen=True)
class NodeWarned(Event):
    """Something is odd, but nothing is kept from running.

    Attributes:
        run: Id of the run.
        node: Id of the node.
        code: ``W_...``.
        text: What is odd.
    """

    run: str
    node: str
    code: str
    text: str


@dataclass(frozen=True)
class NodeFinished(Event):
    """A node has its result; a stored one is safe on disk by now.

    Attributes:
        run: Id of the run.
        node: Id of the node.
        key: Names the result.
        outputs: What each output holds, in words.
        thumbnail: Small picture of the first output that has one.
        files: What an effect wrote.
        seconds: How long it took.
        bytes: Size of the result.
        peak: Most memory in use while it ran, in bytes; 0: not measured.
        reused: Items of a mapped node that were held.
        words: The result itself where it is numbers or texts; of an effect: what it was given.
    """

    run: str
    node: str
    key: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    thumbnail: Thumbnail | None = None
    files: tuple[Written, ...] = ()
    seconds: float = 0.0
    bytes: int = 0
    peak: int = 0
    reused: int = 0
    words: str = ""


@dataclass(frozen=True)
class NodeFailed(Event):
    """A node could not do its work; what needs it does not run.

    Attributes:
        run: Id of the run.
        node: Id of the node.
        title: What people call it.
        code: ``E_...``.
        text: What happened.
        fix: What to do next.
        input: The input it is about; empty: the whole node.
        severity: As in `Issue`.
        cause: Traceback of an error that was not foreseen.
        item: Item of a mapped node, or -1.
    """

    run: str
    node: str
    title: str
    code: str
    text: str
    fix: str = ""
    input: str = ""
    severity: Severity = "error"
    cause: str = ""
    item: int = -1


@dataclass(frozen=True)
class RunFinished(Event):
    """A run is over.

    Attributes:
        run: Its id.
        status: How it ended.
        ran: Nodes that ran.
        held: Nodes that had their results.
        failed: Nodes that failed.
        seconds: How long it took.
        issues: What keeps the graph from running, as text; empty when it ran.
    """

    run: str
    status: Status
    ran: int = 0
    held: int = 0
    failed: int = 0
    seconds: float = 0.0
    issues: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class PoolChanged(Event):
    """Other networks are on the device.

    Attributes:
        bytes: What they take.
        budget: What they may take.
        networks: Their names.
    """

    bytes: int
    budget: int
    networks: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkerDied(Event):
    """The worker ended in the middle of things.

    Attributes:
        exit: Exit code, negative for a signal; ``None`` when it hung and was ended.
        run: Run that it was at; empty: none.
        log: Last lines of its log.
    """

    exit: int | None
    run: str = ""
    log: tuple[str, ...] = ()


Emit = Callable[[Event], None]
"""Where a run sends its events."""


def issue_data(issue: Issue) -> dict[str, Any]:
    """Return an issue as JSON values."""
    where = {"node": issue.place.node, "input": issue.place.input}
    said = {"code": issue.code, "text": issue.text, "fix": issue.fix, "severity": issue.severity}
    return {**said, **where}
