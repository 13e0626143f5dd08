"""What a ControlNet's file says about itself: how it is built, for which family, how many blocks.

Names and shapes decide, never the name of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from studio.facts.described import Header, TensorFacts
from studio.facts.families import layout

Architecture = Literal[
    "controlnet", "difference", "control_lora", "union", "t2i_adapter", "lllite", ""
]

PREFIX = "control_model."
_ZERO = re.compile(r"(zero_convs|controlnet_down_blocks)\.\d+\.(0\.)?weight")


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """What is known of a ControlNet's file.

    Attributes:
        architecture: How it is built; empty: it is no ControlNet.
        family: Id of the family that it steers; empty when it is not known or not supported.
        blocks: How many residuals it gives, the middle among them; 0: not known.
        title: What it is, for people, with its article.
    """

    architecture: Architecture = ""
    family: str = ""
    blocks: int = 0
    title: str = ""

    @property
    def needs_base(self) -> bool:
        """Return whether the file holds only what differs from a checkpoint."""
        return self.architecture in ("difference", "control_lora")


_TITLES: Mapping[Architecture, str] = {
    "controlnet": "a ControlNet",
    "difference": "a ControlNet that holds differences",
    "control_lora": "a Control-LoRA",
    "union": "a union ControlNet",
    "t2i_adapter": "a T2I-Adapter",
    "lllite": "a ControlNet-LLLite",
}


def describe(header: Header) -> ControlFacts:
    """Say what a ControlNet's file is, by its header alone; never raises."""
    names = control_names(header)
    architecture = _architecture(names)
    if not architecture:
        return ControlFacts()
    blocks = 1 + sum(_ZERO.fullmatch(name) is not None for name in names)
    if architecture in ("t2i_adapter", "lllite"):
        blocks = 0
    return ControlFacts(architecture, _family(names, architecture), blocks, _TITLES[architecture])


def control_names(header: Header) -> dict[str, TensorFacts]:
    """Return the ControlNet's tensors without their prefix, in either layout."""
    for prefix in (PREFIX, "controlnet/"):
        found = layout.below(header.tensors, prefix)
        if found:
            return found
    return dict(header.tensors)


def _architecture(names: Mapping[str, TensorFacts]) -> Architecture:
    """Return how a file is built, by its names."""
    if any(name.startswith("lllite_") for name in names):
        return "lllite"
    if not any(name.startswith(("input_hint_block.", "controlnet_cond_embedding.")) for name in names):
        return "t2i_adapter" if _is_adapter(names) else ""
    if "lora_controlnet" in names or any(name.endswith(".up") for name in names):
        return "control_lora"
    if "difference" in names:
        return "difference"
    return "union" if "task_embedding" in names else "controlnet"


def _is_adapter(names: Mapping[str, TensorFacts]) -> bool:
    """Return whether these are the names of a T2I-Adapter, in either layout."""
    bare = {name.removeprefix("adapter.") for name in names}
    starts = ("body.0.resnets.", "body.0.block1.", "body.0.in_conv.", "body.0.body.")
    return "conv_in.weight" in bare and any(name.startswith(starts) for name in bare)


def _family(names: Mapping[str, TensorFacts], architecture: Architecture) -> str:
    """Return the family that a net steers: a vector beside the text says SDXL."""
    if architecture == "t2i_adapter":
        bare = {name.removeprefix("adapter."): facts for name, facts in names.items()}
        # Adapters for SDXL unfold 16 x 16 pixels into channels, those for SD 1.x 8 x 8.
        return "sdxl" if bare["conv_in.weight"].shape[1] >= 256 else "sd15"
    if layout.has_vector(names):
        return "sdxl" if _projection_axes(names) == 2 else ""
    return "sd15" if _projection_axes(names) == 4 else ""


def _projection_axes(names: Mapping[str, TensorFacts]) -> int:
    """Return the axes of an attention's input projection, whole or as a product."""
    for name, facts in names.items():
        if name.endswith((".proj_in.weight", ".proj_in.up")):
            return len(facts.shape)
    return 0
