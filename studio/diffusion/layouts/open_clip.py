"""Text towers with the names of OpenCLIP: fused attention inputs, a transposed projection.

Reading makes views and copies nothing; writing joins the three attention inputs again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch

from studio.diffusion.layouts.names import Pairs, backwards, forwards

_LAYER = {
    "ln_1": "layer_norm1",
    "ln_2": "layer_norm2",
    "mlp.c_fc": "mlp.fc1",
    "mlp.c_proj": "mlp.fc2",
    "attn.out_proj": "self_attn.out_proj",
}
_PROJECTIONS = ("q_proj", "k_proj", "v_proj")
_MOST_SCALED = math.log(100)


def is_open_clip(names: Mapping[str, object]) -> bool:
    """Return whether the names are OpenCLIP's."""
    return any(name.startswith("transformer.resblocks.") for name in names)


def to_plain(tensors: Mapping[str, torch.Tensor]) -> tuple[dict[str, torch.Tensor], list[str]]:
    """Return a tower under the plain names of `layouts.clip`, and the names not understood.

    Args:
        tensors: By OpenCLIP's name, without the prefix of the tower.

    Raises:
        ValueError: A tensor cannot be taken apart.
        IndexError: A projection is no matrix.
        RuntimeError: A tensor has no axes.
    """
    rename = forwards(_pairs(len(tensors)))
    found: dict[str, torch.Tensor] = {}
    unknown: list[str] = []
    for name, tensor in tensors.items():
        new = rename(name)
        stem, _, leaf = name.rpartition(".attn.in_proj_")
        if stem:
            layer = stem.replace("transformer.resblocks.", "encoder.layers.")
            for part, chunk in zip(_PROJECTIONS, tensor.chunk(3), strict=True):
                found[f"{layer}.self_attn.{part}.{leaf}"] = chunk
        elif name == "text_projection":
            found["text_projection.weight"] = tensor.transpose(0, 1)
        elif new is not None:
            found[new] = tensor
        elif name not in ("logit_scale", "attn_mask"):
            unknown.append(name)
    return found, unknown


def to_file(
    tensors: Mapping[str, torch.Tensor], scale: torch.Tensor | None = None
) -> dict[str, torch.Tensor]:
    """Return a tower under OpenCLIP's names.

    Args:
        tensors: By the plain names of `layouts.clip`.
        scale: ``logit_scale`` of the file that the tower came from: the logarithm of what training
            multiplied likenesses of texts and pictures by, without axes. Nothing here reads it, but
            published files hold it. Without one ln(100) is written, the most that OpenCLIP lets it
            become, where its large towers ended.

    Source: Radford et al. 2021, "Learning transferable visual models from natural language
    supervision", section 2.5: the scale is clipped at 100.
    """
    rename = backwards(_pairs(len(tensors)))
    found: dict[str, torch.Tensor] = {}
    for name, tensor in tensors.items():
        stem, _, leaf = name.rpartition(".self_attn.q_proj.")
        if stem:
            parts = [tensors[f"{stem}.self_attn.{part}.{leaf}"] for part in _PROJECTIONS]
            layer = stem.replace("encoder.layers.", "transformer.resblocks.")
            found[f"{layer}.attn.in_proj_{leaf}"] = torch.cat(parts)
        elif name == "text_projection.weight":
            found["text_projection"] = tensor.T
        elif (new := rename(name)) is not None:
            found[new] = tensor
    likeness = tensors["text_projection.weight"].new_tensor(_MOST_SCALED, device="cpu")
    return found | {"logit_scale": likeness if scale is None else scale}


def _pairs(layers: int) -> Pairs:
    """Return OpenCLIP's names beside the plain ones; too many layers do no harm."""
    table = [
        ("positional_embedding", "embeddings.position_embedding.weight"),
        ("token_embedding", "embeddings.token_embedding"),
        ("ln_final", "final_layer_norm"),
    ]
    for layer in range(layers):
        file, network = f"transformer.resblocks.{layer}", f"encoder.layers.{layer}"
        table += [(f"{file}.{left}", f"{network}.{right}") for left, right in _LAYER.items()]
    return table
