"""Load an IP-Adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from studio.core.define import node
from studio.core.values import IpAdapter
from studio.core.widgets import ModelFile


@node("load.ip_adapter", category="Load", title="Load IP-Adapter")
def load_ip_adapter(file: Annotated[Path, ModelFile("ip_adapters")]) -> IpAdapter:
    """Open an IP-Adapter, which lets a picture say what to draw as a prompt does.

    Its kind and family are told from the names and shapes in the file. No weight is read until a
    later node needs it.

    Args:
        file: A ``.safetensors``, ``.bin`` or ``.pth`` file for SD 1.x or SDXL: plain, light, plus,
            plus-face or full-face. Those that want the measures of a face (FaceID) are not read.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: The file ends early, or is a web page or a placeholder.
        UnsafeFileError: The file asks for code to be run.
        FamilyMismatchError: It is another kind of file; the message says which, and its node.
        UnsupportedError: It wants the measures of a face.
    """
    from studio.core.errors import UnsupportedError
    from studio.facts.families import identify_as
    from studio.facts.families.adapters import ip_kind

    found = identify_as(file, "ip_adapter", "an IP-Adapter")
    if ip_kind(found.header.tensors) == "face_id":
        raise UnsupportedError(
            f"{file} is an IP-Adapter that wants the measures of a face (FaceID)",
            fix="choose a plain, plus, plus-face or full-face IP-Adapter",
        )
    return IpAdapter(str(file), found.family)
