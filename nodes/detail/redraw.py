"""Redraw what masks show."""

from __future__ import annotations

from typing import Annotated

from studio.core.context import Context, Steps
from studio.core.define import node
from studio.core.values import (
    Conditioning,
    Detections,
    DiffusionModel,
    Image,
    Mask,
    TextEncoder,
    Vae,
)
from studio.core.widgets import Range, Seed, Table, Text, When
from studio.diffusion.detail.prompts import COLUMNS
from studio.diffusion.detail.settings import Detailing, SeedMode
from studio.diffusion.redraw.settings import ColourMatch, SizeBy
from studio.diffusion.sampling.samplers import SamplerName
from studio.diffusion.sampling.schedules import ScheduleName
from studio.diffusion.sampling.settings import Settings


@node(
    "detail.redraw", category="Detail", title="Redraw details", version=2,
    groups={
        "Drawing": ("denoise", "seed", "steps", "guidance", "sampler", "schedule"),
        "Prompts": ("prompts", "table"),
        "Size": ("size", "width", "height", "factor", "padding", "allow_smaller"),
    },
)  # fmt: skip
def redraw_details(
    image: Image,
    mask: Mask,
    detections: Detections | None,
    model: DiffusionModel,
    vae: Vae,
    text_encoder: TextEncoder | None,
    positive: Conditioning,
    negative: Conditioning | None,
    seed: Annotated[int, Seed()] = 0,
    steps: Annotated[int, Range(1, 1000)] = 20,
    guidance: Annotated[float, Range(0, 100, step=0.1)] = 7.0,
    denoise: Annotated[float, Range(0, 1, step=0.01)] = 0.4,
    sampler: SamplerName = "dpmpp_2m",
    schedule: ScheduleName = "karras",
    prompts: Annotated[str, Text(lines=4, syntax="prompt")] = "",
    table: Annotated[tuple[tuple[str, ...], ...], Table(COLUMNS)] = (),
    padding: Annotated[int, Range(0, 2048, unit=" px")] = 32,
    size: SizeBy = "auto",
    width: Annotated[
        int, Range(64, 8192, multiple=8, unit=" px"), When.equal("size", "fixed")
    ] = 512,
    height: Annotated[
        int, Range(64, 8192, multiple=8, unit=" px"), When.equal("size", "fixed")
    ] = 512,
    factor: Annotated[float, Range(1, 8, step=0.25), When.equal("size", "factor")] = 2.0,
    allow_smaller: bool = False,
    dynamic_denoise: Annotated[float, Range(-10, 10, step=0.1)] = 0.0,
    seeds: SeedMode = "next",
    color_match: ColourMatch = "ring",
    cycles: Annotated[int, Range(1, 10)] = 1,
    exclude_others: bool = False,
    *,
    ctx: Context,
) -> Steps[Image]:
    """Draw faces, hands, or whatever masks show again, larger and with care.

    Masks are worked on in their order, each on the last result: what it shows is cut out with its
    surroundings, enlarged to a size that the model knows, redrawn and laid back. Where a mask is
    black every bit stays; alpha stays too. Finished masks are kept: a new prompt for one face
    redraws that face, and what overlaps it later. ControlNets on the model see their crop.

    Args:
        image: One picture or several.
        mask: From Mask detections; or one mask, or one for each picture.
        detections: What the masks show, for labels, ids and exact boxes.
        model: The denoiser.
        vae: From the same checkpoint.
        text_encoder: Reads ``prompts`` and ``table``; needed only when they say something.
        positive: What to draw where a mask asks for nothing of its own.
        negative: What to steer away from; without one, the empty prompt.
        seed: Fixes the noise.
        steps: How many updates for each mask.
        guidance: How strongly prompts are followed; 1 ignores negative ones.
        denoise: How much is redrawn: 0 leaves the image as it is, 1 redraws everything.
        sampler: Rule that makes each step.
        schedule: How the noise levels of the steps are spaced.
        prompts: A text for each mask of a picture, with ``[SEP]`` between them; the last repeats.
            ``[SKIP]`` leaves a mask as it is; ``[PROMPT]``, or nothing, is ``positive``.
        table: Rows for masks by what they show; the first that matches counts. ``match`` is
            ``all``, a number (1 is the first mask), ``#`` and an id, a label, ``left``, ``right``,
            ``top``, ``bottom``, ``centre``, or left, top, right, bottom as shares of the picture.
        padding: How much around a mask is seen.
        size: ``auto`` draws as many pixels as the model was trained on, ``fixed`` a width and
            height, ``factor`` so many times the size.
        width: At which a mask is drawn.
        height: At which a mask is drawn.
        factor: How much larger a mask is drawn.
        allow_smaller: Whether large masks may be drawn at less than their size.
        dynamic_denoise: Above 0, large boxes get a smaller denoise: it is multiplied by the share
            of the picture that the box leaves free, to this power.
        seeds: Whether each mask of a picture takes the seed after the last (``next``), all the
            ``same``, or each one that stays while its box stays where it is (``per_id``).
        color_match: ``ring`` takes back the drift seen around the mask, ``wavelet`` takes all broad
            tones from what was there.
        cycles: How often each mask is redrawn, each time from the last.
        exclude_others: Whether masks leave out what other masks cover.

    Raises:
        FamilyMismatchError: Models or prompts are of different families.
        MissingInputError: Prompts for masks, or an empty negative one, and no text encoder.
        RangeError: The table says something impossible, or a mask would be drawn too large.
        ShapeError: Masks, pictures and detections do not go together.

    Source:
        Bing-su, ADetailer; Levin and Fried 2023, arXiv:2306.00950, for soft masks.
    """
    from studio.diffusion.detail.passes import Networks, detailed

    networks = Networks(model, vae, text_encoder)
    settings = Settings(seed, steps, guidance, denoise, sampler=sampler, schedule=schedule)
    how = Detailing(
        prompts, table, dynamic_denoise, seeds, padding, size, width, height, factor,
        allow_smaller, color_match, cycles, exclude_others,
    )  # fmt: skip
    pixels = yield from detailed(
        ctx, networks, image.pixels, mask, detections, positive, negative, settings, how
    )
    return Image(pixels)
