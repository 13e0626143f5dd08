"""Load an image encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from studio.core.define import node
from studio.core.values import ImageEncoder
from studio.core.widgets import ModelFile


@node("load.image_encoder", category="Load", title="Load image encoder")
def load_image_encoder(file: Annotated[Path, ModelFile("image_encoders")]) -> ImageEncoder:
    """Open a CLIP image encoder, the eye of an IP-Adapter.

    IP-Adapters go with the encoder that they were trained with: ViT-H for all of SD 1.x and those
    of SDXL whose names end in ``vit-h``, ViT-bigG for the others of SDXL. No weight is read until
    a later node needs it.

    Args:
        file: In the layout of transformers or of OpenCLIP; a text encoder in it is left alone.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file ends early, or is a web page or a placeholder.
        UnsafeFileError: The file asks for code to be run.
        FamilyMismatchError: It is another kind of file; the message says which, and its node.
    """
    from studio.facts.families import identify_as

    identify_as(file, "image_encoder", "an image encoder")
    return ImageEncoder(str(file))
