"""T2I-Adapters: small networks that turn a hint into features for the way down of a denoiser.

Read in both layouts: that of the authors (``body.0.block1``) and that of diffusers
(``adapter.body.0.resnets.0.block1``). How one is built is told from names and shapes.

Source:
    Mou et al. 2023, arXiv:2302.08453, section 3.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from diffusers import T2IAdapter

from studio.diffusion.building import Blueprint, build, sensible
from studio.diffusion.layouts.names import Shapes
from studio.diffusion.weights import Weights
from studio.facts.families import adapters

T = TypeVar("T")

_PUBLISHED_BLOCKS = 2
"""Blocks a level of published networks, where nothing in a file tells."""


def is_t2i(names: Mapping[str, object]) -> bool:
    """Return whether tensors of these names are a T2I-Adapter, in either layout."""
    return bool(adapters.t2i_layout(names))


def blueprint(weights: Weights) -> Blueprint:
    """Return the network of a T2I-Adapter, and its tensors.

    Raises:
        UnsupportedError: It is built in a way that is not known.
        DamagedFileError: Tensors are missing that tell how it is built.
    """
    tensors = to_network(weights)
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    settings = sensible(weights, lambda: config(shapes))
    network = sensible(weights, lambda: build(lambda: T2IAdapter(**settings)))
    return Blueprint(network, tensors, ())


def to_network(tensors: Mapping[str, T]) -> dict[str, T]:
    """Return the tensors of either layout under the names of the network."""
    bare = {adapters.bare(name): tensor for name, tensor in tensors.items()}
    renames = {"full": _from_full(bare), "light": _from_light}
    rename = renames.get(adapters.t2i_layout(bare), lambda name: name)
    return {f"adapter.{rename(name)}": tensor for name, tensor in bare.items()}


def config(shapes: Shapes) -> dict[str, Any]:
    """Return the settings of the network that these tensors belong to.

    Args:
        shapes: Shapes by the names of the network.

    Raises:
        KeyError: A tensor is missing that the settings are read off.
        ValueError: It takes a number of channels that no such network takes.
    """
    bare = {adapters.bare(name): shape for name, shape in shapes.items()}
    cut = adapters.t2i_cut(bare)
    is_light = "conv_in.weight" not in bare
    first = bare["body.0.in_conv.weight" if is_light else "conv_in.weight"]
    ends = "out_conv.weight" if is_light else "resnets.0.block1.weight"
    widths = [bare[f"body.{level}.{ends}"][0] for level in range(_count(bare, "body.{}." + ends))]
    kind = "full_adapter_xl" if cut == 16 else "full_adapter"
    return {
        "in_channels": first[1] // cut**2,
        # The last two levels of a light network share one entry.
        "channels": widths[:-1] if is_light else widths,
        "num_res_blocks": _count(bare, "body.0.resnets.{}.block1.weight"),
        "downscale_factor": cut,
        "adapter_type": "light_adapter" if is_light else kind,
    }


def _count(names: Mapping[str, object], pattern: str) -> int:
    """Return how many names there are of a pattern with a number in it, from 0 on."""
    count = 0
    while pattern.format(count) in names:
        count += 1
    return count


def _from_full(names: Mapping[str, object]) -> Callable[[str], str]:
    """Return a function from the names of the large network: its levels lie in one row."""
    starts = (index for index in range(len(names)) if f"body.{index}.in_conv.weight" in names)
    blocks = next(starts, 0) or _PUBLISHED_BLOCKS

    def rename(name: str) -> str:
        found = re.fullmatch(r"body\.(\d{1,4})\.(.+)", name)
        if not found:
            return name
        level, block = divmod(int(found[1]), blocks)
        inside = "" if found[2].startswith("in_conv.") else f"resnets.{block}."
        return f"body.{level}.{inside}{found[2]}"

    return rename


def _from_light(name: str) -> str:
    """Return a name of the light network, whose blocks are called as its levels are."""
    return re.sub(r"^(body\.\d+)\.body\.", r"\1.resnets.", name)
