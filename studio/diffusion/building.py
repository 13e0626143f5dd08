"""Networks without weights, and what belongs into them: names and shapes in, a `Blueprint` out.

A network is built with its parameters on the meta device, so that nothing is allocated or
initialised; its buffers are real. `loading` then puts the tensors of a file in.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from accelerate import init_empty_weights
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from studio.core.errors import DamagedFileError, UnsupportedError
from studio.diffusion.layouts import clip, ldm_unet, ldm_vae, open_clip
from studio.diffusion.layouts.names import Shapes, backwards, forwards, renamed
from studio.diffusion.weights import Weights
from studio.facts import folders
from studio.facts.families import EncoderFacts, Family

T = TypeVar("T")

Tensors = dict[str, torch.Tensor]

UNET_SETTINGS = ("attention_head_dim", "num_attention_heads", "norm_num_groups", "norm_eps")
_VAE_SETTINGS = ("norm_num_groups", "scaling_factor")
_TOWER_SETTINGS = ("num_attention_heads", "hidden_act", "layer_norm_eps")
_LOCK = threading.Lock()
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A network on the meta device, and the tensors that belong into it.

    Attributes:
        network: Has parameters without memory.
        tensors: Views of the file by the names of the network.
        unknown: Names in the file that the network has no place for.
    """

    network: torch.nn.Module
    tensors: Tensors
    unknown: tuple[str, ...]


def build(make: Callable[[], torch.nn.Module]) -> torch.nn.Module:
    """Return a network whose parameters are on the meta device and whose buffers are real."""
    # The library replaces methods of torch for all threads while it builds.
    with _LOCK, init_empty_weights(include_buffers=False):
        network = make()
    return network.requires_grad_(False).eval()


def unet(weights: Weights, family: Family) -> Blueprint:
    """Return the denoiser of a checkpoint or folder.

    Raises:
        UnsupportedError: There is none, or it is of another kind than the family's.
        DamagedFileError: Tensors are missing.
    """
    names, told = _part(weights, family.unet_prefix, "unet/", UNET_SETTINGS)
    _present(weights, names, "denoiser")
    if "conv_in.weight" in names:
        published, unknown = _published(names)
        tensors = {name: names[name] for name in names if name not in unknown}
    else:
        table = ldm_unet.pairs(ldm_unet.skeleton_of_file(names))
        published = names
        tensors, unknown = renamed(names, forwards(table))
    settings = sensible(weights, lambda: ldm_unet.config(shapes_of(published))) | told
    network = sensible(weights, lambda: build(lambda: UNet2DConditionModel.from_config(settings)))
    return Blueprint(network, tensors, tuple(unknown))


def published_unet(weights: Weights, family: Family) -> Tensors:
    """Return the tensors of the denoiser of a checkpoint or folder by their published names.

    Raises:
        UnsupportedError: There is none.
    """
    names, _ = _part(weights, family.unet_prefix, "unet/", ())
    _present(weights, names, "denoiser")
    return _published(names)[0] if "conv_in.weight" in names else names


def _published(names: Tensors) -> tuple[Tensors, list[str]]:
    """Return a network's tensors by their published names, and the names without one."""
    table = ldm_unet.pairs(ldm_unet.skeleton_of_network(names))
    return renamed(names, backwards(table))


def vae(weights: Weights, scale: float) -> Blueprint:
    """Return the VAE of a checkpoint, a folder, or a file of its own.

    Args:
        weights: What was opened.
        scale: The family's factor to unit variance.

    Raises:
        UnsupportedError: There is none.
        DamagedFileError: Tensors are missing.
    """
    names, told = _part(weights, "first_stage_model.", "vae/", _VAE_SETTINGS)
    names = names or dict(weights)
    if not any(name.startswith("decoder.") for name in names):
        names = {}
    _present(weights, names, "VAE")
    published = ldm_vae.is_published(names)
    if published:
        table = ldm_vae.pairs(*ldm_vae.levels_of_file(names))
        original = names
        tensors, unknown = renamed(names, forwards(table))
    else:
        names = _modern(names)
        table = ldm_vae.pairs(*ldm_vae.levels_of_network(names))
        original, unknown = renamed(names, backwards(table))
        tensors = {name: names[name] for name in names if name not in unknown}
    settings = sensible(weights, lambda: ldm_vae.config(shapes_of(original), scale)) | told
    network = sensible(weights, lambda: build(lambda: AutoencoderKL.from_config(settings)))
    return Blueprint(network, ldm_vae.to_network(tensors), tuple(unknown))


def tower(weights: Weights, facts: EncoderFacts) -> Blueprint:
    """Return one text tower of a checkpoint or folder.

    A ``logit_scale`` that the file holds is a buffer of the network, so that it can be saved again.

    Raises:
        UnsupportedError: There is none.
        DamagedFileError: Tensors are missing.
    """
    prefix = next((p for p in facts.prefixes if below(weights, p)), facts.prefixes[0])
    part = prefix.removesuffix("/") if prefix.endswith("/") else ""
    names, told = _part(weights, prefix, f"{part}/", _TOWER_SETTINGS)
    _present(weights, names, "text encoder")
    original, unknown = names, list[str]()
    if open_clip.is_open_clip(original):
        names, unknown = sensible(weights, lambda: open_clip.to_plain(original))
    tensors = clip.plain(names)
    if not facts.projected:
        tensors.pop("text_projection.weight", None)
    settings = sensible(weights, lambda: clip.config(shapes_of(tensors), facts.activation))
    settings |= told
    kind = CLIPTextModelWithProjection if facts.projected else CLIPTextModel
    network = sensible(weights, lambda: build(lambda: kind(CLIPTextConfig(**settings))))
    if "logit_scale" in original:
        network.register_buffer("logit_scale", original["logit_scale"], persistent=False)
    stem = "text_model." if hasattr(network, "text_model") else ""
    placed = {
        name if name.startswith("text_proj") else stem + name: tensors[name] for name in tensors
    }
    return Blueprint(network, placed, tuple(unknown))


def check(weights: Weights, blueprint: Blueprint) -> None:
    """Check that every parameter of a network has its tensor, of the right shape.

    What the network has no place for is dropped, and logged.

    Raises:
        DamagedFileError: One is missing, or has another shape.
    """
    path = weights.header.path
    wanted = dict(blueprint.network.named_parameters())
    missing = [name for name in wanted if name not in blueprint.tensors]
    if missing:
        raise DamagedFileError(
            f"{path} lacks {len(missing)} of {len(wanted)} tensors, {missing[0]} among them",
            fix="choose a whole checkpoint",
        )
    for name, parameter in wanted.items():
        shape = blueprint.tensors[name].shape
        if shape != parameter.shape:
            raise DamagedFileError(
                f"{path} has {name} of shape {tuple(shape)} instead of {tuple(parameter.shape)}"
            )
    extra = [*blueprint.unknown, *(name for name in blueprint.tensors if name not in wanted)]
    if extra:
        _LOG.warning("%s: %d tensors are not used, %s among them", path, len(extra), extra[0])
    for name in blueprint.tensors.keys() - wanted.keys():
        del blueprint.tensors[name]


def _part(
    weights: Weights, prefix: str, folder: str, settings: tuple[str, ...]
) -> tuple[Tensors, dict[str, Any]]:
    """Return the tensors of one part and, in a folder, the settings that shapes do not say."""
    if weights.header.format != "folder":
        return below(weights, prefix), {}
    return below(weights, folder), overrides(weights, folder.removesuffix("/"), settings)


def overrides(weights: Weights, part: str, settings: tuple[str, ...]) -> dict[str, Any]:
    """Return the settings of one part of a folder that shapes do not say; nothing for a file."""
    if weights.header.format != "folder":
        return {}
    found = folders.settings(weights.header.path, part)
    return {name: found[name] for name in settings if _is_plain(found.get(name))}


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, int) for item in value)
    return isinstance(value, int | float | str)


def below(weights: Mapping[str, torch.Tensor], prefix: str) -> Tensors:
    """Return the tensors under a prefix, without it."""
    start = len(prefix)
    return {name[start:]: tensor for name, tensor in weights.items() if name.startswith(prefix)}


def shapes_of(tensors: Mapping[str, torch.Tensor]) -> Shapes:
    """Return the shape of every tensor."""
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def _modern(tensors: Tensors) -> Tensors:
    """Return a VAE under the names that today's networks have."""
    found = {}
    for name, tensor in tensors.items():
        new = name
        for old, now in ldm_vae.old_names().items():
            new = new.replace(old, now)
        found[new] = tensor
    return found


def _present(weights: Weights, tensors: Tensors, what: str) -> None:
    if not tensors:
        raise UnsupportedError(
            f"{weights.header.path} holds no {what}", fix=f"load the {what} from another file"
        )


def sensible(weights: Weights, make: Callable[[], T]) -> T:
    """Read settings off shapes, or build with them; say so when the shapes make no sense.

    Raises:
        DamagedFileError: A tensor is missing.
        UnsupportedError: The shapes make no sense.
    """
    try:
        return make()
    except KeyError as error:
        raise DamagedFileError(f"{weights.header.path} lacks the tensor {error}") from None
    except (ValueError, LookupError, TypeError, ArithmeticError, RuntimeError) as error:
        what = str(error).partition("\n")[0][:200]
        raise UnsupportedError(
            f"{weights.header.path} is built in an unknown way: {what}"
        ) from None
