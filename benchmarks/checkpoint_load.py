"""What loading a full-size checkpoint costs, beside a plain read of the same file.

Kept in its own number format, a file is mapped, the networks are built, and every byte is touched;
cast to float32, beside a plain cast of the same bytes. Both are measured in turns in one process,
with a warm page cache and imports excluded; the ratios are medians over the turns. Another process
samples the anonymous memory every 10 ms.

    python -m benchmarks.checkpoint_load [FILE]
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks import full_size
from studio.core.values import DiffusionModel, TextEncoder, Vae
from studio.diffusion.loading import Network, load
from studio.diffusion.towers import TextTowers

TURNS = 5
LIMIT = 1.3
MEMORY_LIMIT = 1.1
_WATCH = """
import pathlib, sys, time, select
status, most = pathlib.Path("/proc", sys.argv[1], "status"), 0
while not select.select([sys.stdin], [], [], 0.01)[0]:
    for line in status.read_text().splitlines():
        if line.startswith("RssAnon"):
            most = max(most, int(line.split()[1]))
print(most)
"""


def everything(path: Path, dtype: torch.dtype | None) -> list[Network]:
    """Load all networks of a checkpoint."""
    file = str(path)
    handles = (DiffusionModel(file, "sd15"), Vae(file, "sd15"), TextEncoder(file, "sd15"))
    return [load(handle, dtype) for handle in handles]


def parameters(networks: list[Network]) -> list[torch.Tensor]:
    """Return all parameters."""
    modules: list[torch.nn.Module] = []
    for network in networks:
        if isinstance(network, TextTowers):
            modules += [tower.model for tower in network.towers]
        else:
            modules.append(network)
    return [parameter for module in modules for parameter in module.parameters()]


def touch(tensors: list[torch.Tensor]) -> int:
    """Read every byte once, on one thread, as the plain read does."""
    total = 0
    for tensor in tensors:
        flat = tensor.detach().reshape(-1).numpy()
        words = flat.view(np.uint64 if flat.nbytes % 8 == 0 else np.uint16)
        total |= int(np.bitwise_or.reduce(words))
    return total


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes; what it returns is freed outside of the time."""
    gc.collect()
    start = time.perf_counter()
    result = work()
    took = time.perf_counter() - start
    del result
    return took


def plain_read(path: Path) -> bytes:
    """Read the file into a fresh buffer."""
    with path.open("rb", buffering=0) as file:
        return file.read()


def mapped(path: Path) -> list[Network]:
    """Load everything as it is and touch it."""
    networks = everything(path, None)
    touch(parameters(networks))
    return networks


def anonymous(path: Path) -> tuple[float, float]:
    """Return the peak of anonymous memory while casting, and what is held at the end, in MiB."""
    before = _anonymous()
    watcher = subprocess.Popen(
        [sys.executable, "-c", _WATCH, str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    time.sleep(0.3)
    networks = everything(path, torch.float32)
    held = _anonymous()
    peak = float(watcher.communicate("\n")[0]) / 1024
    del networks
    return peak - before, held - before


def _anonymous() -> float:
    gc.collect()
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def report(what: str, ratio: float, limit: float, detail: str) -> None:
    """Print one line."""
    word = "ok" if ratio <= limit else "TOO MUCH"
    print(f"{what:44} {ratio:5.2f} x   (at most {limit}, {word})   {detail}")


def measure(path: Path) -> None:
    """Measure and print."""
    # Memory first: freed memory that the allocator keeps would hide in what was held before.
    peak, held = anonymous(path)
    report("peak of anonymous memory / held", peak / held, MEMORY_LIMIT, f"{peak:.0f} MiB")
    rows = [turn(path) for _ in range(TURNS)]
    reads, owns, casts, fulls = (statistics.median(column) for column in zip(*rows, strict=True))
    own = statistics.median(row[1] / row[0] for row in rows)
    cast = statistics.median(row[3] / row[2] for row in rows)
    report("mapped, built, touched / read", own, LIMIT, f"{owns:.2f} s / {reads:.2f} s")
    report("cast to float32 / plain cast", cast, LIMIT, f"{fulls:.2f} s / {casts:.2f} s")


def turn(path: Path) -> tuple[float, float, float, float]:
    """Return the seconds of a read, a load as it is, a plain cast, and a load with a cast."""
    sources = [parameter.detach() for parameter in parameters(everything(path, None))]
    return (
        seconds(lambda: plain_read(path)),
        seconds(lambda: mapped(path)),
        seconds(lambda: [tensor.float() for tensor in sources]),
        seconds(lambda: everything(path, torch.float32)),
    )


def main() -> None:
    """Measure a given file, or one that is written for the purpose and removed."""
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "full_size.safetensors")
        full_size.write(path)
        measure(path)


if __name__ == "__main__":
    main()
