"""Turns a prompt into conditioning: any length, weighted words, one or two text networks.

Each chunk of 77 tokens goes through the networks alone, so what a chunk becomes does not depend on
what stands beside it. Weights and joining are computed on the CPU in float32.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor

from studio.core.errors import NotFiniteError, RangeError
from studio.core.values import Conditioning, Segment
from studio.diffusion.towers import TextTowers, Tower
from studio.facts.families import Family
from studio.facts.prompt import Emphasis, Passage, Prompt, parse, plain
from studio.facts.tokens import CHUNK, Chunk, chunks

Tokens = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChunkStep:
    """How far encoding is.

    Attributes:
        done: Chunks behind it.
        total: Different chunks in all.
    """

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class _States:
    """What the networks made of one chunk.

    Attributes:
        hidden: For each tower float32 ``(1, 77, width)``, on the CPU.
        pooled: float32 ``(1, width)`` of the projected tower, or ``None``.
    """

    hidden: tuple[Tensor, ...]
    pooled: Tensor | None


def read(text: str, emphasis: Emphasis = "auto") -> Prompt:
    """Read a prompt, or take it as written when the emphasis is ``literal``.

    Raises:
        RangeError: The text has more than 64 KiB.
    """
    return plain(text) if emphasis == "literal" else parse(text)


def encode(
    towers: TextTowers,
    family: Family,
    prompt: Prompt,
    *,
    clip_skip: int = 0,
    emphasis: Emphasis = "auto",
) -> Generator[ChunkStep, None, Conditioning]:
    """Encode a prompt; yields after each chunk.

    Chunks are joined on the token axis, so nothing is cut off. Passages of a prompt that changes
    over the schedule get equally many chunks: shorter ones are filled with the empty chunk. The
    pooled vector is that of the first chunk, before any weights.

    Args:
        towers: The text networks, on any device.
        family: Says which layer is read, and how weights act by default.
        prompt: What `read` returned.
        clip_skip: Layer counted from the end, 1 is the last; 0 is the family's. A family that reads
            an inner layer never reads a later one.
        emphasis: How weights act on states ``z``. ``a1111``: ``z * w``, brought back to the mean of
            the chunk. ``no_norm``: ``z * w``. ``comfy``: away from the empty chunk, ``e + w *
            (z - e)``. ``ignore`` and ``literal``: not at all. ``auto``: the family's.

    Raises:
        RangeError: There are too many tokens, or a network has fewer layers than are skipped.
        NotFiniteError: A network returned something else than numbers.
    """
    skip = max(clip_skip, family.minimum_clip_skip)
    _check_depth(towers, skip)
    cut = [chunks(passage) for passage in prompt.passages]
    filled = [found + (Chunk(),) * (max(map(len, cut)) - len(found)) for found in cut]
    mode = family.emphasis if emphasis == "auto" else emphasis
    needed = dict.fromkeys(chunk.tokens for found in filled for chunk in found)
    if mode == "comfy":
        needed[()] = None
    states: dict[Tokens, _States] = {}
    for done, tokens in enumerate(needed, start=1):
        states[tokens] = _states(towers, family, tokens, skip)
        yield ChunkStep(done, len(needed))
    segments = zip(prompt.passages, filled, strict=True)
    return Conditioning(
        tuple(_segment(passage, found, states, mode) for passage, found in segments),
        family.id,
        requests=prompt.requests,
    )


def empty_like(
    towers: TextTowers, family: Family, conditioning: Conditioning, *, clip_skip: int = 0
) -> Generator[ChunkStep, None, Conditioning]:
    """Encode the empty prompt in as many chunks as another conditioning has.

    For a pair that shares one network call, in which both must have equally many tokens.
    """
    empty = yield from encode(towers, family, plain(""), clip_skip=clip_skip)
    times = max(segment.tokens.shape[1] for segment in conditioning.segments) // (CHUNK + 2)
    [only] = empty.segments
    return Conditioning((Segment(only.tokens.repeat(1, times, 1), only.pooled),), family.id)


def joined(parts: Sequence[Conditioning]) -> Conditioning:
    """Put conditionings beside each other, as if ``BREAK`` stood between their texts.

    Args:
        parts: At least one; the first gives all but the words, and the pooled vector.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    cuts = sorted({at for part in parts for each in part.segments for at in (each.start, each.end)})
    segments = []
    for start, end in pairwise(cuts):
        acting = [_acting(part, (start + end) / 2) for part in parts]
        tokens = torch.cat([each.tokens for each in acting], dim=1)
        segments.append(Segment(tokens, acting[0].pooled, start, end))
    requests = tuple(request for part in parts for request in part.requests)
    return replace(first, segments=tuple(segments), requests=requests, key="")


def _acting(conditioning: Conditioning, share: float) -> Segment:
    """Return the segment that acts at a share of the schedule; else the last."""
    found = (each for each in conditioning.segments if each.start <= share < each.end)
    return next(found, conditioning.segments[-1])


def _check_depth(towers: TextTowers, skip: int) -> None:
    """Refuse to skip more layers than there are."""
    layers = min(int(tower.model.config.num_hidden_layers) for tower in towers.towers)
    if skip > layers:
        raise RangeError(
            f"clip skip {skip} leaves nothing of a text encoder with {layers} layers",
            fix=f"choose 0 to {layers}",
        )


def _states(towers: TextTowers, family: Family, tokens: Tokens, skip: int) -> _States:
    """Run one chunk through all towers."""
    # Families that were trained on an inner layer read it as it is (Podell 2023, 2.1); the others
    # read any layer through the norm that the last one has.
    normed = family.minimum_clip_skip == 1
    found = [_run(tower, Chunk(tokens), skip, normed) for tower in towers.towers]
    if not all(bool(hidden.isfinite().all()) for hidden, _ in found):
        raise NotFiniteError(
            "the text encoder returned values that are not numbers",
            fix="use float32, or another checkpoint",
        )
    pooled = [vector for _, vector in found if vector is not None]
    return _States(tuple(hidden for hidden, _ in found), pooled[-1] if pooled else None)


@torch.no_grad()
def _run(tower: Tower, chunk: Chunk, skip: int, normed: bool) -> tuple[Tensor, Tensor | None]:
    """Return the states of one chunk at one layer, and the pooled vector of a projected tower."""
    model = tower.model
    ids = torch.tensor([chunk.padded(tower.facts.pad_token)], device=model.device)
    output = model(ids, output_hidden_states=True)
    hidden = output.hidden_states[-skip]
    if normed:
        hidden = getattr(model, "text_model", model).final_layer_norm(hidden)
    pooled = output.text_embeds.to("cpu", torch.float32) if tower.facts.projected else None
    return hidden.to("cpu", torch.float32), pooled


def _segment(
    passage: Passage, found: tuple[Chunk, ...], states: dict[Tokens, _States], mode: str
) -> Segment:
    """Join the weighted states of the chunks of one passage."""
    empty = states[()].hidden if mode == "comfy" else None
    rows = [
        torch.cat(
            [
                _weighted(hidden, chunk.strengths(), mode, empty[index] if empty else None)
                for index, hidden in enumerate(states[chunk.tokens].hidden)
            ],
            dim=-1,
        )
        for chunk in found
    ]
    pooled = states[found[0].tokens].pooled
    return Segment(torch.cat(rows, dim=1), pooled, passage.start, passage.end)


def _weighted(
    hidden: Tensor, strengths: tuple[float, ...], mode: str, empty: Tensor | None
) -> Tensor:
    """Apply the weights of 77 tokens to their states ``(1, 77, width)``."""
    if mode in ("ignore", "literal") or all(strength == 1 for strength in strengths):
        return hidden
    weights = torch.tensor(strengths)[None, :, None]
    if empty is not None:
        return torch.where(weights == 1, hidden, empty + weights * (hidden - empty))
    scaled = hidden * weights
    mean = scaled.mean()
    # A mean that is nothing but rounding would multiply the states by noise.
    if mode == "a1111" and mean.abs() > 1e-6 * scaled.abs().mean():
        scaled = scaled * (hidden.mean() / mean)
    return scaled
