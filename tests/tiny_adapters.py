"""Tiny T2I-Adapters, IP-Adapters and image encoders with random weights."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from diffusers import T2IAdapter

from tests.tiny import random_network


def t2i(kind: str = "full_adapter", channels: int = 3, seed: int = 5) -> T2IAdapter:
    """Return a T2I-Adapter of two levels, 32 and 64 wide."""
    cut = 16 if kind.endswith("_xl") else 8
    network: T2IAdapter = random_network(T2IAdapter, seed, channels, [32, 64], 2, cut, kind)
    return network


def published(network: T2IAdapter) -> dict[str, torch.Tensor]:
    """Return the tensors of a T2I-Adapter under the names that its authors use."""
    is_light = network.config["adapter_type"] == "light_adapter"
    found = {}
    for name, tensor in network.state_dict().items():
        bare = name.removeprefix("adapter.")
        found[_light(bare) if is_light else _full(bare)] = tensor
    return found


def _light(name: str) -> str:
    return name.replace(".resnets.", ".body.")


def _full(name: str) -> str:
    name = re.sub(r"body\.(\d)\.in_conv", lambda m: f"body.{2 * int(m[1])}.in_conv", name)
    flat = r"body\.(\d)\.resnets\.(\d)\."
    return re.sub(flat, lambda m: f"body.{2 * int(m[1]) + int(m[2])}.", name)
