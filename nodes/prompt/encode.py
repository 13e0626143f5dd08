"""Encode a prompt."""

from __future__ import annotations

from typing import Annotated

from studio.core.context import Context, Progress, Steps, ticks
from studio.core.define import node
from studio.core.values import Conditioning, TextEncoder
from studio.core.widgets import Range, Text
from studio.facts.prompt import Emphasis

_SHOWN = 10


@node("prompt.encode", category="Prompt", title="Encode prompt")
def encode_prompt(
    text_encoder: TextEncoder,
    text: Annotated[str, Text(lines=6, syntax="prompt")] = "",
    clip_skip: Annotated[int, Range(0, 12)] = 0,
    emphasis: Emphasis = "auto",
    *,
    ctx: Context,
) -> Steps[Conditioning]:
    """Turn a prompt into what the sampler draws.

    ``(word)`` is stronger, ``[word]`` weaker, ``(word:1.3)`` 1.3 times as strong, and nested weights
    multiply; a backslash makes a bracket literal. ``[first:then:0.5]`` changes the prompt half-way.
    ``BREAK`` starts a new chunk of 75 tokens; longer prompts become several, and nothing is cut
    off. ``<lora:name:0.8>`` asks for a LoRA. What is not understood is taken literally, with a
    warning.

    Args:
        text_encoder: From the checkpoint that draws.
        text: The prompt, at most 64 KiB and 4096 tokens; empty is allowed.
        clip_skip: Layer of the text encoder that is read, counted from the end: 1 is the last one,
            2 the one before; 0 is the family's own.
        emphasis: How weights act. ``a1111`` multiplies and keeps the mean of each chunk, ``no_norm``
            only multiplies, ``comfy`` moves away from the empty prompt, ``ignore`` drops weights,
            ``literal`` reads no grammar at all; ``auto`` is the family's own.

    Raises:
        RangeError: The prompt is too long, or the text encoder has fewer layers than are skipped.
        NotFiniteError: The text encoder returned values that are not numbers.
        UnknownFamilyError: It is not known which family the text encoder belongs to.
    """
    from studio.diffusion.text import encode, read
    from studio.facts.families import family

    known = family(text_encoder.family)
    prompt = read(text, emphasis)
    for problem in prompt.problems[:_SHOWN]:
        ctx.warn("W_PROMPT", problem.text)
    if len(prompt.problems) > _SHOWN:
        ctx.warn("W_PROMPT", f"{len(prompt.problems) - _SHOWN} more parts were not understood")
    for name in prompt.embeddings:
        ctx.warn("W_UNUSED", f"embedding:{name} in the prompt is read as words")
    with ctx.on_device(text_encoder) as towers:
        walk = encode(towers, known, prompt, clip_skip=clip_skip, emphasis=emphasis)
        return (yield from ticks(walk, lambda step: Progress(step.done, step.total)))
