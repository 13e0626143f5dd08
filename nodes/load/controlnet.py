"""Load a ControlNet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from studio.core.define import node
from studio.core.values import ControlNet
from studio.core.widgets import ModelFile


@node("load.controlnet", category="Load", title="Load ControlNet")
def load_controlnet(file: Annotated[Path, ModelFile("controlnet")]) -> ControlNet:
    """Open a network that steers a denoiser with a picture.

    How it is built and which family it steers are told by the names and shapes in the file's
    header, never by the file's name. No weight is read until a step needs it.

    Args:
        file: A ControlNet in the original layout or that of diffusers (a file or a folder), one
            that holds differences, a Control-LoRA, a union of several kinds, or a T2I-Adapter.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file ends early, or is a web page or a placeholder.
        UnsafeFileError: The file asks for code to be run.
        FamilyMismatchError: It is another kind of file; the message says which, and its node.
        UnsupportedError: It steers a family that this program does not draw with.

    Source:
        Zhang et al. 2023, arXiv:2302.05543; Mou et al. 2023, arXiv:2302.08453.
    """
    from studio.facts.families import identify_control

    facts = identify_control(file)
    return ControlNet(
        str(file), facts.family, architecture=facts.architecture, blocks=facts.blocks,
        kinds=facts.kinds,
    )  # fmt: skip
