"""Add detail to a large image, tile by tile."""

from __future__ import annotations

from typing import Annotated, Literal

from studio.core.context import Context, Steps
from studio.core.define import node
from studio.core.spec import Need
from studio.core.values import Conditioning, ControlNet, DiffusionModel, Image, Vae
from studio.core.widgets import Range, Seed, When
from studio.diffusion.redraw.settings import ColourMatch, Cut, Order, SeamFix, Seams, Tiled
from studio.diffusion.sampling.samplers import SamplerName
from studio.diffusion.sampling.schedules import ScheduleName
from studio.diffusion.sampling.settings import Settings


@node(
    "upscale.redraw",
    category="Upscale",
    title="Redraw in tiles",
    version=2,
    groups={
        "Drawing": ("denoise", "seed", "steps", "guidance", "sampler", "schedule"),
        "Tiles": ("tile", "padding", "blend", "order", "seeds"),
        "Seams": ("seam_fix", "seam_width", "seam_blur", "seam_padding", "seam_denoise"),
        "ControlNet": ("control_strength",),
    },
    needs={"controlnet": Need("control_strength", kind="tile")},
)
def redraw_upscaled(
    image: Image,
    model: DiffusionModel,
    vae: Vae,
    positive: Conditioning,
    negative: Conditioning | None,
    controlnet: ControlNet | None,
    denoise: Annotated[float, Range(0, 1, step=0.01)] = 0.2,
    seed: Annotated[int, Seed()] = 0,
    steps: Annotated[int, Range(1, 1000)] = 20,
    guidance: Annotated[float, Range(0, 100, step=0.1)] = 7.0,
    sampler: SamplerName = "dpmpp_2m",
    schedule: ScheduleName = "karras",
    tile: Annotated[int, Range(0, 2048, step=64, unit=" px", multiple=8)] = 0,
    padding: Annotated[int, Range(0, 512, step=8, unit=" px", multiple=8)] = 32,
    blend: Annotated[int, Range(0, 256, unit=" px")] = 8,
    order: Order = "linear",
    seeds: Literal["same", "next"] = "same",
    seam_fix: SeamFix = "none",
    seam_width: Annotated[
        int, Range(16, 512, step=16, unit=" px", multiple=16), When.equal("seam_fix", "band")
    ] = 64,
    seam_blur: Annotated[int, Range(0, 256, unit=" px"), When.equal("seam_fix", "band")] = 8,
    seam_padding: Annotated[
        int,
        Range(0, 512, step=8, unit=" px", multiple=8),
        When.equal("seam_fix", "band", "half", "half_and_corners"),
    ] = 16,
    seam_denoise: Annotated[
        float, Range(0, 1, step=0.01), When.equal("seam_fix", "band", "half", "half_and_corners")
    ] = 0.35,
    color_match: ColourMatch = "wavelet",
    control_strength: Annotated[float, Range(0, 10, step=0.05)] = 0.6,
    *,
    ctx: Context,
) -> Steps[Image]:
    """Draw an enlarged image over, so that a model of small pictures adds detail to a large one.

    The image is cut into tiles that the model can draw; neighbours fade into each other. Finished
    tiles are kept by what they show: when a corner changes, only its tiles are drawn again.

    Args:
        image: Already enlarged, for example by Upscale image. Alpha stays.
        model: The denoiser; ControlNets on it see their part of their hint.
        vae: From the same checkpoint.
        positive: What to draw; general words such as "sharp photo" suit all tiles.
        negative: What to steer away from; without one, the empty prompt.
        controlnet: A tile ControlNet, shown what each tile was, allows a higher denoise.
        denoise: How much is drawn anew: 0 only sends it through the VAE, 0.2 adds texture, over 0.4
            new things appear.
        seed: Fixes the noise.
        steps: How many updates for each tile.
        guidance: How strongly the prompt is followed; 1 ignores ``negative``.
        sampler: Rule that makes each step.
        schedule: How the noise levels of the steps are spaced.
        tile: Side of what is drawn at once, its padding included; 0 is what the model was trained
            on.
        padding: How much of its surroundings a tile sees; at most a quarter of it.
        blend: How far neighbours fade into each other; at most half the padding.
        order: ``linear`` shows every tile the image as it came; ``chess`` shows every second one
            what was drawn around it, so that a change redraws the neighbours too.
        seeds: Whether all tiles take the same seed, or each the one after the last.
        seam_fix: What is drawn over the cuts afterwards: nothing, a ``band``, tiles that lie
            ``half`` a tile further, or those and the crossings.
        seam_width: Of a band.
        seam_blur: How soft the sides of a band are.
        seam_padding: How much of its surroundings a piece over a cut sees.
        seam_denoise: How much is drawn anew over the cuts.
        color_match: ``wavelet`` takes all broad tones of a tile from what was there, ``ring``
            shifts them as a whole by what is seen at its border.
        control_strength: Of ``controlnet``.

    Raises:
        FamilyMismatchError: Models or prompts are of different families.
        MissingInputError: There is no negative, and the checkpoint has no text encoder.
        NotFiniteError: The image, or what is drawn, holds values that are not numbers.
        RangeError: The padding is too wide for the tiles, or the blend for the padding.
        ShapeError: The image is empty.
        UnsupportedError: The ControlNet is a union of kinds without ``tile``.
    """
    from studio.diffusion.redraw.pictures import Networks, native_edge, redrawn

    settings = Settings(seed, steps, guidance, denoise, sampler=sampler, schedule=schedule)
    cut = Cut(tile or native_edge(model), padding, blend, order)
    seams = Seams(seam_fix, seam_width, seam_blur, seam_padding, seam_denoise)
    tiled = Tiled(cut, seams, has_own_seeds=seeds == "next")
    networks = Networks(model, vae, positive, negative, controlnet, control_strength)
    return Image((yield from redrawn(ctx, networks, image.pixels, settings, tiled, color_match)))
