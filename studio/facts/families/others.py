"""Files that are known but are no checkpoint of a supported family: their names, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from studio.facts.described import Header
from studio.facts.families import adapters, controls, layout

Kind = Literal[
    "checkpoint", "vae", "text_encoder", "controlnet", "lora", "motion", "embedding", "upscaler",
    "t2i_adapter", "ip_adapter", "image_encoder", "detector", "unknown",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Other:
    """A kind of file that is no checkpoint.

    Attributes:
        kind: What it is.
        title: What it is, for people, with its article.
        fix: Where it belongs.
        test: Says whether a header is of this kind.
    """

    kind: Kind
    title: str
    fix: str
    test: Callable[[Header], bool]


def _contains(*parts: str) -> Callable[[Header], bool]:
    return lambda header: any(part in name for name in header.tensors for part in parts)


def _starts(*prefixes: str) -> Callable[[Header], bool]:
    return lambda header: layout.has(header, *prefixes)


def _is_embedding(header: Header) -> bool:
    names = set(header.tensors)
    marks = {"emb_params", "string_to_param.*", "clip_l", "clip_g"}
    single = len(names) == 1 and all(len(f.shape) <= 2 for f in header.tensors.values())
    return bool(names & marks) or (single and any(name.startswith("<") for name in names))


def _is_vae(header: Header) -> bool:
    ends = ("decoder.conv_in.weight", "decoder.conv_out.weight")
    return any(name.endswith(ends) for name in header.tensors) and not layout.unet(header)


def _is_text_encoder(header: Header) -> bool:
    starts = ("text_model.", "transformer.resblocks.", "encoder.block.", "text_encoder/")
    return layout.has(header, *starts, layout.HF_TOWER) and not layout.unet(header)


OTHERS = (
    Other(
        "detector", "a detector", "load it with the node load.detector",
        lambda header: header.network is not None or any(
            name.endswith(".dfl.conv.weight") for name in header.tensors
        ),
    ),
    Other(
        "t2i_adapter", "a T2I-Adapter", "load it with the node load.controlnet",
        lambda header: bool(adapters.t2i_layout(header.tensors)),
    ),
    Other(
        "ip_adapter", "an IP-Adapter", "load it with the node load.ip_adapter",
        lambda header: adapters.ip_kind(header.tensors) is not None,
    ),
    Other(
        "image_encoder", "an image encoder", "load it with the node load.image_encoder",
        adapters.is_image_encoder,
    ),
    Other(
        "controlnet", "a ControlNet", "load it with the node load.controlnet",
        lambda header: controls.describe(header).architecture != "",
    ),
    Other(
        "motion", "a motion module", "load it with the node load.motion_module",
        _contains("motion_modules."),
    ),
    Other(
        "lora", "a LoRA", "load it with the node load.lora",
        _contains("lora_unet_", "lora_te", ".lora_A.", ".lora_down.", ".lora.down.", "lora_up.",
                  "hada_w1_a", "lokr_w1", "dora_scale", "lycoris_"),
    ),
    Other(
        "embedding", "a textual inversion", "write its file name into the prompt",
        _is_embedding,
    ),
    Other("vae", "a VAE without a denoiser", "load it with the node load.vae", _is_vae),
    Other(
        "text_encoder", "a text encoder without a denoiser", "choose a whole checkpoint",
        _is_text_encoder,
    ),
    Other(
        "upscaler", "an upscaler", "load it with the node load.upscaler",
        _starts("conv_first.", "params_ema.", "params.", "model.0.", "body.0."),
    ),
)  # fmt: skip
"""Kinds of files in the order in which they are tried."""


def _dit(*marks: str) -> Callable[[Header], bool]:
    """Return a test for names, with or without the prefix of a checkpoint."""
    prefixes = ("", layout.UNET, "transformer/")
    return lambda header: any(p + mark in header.tensors for p in prefixes for mark in marks)


def _is_refiner(header: Header) -> bool:
    names = layout.unet(header)
    return layout.has_vector(names) and layout.projection_axes(names) == 2


def _is_sd2(header: Header) -> bool:
    names = layout.unet(header)
    return layout.has(header, layout.OPENCLIP_TOWER) or layout.projection_axes(names) == 2


UNSUPPORTED: tuple[tuple[str, Callable[[Header], bool]], ...] = (
    ("Playground 2.5", _contains("edm_mean")),
    ("the Stable Diffusion XL refiner", _is_refiner),
    ("Stable Diffusion 2.x", _is_sd2),
    ("Stable Diffusion 3", _dit("joint_blocks.0.context_block.adaLN_modulation.1.bias")),
    ("Chroma", _dit("distilled_guidance_layer.in_proj.bias")),
    ("Flux.2", _dit("single_stream_modulation.lin.weight")),
    ("Flux.1", _dit("double_blocks.0.img_attn.norm.key_norm.scale")),
    ("Lumina 2", _dit("cap_embedder.0.weight")),
    ("Z-Image", _dit("layers.0.adaLN_modulation.0.weight")),
    ("Wan", _dit("head.modulation")),
)
"""Families that are recognised and refused, in the order in which they are tried."""


def unsupported(header: Header) -> str:
    """Return the name of a family that is known but not supported, or nothing."""
    return next((title for title, test in UNSUPPORTED if test(header)), "")


def other(header: Header) -> Other | None:
    """Return what kind of file this is, if it is known and no checkpoint."""
    return next((kind for kind in OTHERS if kind.test(header)), None)


def hint(header: Header) -> str:
    """Return the family that a file which is no checkpoint was made for, or nothing.

    Adapters say it by their sizes. A second text tower, a vector beside the text, or SDXL's deep
    attention say SDXL; a ControlNet or LoRA without them says SD 1.x. A VAE alone says nothing.
    """
    names = header.tensors
    if found := adapters.family(names) or controls.describe(header).family:
        return found
    if any("label_emb" in n or "add_embedding" in n or "lora_te2_" in n for n in names):
        return "sdxl"
    if any("input_blocks_8_1_transformer_blocks_2" in n for n in names) or "clip_g" in names:
        return "sdxl"
    if any("text_encoder_2" in n for n in names):
        return "sdxl"
    if any(n.startswith(("control_model.", "lora_te_text_model", "lora_unet_")) for n in names):
        return "" if layout.projection_axes(names) == 2 else "sd15"
    return ""
