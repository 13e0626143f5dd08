"""What is known of the computing process, for the eye. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WorkerStatus = Literal["starting", "idle", "busy", "dead"]

TEXTS: dict[WorkerStatus, str] = {
    "starting": "Worker starts",
    "idle": "Worker ready",
    "busy": "Worker busy",
    "dead": "Worker stopped",
}

_FORMATS = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16"}


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """What is known of the computing process.

    Attributes:
        status: What it is at.
        device: What it computes on, for people.
        precision: Number format of networks.
        memory: Bytes of memory that it holds.
        networks: Bytes that networks on the device take.
        budget: Bytes that they may take; 0: not known.
        names: The networks.
        pid: Its process; 0: none.
    """

    status: WorkerStatus = "starting"
    device: str = ""
    precision: str = ""
    memory: int = 0
    networks: int = 0
    budget: int = 0
    names: tuple[str, ...] = ()
    pid: int = 0

    @property
    def text(self) -> str:
        """What it is at, for people."""
        return TEXTS[self.status]


def device_text(device: str, policy: str) -> str:
    """Return what a worker computes on, for people: ``CPU, 2 threads``."""
    words = policy.split()
    if device == "cpu":
        at = words.index("threads") if "threads" in words[1:] else 0
        return f"CPU, {words[at - 1]} threads" if at else "CPU"
    return device.upper().replace(":", " ")


def precision_text(policy: str) -> str:
    """Return the number format of networks, for people: ``fp32``."""
    words = policy.split()
    name = words[1].partition("+")[0] if len(words) > 1 else ""
    return _FORMATS.get(name, name)
