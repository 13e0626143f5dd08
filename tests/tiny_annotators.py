"""Tiny networks of transformers with random weights, saved as their folders are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers as hf

_BACKBONE = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
}  # fmt: skip


def depth_anything() -> Any:
    backbone = hf.Dinov2Config(
        **_BACKBONE, image_size=28, patch_size=14, out_features=["stage1", "stage2"],
        reshape_hidden_states=False, apply_layernorm=True,
    )  # fmt: skip
    config = hf.DepthAnythingConfig(
        backbone_config=backbone, reassemble_hidden_size=16, neck_hidden_sizes=[8, 8],
        reassemble_factors=[2, 1], fusion_hidden_size=8, head_hidden_size=4,
    )  # fmt: skip
    return _lit(hf.DepthAnythingForDepthEstimation(config))


def dpt() -> Any:
    config = hf.DPTConfig(
        **(_BACKBONE | {"num_hidden_layers": 4}), image_size=32, patch_size=16,
        backbone_out_indices=[0, 1, 2, 3], neck_hidden_sizes=[8, 8, 8, 8], fusion_hidden_size=8,
        is_hybrid=False,
    )  # fmt: skip
    return _lit(hf.DPTForDepthEstimation(config))


def _lit(network: Any) -> Any:
    """Let the last layers of a network for depth give more than zeros."""
    for part in [*network.neck.modules(), *network.head.modules()]:
        if isinstance(part, torch.nn.Conv2d | torch.nn.ConvTranspose2d):
            part.weight.data.mul_(8)
    last = [part for part in network.head.modules() if isinstance(part, torch.nn.Conv2d)][-1]
    last.weight.data.abs_()
    return network


def segformer(labels: int = 150) -> Any:
    config = hf.SegformerConfig(
        num_encoder_blocks=2, depths=[1, 1], sr_ratios=[2, 1], hidden_sizes=[8, 16],
        patch_sizes=[7, 3], strides=[4, 2], num_attention_heads=[1, 2], mlp_ratios=[2, 2],
        decoder_hidden_size=16, num_labels=labels,
    )  # fmt: skip
    return hf.SegformerForSemanticSegmentation(config)


def upernet() -> Any:
    stages = ["stage1", "stage2", "stage3", "stage4"]
    backbone = hf.ConvNextConfig(
        hidden_sizes=[8, 8, 8, 8], depths=[1, 1, 1, 1], out_features=stages
    )
    config = hf.UperNetConfig(
        backbone_config=backbone, hidden_size=8, auxiliary_in_channels=8, auxiliary_channels=8,
        num_labels=150,
    )  # fmt: skip
    return hf.UperNetForSemanticSegmentation(config)


def vitpose() -> Any:
    backbone = hf.VitPoseBackboneConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=[64, 48],
        patch_size=[16, 16], mlp_ratio=2, out_features=["stage1"],
    )  # fmt: skip
    return hf.VitPoseForPoseEstimation(hf.VitPoseConfig(backbone_config=backbone, num_labels=17))


def save(folder: Path, make: Callable[[], Any], **processing: Any) -> Path:
    """Save a network of fixed random weights, and what its pictures are to be like."""
    with torch.random.fork_rng():
        torch.manual_seed(11)
        network = make().eval()
    network.save_pretrained(folder)
    settings = {"image_mean": [0.5] * 3, "image_std": [0.25] * 3} | processing
    (folder / "preprocessor_config.json").write_text(json.dumps(settings), "utf-8")
    return folder
