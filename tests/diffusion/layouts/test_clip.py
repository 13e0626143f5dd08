from __future__ import annotations

from pathlib import Path

import pytest

from studio.diffusion.layouts import clip
from tests.tools.strip_model import header_of

HEADERS = Path(__file__).parents[2] / "data" / "headers"
PREFIX = "cond_stage_model.transformer."


def test_the_settings_of_sd15_are_the_published_ones() -> None:
    found = header_of(HEADERS / "sd15.json").shapes
    names = {n.removeprefix(PREFIX): s for n, s in found.items() if n.startswith(PREFIX)}
    config = clip.config(clip.plain(names), "quick_gelu")
    assert (config["vocab_size"], config["hidden_size"]) == (49408, 768)
    assert (config["num_hidden_layers"], config["num_attention_heads"]) == (12, 12)
    assert (config["intermediate_size"], config["max_position_embeddings"]) == (3072, 77)


def test_a_small_tower_has_one_head() -> None:
    shapes = {
        "embeddings.token_embedding.weight": (100, 16),
        "embeddings.position_embedding.weight": (77, 16),
        "encoder.layers.0.mlp.fc1.weight": (32, 16),
    }
    assert clip.config(shapes, "gelu")["num_attention_heads"] == 1


@pytest.mark.parametrize("prefix", ["", "text_model."])
def test_names_are_plain_and_without_bookkeeping(prefix: str) -> None:
    names = {f"{prefix}final_layer_norm.bias": 1, f"{prefix}embeddings.position_ids": 2}
    assert clip.plain(names | {"logit_scale": 3}) == {"final_layer_norm.bias": 1}
