"""Write the headers of the published SD 1.5 and SDXL files, from full-size modules without memory.

The names come from the independent `write_original_layouts`; the settings are the published ones.
The published files have 1,131 tensors (without the bookkeeping of the training's averages) and
2,515 tensors.

    python -m tests.tools.write_full_headers
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from accelerate import init_empty_weights
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from tests.tools import strip_model, write_original_layouts

FOLDER = Path(__file__).parents[1] / "data" / "headers"


def sd15() -> dict[str, torch.Tensor]:
    """Return Stable Diffusion 1.5."""
    unet = UNet2DConditionModel(cross_attention_dim=768)
    return write_original_layouts.sd15(unet, _vae(), CLIPTextModel(_clip_l()))


def sdxl() -> dict[str, torch.Tensor]:
    """Return Stable Diffusion XL base 1.0."""
    unet = UNet2DConditionModel(
        block_out_channels=(320, 640, 1280),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2, 10),
        attention_head_dim=(5, 10, 20),
        cross_attention_dim=2048,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=2816,
    )
    second = CLIPTextConfig(
        hidden_size=1280,
        intermediate_size=5120,
        num_hidden_layers=32,
        num_attention_heads=20,
        projection_dim=1280,
    )
    first = CLIPTextModel(_clip_l())
    return write_original_layouts.sdxl(unet, _vae(), first, CLIPTextModelWithProjection(second))


def _vae() -> Any:
    return AutoencoderKL(
        block_out_channels=(128, 256, 512, 512),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
    )


def _clip_l() -> CLIPTextConfig:
    return CLIPTextConfig(
        hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12
    )


def main() -> None:
    """Write both fixtures."""
    with init_empty_weights(include_buffers=False):
        files = {"sd15": (sd15(), "F32"), "sdxl": (sdxl(), "F16")}
    for name, (tensors, dtype) in files.items():
        header = strip_model.from_shapes({n: tuple(t.shape) for n, t in tensors.items()}, dtype)
        (FOLDER / f"{name}.json").write_text(strip_model.text_of(header), "utf-8")


if __name__ == "__main__":
    main()
