"""ControlNets without weights, and what belongs into them, from every layout that they come in.

Published files have the names of the original code; diffusers' files have a network's names. Files
of differences and Control-LoRAs hold only what is to be added to the denoiser that they steer.
"""

from __future__ import annotations

import re
from typing import Any

import torch
from diffusers import ControlNetModel, ControlNetUnionModel

from studio.core.errors import UnsupportedError
from studio.diffusion import building
from studio.diffusion.building import Blueprint, Tensors, sensible, shapes_of
from studio.diffusion.control.network import ControlNetwork
from studio.diffusion.layouts import ldm_control, ldm_unet
from studio.diffusion.layouts.names import backwards, forwards, renamed
from studio.diffusion.weights import Weights
from studio.facts.families import Family, controls

_SETTINGS = (
    *building.UNET_SETTINGS, "num_trans_head", "global_pool_conditions",
    "controlnet_conditioning_channel_order",
)  # fmt: skip
_FACTOR_ENDS = (".up", ".down")
_POOLED = re.compile(r"^\s*global_average_pooling:\s*true\b", re.MULTILINE | re.IGNORECASE)
_SIDECAR_LIMIT = 2**20


def blueprint(weights: Weights, base: Weights | None, family: Family) -> Blueprint:
    """Return the network of a ControlNet, and its tensors.

    Args:
        weights: The ControlNet.
        base: The checkpoint that it steers, for files that build on one.
        family: The family of both.

    Raises:
        UnsupportedError: It is built in a way that is not known, or builds on a missing checkpoint.
        DamagedFileError: Tensors are missing.
    """
    facts = controls.describe(weights.header)
    names = building.below(weights, controls.prefix(weights.header))
    if facts.needs_base:
        if base is None:
            raise UnsupportedError(
                f"{weights.header.path} is {facts.title}, and only works on a checkpoint",
                fix="put it on a model with the node control.apply",
            )
        names = whole(names, building.published_unet(base, family))
    network_names, original, unknown = _both_ways(names)
    settings = sensible(weights, lambda: _config(original, network_names, facts.architecture))
    settings |= building.overrides(weights, "", _SETTINGS)
    network = sensible(weights, lambda: building.build(lambda: _network(settings, weights)))
    tensors = {_inside(name): tensor for name, tensor in network_names.items()}
    return Blueprint(network, tensors, tuple(unknown))


def whole(names: Tensors, base: Tensors) -> Tensors:
    """Return a ControlNet in full from what it adds to a denoiser.

    Args:
        names: Its tensors by published name: differences, or products of two factors and whole
            tensors beside them.
        base: Tensors of the denoiser by published name.

    Source:
        The ControlNet repository, ``tool_transfer_control.py``, for differences; Stability AI's
        Control-LoRA model card for products.
    """
    if "difference" in names:
        return {
            name: _sum(base[name], tensor) if name in base else tensor
            for name, tensor in names.items()
            if name != "difference"
        }
    full = {
        name: tensor
        for name, tensor in names.items()
        if not name.endswith(_FACTOR_ENDS) and name != "lora_controlnet"
    }
    for name, tensor in base.items():
        stem = name.removesuffix(".weight")
        if name in full or name.startswith(("out.", "output_blocks.")):
            continue
        if stem + ".up" in names:
            up, down = (names[stem + end].float().flatten(1) for end in _FACTOR_ENDS)
            tensor = _sum(tensor, (up @ down).reshape(tensor.shape))
        full[name] = tensor
    return full


def _sum(base: torch.Tensor, added: torch.Tensor) -> torch.Tensor:
    """Return a sum, added up in float32 whatever the files have."""
    return base.float() + added.float()


def _both_ways(names: Tensors) -> tuple[Tensors, Tensors, list[str]]:
    """Return tensors by a network's names, by published ones, and the names without a place."""
    if any(name.startswith(ldm_control.HINT) for name in names):
        skeleton = ldm_unet.skeleton_of_file(names)
        table = ldm_control.pairs(skeleton, ldm_control.levels_of_file(shapes_of(names)))
        found, unknown = renamed(names, forwards(table))
        return found, names, unknown
    skeleton = ldm_unet.skeleton_of_network(names)
    table = ldm_control.pairs(skeleton, ldm_control.levels_of_network(shapes_of(names)))
    return names, renamed(names, backwards(table))[0], []


def _config(original: Tensors, network: Tensors, architecture: str) -> dict[str, Any]:
    settings = ldm_control.config(shapes_of(original))
    if architecture == "union":
        settings |= ldm_control.union_config(shapes_of(network))
    return settings


def _network(settings: dict[str, Any], weights: Weights) -> ControlNetwork:
    """Build a network; only the mean of its residuals counts where its settings say so."""
    settings = dict(settings)
    is_pooled = bool(settings.pop("global_pool_conditions", False)) or _sidecar_pools(weights)
    order = settings.pop("controlnet_conditioning_channel_order", "rgb")
    kind = ControlNetUnionModel if "num_control_type" in settings else ControlNetModel
    return ControlNetwork(kind.from_config(settings), is_pooled=is_pooled, is_bgr=order == "bgr")


def _sidecar_pools(weights: Weights) -> bool:
    """Return whether a YAML file of the same name says that residuals are averaged."""
    sidecar = weights.header.path.with_suffix(".yaml")
    if not sidecar.is_file() or sidecar.stat().st_size > _SIDECAR_LIMIT:
        return False
    return _POOLED.search(sidecar.read_text("utf-8", errors="replace")) is not None


def _inside(name: str) -> str:
    """Return the name of a tensor inside of the network as it is lent."""
    embedding = "controlnet_cond_embedding."
    if name.startswith(embedding):
        return "embed." + name.removeprefix(embedding)
    return "body." + name
