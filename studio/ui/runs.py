"""The runs of this window: how far each is, and in which order they come. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.engine.events import Thumbnail

RunStatus = Literal["waiting", "running", "done", "failed", "cancelled"]
WorkerStatus = Literal["starting", "idle", "busy", "dead"]


@dataclass(frozen=True, slots=True)
class Timing:
    """What a result cost.

    Attributes:
        seconds: How long it took.
        bytes: Size of the result.
        peak: Most memory in use meanwhile, in bytes; 0: not measured.
        held: Whether it was there already when the last run began.
    """

    seconds: float
    bytes: int = 0
    peak: int = 0
    held: bool = False


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """What is known of the computing process.

    Attributes:
        status: What it is at.
        text: The same for people.
        device: What it computes on, for people.
        precision: Number format of networks.
        memory: Bytes of memory that it holds.
        networks: Bytes that networks on the device take.
        budget: Bytes that they may take.
        pid: Its process; 0: none.
    """

    status: WorkerStatus = "starting"
    text: str = "Worker starts"
    device: str = ""
    precision: str = ""
    memory: int = 0
    networks: int = 0
    budget: int = 0
    pid: int = 0


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run, as the queue shows it.

    Attributes:
        id: Id of the run.
        title: Name of the graph.
        what: What of it runs, such as ``to Decode`` or ``all``.
        document: Id of the document that it came from; empty: none that is open.
        status: How far it is.
        live: Whether live mode made it.
        step: Where it is, in words, such as ``step 12 / 20``.
        node: Expanded id of the node at work.
        share: Part that is done, 0 to 1; negative: not known.
        left: Seconds left; ``None``: not known.
        seconds: How long it took.
        picture: Its newest picture.
        files: What it wrote.
        text: Why it failed.
    """

    id: str
    title: str
    what: str = "all"
    document: str = ""
    status: RunStatus = "waiting"
    live: bool = False
    step: str = ""
    node: str = ""
    share: float = -1.0
    left: float | None = None
    seconds: float = 0.0
    picture: Thumbnail | None = None
    files: tuple[str, ...] = ()
    text: str = ""
