"""Image encoders: read in both layouts, and shown what CLIP was trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from transformers.models.clip.image_processing_clip import CLIPImageProcessor
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from studio.core.errors import DamagedFileError
from studio.core.values import ImageEncoder
from studio.diffusion.adapters.vision import config, look, prepared
from studio.diffusion.loading import load
from studio.facts.families import describe
from studio.facts.header import read_header
from tests.tiny_adapters import image_encoder

pytestmark = pytest.mark.torch

DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]


def saved(tensors: dict[str, torch.Tensor], path: Path) -> Path:
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
    return path


def loaded(path: Path) -> Any:
    return load(ImageEncoder(str(path)))


def pictures(items: int, height: int, width: int, channels: int = 3) -> NDArray[np.float32]:
    generator = np.random.default_rng(3)
    levels = generator.integers(0, 256, (items, height, width, channels), np.uint8)
    return levels.astype(np.float32) / np.float32(255)


def open_clip_names(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return an image encoder under the names of OpenCLIP, its attention inputs fused."""
    found = {}
    for name, tensor in tensors.items():
        name = name.removeprefix("vision_model.")
        if name == "visual_projection.weight":
            found["proj"] = tensor.T
        elif ".q_proj." in name:
            parts = [tensors["vision_model." + name.replace("q_proj", p)] for p in
                     ("q_proj", "k_proj", "v_proj")]  # fmt: skip
            layer, _, leaf = name.replace("encoder.layers", "transformer.resblocks").partition(
                ".self_attn.q_proj."
            )
            found[f"{layer}.attn.in_proj_{leaf}"] = torch.cat(parts)
        elif ".k_proj." not in name and ".v_proj." not in name:
            for ours, theirs in {
                "embeddings.class_embedding": "class_embedding",
                "embeddings.patch_embedding": "conv1",
                "embeddings.position_embedding.weight": "positional_embedding",
                "pre_layrnorm": "ln_pre", "post_layernorm": "ln_post",
                "encoder.layers": "transformer.resblocks", "layer_norm": "ln_",
                "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj", "self_attn": "attn",
            }.items():  # fmt: skip
                name = name.replace(ours, theirs)
            found[name] = tensor
    return {f"visual.{name}": tensor for name, tensor in found.items()}


def test_a_file_of_transformers_sees_the_same(tmp_path: Path) -> None:
    network = image_encoder()
    path = saved(network.state_dict(), tmp_path / "clip_vision.safetensors")
    ours, theirs = look(loaded(path), pictures(2, 40, 30)), look(network, pictures(2, 40, 30))
    assert torch.allclose(ours.whole, theirs.whole, atol=1e-6)
    assert torch.allclose(ours.patches, theirs.patches, atol=1e-6)


def test_a_file_of_open_clip_sees_the_same(tmp_path: Path) -> None:
    network = image_encoder()
    path = saved(open_clip_names(network.state_dict()), tmp_path / "open_clip.safetensors")
    ours, theirs = look(loaded(path), pictures(2, 40, 30)), look(network, pictures(2, 40, 30))
    assert torch.allclose(ours.whole, theirs.whole, atol=1e-6)
    assert torch.allclose(ours.patches, theirs.patches, atol=1e-6)


def test_a_file_with_a_text_encoder_beside_it_gives_the_eye(tmp_path: Path) -> None:
    network = image_encoder()
    whole = network.state_dict() | {
        "text_model.embeddings.token_embedding.weight": torch.zeros(4, 4),
        "text_projection.weight": torch.zeros(4, 4),
        "logit_scale": torch.zeros(()),
    }
    path = tmp_path / "clip.bin"
    torch.save(whole, path)
    assert describe(read_header(path)).kind == "image_encoder"
    ours, theirs = look(loaded(path), pictures(1, 28, 28)), look(network, pictures(1, 28, 28))
    assert torch.allclose(ours.whole, theirs.whole, atol=1e-6)


def test_a_file_that_ends_early_says_what_is_missing(tmp_path: Path) -> None:
    tensors = image_encoder().state_dict()
    del tensors["vision_model.post_layernorm.bias"]
    with pytest.raises(DamagedFileError, match=r"post_layernorm\.bias"):
        loaded(saved(tensors, tmp_path / "cut.safetensors"))


@pytest.mark.parametrize(
    ("width", "layers", "projection", "heads", "activation"),
    [(1024, 24, 768, 16, "quick_gelu"), (1280, 32, 1024, 16, "gelu"), (1664, 48, 1280, 16, "gelu")],
    ids=["ViT-L", "ViT-H", "ViT-bigG"],
)
def test_published_encoders_have_their_heads_and_activation(
    width: int, layers: int, projection: int, heads: int, activation: str
) -> None:
    shapes: dict[str, tuple[int, ...]] = {
        "vision_model.embeddings.patch_embedding.weight": (width, 3, 14, 14),
        "vision_model.embeddings.position_embedding.weight": (257, width),
        "visual_projection.weight": (projection, width),
    }
    for layer in range(layers):
        shapes[f"vision_model.encoder.layers.{layer}.mlp.fc1.weight"] = (4 * width, width)
    found = config(shapes)
    assert (found["num_hidden_layers"], found["image_size"]) == (layers, 224)
    assert (found["num_attention_heads"], found["hidden_act"]) == (heads, activation)


@pytest.mark.parametrize("size", [(224, 224), (300, 517), (513, 200), (97, 63), (640, 480)])
def test_pictures_are_prepared_to_the_bit_as_clip_prepares_them(size: tuple[int, int]) -> None:
    given = pictures(1, *size)
    levels = np.rint(given[0] * 255).astype(np.uint8)
    theirs = CLIPImageProcessorPil()(levels, return_tensors="pt")["pixel_values"]
    assert torch.allclose(prepared(given, 224), theirs, atol=1e-6)


@pytest.mark.parametrize("size", [(300, 517), (640, 480)])
def test_the_other_preparation_of_clip_is_two_levels_away_at_most(size: tuple[int, int]) -> None:
    given = pictures(1, *size)
    levels = np.rint(given[0] * 255).astype(np.uint8)
    theirs = CLIPImageProcessor()(levels, return_tensors="pt")["pixel_values"]
    away = ((prepared(given, 224) - theirs) * DEVIATION).abs().max() * 255
    assert float(away) <= 2.01


def test_grey_is_seen_as_colours_and_what_is_transparent_as_white() -> None:
    grey = pictures(1, 30, 30, 1)
    assert torch.equal(prepared(grey, 28), prepared(np.repeat(grey, 3, -1), 28))
    hidden = np.zeros((1, 30, 30, 4), np.float32)
    assert torch.equal(prepared(hidden, 28), prepared(np.ones((1, 30, 30, 3), np.float32), 28))


def test_a_picture_is_seen_alone_as_among_others() -> None:
    given = pictures(3, 30, 44)
    network = image_encoder()
    assert torch.equal(look(network, given[1:2]).whole[0], look(network, given).whole[1])


def test_what_is_not_finite_is_seen_as_black() -> None:
    given = pictures(1, 30, 30)
    given[0, :10] = np.nan
    black = given.copy()
    black[0, :10] = 0
    assert torch.equal(prepared(given, 28), prepared(black, 28))
