"""Load an upscaler."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from studio.core.define import node
from studio.core.values import Upscaler
from studio.core.widgets import ModelFile


@node("load.upscaler", category="Load", title="Load upscaler")
def load_upscaler(file: Annotated[Path, ModelFile("upscalers")]) -> Upscaler:
    """Open a network that enlarges or restores pictures.

    Its architecture and how much it enlarges are told from the names and shapes in the file. No
    weight is read until a later node needs it.

    Args:
        file: A ``.safetensors`` or ``.pth`` file of any architecture that spandrel knows: ESRGAN,
            Compact, SPAN, SwinIR, HAT, DAT and some thirty more.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file ends early, or is a web page or a placeholder.
        UnsafeFileError: The file asks for code to be run.
        FamilyMismatchError: It is another kind of file; the message says which, and its node.
        UnsupportedError: It matches no known architecture.
        ShapeError: The network gives other channels than it takes.
    """
    from studio.diffusion.upscale.networks import facts_of
    from studio.facts.header import read_header

    facts = facts_of(read_header(file))
    return Upscaler(str(file), scale=facts.scale, architecture=facts.architecture)
