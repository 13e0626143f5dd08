"""Redraws what masks show, one after the other, each on the last result.

Each mask is a part of the node's work: stored by what goes into it, so that a changed prompt of one
face redraws that face, and only those others that overlap it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.context import Context, Progress, ticks
from studio.core.errors import MissingInputError, NotFiniteError
from studio.core.values import (
    Conditioning,
    Detections,
    DiffusionModel,
    Image,
    Mask,
    PatchRequest,
    TextEncoder,
    Vae,
)
from studio.diffusion.detail.plan import Job, plan
from studio.diffusion.detail.prompts import LINKED
from studio.diffusion.detail.settings import Detailing
from studio.diffusion.negatives import negative_for
from studio.diffusion.painting import painter
from studio.diffusion.preview import approximate, projection
from studio.diffusion.redraw.drawing import Redraw, drawn, paste
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.text import encode, joined, read
from studio.diffusion.vae import scale_of
from studio.facts.families import Family, family, same_family
from studio.facts.header import read_header
from studio.facts.native import native_size

Pixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Networks:
    """What details are redrawn with.

    Attributes:
        model: The denoiser, with its patches.
        vae: Leads into latent space and back.
        text_encoder: Reads the prompts of single masks.
    """

    model: DiffusionModel
    vae: Vae
    text_encoder: TextEncoder | None


def detailed(
    ctx: Context,
    networks: Networks,
    pixels: Pixels,
    mask: Mask,
    detections: Detections | None,
    positive: Conditioning,
    negative: Conditioning | None,
    settings: Settings,
    how: Detailing,
) -> Generator[Progress, None, Pixels]:
    """Redraw what masks show.

    Args:
        ctx: Lends networks and stores finished masks.
        networks: What is drawn with.
        pixels: float32 ``(batch, height, width, 1 | 3 | 4)``; kept as they are.
        mask: Items for the pictures, as `plan` takes them.
        detections: What they show.
        positive: What to draw where a mask asks for nothing of its own.
        negative: What to steer away from there.
        settings: How to sample; masks have their own seed and denoise.
        how: How masks are redrawn.

    Returns:
        Pictures of the same size and channels; the given ones where there is nothing to redraw.

    Raises:
        StudioError: As `plan`, `encoded_prompts` and `redraw` raise.
    """
    given = [networks.model, networks.vae, networks.text_encoder, positive, negative]
    known = family(same_family(*(value for value in given if value is not None)))
    header = read_header(networks.model.file)
    jobs = plan(pixels, mask, detections, how, native_size(header, known), settings, ctx.warn)
    if not jobs:
        if not (mask.pixels > 0).any() and not _nothing_found(detections):
            ctx.warn("W_EMPTY_MASK", "the masks are black everywhere; the image stays as it is")
        return pixels
    most = replace(settings, denoise=max(job.denoise for job in jobs))
    negative = yield from negative_for(ctx, networks.model, positive, negative, most)
    prompts = yield from encoded_prompts(
        ctx, networks.text_encoder, known, positive, negative, jobs
    )
    for request in dict.fromkeys(prompts.requests):
        ctx.warn("W_UNUSED", f"<{request.kind}:{request.name}> in a prompt is not applied yet")
    draw = partial(approximate, by=projection(header.metadata, known.id))
    keys = {"model": networks.model.key, "vae": networks.vae.key}
    named = {**keys, **_named_settings(settings, how)}
    with painter(ctx, networks.model) as lent, ctx.on_device(networks.vae) as vae:
        scale = scale_of(vae, networks.vae.family)
        tools = Redraw(
            lent, vae, scale, (positive,), negative, settings, how.colours, how.cycles,
            ctx.memory_budget, draw,
        )  # fmt: skip
        return (yield from redraw_all(ctx, tools, prompts, pixels, jobs, named))


def _nothing_found(detections: Detections | None) -> bool:
    return detections is not None and not any(detections.items)


def _named_settings(settings: Settings, how: Detailing) -> dict[str, Any]:
    """Return the settings that change what a mask becomes, and that all masks share."""
    return {
        "steps": settings.steps,
        "guidance": settings.guidance,
        "sampler": settings.sampler,
        "schedule": settings.schedule,
        "colours": how.colours,
        "cycles": how.cycles,
    }


@dataclass(frozen=True, slots=True, eq=False)
class Prompts:
    """The linked prompts, and those that single masks ask for.

    Attributes:
        positive: What to draw where a mask asks for nothing.
        negative: What to steer away from there.
        wanted: What masks ask for, by text.
        unwanted: What masks steer away from, by text.
    """

    positive: Conditioning
    negative: Conditioning | None
    wanted: Mapping[str, Conditioning]
    unwanted: Mapping[str, Conditioning]

    @property
    def requests(self) -> tuple[PatchRequest, ...]:
        """Return what the prompts ask for besides words."""
        asking = (self.positive, *self.wanted.values(), *self.unwanted.values())
        return tuple(request for prompt in asking for request in prompt.requests)

    def of(self, job: Job) -> tuple[Conditioning, Conditioning | None]:
        """Return what a mask is drawn towards, and away from."""
        positive = self.wanted.get(job.wish.prompt, self.positive)
        return positive, self.unwanted.get(job.wish.negative, self.negative)


def encoded_prompts(
    ctx: Context,
    text_encoder: TextEncoder | None,
    known: Family,
    positive: Conditioning,
    negative: Conditioning | None,
    jobs: Sequence[Job],
) -> Generator[Progress, None, Prompts]:
    """Encode what masks ask for; the text encoder is lent only if that was not done before.

    ``[PROMPT]`` inside of a text stands for the linked prompt, in a negative one for the linked
    negative: what is before and after it is encoded on its own and stands beside it, as with
    ``BREAK``. A text without words is the linked prompt alone.

    Raises:
        MissingInputError: There is something to encode, and no text encoder.
    """
    texts = dict.fromkeys(job.wish.prompt for job in jobs if job.wish.prompt)
    away = dict.fromkeys(job.wish.negative for job in jobs if job.wish.negative)
    if (texts or away) and text_encoder is None:
        raise MissingInputError(
            f"the prompt {next(iter(texts or away))!r} is for single masks, and there is no "
            "text encoder to read it",
            fix="link the text encoder of the checkpoint",
        )
    made: list[dict[str, Conditioning]] = []
    for wishes, linked in ((texts, positive), (away, negative)):
        found = {}
        for text in wishes:
            pieces = yield from _pieces(ctx, text_encoder, known, text, linked)
            if pieces:
                found[text] = joined(pieces)
        made.append(found)
    return Prompts(positive, negative, *made)


def _pieces(
    ctx: Context,
    text_encoder: TextEncoder | None,
    known: Family,
    text: str,
    linked: Conditioning | None,
) -> Generator[Progress, None, list[Conditioning]]:
    """Encode the words of a text, around the linked prompt wherever that is meant."""
    pieces: list[Conditioning] = []
    for index, piece in enumerate(text.split(LINKED)):
        pieces += [linked] if index and linked else []
        words = piece.strip(" ,\n")
        if words and text_encoder is not None:
            pieces.append((yield from _encoded(ctx, text_encoder, known, words)))
    return pieces


def _encoded(
    ctx: Context, text_encoder: TextEncoder, family: Family, text: str
) -> Generator[Progress, None, Conditioning]:
    """Encode one text, or take it from the store."""
    prompt = read(text)
    for problem in prompt.problems:
        ctx.warn("W_PROMPT", problem.text)

    def make() -> Generator[Progress, None, Conditioning]:
        with ctx.on_device(text_encoder) as towers:
            walk = encode(towers, family, prompt)
            return (yield from ticks(walk, lambda step: Progress(0, step.total)))

    parameters = {"text": text, "text_encoder": text_encoder.key}
    return (yield from ctx.part("prompt", parameters, [], make))


def redraw_all(
    ctx: Context,
    tools: Redraw,
    prompts: Prompts,
    pixels: Pixels,
    jobs: Sequence[Job],
    named: Mapping[str, Any],
) -> Generator[Progress, None, Pixels]:
    """Redraw masks in order, each on the last result.

    Args:
        ctx: Stores finished masks.
        tools: What they are drawn with; prompts, seed and denoise are those of each mask.
        prompts: Theirs.
        pixels: The pictures, float32 ``(batch, height, width, channels)``; kept as they are.
        jobs: The masks.
        named: What else names a finished mask: the keys of the networks, and the settings.

    Returns:
        Pictures of the same size and channels. A mask whose numbers left their range is passed
        over with a warning.
    """
    result = pixels.copy()
    size = pixels.shape[2], pixels.shape[1]
    for number, job in enumerate(jobs):
        positive, negative = prompts.of(job)
        settings = replace(tools.settings, seed=job.seed, denoise=job.denoise)
        own = replace(
            tools,
            painter=tools.painter.item(job.picture, len(pixels)),
            positive=(positive,),
            negative=negative,
            settings=settings,
        )
        # A copy: what is laid over the picture later must not change what names this part.
        part = result[job.picture][job.crop.tile.slices].copy()
        values = [Image(part[None]), Mask(job.alpha[None]), positive]
        values += [negative] if negative is not None else []
        try:
            made = yield from ticks(
                ctx.part(
                    "mask",
                    {**named, **_named(job), **own.named(job.crop, job.picture, size)},
                    values,
                    _maker(own, part, job, size),
                ),
                _teller(number, len(jobs)),
            )
        except NotFiniteError as error:
            ctx.warn(
                "W_SKIPPED", f"{job.name} of picture {job.picture + 1} is left as it was: {error}"
            )
            continue
        result[job.picture] = paste(result[job.picture], made.pixels[0], job.alpha, job.crop)
    return result


def _maker(
    tools: Redraw, part: Pixels, job: Job, size: tuple[int, int]
) -> Callable[[], Generator[Progress, None, Image]]:
    """Return what draws a mask."""

    def make() -> Generator[Progress, None, Image]:
        made = yield from drawn(tools, part, job.alpha, job.crop, size)
        return Image(made[None])

    return make


def _named(job: Job) -> dict[str, Any]:
    """Return what tells a mask from others besides its pixels and its place."""
    size = [job.crop.width, job.crop.height]
    return {"size": size, "denoise": job.denoise, "seed": job.seed}


def _teller(number: int, count: int) -> Callable[[Progress], Progress]:
    """Return what tells how far one of many masks is as how far all are."""
    return lambda step: Progress(number * step.total + step.done, count * step.total, step.preview)
