"""Let the cross attention of a denoiser read more than the text, during one call and no longer.

Nothing is installed on the network: hooks take the query as it is made and add to what is about to
leave the attention, whatever computes it, and are gone before the call returns or raises.

Source:
    Ye et al. 2023, arXiv:2308.06721, equation 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import cast

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import Attention
from torch.nn.functional import scaled_dot_product_attention

Mask = Callable[[int], torch.Tensor]
"""Takes the positions of a level, returns ``(1 | rows, positions, 1)``."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What one cross attention reads beside the text.

    Attributes:
        keys: ``(rows, tokens, width)``.
        values: ``(rows, tokens, width)``.
        factors: How much it counts for each row, ``(rows, 1, 1)``.
        mask: Where it counts; ``None`` is everywhere.
    """

    keys: torch.Tensor
    values: torch.Tensor
    factors: torch.Tensor
    mask: Mask | None = None


def cross_attentions(unet: UNet2DConditionModel) -> list[tuple[str, Attention]]:
    """Return the attentions that read the text, in the order of adapters' files.

    Returns:
        Those on the way down, those on the way up, those of the middle, with their paths.
    """
    return [
        (f"{part}.{name}", module)
        for part in ("down_blocks", "up_blocks", "mid_block")
        for name, module in getattr(unet, part).named_modules()
        if isinstance(module, Attention) and name.endswith(".attn2") and "motion" not in name
    ]


def sizes_of(attention: Attention) -> tuple[int, int]:
    """Return the width of the text that an attention reads, and its own channels."""
    return cast(torch.nn.Linear, attention.to_k).in_features, int(attention.inner_dim)


@contextmanager
def attending(readings: Sequence[tuple[Attention, Reading]]) -> Iterator[None]:
    """Let attentions read something more while a block runs.

    Args:
        readings: Attentions, and what each of them reads.
    """
    with ExitStack() as stack:
        for attention, reading in readings:
            _hook(stack, attention, reading)
        yield


def _hook(stack: ExitStack, attention: Attention, reading: Reading) -> None:
    """Hook one attention until a stack is closed."""
    query: list[torch.Tensor] = []

    def take(module: torch.nn.Module, given: object, made: torch.Tensor) -> None:
        query[:] = [made]

    def add(module: torch.nn.Module, given: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        return (given[0] + _read(query.pop(), attention.heads, reading), *given[1:])

    leaving = cast(torch.nn.ModuleList, attention.to_out)[0]
    stack.callback(attention.to_q.register_forward_hook(take).remove)
    stack.callback(leaving.register_forward_pre_hook(add).remove)


def _read(query: torch.Tensor, heads: int, reading: Reading) -> torch.Tensor:
    """Return what queries find, ``(rows, positions, width)``."""
    asked, keys, values = (_by_head(p, heads) for p in (query, reading.keys, reading.values))
    found = scaled_dot_product_attention(asked, keys, values)
    joined = found.transpose(1, 2).reshape(query.shape) * reading.factors
    return joined if reading.mask is None else joined * reading.mask(query.shape[1])


def _by_head(states: torch.Tensor, heads: int) -> torch.Tensor:
    rows, positions, width = states.shape
    return states.view(rows, positions, heads, width // heads).transpose(1, 2)
