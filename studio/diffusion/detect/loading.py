"""From a file to a detector, whatever kind of file it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.errors import (
    DamagedFileError,
    FamilyMismatchError,
    UnsupportedError,
)
from studio.diffusion.detect.exported import Exported, YuNet, is_yunet
from studio.diffusion.detect.yolo import Yolo, refuse_unknown
from studio.diffusion.onnx import OnnxNetwork
from studio.diffusion.weights import open_weights
from studio.facts.described import Header
from studio.facts.families import describe, family
from studio.facts.header import read_header
from studio.facts.onnx_files import is_onnx
from studio.paths import resources

Detecting = Yolo | Exported | YuNet

_NAMES_SHOWN = 8


def starter() -> Path:
    """Return the face detector that comes with the program."""
    return resources() / "starter" / "toyworld_faces.onnx"


def check(path: Path) -> None:
    """Refuse files that hold no detector, without reading weights of a torch file.

    Raises:
        ModelError: As `open_detector` says, but for what only the weights tell.
    """
    if is_onnx(path):
        _exported(path)
        return
    header = read_header(path)
    _refuse_others(header)
    if header.network is not None:
        with _named(path):
            refuse_unknown(header.network)


def open_detector(path: str | Path) -> Detecting:
    """Open a detector, on the CPU, with its weights in float32.

    Args:
        path: A ``.pt`` file of YOLO v8, v9 or 11, or an ``.onnx`` file; its content decides.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: It is truncated or is something else; the message says which.
        UnsafeFileError: It asks for code to be run.
        FamilyMismatchError: It is another kind of file; the message says which, and its node.
        UnsupportedError: It is a network that this program does not know.
    """
    if is_onnx(path):
        return _exported(Path(path))
    weights = open_weights(path)
    _refuse_others(weights.header)
    with _named(path):
        return Yolo(weights)


@contextmanager
def _named(path: str | Path) -> Iterator[None]:
    """Name the file in what is said of the network in it."""
    try:
        yield
    except (DamagedFileError, UnsupportedError) as error:
        fix = error.fix or "choose another file"
        raise type(error)(f"{path} was not opened: {error.text}", fix=fix) from None


def _exported(path: Path) -> Exported | YuNet:
    network = OnnxNetwork(path)
    return YuNet(network) if is_yunet(network) else Exported(network)


def _refuse_others(header: Header) -> None:
    known = describe(header)
    if known.kind == "detector":
        return
    if known.kind == "unknown":
        names = ", ".join(list(header.tensors)[:_NAMES_SHOWN])
        raise UnsupportedError(
            f"{header.path} is no detector that is known; its names begin with {names}",
            fix="choose a .pt file of YOLO v8, v9 or 11, or an ONNX file",
        )
    title = known.title or family(known.family).title
    raise FamilyMismatchError(f"{header.path} is {title}, not a detector", fix=known.fix)
