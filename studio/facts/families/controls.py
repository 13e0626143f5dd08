"""What a ControlNet's file says about itself: how it is built, for which family, how many blocks.

Names and shapes decide, never the name of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from studio.core.errors import UnsupportedError
from studio.core.values import HintKind
from studio.facts.described import Header, TensorFacts
from studio.facts.families import adapters, layout

Architecture = Literal[
    "controlnet", "difference", "control_lora", "union", "t2i_adapter", "lllite", "sparse", ""
]

UNION_KINDS: tuple[HintKind, ...] = get_args(HintKind)
"""Kinds of hints by their number in union networks; older ones know the first six."""

SUPPORTED: frozenset[Architecture] = frozenset(
    {"controlnet", "difference", "control_lora", "union", "t2i_adapter"}
)
PREFIX = "control_model."
_READS_HINTS = ("input_hint_block.", "controlnet_cond_embedding.")
_ZERO = re.compile(r"(zero_convs|controlnet_down_blocks)\.\d+\.(0\.)?weight")


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """What is known of a ControlNet's file.

    Attributes:
        architecture: How it is built; empty: it is neither a ControlNet nor a T2I-Adapter.
        family: Id of the family that it steers; empty when it is not known or not supported.
        blocks: How many residuals it gives, the middle among them; 0: not known.
        title: What it is, for people, with its article.
        kinds: How many kinds of hints a union of several knows; 0: it is none.
    """

    architecture: Architecture = ""
    family: str = ""
    blocks: int = 0
    title: str = ""
    kinds: int = 0

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
    "sparse": "a SparseCtrl network",
}


def describe(header: Header) -> ControlFacts:
    """Say what a ControlNet's file is, by its header alone; never raises."""
    start = prefix(header)
    names = layout.below(header.tensors, start)
    architecture = _architecture(names, is_wrapped=bool(start))
    if not architecture:
        return ControlFacts()
    blocks = 1 + sum(_ZERO.fullmatch(name) is not None for name in names)
    if architecture in ("t2i_adapter", "lllite", "sparse"):
        blocks = 0
    kinds = _length(names["task_embedding"]) if architecture == "union" else 0
    known = _family(names, architecture)
    return ControlFacts(architecture, known, blocks, _TITLES[architecture], kinds)


def number_of(kind: str, kinds: int) -> int:
    """Return the number of a kind of hint in a union network that knows the first so many.

    Raises:
        UnsupportedError: The network does not know this kind.
    """
    known = [str(name) for name in UNION_KINDS[:kinds]]
    if kind not in known:
        raise UnsupportedError(
            f"this union network does not know hints of the kind {kind}",
            fix=f"it knows {', '.join(known)}; choose one of these, or another network",
        )
    return known.index(kind)


def refuse_kind(kind: str, kinds: int) -> None:
    """Refuse a union network that does not know a kind of hint, before anything is loaded.

    Args:
        kind: The kind; ``auto`` is one that the network knows.
        kinds: How many it knows; 0: it is no union, or that is not known.

    Raises:
        UnsupportedError: It knows others only.
    """
    if kinds and kind != "auto":
        number_of(kind, kinds)


def prefix(header: Header) -> str:
    """Return what the names of the ControlNet's tensors begin with; a checkpoint may hold it."""
    return PREFIX if layout.has(header, PREFIX) else ""


def _architecture(names: Mapping[str, TensorFacts], *, is_wrapped: bool) -> Architecture:
    """Return how a file is built, by its names and whether they had a ControlNet's prefix."""
    if any(name.startswith("lllite_") for name in names):
        return "lllite"
    if adapters.t2i_layout(names):
        return "t2i_adapter"
    if not is_wrapped and not any(name.startswith(_READS_HINTS) for name in names):
        return ""
    if any(".motion_modules." in name for name in names):
        return "sparse"
    if "lora_controlnet" in names or any(name.endswith(".up") for name in names):
        return "control_lora"
    if "difference" in names:
        return "difference"
    return "union" if "task_embedding" in names else "controlnet"


def _length(facts: TensorFacts) -> int:
    return facts.shape[0] if facts.shape else 0


def _family(names: Mapping[str, TensorFacts], architecture: Architecture) -> str:
    """Return the family that a net steers: a vector beside the text says SDXL."""
    if architecture == "t2i_adapter":
        return adapters.family(names)
    axes = _projection_axes(names)
    if layout.has_vector(names):
        return "sdxl" if axes in (0, 2) else ""  # small ones for SDXL have no attention at all
    return "sd15" if axes == 4 else ""


def _projection_axes(names: Mapping[str, TensorFacts]) -> int:
    """Return the axes of an attention's input projection, whole or as a product."""
    for name, facts in names.items():
        if name.endswith((".proj_in.weight", ".proj_in.up")):
            return len(facts.shape)
    return 0
