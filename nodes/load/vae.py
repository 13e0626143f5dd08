"""Load a VAE."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from studio.core.define import node
from studio.core.values import Vae
from studio.core.widgets import ModelFile


@node("load.vae", category="Load", title="Load VAE")
def load_vae(file: Annotated[Path, ModelFile("vae")]) -> Vae:
    """Open a VAE of its own, to use instead of a checkpoint's.

    Names and shapes do not tell the families of VAEs apart, so it goes with every checkpoint; one of
    another family gives wrong colours.

    Args:
        file: A VAE, or a checkpoint whose VAE is meant.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file ends early, or is a web page or a placeholder.
        UnsafeFileError: The file asks for code to be run.
        UnsupportedError: The file holds no VAE.
    """
    from studio.facts.families import identify_vae

    return Vae(str(file), identify_vae(file).family)
