"""What the engine would offer to controls: networks, values, and parts that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from diffusers import UNet2DConditionModel

from studio.core.values import Handle, Ref, Value
from tests.diffusion.lender import Lender
from tests.tiny import SECOND_WIDTH, TEXT_WIDTH, TIME_IDS, random_network


@dataclass
class Surroundings(Lender):
    """A ``ctx`` that lends networks by their file, and resolves what patches refer to.

    Attributes:
        files: Networks by file; `lent` then holds files.
        values: By key.
    """

    networks: Mapping[type[Handle], Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    folder: Path = Path()
    device: str = "cpu"
    memory_divisor: int = 1

    @contextmanager
    def on_device(self, handle: Handle) -> Iterator[Any]:
        self.lent.append(handle.file)
        yield self.files[handle.file]

    def fetch(self, ref: Ref) -> Value:
        return self.values[ref.key]


def unet(family: str, seed: int = 0) -> UNet2DConditionModel:
    """Return a denoiser of three levels, laid out as those of a family."""
    shared: dict[str, Any] = {
        "block_out_channels": [32, 64, 64],
        "layers_per_block": 2,
        "norm_num_groups": 32,
        "sample_size": 64,
    }
    if family == "sd15":
        settings = {
            "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
            "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
            "cross_attention_dim": TEXT_WIDTH,
        }
    else:
        settings = {
            "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
            "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
            "cross_attention_dim": TEXT_WIDTH + SECOND_WIDTH,
            "use_linear_projection": True,
            "transformer_layers_per_block": [1, 1, 2],
            "attention_head_dim": [1, 2, 2],
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": 256,
            "projection_class_embeddings_input_dim": SECOND_WIDTH + TIME_IDS * 256,
        }
    network: UNet2DConditionModel = random_network(UNet2DConditionModel, seed, **shared, **settings)
    return network


def state_of(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Return a copy of all that a network holds."""
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}
