"""Load a detector."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from studio.core.define import node
from studio.core.values import Detector
from studio.core.widgets import ModelFile


@node("load.detector", category="Load", title="Load detector")
def load_detector(file: Annotated[Path, ModelFile("detectors")]) -> Detector:
    """Open a network that finds faces, people or things.

    A ``.pt`` file of the YOLO v8, v9 and 11 family is read without running anything in it, and its
    network is built from the description in the file. No weight is read until a later node needs
    it.

    Args:
        file: A ``.pt`` file of YOLO v8, v9 or 11 for boxes or segments, or an ``.onnx`` file with
            outputs like theirs, or YuNet.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file ends early, or is a web page or a placeholder.
        UnsafeFileError: The file asks for code to be run.
        FamilyMismatchError: It is another kind of file; the message says which, and its node.
        UnsupportedError: It is a network that this program does not know.
    """
    from studio.diffusion.detect.loading import check

    check(file)
    return Detector(str(file))
