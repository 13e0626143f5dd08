"""Adapters and image encoders, told by the names and shapes in their headers.

A T2I-Adapter says its family by how finely it cuts the hint, an IP-Adapter by the width of the text
that it stands beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from studio.facts.described import Header, TensorFacts

IpKind = Literal["base", "plus", "full", "face_id"]

Shapes = Mapping[str, tuple[int, ...]]

_IP_PREFIXES = {
    "image_proj.": "image_proj.",
    "ip_adapter.": "ip_adapter.",
    "image_proj_model.": "image_proj.",
    "adapter_modules.": "ip_adapter.",
}
"""Beginnings of names in published files and in those of the training script, and ours."""

_TEXT_WIDTHS = {768: "sd15", 2048: "sdxl"}
_CUTS = {8: "sd15", 16: "sdxl"}


def bare(name: str) -> str:
    """Return a name of a T2I-Adapter without what it is wrapped in."""
    return name.removeprefix("adapter.")


def t2i_layout(names: Iterable[str]) -> Literal["diffusers", "light", "full", ""]:
    """Return the layout of a T2I-Adapter: that of diffusers, or one of its authors' two.

    Returns:
        ``light`` and ``full`` for the authors' networks; empty: it is no T2I-Adapter.
    """
    there = {bare(name) for name in names}
    if "body.0.resnets.0.block1.weight" in there:
        return "diffusers"
    if {"body.0.in_conv.weight", "body.0.out_conv.weight"} <= there:
        return "light"
    return "full" if {"conv_in.weight", "body.0.block1.weight"} <= there else ""


def t2i_cut(shapes: Shapes) -> int:
    """Return the side in pixels of the squares that a T2I-Adapter cuts a hint into: 8 or 16.

    Raises:
        ValueError: It is neither.
    """
    named = {bare(name): shape for name, shape in shapes.items()}
    first = named.get("conv_in.weight") or named.get("body.0.in_conv.weight") or (0, 0)
    for cut in _CUTS:
        if first[1] in (cut**2, 3 * cut**2):
            return cut
    raise ValueError(f"its first convolution takes {first[1]} channels")


def ip_name(name: str) -> str:
    """Return the name of a tensor of an IP-Adapter as published files have it, or nothing."""
    for given, ours in _IP_PREFIXES.items():
        if name.startswith(given):
            return ours + name.removeprefix(given)
    return ""


def ip_kind(names: Iterable[str]) -> IpKind | None:
    """Return how an IP-Adapter reads what the image encoder saw; ``None``: it is none.

    Returns:
        ``base`` projects the picture as a whole, ``plus`` and ``full`` look at its patches,
        ``face_id`` wants the measures of a face instead.
    """
    there = {ip_name(name) for name in names} - {""}
    marks: tuple[tuple[str, IpKind], ...] = (
        ("image_proj.proj.weight", "base"),
        ("image_proj.proj.3.weight", "full"),
        ("image_proj.latents", "plus"),
    )
    for mark, kind in marks:
        if mark in there:
            return kind
    return "face_id" if there else None


def is_image_encoder(header: Header) -> bool:
    """Return whether a file holds a CLIP image encoder."""
    marks = ("vision_model.embeddings.class_embedding", "visual.class_embedding")
    return any(mark in header.tensors for mark in marks)


def family(names: Mapping[str, TensorFacts]) -> str:
    """Return the family that an adapter was made for, or nothing."""
    shapes = {name: facts.shape for name, facts in names.items()}
    if t2i_layout(shapes):
        try:
            return _CUTS[t2i_cut(shapes)]
        except (ValueError, IndexError):
            return ""
    widths = {shape[1] for name, shape in shapes.items() if _reads_text(name, shape)}
    return _TEXT_WIDTHS.get(widths.pop(), "") if len(widths) == 1 else ""


def _reads_text(name: str, shape: tuple[int, ...]) -> bool:
    return ip_name(name).endswith(".to_k_ip.weight") and len(shape) == 2
