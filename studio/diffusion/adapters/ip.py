"""IP-Adapters: what an image encoder saw becomes tokens that cross attention reads beside the text.

Three kinds are read, told by their names: ``base`` makes four tokens of the picture as a whole,
``plus`` asks its patches with learnt queries, ``full`` makes one token of each patch.

Source:
    Ye et al. 2023, arXiv:2308.06721, section 3.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from diffusers.models.embeddings import (
    ImageProjection,
    IPAdapterFullImageProjection,
    IPAdapterPlusImageProjection,
)

from studio.core.errors import UnsupportedError
from studio.diffusion.adapters.vision import Seen
from studio.diffusion.building import Blueprint, Tensors, build, sensible
from studio.diffusion.layouts.names import Shapes
from studio.diffusion.weights import Weights
from studio.facts.families import adapters
from studio.facts.families.adapters import IpKind

T = TypeVar("T")

_HEAD_WIDTH = 64
_RENAMES: Mapping[IpKind, tuple[tuple[str, str], ...]] = {
    "base": ((r"^proj\.", "image_embeds."),),
    "full": ((r"^proj\.0\.", "ff.net.0.proj."), (r"^proj\.2\.", "ff.net.2."),
             (r"^proj\.3\.", "norm.")),
    "plus": ((r"^(layers\.\d+)\.0\.norm1\.", r"\1.ln0."), (r"^(layers\.\d+)\.0\.norm2\.", r"\1.ln1."),
             (r"^(layers\.\d+)\.0\.to_out\.", r"\1.attn.to_out.0."),
             (r"^(layers\.\d+)\.0\.", r"\1.attn."),
             (r"^(layers\.\d+)\.1\.0\.", r"\1.ff.0."),
             (r"^(layers\.\d+)\.1\.1\.", r"\1.ff.1.net.0.proj."),
             (r"^(layers\.\d+)\.1\.3\.", r"\1.ff.1.net.2.")),
}  # fmt: skip


_PROJECTIONS: Mapping[IpKind, Callable[..., torch.nn.Module]] = {
    "base": ImageProjection,
    "full": IPAdapterFullImageProjection,
    "plus": IPAdapterPlusImageProjection,
}


@dataclass(frozen=True, slots=True)
class Built:
    """How an IP-Adapter is built, as its shapes tell.

    Attributes:
        kind: What it reads of what the image encoder saw.
        sight: Numbers that it wants of each picture, or of each patch.
        projection: Settings of what makes tokens of them.
        token_width: Numbers of a token.
        widths: Channels of each cross attention, in the order of the file: all on the way down,
            all on the way up, the middle.
    """

    kind: IpKind
    sight: int
    projection: Mapping[str, Any]
    token_width: int
    widths: tuple[int, ...]


class IpNetwork(torch.nn.Module):
    """An IP-Adapter as it is lent.

    Args:
        built: How it is built.

    Attributes:
        built: How it is built.
        keys: For each cross attention, from a token to its key.
        values: The same, to its value.
    """

    def __init__(self, built: Built) -> None:
        super().__init__()
        self.projection = _PROJECTIONS[built.kind](**built.projection)
        self.keys, self.values = _linear(built), _linear(built)
        self.built = built

    def tokens(self, seen: Seen) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the tokens of each picture, and those that stand for none.

        Args:
            seen: What the image encoder saw.

        Returns:
            ``(pictures, tokens, width)`` and ``(1, tokens, width)``, on the device.

        Raises:
            UnsupportedError: The image encoder is not the one that it was trained with.
        """
        is_whole = self.built.kind == "base"
        pictures = seen.whole if is_whole else seen.patches
        blank = torch.zeros_like(seen.whole[:1]) if is_whole else seen.blank
        if pictures.shape[-1] != self.built.sight:
            raise UnsupportedError(
                f"the IP-Adapter wants {self.built.sight} numbers of what is seen, the image encoder "
                f"gives {pictures.shape[-1]}",
                fix="choose the image encoder that the adapter was made with",
            )
        weight = next(self.parameters())
        given = torch.cat([pictures, blank]).to(weight.device, weight.dtype)
        # One by one, so that a picture gives the same tokens alone and among others.
        made = [self.projection(row[None]) for row in given]
        return torch.cat(made[:-1]), made[-1]


def blueprint(weights: Weights) -> Blueprint:
    """Return the network of an IP-Adapter, and its tensors.

    Raises:
        UnsupportedError: It is made for the measures of a face, or built in an unknown way.
        DamagedFileError: Tensors are missing that tell how it is built.
    """
    published = {adapters.ip_name(name): tensor for name, tensor in weights.items()}
    kind = adapters.ip_kind(weights)
    if kind is None or kind not in _PROJECTIONS:
        raise UnsupportedError(
            f"{weights.header.path} is an IP-Adapter for the measures of a face (FaceID)",
            fix="choose a plain, plus or full-face IP-Adapter",
        )
    shapes = {name: tuple(tensor.shape) for name, tensor in published.items()}
    built = sensible(weights, lambda: built_of(shapes, kind))
    network = sensible(weights, lambda: build(lambda: IpNetwork(built)))
    tensors = sensible(weights, lambda: to_network(published, kind))
    return Blueprint(network, tensors, ())


def built_of(shapes: Shapes, kind: IpKind) -> Built:
    """Return how the IP-Adapter of these tensors is built.

    Args:
        shapes: Shapes by published name.
        kind: Its kind.

    Raises:
        KeyError: A tensor is missing that the settings are read off.
    """
    readers = {"base": _base, "full": _full, "plus": _plus}
    below = {name.removeprefix("image_proj."): shape for name, shape in shapes.items()}
    sight, token_width, projection = readers[kind](below)
    widths = tuple(shapes[f"ip_adapter.{index}.to_k_ip.weight"][0] for index in _places(shapes))
    return Built(kind, sight, projection, token_width, widths)


def to_network(tensors: Mapping[str, torch.Tensor], kind: IpKind) -> Tensors:
    """Return the tensors of a file under the names of the network.

    Args:
        tensors: By published name.
        kind: Its kind.

    Raises:
        KeyError: A key has no value beside it.
    """
    found = {}
    for number, place in enumerate(_places(tensors)):
        for part, name in (("keys", "to_k_ip"), ("values", "to_v_ip")):
            found[f"{part}.{number}.weight"] = tensors[f"ip_adapter.{place}.{name}.weight"]
    for name, tensor in tensors.items():
        stem, inside, leaf = name.partition("image_proj.")
        if inside and not stem:
            found |= _projected(_renamed(leaf, kind), tensor)
    return found


def _projected(name: str, tensor: torch.Tensor) -> Tensors:
    """Return one tensor of the projection; keys and values that lie in one are taken apart."""
    if not name.endswith(".to_kv.weight"):
        return {f"projection.{name}": tensor}
    parts = zip(("to_k", "to_v"), tensor.chunk(2), strict=True)
    return {f"projection.{name.replace('to_kv', part)}": half for part, half in parts}


def _renamed(name: str, kind: IpKind) -> str:
    for pattern, new in _RENAMES[kind]:
        name, count = re.subn(pattern, new, name)
        if count:
            break
    return name


def _places(names: Mapping[str, object]) -> list[int]:
    """Return the numbers under which a file holds its cross attentions, in order."""
    found = (re.fullmatch(r"ip_adapter\.(\d{1,4})\.to_k_ip\.weight", name) for name in names)
    return sorted(int(match[1]) for match in found if match)


def _linear(built: Built) -> torch.nn.ModuleList:
    layers = (torch.nn.Linear(built.token_width, width, bias=False) for width in built.widths)
    return torch.nn.ModuleList(layers)


def _base(shapes: Shapes) -> tuple[int, int, dict[str, Any]]:
    """Return what is wanted, the width of a token, and the settings of the projection."""
    given, sight = shapes["proj.weight"]
    width = shapes["norm.weight"][0]
    settings = {"image_embed_dim": sight, "cross_attention_dim": width}
    return sight, width, settings | {"num_image_text_embeds": given // width}


def _full(shapes: Shapes) -> tuple[int, int, dict[str, Any]]:
    """Return the same of an adapter that makes a token of each patch."""
    sight, width = shapes["proj.0.weight"][1], shapes["proj.3.weight"][0]
    return sight, width, {"image_embed_dim": sight, "cross_attention_dim": width}


def _plus(shapes: Shapes) -> tuple[int, int, dict[str, Any]]:
    """Return the same of an adapter that asks with learnt queries."""
    inner, sight = shapes["proj_in.weight"]
    width = shapes["proj_out.weight"][0]
    depth = 0
    while f"layers.{depth}.1.1.weight" in shapes:
        depth += 1
    return (
        sight,
        width,
        {
            "embed_dims": sight,
            "output_dims": width,
            "hidden_dims": inner,
            "depth": depth,
            "heads": shapes["layers.0.0.to_q.weight"][0] // _HEAD_WIDTH,
            "num_queries": shapes["latents"][1],
            "ffn_ratio": shapes["layers.0.1.1.weight"][0] / inner,
        },
    )
