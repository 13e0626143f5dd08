from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
import torch
from diffusers import EulerDiscreteScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from studio.core.context import result_of
from studio.core.errors import NotFiniteError, RangeError
from studio.core.values import Conditioning
from studio.diffusion.text import empty_like, encode, joined, read
from studio.diffusion.towers import TextTowers, Tower
from studio.facts.families.sd15 import SD15
from studio.facts.families.sdxl import SDXL
from studio.facts.prompt import Emphasis
from studio.facts.vocabulary import MERGES, tokenizer

pytestmark = pytest.mark.torch

PLAIN = "a photo of a cat, sitting on a mat"
LONG = "cat " * 80 + "BREAK dog"


def tower_config(width: int, end: int) -> CLIPTextConfig:
    return CLIPTextConfig(
        hidden_size=width,
        intermediate_size=width,
        num_hidden_layers=3,
        num_attention_heads=2,
        projection_dim=width,
        bos_token_id=49406,
        eos_token_id=end,
    )


@pytest.fixture(scope="module")
def sd15() -> TextTowers:
    torch.manual_seed(1)
    model = CLIPTextModel(tower_config(16, 49407)).eval()
    torch.nn.init.normal_(model.final_layer_norm.bias)  # else the mean of the states is rounding
    return TextTowers((Tower(SD15.encoders[0], model),))


@pytest.fixture(scope="module", params=[2, 49407], ids=["legacy", "first_end"])
def sdxl(request: pytest.FixtureRequest) -> TextTowers:
    torch.manual_seed(2)
    first = CLIPTextModel(tower_config(16, request.param)).eval()
    second = CLIPTextModelWithProjection(tower_config(24, request.param)).eval()
    return TextTowers((Tower(SDXL.encoders[0], first), Tower(SDXL.encoders[1], second)))


def encoded(
    towers: TextTowers, text: str, *, clip_skip: int = 0, emphasis: Emphasis = "auto"
) -> Conditioning:
    family = SD15 if len(towers.towers) == 1 else SDXL
    return result_of(
        encode(towers, family, read(text, emphasis), clip_skip=clip_skip, emphasis=emphasis)
    )


def tokens(towers: TextTowers, text: str, **how: Any) -> torch.Tensor:
    return encoded(towers, text, **how).segments[0].tokens


@cache
def clip_tokenizer(pad: str) -> CLIPTokenizer:
    merges = [tuple(line.split()) for line in MERGES.read_text("utf-8").splitlines()]
    vocabulary = tokenizer().get_vocab()
    return CLIPTokenizer(vocabulary, merges, pad_token=pad, model_max_length=77)


def parts(**more: Any) -> dict[str, Any]:
    return {"vae": None, "unet": None, "scheduler": EulerDiscreteScheduler(steps_offset=1), **more}


@pytest.mark.parametrize("text", [PLAIN, "", "é 猫 ,,, 12"])
def test_sd15_states_are_those_of_diffusers(sd15: TextTowers, text: str) -> None:
    pipeline = StableDiffusionPipeline(
        **parts(tokenizer=clip_tokenizer("<|endoftext|>"), text_encoder=sd15.towers[0].model),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    expected, _ = pipeline.encode_prompt(text, "cpu", 1, False)
    found = tokens(sd15, text)
    assert found.shape == expected.shape
    assert (found - expected).abs().max() <= 1e-5


@pytest.mark.parametrize("skip", [1, 2, 3])
def test_skipping_layers_of_sd15_is_cutting_them_off(sd15: TextTowers, skip: int) -> None:
    short = copy.deepcopy(sd15.towers[0])
    layers = short.model.encoder.layers
    del layers[len(layers) - skip + 1 :]
    expected = tokens(TextTowers((short,)), PLAIN)
    assert torch.equal(tokens(sd15, PLAIN, clip_skip=skip), expected)


@pytest.mark.parametrize("text", [PLAIN, ""])
@pytest.mark.parametrize("skip", [0, 3])
def test_sdxl_states_are_those_of_diffusers(sdxl: TextTowers, text: str, skip: int) -> None:
    first, second = (tower.model for tower in sdxl.towers)
    pipeline = StableDiffusionXLPipeline(
        **parts(tokenizer=clip_tokenizer("<|endoftext|>"), tokenizer_2=clip_tokenizer("!")),
        text_encoder=first,
        text_encoder_2=second,
    )
    expected, _, pooled, _ = pipeline.encode_prompt(
        text,
        device="cpu",
        do_classifier_free_guidance=False,
        clip_skip=skip - 2 if skip else None,
    )
    [segment] = encoded(sdxl, text, clip_skip=skip).segments
    assert segment.pooled is not None
    assert segment.tokens.shape == expected.shape == (1, 77, 40)
    assert (segment.tokens - expected).abs().max() <= 1e-5
    assert (segment.pooled - pooled).abs().max() <= 1e-5


def test_sdxl_never_reads_the_last_layer(sdxl: TextTowers) -> None:
    assert torch.equal(tokens(sdxl, PLAIN, clip_skip=1), tokens(sdxl, PLAIN, clip_skip=2))


def test_long_prompts_are_chunks_one_after_the_other(sdxl: TextTowers) -> None:
    [segment] = encoded(sdxl, LONG).segments
    alone = [encoded(sdxl, text).segments[0] for text in ("cat " * 75, "cat " * 5, "dog")]
    assert torch.equal(segment.tokens, torch.cat([one.tokens for one in alone], dim=1))
    assert segment.pooled is not None
    assert alone[0].pooled is not None
    assert torch.equal(segment.pooled, alone[0].pooled)


def test_nested_weights_multiply_the_states(sd15: TextTowers) -> None:
    bare = tokens(sd15, "a cat dog")
    weights = torch.ones(1, 77, 1)
    weights[0, 1:4, 0] = torch.tensor([1.0, 1.5, 3.0])
    assert torch.equal(tokens(sd15, "a (cat (dog:2):1.5)", emphasis="no_norm"), bare * weights)


def test_a1111_keeps_the_mean_of_a_chunk(sd15: TextTowers) -> None:
    bare, weighted = tokens(sd15, "a cat"), tokens(sd15, "a (cat:1.5)")
    scaled = bare.clone()
    scaled[:, 2] *= 1.5
    assert torch.allclose(weighted, scaled * (bare.mean() / scaled.mean()), atol=1e-6)
    assert torch.allclose(weighted.mean(), bare.mean(), atol=1e-6)
    assert not torch.allclose(weighted, bare)


def test_comfy_moves_away_from_the_empty_prompt(sd15: TextTowers) -> None:
    bare, empty = tokens(sd15, "a cat"), tokens(sd15, "")
    expected = bare.clone()
    expected[:, 2] = empty[:, 2] + 1.5 * (bare[:, 2] - empty[:, 2])
    found = tokens(sd15, "a (cat:1.5)", emphasis="comfy")
    assert torch.equal(found, expected)


def test_ignore_reads_the_grammar_and_drops_the_weights(sd15: TextTowers) -> None:
    assert torch.equal(tokens(sd15, "a (cat:1.5)", emphasis="ignore"), tokens(sd15, "a cat"))


def test_literal_encodes_the_brackets(sd15: TextTowers) -> None:
    found = tokens(sd15, "a (cat:1.5)", emphasis="literal")
    assert torch.equal(found, tokens(sd15, r"a \(cat\:1.5\)"))


def test_auto_is_the_way_of_the_family(sd15: TextTowers, sdxl: TextTowers) -> None:
    text = "a (cat:1.5)"
    assert torch.equal(tokens(sd15, text), tokens(sd15, text, emphasis="a1111"))
    assert torch.equal(tokens(sdxl, text), tokens(sdxl, text, emphasis="no_norm"))
    assert not torch.equal(tokens(sd15, text, emphasis="no_norm"), tokens(sd15, text))


@pytest.mark.parametrize("emphasis", ["a1111", "no_norm", "comfy"])
def test_a_weight_of_zero_stays_finite(sd15: TextTowers, emphasis: Emphasis) -> None:
    assert tokens(sd15, "(cat:0) (dog:-10)", emphasis=emphasis).isfinite().all()


def test_a_prompt_that_changes_has_segments_of_equal_length(sdxl: TextTowers) -> None:
    found = encoded(sdxl, "[cat:" + "dog " * 80 + ":0.4]").segments
    assert [(s.start, s.end, s.tokens.shape[1]) for s in found] == [(0, 0.4, 154), (0.4, 1, 154)]
    assert torch.equal(found[0].tokens[:, :77], tokens(sdxl, "cat"))
    assert torch.equal(found[0].tokens[:, 77:], tokens(sdxl, ""))


def test_equal_chunks_are_encoded_once(sd15: TextTowers) -> None:
    steps = list(encode(sd15, SD15, read("cat BREAK cat BREAK dog")))
    assert [(step.done, step.total) for step in steps] == [(1, 2), (2, 2)]


def test_empty_like_has_as_many_tokens(sdxl: TextTowers) -> None:
    empty = result_of(empty_like(sdxl, SDXL, encoded(sdxl, LONG)))
    assert empty.segments[0].tokens.shape == (1, 231, 40)
    assert torch.equal(empty.segments[0].tokens[:, :77], tokens(sdxl, ""))


def test_results_are_float32_without_gradients(sd15: TextTowers) -> None:
    half = Tower(SD15.encoders[0], CLIPTextModel(tower_config(16, 49407)).eval().bfloat16())
    for towers in (sd15, TextTowers((half,))):
        found = tokens(towers, "a (cat:1.5)")
        assert (found.dtype, found.requires_grad, found.device.type) == (
            torch.float32,
            False,
            "cpu",
        )


def test_requests_travel_with_the_conditioning(sd15: TextTowers) -> None:
    conditioning = encoded(sd15, "a <lora:ink:0.5> cat")
    assert [request.name for request in conditioning.requests] == ["ink"]
    assert conditioning.family == "sd15"


def test_joined_prompts_stand_beside_each_other(sd15: TextTowers) -> None:
    cat, dog = encoded(sd15, "a cat"), encoded(sd15, "a dog <lora:ink>")
    both = joined([cat, dog])
    [only] = both.segments
    halves = only.tokens.chunk(2, dim=1)
    assert torch.equal(halves[0], cat.segments[0].tokens)
    assert torch.equal(halves[1], dog.segments[0].tokens)
    assert [request.name for request in both.requests] == ["ink"]
    assert joined([cat]) is cat


def test_joined_prompts_change_when_one_of_them_does(sd15: TextTowers) -> None:
    cat, turning = encoded(sd15, "a cat"), encoded(sd15, "[ball:cube:0.25]")
    both = joined([cat, turning])
    assert [(each.start, each.end) for each in both.segments] == [(0, 0.25), (0.25, 1)]
    for each, part in zip(both.segments, turning.segments, strict=True):
        assert torch.equal(each.tokens.chunk(2, dim=1)[1], part.tokens)


def test_skipping_every_layer_is_refused(sd15: TextTowers) -> None:
    assert tokens(sd15, "cat", clip_skip=3).isfinite().all()
    with pytest.raises(RangeError, match=r"clip skip 4 .* 3 layers"):
        tokens(sd15, "cat", clip_skip=4)


def test_broken_weights_are_named() -> None:
    model = CLIPTextModel(tower_config(16, 49407)).eval()
    model.final_layer_norm.weight.data[3] = float("nan")
    with pytest.raises(NotFiniteError, match="text encoder"):
        tokens(TextTowers((Tower(SD15.encoders[0], model),)), "cat")
