"""Text towers with the names of transformers: ``embeddings...``, ``encoder.layers...``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import torch

from studio.diffusion.layouts.names import Shapes

T = TypeVar("T")

_HEAD_WIDTH = 64
_START_TOKEN = 49406
_END_TOKEN = 49407
_IGNORED = ("embeddings.position_ids", "logit_scale", "vision_model.", "visual_projection.")


def plain(tensors: Mapping[str, T]) -> dict[str, T]:
    """Return the tensors of a tower without ``text_model.`` and without bookkeeping."""
    found = {name.removeprefix("text_model."): value for name, value in tensors.items()}
    return {name: value for name, value in found.items() if not name.startswith(_IGNORED)}


def to_file(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return a tower under its published names, its counted positions among them.

    Networks made the positions a part of their file when the checkpoints were published: int64
    ``(1, length)``, 0 to ``length - 1``. Nothing here reads them.

    Args:
        tensors: By plain name.
    """
    length = tensors["embeddings.position_embedding.weight"].shape[0]
    found = {f"text_model.{name}": tensor for name, tensor in tensors.items()}
    return found | {"text_model.embeddings.position_ids": torch.arange(length)[None]}


def config(shapes: Shapes, activation: str) -> dict[str, Any]:
    """Return the settings of the tower that these tensors belong to.

    Args:
        shapes: Shapes by plain name.
        activation: As transformers calls it; files do not say it.

    Raises:
        KeyError: A tensor is missing that the settings are read off.
    """
    vocabulary, width = shapes["embeddings.token_embedding.weight"]
    layers = 0
    while f"encoder.layers.{layers}.mlp.fc1.weight" in shapes:
        layers += 1
    return {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": max(1, width // _HEAD_WIDTH),
        "intermediate_size": shapes["encoder.layers.0.mlp.fc1.weight"][0],
        "max_position_embeddings": shapes["embeddings.position_embedding.weight"][0],
        "projection_dim": shapes.get("text_projection.weight", (width,))[0],
        "hidden_act": activation,
        "bos_token_id": _START_TOKEN,
        "eos_token_id": _END_TOKEN,
    }
