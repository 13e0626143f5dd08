"""Sample: noise becomes a latent."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from studio.core.context import Context, Progress, Steps, ticks
from studio.core.define import node
from studio.core.values import Conditioning, DiffusionModel, Latent
from studio.core.widgets import Range, Seed, When
from studio.diffusion.sampling.samplers import STOCHASTIC, SamplerName
from studio.diffusion.sampling.schedules import ScheduleName
from studio.diffusion.sampling.settings import DenoiseMode, Settings


@node(
    "sample", category="Sample", title="Sample", version=2,
    groups={
        "Noise": ("seed", "denoise"),
        "Sampling": ("steps", "guidance", "sampler", "schedule"),
    },
)  # fmt: skip
def sample(
    model: DiffusionModel,
    positive: Conditioning,
    negative: Conditioning | None,
    latent: Latent,
    seed: Annotated[int, Seed()] = 0,
    steps: Annotated[int, Range(1, 1000)] = 20,
    guidance: Annotated[float, Range(0, 100, step=0.1)] = 7.0,
    denoise: Annotated[float, Range(0, 1, step=0.01)] = 1.0,
    denoise_mode: DenoiseMode = "exact_steps",
    sampler: SamplerName = "dpmpp_2m",
    schedule: ScheduleName = "karras",
    rho: Annotated[float, Range(1, 100, step=0.5), When.equal("schedule", "karras")] = 7.0,
    eta: Annotated[float, Range(0, 2, step=0.05), When.equal("sampler", *STOCHASTIC)] = 1.0,
    *,
    ctx: Context,
) -> Steps[Latent]:
    """Turn noise into a latent that the prompt describes.

    Below a denoise of 1 the incoming latent is kept in part, and where it carries a mask, all of it
    is kept outside. Item k of a batch is what it would be alone. The preview is a rough one: a
    matrix that the checkpoint carries, or that of its family, never a decoding.

    Args:
        model: Denoiser, with whatever LoRAs and ControlNets were put on it.
        positive: What to draw.
        negative: What to steer away from; without one, the empty prompt.
        latent: Where to start; also sets the size and the number of pictures.
        seed: Fixes the noise. The first picture of a batch takes it, the next one the seed after.
        steps: How many updates; more are slower and finer.
        guidance: Classifier-free guidance scale: how strongly the prompt is followed. 1 ignores
            ``negative`` and is twice as fast.
        denoise: Share of the noise that is put on the latent: 0 keeps it, 1 replaces it.
        denoise_mode: Below a denoise of 1, ``exact_steps`` still walks all steps, at the end of a
            longer schedule; ``proportional`` walks that share of them, and is faster.
        sampler: Rule that makes each step.
        schedule: How the noise levels of the steps are spaced.
        rho: How much denser they lie where little noise is left.
        eta: How much noise is added on the way; 0 is none.

    Raises:
        FamilyMismatchError: The model, the latent or a conditioning is of another family.
        MissingInputError: There is no negative, and the checkpoint has no text encoder.
        NotFiniteError: The numbers left their range; the message names the step.
        ShapeError: A mask has other proportions than the latent, a hint is neither one picture nor
            one for each item, or a ControlNet was made for another denoiser.
        UnsupportedError: The model was made for inpainting or editing.

    Source:
        Karras et al. 2022, arXiv:2206.00364; Ho and Salimans 2022, arXiv:2207.12598.
    """
    from studio.diffusion.negatives import negative_for
    from studio.diffusion.painting import painter
    from studio.diffusion.preview import approximate, projection
    from studio.facts.families import family, same_family
    from studio.facts.header import read_header

    given = [value for value in (model, positive, negative, latent) if value is not None]
    known = family(same_family(*given))
    for request in positive.requests:
        ctx.warn("W_UNUSED", f"<{request.kind}:{request.name}> in the prompt is not applied yet")
    settings = Settings(seed, steps, guidance, denoise, denoise_mode, sampler, schedule, rho, eta)
    negative = yield from negative_for(ctx, model, positive, negative, settings)
    draw = partial(approximate, by=projection(read_header(model.file).metadata, known.id))
    with painter(ctx, model) as paint:
        return (
            yield from ticks(
                paint.walk((positive,), negative, latent, settings),
                lambda step: Progress(step.index + 1, step.total, partial(draw, step.denoised)),
            )
        )
