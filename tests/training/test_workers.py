"""Two processes that train together agree. Here alone, because both import this file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch

from training.workers import Workers, run_workers

pytestmark = pytest.mark.torch


def _write_average(folder: Path, workers: Workers) -> None:
    value = torch.full((3,), float(workers.rank))
    workers.average([value])
    sent = torch.full((2,), float(workers.rank))
    workers.send_from(1, sent)
    torch.save([value, sent], folder / f"{workers.rank}.pt")


def test_two_workers_average_and_send(tmp_path: Path) -> None:
    run_workers(2, partial(_write_average, tmp_path))
    for rank in range(2):
        value, sent = torch.load(tmp_path / f"{rank}.pt")
        assert value.tolist() == [0.5] * 3
        assert sent.tolist() == [1.0] * 2


def test_one_worker_needs_no_other() -> None:
    value = torch.ones(2)
    run_workers(1, lambda workers: workers.average([value]))
    assert value.tolist() == [1, 1]
