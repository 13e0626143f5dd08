"""Tiny ONNX graphs for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.onnx_file import Op, write

__all__ = ["Op", "fixed", "write"]


def fixed(
    path: Path,
    shape: Sequence[int | str],
    *answers: NDArray[np.float32],
    dtype: str = "float32",
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """Write a network that gives the same arrays for every picture, which it does read.

    Args:
        path: Where to.
        shape: Of the picture.
        answers: What it gives.
        dtype: Number format of the picture, of what is held, and of what is given.
        metadata: What the exporter says.
    """
    ops = [
        Op("ReduceMean", "picture", "mean", keepdims=0),
        Op("Sub", "mean mean", "zero"),
    ]
    ops += [Op("Add", f"held{k} zero", f"answer{k}") for k in range(len(answers))]
    outputs = {f"answer{k}": array.shape for k, array in enumerate(answers)}
    held = {f"held{k}": array.astype(dtype) for k, array in enumerate(answers)}
    return write(path, ops, {"picture": shape}, outputs, held, metadata, dtype)
