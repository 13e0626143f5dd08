"""Diffusers folders: which files hold which part, and their headers together."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.core.errors import DamagedFileError
from studio.facts.described import Header, TensorFacts

PARTS = ("unet", "vae", "text_encoder", "text_encoder_2")
_STEMS = ("diffusion_pytorch_model", "model", "pytorch_model")
_JSON_LIMIT = 4 * 2**20


def read(path: Path, read_file: Callable[[Path], Header]) -> Header:
    """Read the headers of all parts of a folder, under names such as ``unet/conv_in.weight``.

    The folder of one network alone, such as a ControlNet, has no parts, and names as they are.

    Args:
        path: The folder.
        read_file: Reads the header of one file.

    Raises:
        DamagedFileError: The folder holds no part, or a part is damaged.
    """
    tensors: dict[str, TensorFacts] = {}
    metadata: dict[str, str] = {}
    warnings: list[str] = []
    for part, files in parts(path).items():
        for file in files:
            header = read_file(file)
            # A folder is read part by part, so a position in one file means nothing here.
            names = {prefix(part) + name: facts for name, facts in header.tensors.items()}
            tensors |= {name: replace(facts, start=-1) for name, facts in names.items()}
            metadata |= header.metadata
            warnings += header.warnings
    return Header(path, "folder", tensors, metadata, tuple(warnings))


def prefix(part: str) -> str:
    """Return what the names of a part begin with."""
    return f"{part}/" if part else ""


def parts(path: Path) -> dict[str, list[Path]]:
    """Return the weights files of each part of a diffusers folder.

    A network alone in its folder is one part without a name.

    Raises:
        DamagedFileError: There is none.
    """
    found = {part: files for part in PARTS if (files := _files(path / part))}
    if not found and (alone := _files(path)):
        return {"": alone}
    if not found:
        raise DamagedFileError(
            f"{path} is a folder without weights of a model",
            fix=f"choose a folder that holds {', '.join(PARTS[:3])}",
        )
    return found


def settings(path: Path, part: str, name: str = "") -> dict[str, Any]:
    """Return the settings of one part; empty when there are none.

    Args:
        path: The folder.
        part: One of its parts; empty for a network alone.
        name: Of another file than the usual one.

    Raises:
        DamagedFileError: They are no JSON object.
    """
    usual = "scheduler_config.json" if part == "scheduler" else "config.json"
    file = path / part / (name or usual)
    return _json(file) if file.is_file() else {}


def _json(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _JSON_LIMIT:
            raise DamagedFileError(f"{file} is larger than settings are")
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DamagedFileError(f"{file} cannot be read as JSON ({error})") from None
    if not isinstance(found, dict):
        raise DamagedFileError(f"{file} is not a JSON object")
    return found


def _files(folder: Path) -> list[Path]:
    """Return the files of one part: whole, in shards, half precision, or pickled."""
    for ending in (".safetensors", ".fp16.safetensors", ".bin", ".fp16.bin"):
        for stem in _STEMS:
            whole = folder / f"{stem}{ending}"
            if whole.is_file():
                return [whole]
            index = folder / f"{stem}{ending}.index.json"
            if index.is_file():
                return _shards(folder, index)
    return []


def _shards(folder: Path, index: Path) -> list[Path]:
    """Return the files that an index names, each inside the folder."""
    table = _json(index).get("weight_map")
    if not isinstance(table, dict):
        raise DamagedFileError(f"{index} names no files")
    names = {str(name) for name in table.values()}
    outside = sorted(name for name in names if Path(name).name != name)
    if outside:
        raise DamagedFileError(f"{index} names a file outside of its folder: {outside[0]}")
    return [folder / name for name in sorted(names)]
