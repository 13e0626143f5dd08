"""How a header is laid out: the questions that the families' probes ask.

Layout decides; widths never do, so that small and pruned files are recognised too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studio.facts.described import Header, TensorFacts

UNET = "model.diffusion_model."
VAE = "first_stage_model."
FOLDER_UNET = "unet/"
FOLDER_VAE = "vae/"
HF_TOWER = "cond_stage_model.transformer."
OPENCLIP_TOWER = "cond_stage_model.model."
SDXL_FIRST = "conditioner.embedders.0.transformer."
SDXL_SECOND = "conditioner.embedders.1.model."
REFINER_TOWER = "conditioner.embedders.0.model."


def has(header: Header, *prefixes: str) -> bool:
    """Return whether any tensor's name begins with one of these."""
    return any(name.startswith(prefixes) for name in header.tensors)


def unet(header: Header) -> dict[str, TensorFacts]:
    """Return the denoiser's tensors without their prefix, in either layout; empty without one."""
    for prefix in (UNET, FOLDER_UNET):
        found = below(header.tensors, prefix)
        if found:
            return found
    return {}


def below(tensors: Mapping[str, TensorFacts], prefix: str) -> dict[str, TensorFacts]:
    """Return the tensors under a prefix, without it."""
    start = len(prefix)
    return {name[start:]: facts for name, facts in tensors.items() if name.startswith(prefix)}


def projection_axes(names: Mapping[str, TensorFacts]) -> int:
    """Return the axes of the first attention's input projection: 4 convolves, 2 is linear."""
    for name, facts in names.items():
        if name.endswith(".proj_in.weight") and "motion_modules" not in name:
            return len(facts.shape)
    return 0


def has_vector(names: Iterable[str]) -> bool:
    """Return whether a denoiser takes a vector beside the text: pooled text and sizes."""
    return any(name.startswith(("label_emb.0.0.", "add_embedding.linear_1.")) for name in names)


def attends_at_the_bottom(names: Iterable[str]) -> bool:
    """Return whether the smallest level of the way down has attention, as SDXL's has."""
    names = list(names)
    blocks = [_number(name, "input_blocks.") for name in names]
    if max(blocks, default=-1) >= 0:
        return any(name.startswith(f"input_blocks.{max(blocks)}.1.") for name in names)
    bottom = max((_number(name, "down_blocks.") for name in names), default=-1)
    return any(name.startswith(f"down_blocks.{bottom}.attentions.") for name in names)


def _number(name: str, prefix: str) -> int:
    """Return the number behind a prefix, or -1."""
    word = name.removeprefix(prefix).partition(".")[0] if name.startswith(prefix) else ""
    return int(word) if word.isdecimal() and len(word) < 6 else -1
