"""T2I-Adapters: small networks that turn a hint into features for the way down of a denoiser.

Read in both layouts: that of the authors (``body.0.block1``) and that of diffusers
(``adapter.body.0.resnets.0.block1``). How one is built is told from names and shapes.

Source:
    Mou et al. 2023, arXiv:2302.08453, section 3.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import torch
from diffusers import T2IAdapter
from numpy.typing import NDArray
from torch.nn.functional import pad

from studio.core.errors import ShapeError
from studio.diffusion.building import Blueprint, build, sensible
from studio.diffusion.layouts.names import Shapes
from studio.diffusion.sampling.steering import Asked, Tensors
from studio.diffusion.weights import Weights
from studio.facts.families import adapters

T = TypeVar("T")

_PUBLISHED_BLOCKS = 2
"""Blocks a level of published networks, where nothing in a file tells."""


class T2INetwork(torch.nn.Module):
    """A T2I-Adapter as it is lent: it sees the hint once, and nothing of the latent.

    Args:
        settings: What `config` read off.
    """

    is_inside = True
    is_pooled = False

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__()
        self.adapter: torch.nn.Module = T2IAdapter(**settings).adapter
        self._cut: int = settings["downscale_factor"]
        self._channels: int = settings["in_channels"]

    def kind_of(self, hint: NDArray[np.float32], wanted: str) -> int:
        """Return 0: it takes one kind of hint."""
        return 0

    def prepared(self, hint: torch.Tensor) -> Tensors:
        """Return the features of a hint, from shallow to deep.

        Args:
            hint: ``(items, 3, height, width)``, 0 to 1, at the size of the picture.
        """
        weight = next(self.parameters())
        pixels = hint.to(weight.device, weight.dtype)
        if self._channels == 1:
            pixels = pixels.mean(1, keepdim=True)
        # Denoisers round odd sizes up on the way down; what is added repeats the border.
        right, below = -pixels.shape[3] % self._cut, -pixels.shape[2] % self._cut
        padded = pad(pixels, (0, right, 0, below), mode="replicate")
        return tuple(self.adapter(padded))

    def residuals(self, prepared: Tensors, kind: int, asked: Asked) -> Tensors:
        """Return the features as they are, in the number format of the call."""
        _check_widths(prepared, asked.unet.config.block_out_channels)
        return tuple(feature.to(asked.x.dtype) for feature in prepared)


def _check_widths(features: Tensors, widths: Sequence[int]) -> None:
    """Refuse an adapter that was made for another denoiser of the same family.

    Raises:
        ShapeError: Their widths differ.
    """
    ours = [feature.shape[1] for feature in features]
    if ours[: len(widths)] != list(widths):
        raise ShapeError(
            f"the T2I-Adapter gives features of {ours} channels, the model has {list(widths)}",
            fix="choose an adapter that was made for this model",
        )


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
    network = sensible(weights, lambda: build(lambda: T2INetwork(settings)))
    return Blueprint(network, tensors, ())


def to_network(tensors: Mapping[str, T]) -> dict[str, T]:
    """Return the tensors of either layout under the names of the network."""
    bare = {adapters.bare(name): tensor for name, tensor in tensors.items()}
    layouts: dict[str, Callable[[str], str]] = {"full": _from_full(bare), "light": _from_light}
    rename = layouts.get(adapters.t2i_layout(bare), str)
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
