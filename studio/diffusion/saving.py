"""Save tensors as safetensors, and networks as a checkpoint in the published layout."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import torch

from studio.core.errors import UnsupportedError
from studio.diffusion.layouts import clip, ldm_unet, ldm_vae, open_clip
from studio.diffusion.layouts.names import backwards, renamed
from studio.diffusion.towers import TextTowers, Tower
from studio.diffusion.weights import DTYPES
from studio.facts.families import family as family_of
from studio.files import atomic_write

_NAMES = {dtype: name for name, dtype in DTYPES.items()}
# Mapped tensors at odd addresses give other low bits than aligned ones.
_ALIGNMENT = 64

Tensors = Mapping[str, torch.Tensor]


def save_tensors(path: Path, tensors: Tensors, metadata: Mapping[str, str] | None = None) -> None:
    """Write a safetensors file whose data begins at a multiple of 64 bytes.

    Args:
        path: Where; an old file is replaced in one step, so that it may be mapped meanwhile.
        tensors: In the order in which they are written.
        metadata: Texts about the file.

    Raises:
        UnsupportedError: A tensor is of a number format that the file format does not know.
        WriteError: The file could not be written.
    """
    header = _header(tensors, metadata or {})

    def write(file: BinaryIO) -> None:
        file.write(header)
        for tensor in tensors.values():
            flat = tensor.detach().cpu().contiguous().view(-1)
            file.write(flat.view(torch.uint8).numpy().data)

    atomic_write(path, write)


def save_checkpoint(
    path: Path,
    unet: torch.nn.Module,
    vae: torch.nn.Module,
    towers: TextTowers,
    family: str,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Save a whole model as a checkpoint in the layout that its family was published in.

    Args:
        path: Where.
        unet: The denoiser, as `load` returns it.
        vae: The VAE, as `load` returns it.
        towers: The text towers, as `load` returns them.
        family: Id of the family.
        metadata: Texts about the file, such as ``modelspec.title``.

    Raises:
        UnknownFamilyError: There is no such family.
        UnsupportedError: A network is built in a way that the layout has no names for.
        WriteError: The file could not be written.
    """
    save_tensors(path, checkpoint_tensors(unet, vae, towers, family), metadata)


def checkpoint_tensors(
    unet: torch.nn.Module, vae: torch.nn.Module, towers: TextTowers, family: str
) -> dict[str, torch.Tensor]:
    """Return the tensors of a checkpoint under their published names; see `save_checkpoint`."""
    facts = family_of(family)
    found = _prefixed(facts.unet_prefix, _unet(unet))
    found |= _prefixed(facts.vae_prefix, _vae(vae))
    for tower in towers.towers:
        found |= _prefixed(tower.facts.prefixes[0], _tower(tower))
    return found


def _header(tensors: Tensors, metadata: Mapping[str, str]) -> bytes:
    """Return the length and the table that a file begins with."""
    table: dict[str, object] = {"__metadata__": {"format": "pt"} | dict(metadata)}
    position = 0
    for name, tensor in tensors.items():
        if tensor.dtype not in _NAMES:
            raise UnsupportedError(f"{name} has the number format {tensor.dtype}")
        end = position + tensor.nbytes
        table[name] = {
            "dtype": _NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [position, end],
        }
        position = end
    text = json.dumps(table, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    text += b" " * (-(len(text) + 8) % _ALIGNMENT)
    return len(text).to_bytes(8, "little") + text


def _unet(unet: torch.nn.Module) -> dict[str, torch.Tensor]:
    tensors = _parameters(unet)
    table = ldm_unet.pairs(ldm_unet.skeleton_of_network(tensors))
    return _all_renamed("denoiser", renamed(tensors, backwards(table)))


def _vae(vae: torch.nn.Module) -> dict[str, torch.Tensor]:
    tensors = _parameters(vae)
    table = ldm_vae.pairs(*ldm_vae.levels_of_network(tensors))
    return _all_renamed("VAE", renamed(ldm_vae.to_file(tensors), backwards(table)))


def _tower(tower: Tower) -> dict[str, torch.Tensor]:
    tensors = clip.plain(_parameters(tower.model))
    if tower.facts.layout == "openclip":
        return open_clip.to_file(tensors, getattr(tower.model, "logit_scale", None))
    return clip.to_file(tensors)


def _parameters(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: parameter.detach() for name, parameter in network.named_parameters()}


def _prefixed(prefix: str, tensors: Tensors) -> dict[str, torch.Tensor]:
    return {prefix + name: tensor for name, tensor in tensors.items()}


def _all_renamed(
    what: str, result: tuple[dict[str, torch.Tensor], list[str]]
) -> dict[str, torch.Tensor]:
    tensors, unknown = result
    if unknown:
        raise UnsupportedError(f"the {what} has {unknown[0]}, which the layout has no name for")
    return tensors
