"""Where networks run and in which numbers, decided without torch.

The numeric policy names everything about this process that can change bits. It is part of the keys
of nodes that compute, so the front end must know it without loading torch: the worker writes it to
the store under `policy_signature`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from studio.compute.machine import find_card, physical_cores, torch_version
from studio.core.errors import UnsupportedError
from studio.core.values import Annotator, Detector, Handle, Vae
from studio.engine.records import signature
from studio.settings import Settings

NUMERICS_EPOCH = 1
"""Raised when a golden file changes: results made before are then not taken for new ones."""

DTYPES = {"float32": 4, "float16": 2, "bfloat16": 2}
"""Bytes of a number."""


@dataclass(frozen=True, slots=True)
class Device:
    """Where networks run, and how.

    Attributes:
        name: ``cpu`` or ``cuda:0``.
        dtype: Number format of denoisers and text encoders.
        vae_dtype: Number format of VAEs; fp16 overflows in some of them.
        threads: Threads on the CPU.
        memory_format: How maps lie in memory.
        attention: Which implementation of attention is used.
        torch: Version of torch.
        driver: Name and version of the driver; empty on the CPU.
        activation_mb: Mebibytes that one node may use: what does not fit is worked on in tiles,
            which add up in another order.
    """

    name: str
    dtype: str = "float32"
    vae_dtype: str = "float32"
    threads: int = 1
    memory_format: str = "channels_last"
    attention: str = "sdpa"
    torch: str = ""
    driver: str = ""
    activation_mb: int = 0

    @property
    def kind(self) -> str:
        """``cpu`` or ``cuda``."""
        return self.name.partition(":")[0]

    @property
    def policy(self) -> str:
        """The numeric policy, as one readable line."""
        threads = f"{self.threads} threads" if self.kind == "cpu" else self.driver
        dtypes = f"{self.dtype}+{self.vae_dtype}"
        tiles = f"{self.activation_mb} MiB a node"
        said = (self.kind, dtypes, threads, self.memory_format, self.attention, tiles)
        return " ".join([*said, f"torch {self.torch}", f"epoch {NUMERICS_EPOCH}"])

    def dtype_of(self, handle: Handle) -> str:
        """Return the number format that the network of a handle computes in."""
        # Hints and boxes are numbers that people compare; what makes them is small.
        if isinstance(handle, Annotator | Detector):
            return "float32"
        return self.vae_dtype if isinstance(handle, Vae) else self.dtype


def choose(settings: Settings, asked: str = "") -> Device:
    """Return the device that the settings, or one run, ask for.

    Args:
        settings: The user's settings.
        asked: ``auto``, ``cpu`` or ``cuda``; empty: as in the settings.

    Raises:
        UnsupportedError: There is no such device.
    """
    wanted, budget = asked or settings.device, settings.activation_mb
    card = None if wanted == "cpu" else find_card()
    if wanted.startswith("cuda") and card is None:
        raise UnsupportedError(
            "no CUDA device was found", fix="choose cpu, or install the driver of the card"
        )
    if card is None:
        threads = settings.threads or physical_cores()
        return Device("cpu", threads=threads, torch=torch_version(), activation_mb=budget)
    return Device("cuda:0", "float16", torch=torch_version(), driver=card, activation_mb=budget)


def policy_signature(settings: Settings, asked: str = "") -> str:
    """Return what the numeric policy is resolved from; known without torch and at once."""
    wanted = {
        "device": asked or settings.device,
        "threads": settings.threads or physical_cores(),
        "activation_mb": settings.activation_mb,
        "epoch": NUMERICS_EPOCH,
    }
    driver = "" if wanted["device"] == "cpu" else find_card() or ""
    return signature(torch_version(), driver, json.dumps(wanted))
