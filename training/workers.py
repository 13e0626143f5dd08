"""Several processes that train one model together, one thread each.

Two processes that average their gradients train about twice as fast on two cores as one process
with two threads: the layers of the starter models are too small to be split.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor
from torch.multiprocessing.spawn import spawn


@dataclass(frozen=True, slots=True)
class Workers:
    """The processes that train together, seen by one of them."""

    rank: int = 0
    count: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process logs and saves."""
        return self.rank == 0

    def average(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its mean over the processes."""
        if self.count == 1:
            return
        flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
        dist.all_reduce(flat)
        flat /= self.count
        start = 0
        for tensor in tensors:
            tensor.copy_(flat[start : start + tensor.numel()].view_as(tensor))
            start += tensor.numel()

    def send_from(self, rank: int, tensor: Tensor) -> None:
        """Overwrite a contiguous tensor by that of one process."""
        if self.count > 1:
            dist.broadcast(tensor, rank)


def run_workers(count: int, work: Callable[[Workers], None]) -> None:
    """Run ``work`` in ``count`` processes that can average; a module-level callable, picklable.

    Raises:
        ProcessRaisedException: when one of them fails.
    """
    if count == 1:
        work(Workers())
        return
    with tempfile.TemporaryDirectory() as folder:
        meeting = f"file://{Path(folder) / 'meeting'}"
        spawn(_start, args=(count, meeting, work), nprocs=count)  # type: ignore[no-untyped-call]  # not typed by torch


def _start(rank: int, count: int, meeting: str, work: Callable[[Workers], None]) -> None:
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=count)
    work(Workers(rank, count))
    dist.destroy_process_group()
