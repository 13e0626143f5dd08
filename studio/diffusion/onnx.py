"""Networks in ONNX files, run by onnxruntime on the CPU.

A graph names only operators that onnxruntime brings itself: nothing in the file is imported, and
weights beside it are read from its own folder alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core.errors import (
    DamagedFileError,
    MissingFileError,
    NotFiniteError,
    ShapeError,
    UnsupportedError,
)

_DTYPES = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(uint8)": np.uint8,
}


class OnnxNetwork(torch.nn.Module):
    """A network with one input, which takes one picture.

    Args:
        path: The ``.onnx`` file.

    Attributes:
        path: The file.
        shape: Of its input; ``None`` where any length is taken.
        output_shapes: Of its outputs, by name.
        metadata: What the exporter wrote into the file, such as the names of classes.
        held_bytes: About the memory that it takes: the size of the file.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: It is no ONNX graph.
        UnsupportedError: It takes more than one picture.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        self.path = Path(path)
        if not self.path.is_file():
            raise MissingFileError(f"there is no file {path}", fix="choose another file")
        self._session = _session(self.path)
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or inputs[0].type not in _DTYPES:
            said = ", ".join(f"{item.name} ({item.type})" for item in inputs)
            raise UnsupportedError(
                f"{self.path.name} takes {said or 'nothing'}; one picture is given",
                fix="choose a network with one input",
            )
        self._input, self._dtype = inputs[0].name, _DTYPES[inputs[0].type]
        self.shape = _lengths(inputs[0].shape)
        outputs = self._session.get_outputs()
        self.output_shapes = {item.name: _lengths(item.shape) for item in outputs}
        found = self._session.get_modelmeta().custom_metadata_map
        self.metadata: dict[str, str] = dict(found)
        self.held_bytes = self.path.stat().st_size

    def forward(self, values: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Run the network once.

        Args:
            values: float32 array of the shape that it takes.

        Returns:
            Its outputs in the order of the file, as float32 where they are numbers with a point.

        Raises:
            ShapeError: It does not take this shape.
            NotFiniteError: An output holds values that are not numbers.
        """
        try:
            given = {self._input: np.ascontiguousarray(values, self._dtype)}
            made = self._session.run(None, given)
        except Exception as error:  # onnxruntime's classes have no base of their own
            size = " x ".join(map(str, values.shape))
            raise ShapeError(
                f"{self.path.name} failed on an input of {size}: {str(error)[:200]}",
                fix="try another resolution",
            ) from error
        if not all(np.isfinite(item).all() for item in made):
            raise NotFiniteError(
                f"{self.path.name} gives values that are not numbers",
                fix="check that the input range is the one it was trained with",
            )
        return tuple(item.astype(np.float32, copy=False) for item in made)


def _session(path: Path) -> Any:
    """Open a file without spinning threads, which would take the cores from the window."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's classes have no base of their own
        raise DamagedFileError(
            f"{path} is no ONNX network that can be run: {str(error)[:200]}",
            fix="download it again or choose another",
        ) from error


def _lengths(shape: list[Any]) -> tuple[int | None, ...]:
    return tuple(item if isinstance(item, int) and item > 0 else None for item in shape)
