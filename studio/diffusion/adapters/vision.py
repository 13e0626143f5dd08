"""Image encoders: CLIP's eye, in the layout of transformers or of OpenCLIP, and what it sees.

Source:
    Radford et al. 2021, arXiv:2103.00020, section 2.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as Pillow
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from studio.diffusion.building import Blueprint, Tensors, build, sensible
from studio.diffusion.layouts import open_clip
from studio.diffusion.layouts.names import Shapes
from studio.diffusion.pictures import on_white
from studio.diffusion.pixels.blending import with_channels
from studio.diffusion.pixels.filters import crop_middle
from studio.diffusion.weights import Weights

_MEAN = (0.48145466, 0.4578275, 0.40821073)
_DEVIATION = (0.26862954, 0.26130258, 0.27577711)
# Of the encoders that adapters were trained with; elsewhere a head is 64 wide.
_HEADS = {1280: 16, 1408: 16, 1664: 16}
_HEAD_WIDTH = 64
_OPENAI_WIDTHS = (768, 1024)
_OPEN_CLIP = {
    "class_embedding": "embeddings.class_embedding",
    "conv1.weight": "embeddings.patch_embedding.weight",
    "ln_pre.weight": "pre_layrnorm.weight",
    "ln_pre.bias": "pre_layrnorm.bias",
    "ln_post.weight": "post_layernorm.weight",
    "ln_post.bias": "post_layernorm.bias",
}


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What an image encoder saw in some pictures.

    Attributes:
        whole: float32 ``(pictures, width)``: each picture in one vector.
        patches: float32 ``(pictures, patches + 1, width)``: the last layer but one, where each
            patch still has its own vector.
        blank: float32 ``(1, patches + 1, width)``: the same layer for a picture of mean grey.
    """

    whole: torch.Tensor
    patches: torch.Tensor
    blank: torch.Tensor


def blueprint(weights: Weights) -> Blueprint:
    """Return the image encoder of a file, which may hold a text encoder too.

    Raises:
        UnsupportedError: It is built in a way that is not known.
        DamagedFileError: Tensors are missing that tell how it is built.
    """
    tensors = sensible(weights, lambda: to_network(weights))
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    settings = sensible(weights, lambda: config(shapes))
    network = sensible(
        weights, lambda: build(lambda: CLIPVisionModelWithProjection(CLIPVisionConfig(**settings)))
    )
    return Blueprint(network, tensors, ())


def to_network(tensors: Mapping[str, torch.Tensor]) -> Tensors:
    """Return the tensors of either layout under the names of the network.

    Raises:
        ValueError: A tensor cannot be taken apart.
    """
    if "visual.class_embedding" not in tensors:
        kept = ("vision_model.", "visual_projection.")
        return {name: tensor for name, tensor in tensors.items() if name.startswith(kept)}
    inner = {
        name.removeprefix("visual."): tensor
        for name, tensor in tensors.items()
        if name.startswith("visual.")
    }
    plain, _ = open_clip.to_plain(inner)
    plain |= {ours: inner[theirs] for theirs, ours in _OPEN_CLIP.items()}
    found = {f"vision_model.{name}": tensor for name, tensor in plain.items()}
    return found | {"visual_projection.weight": inner["proj"].T}


def config(shapes: Shapes) -> dict[str, Any]:
    """Return the settings of the encoder that these tensors belong to.

    Shapes do not say the activation: those of OpenAI's widths have theirs, larger ones the exact
    one.

    Raises:
        KeyError: A tensor is missing that the settings are read off.
    """
    width, channels, patch, _ = shapes["vision_model.embeddings.patch_embedding.weight"]
    positions = shapes["vision_model.embeddings.position_embedding.weight"][0]
    layers = 0
    while f"vision_model.encoder.layers.{layers}.mlp.fc1.weight" in shapes:
        layers += 1
    return {
        "hidden_size": width,
        "num_channels": channels,
        "patch_size": patch,
        "image_size": isqrt(positions - 1) * patch,
        "num_hidden_layers": layers,
        "num_attention_heads": _HEADS.get(width, max(1, width // _HEAD_WIDTH)),
        "intermediate_size": shapes["vision_model.encoder.layers.0.mlp.fc1.weight"][0],
        "projection_dim": shapes["visual_projection.weight"][0],
        "hidden_act": "quick_gelu" if width in _OPENAI_WIDTHS else "gelu",
    }


def prepared(pixels: NDArray[np.float32], side: int) -> torch.Tensor:
    """Bring pictures to what an encoder looks at, as CLIP was trained: through 8 bits.

    The short edge is brought to the side by a bicubic filter, the middle square is cut out, and
    CLIP's mean and deviation of each colour are taken away. What is transparent becomes white.

    Args:
        pixels: ``(pictures, height, width, 1 | 3 | 4)``, 0 to 1.
        side: Pixels a side of what it looks at.

    Returns:
        float32 ``(pictures, 3, side, side)``.
    """
    finite = np.clip(np.nan_to_num(pixels), 0, 1)
    levels = np.rint(on_white(with_channels(finite, 4)) * np.float32(255)).astype(np.uint8)
    squares = np.stack([_square(picture, side) for picture in levels]) / np.float32(255)
    mean, deviation = np.array(_MEAN, np.float32), np.array(_DEVIATION, np.float32)
    return torch.from_numpy(((squares - mean) / deviation).transpose(0, 3, 1, 2).copy())


def _square(picture: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    """Return the middle square of a picture, ``(side, side, 3)``, 0 to 255."""
    height, width = picture.shape[:2]
    short = min(height, width)
    # Rounded down, as CLIP's own preparation does; Pillow clips between its two passes.
    size = side * width // short, side * height // short
    resized = Pillow.fromarray(picture).resize(size, Pillow.Resampling.BICUBIC)
    square: NDArray[np.float32] = crop_middle(np.asarray(resized, np.float32)[None], side, side)[0]
    return square


def look(network: CLIPVisionModelWithProjection, pixels: NDArray[np.float32]) -> Seen:
    """Say what is seen in pictures, one by one, so that none depends on the others.

    Args:
        network: On its device.
        pixels: ``(pictures, height, width, 1 | 3 | 4)``, 0 to 1.
    """
    inputs = prepared(pixels, network.config.image_size)
    seen = [_look(network, one[None]) for one in inputs]
    # Adapters take zeros for the absence of a picture, and zeros are the mean after preparation.
    _, blank = _look(network, torch.zeros_like(inputs[:1]))
    whole, patches = (torch.cat(parts) for parts in zip(*seen, strict=True))
    return Seen(whole, patches, blank)


def _look(
    network: CLIPVisionModelWithProjection, inputs: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    weight = network.visual_projection.weight
    output = network(inputs.to(weight.device, weight.dtype), output_hidden_states=True)
    return output.image_embeds.float().cpu(), output.hidden_states[-2].float().cpu()
