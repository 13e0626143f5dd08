"""Torch files, zipped and old: what they hold and what they ask for, without torch and `pickle`.

A class or function outside the lists below is a reason to refuse the whole file. Nothing that a
file names is ever imported or called.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from studio.core.errors import DamagedFileError, UnsafeFileError, UnsupportedError
from studio.facts import modules
from studio.facts.described import Format, Header, TensorFacts
from studio.facts.pickle_walk import DTYPES, OldNetworkError, Pickled, WalkError, walk
from studio.facts.safetensors_header import TENSOR_LIMIT

PICKLE_LIMIT = 64 * 2**20
_MEMBER_LIMIT = 2 * TENSOR_LIMIT
_DEPTH_LIMIT = 3
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C

TORCH_ITSELF = re.compile(
    r"collections\.OrderedDict|_codecs\.encode|torch\.Size"
    r"|torch\.(storage\.)?\w+Storage"
    r"|torch\.device"
    rf"|torch\.({'|'.join(name for name in DTYPES if name.islower())})"
    r"|torch\._utils\._rebuild_(tensor(_v2|_v3)?|parameter(_with_state)?)"
)
"""What torch's restricted reader understands and weights files use."""

HARMLESS = re.compile(
    r"ultralytics(\.\w+)+"
    r"|(pytorch_lightning|lightning|lightning_fabric|omegaconf|ldm)(\.[a-z_]\w*)*\.[A-Z]\w*"
    r"|torch\.(nn|optim)(\.[a-z_]\w*)*\.[A-Z]\w*"
    r"|numpy\.(_?core\.)?multiarray\.(scalar|_reconstruct)"
    r"|numpy\.(ndarray|dtype|(float|int|uint|bool)\w*)"
    r"|argparse\.Namespace|typing\.Any|pathlib\.(Pure)?(Posix|Windows)?Path"
    r"|collections\.(Counter|deque|defaultdict)"
    r"|(__builtin__|builtins)\.(dict|list|set|frozenset|tuple|int|float|complex|object|slice)"
)
"""What training tools leave behind, and networks pickled whole; it becomes an inert stand-in."""

_FIRST_YOLO = re.compile(r"models\.(yolo|common|experimental)\.\w+")
"""Layers of YOLO v5 and v7, whose names only say what a refused file is."""


def read_zip(path: Path) -> Header:
    """Read the description of a torch file in its present, zipped form.

    Raises:
        DamagedFileError: It is another zip archive, or a damaged one.
        UnsafeFileError: It is a program, or asks for more than tensors.
    """
    return _header(path, "zip", _opened_zip(path), ())


def read_legacy(path: Path) -> Header:
    """Read the description of a torch file in its old form: a row of pickles.

    Raises:
        DamagedFileError: It is a pickle, but no torch file.
        UnsafeFileError: It asks for more than tensors.
        UnsupportedError: It is a network pickled whole, which in this form holds its own program.
    """
    warning = "an old torch file: it is read whole before use, where safetensors is mapped"
    return _header(path, "legacy", _opened_legacy(path), (warning,))


def _opened_zip(path: Path) -> Pickled:
    """Return what a zipped torch file holds; raises as `read_zip` does."""
    try:
        with zipfile.ZipFile(path) as archive:
            raw = _description(path, archive)
    except (zipfile.BadZipFile, EOFError, ValueError, RuntimeError) as error:
        raise DamagedFileError(
            f"{path} is a damaged zip archive ({error})", fix="download it again"
        ) from None
    return _guarded(path, io.BytesIO(raw))


def _opened_legacy(path: Path) -> Pickled:
    """Return what an old torch file holds; raises as `read_legacy` does."""
    with path.open("rb") as file:
        if _guarded(path, file).root != _LEGACY_MAGIC:
            raise DamagedFileError(f"{path} is a pickle, but not one of torch weights")
        for _ in ("protocol", "system"):
            _guarded(path, file)
        return _guarded(path, file)


def flatten(root: object, is_leaf: Callable[[object], bool]) -> dict[str, object]:
    """Return the leaves of nested dicts by dotted path, from ``state_dict`` on if there is one.

    Of a network that was pickled whole, they are its parameters and buffers.

    Args:
        root: What a torch file holds.
        is_leaf: Says whether a value is a tensor.
    """
    network = modules.network_in(root)
    if network:
        return modules.leaves(network, is_leaf)
    for _ in range(_DEPTH_LIMIT):
        inner = root.get("state_dict") if isinstance(root, dict) else None
        root = inner if isinstance(inner, dict) else root
    found: dict[str, object] = {}
    waiting: list[tuple[str, object, int]] = [("", root, 0)]
    while waiting and len(found) <= TENSOR_LIMIT:
        path, value, depth = waiting.pop()
        if is_leaf(value):
            found[path or "tensor"] = value
        elif isinstance(value, dict) and depth < _DEPTH_LIMIT:
            stem = f"{path}." if path else ""
            inside = [(f"{stem}{name}", item, depth + 1) for name, item in value.items()]
            waiting.extend(reversed(inside))
    return found


def _header(path: Path, format_: str, pickled: Pickled, warnings: tuple[str, ...]) -> Header:
    """Return the tensors that a pickle describes."""
    try:
        found = flatten(pickled.root, lambda value: isinstance(value, TensorFacts))
    except modules.TangledError as error:
        raise DamagedFileError(f"{path} is no network: {error}") from None
    tensors = {name: facts for name, facts in found.items() if isinstance(facts, TensorFacts)}
    if not tensors or len(tensors) > TENSOR_LIMIT:
        raise DamagedFileError(f"{path} is a torch file with {len(tensors):,} tensors")
    network = modules.network_in(pickled.root)
    described = modules.described(network) if network else None
    stored: Format = "zip" if format_ == "zip" else "legacy"
    return Header(path, stored, tensors, {}, warnings, described, pickled.asked)


def _description(path: Path, archive: zipfile.ZipFile) -> bytes:
    """Return the pickle that describes the tensors, after checks of the archive."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if any(name.endswith("/constants.pkl") or "/code/" in name for name in names):
        raise UnsafeFileError(f"{path} is a TorchScript program, not weights")
    if any("archive_format" in name.split("/")[-1:] for name in names):
        raise UnsafeFileError(f"{path} is an exported torch program, not weights")
    pickles = [member for member in members if member.filename.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise DamagedFileError(f"{path} is a zip archive, but not one of torch weights")
    _check_members(path, members)
    return archive.read(pickles[0])


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Refuse archives that are larger inside than outside."""
    stored = all(member.compress_type == zipfile.ZIP_STORED for member in members)
    held = sum(member.file_size for member in members)
    twice = len({member.filename for member in members}) != len(members)
    description = max(m.file_size for m in members if m.filename.endswith("/data.pkl"))
    if not stored or held > path.stat().st_size:
        raise DamagedFileError(f"{path} is a compressed zip archive; torch writes plain ones")
    if twice or len(members) > _MEMBER_LIMIT or description > PICKLE_LIMIT:
        raise DamagedFileError(f"{path} is a zip archive that torch does not write")


def _guarded(path: Path, file: BinaryIO) -> Pickled:
    """Walk one pickle and refuse what asks for more than data.

    A network of the old form may well ask for its own classes before that is known: what it is
    says more to people than their names.
    """
    try:
        pickled = walk(file)
    except WalkError as error:
        if isinstance(error, OldNetworkError):
            raise UnsupportedError(
                f"{path} is a network that was pickled whole before torch 1.6, and holds its own "
                "program; it was not opened",
                fix="get it as ONNX or safetensors, or have it saved by a newer version of the "
                "program that it was trained with",
            ) from None
        _check_names(path, error.asked)
        raise DamagedFileError(f"{path} holds no plain weights: {error}") from None
    _check_names(path, pickled.asked)
    return pickled


def _check_names(path: Path, asked: frozenset[str]) -> None:
    """Refuse a file that asks for anything beyond tensors and harmless leftovers."""
    refused = sorted(
        name for name in asked if not TORCH_ITSELF.fullmatch(name) and not HARMLESS.fullmatch(name)
    )
    if refused and all(map(_FIRST_YOLO.fullmatch, refused)):
        raise UnsupportedError(
            f"{path} is a network of YOLO v5 or v7 with the program of its own repository; it "
            "was not opened",
            fix="export it as ONNX there and load that, or choose one of YOLO v8, v9 or 11",
        )
    if refused:
        listed = ", ".join(name[:100] for name in refused[:10])
        raise UnsafeFileError(
            f"{path} asks for {listed}, which weights do not need; it was not opened",
            fix="get the file as safetensors, from someone you trust",
        )
