"""Which files are ONNX graphs, told without onnxruntime."""

from __future__ import annotations

from pathlib import Path

from studio.core.errors import MissingFileError

_LATEST = 32
"""Above every format version that there is."""


def is_onnx(path: str | Path) -> bool:
    """Tell whether a file begins as ONNX graphs do: with the number of their format version.

    Raises:
        MissingFileError: It cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            start = file.read(9)
    except OSError as error:
        said = error.strerror or str(error)
        raise MissingFileError(f"{path} cannot be read: {said}", fix="choose another") from error
    # A safetensors file may begin with the same two bytes, but has its brace in the ninth place.
    return len(start) == 9 and start[0] == 8 and 1 <= start[1] <= _LATEST and start[8] != 0x7B
