"""The detail pass makes small faces of the toy world truer: measured against the true drawing.

Each picture shows one face of about a fifth of its side. The face is spoilt: made four times
smaller and larger again, then sent through the VAE. Redrawn at the size that the model knows, with
a prompt that names it, it comes back nearer to the truth: over all hundred by 2.14 dB on average (96
of them nearer), sent through the VAE alone by 0.10 dB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from statistics import mean
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.core.context import result_of
from studio.core.values import Detection, Detections, DiffusionModel, Mask, TextEncoder, Vae
from studio.diffusion import vae
from studio.diffusion.detail.masks import detection_masks
from studio.diffusion.detail.passes import Networks, detailed
from studio.diffusion.detail.plan import plan
from studio.diffusion.detail.settings import Detailing, MaskShape
from studio.diffusion.loading import load
from studio.diffusion.painting import painter
from studio.diffusion.pixels.filters import resize
from studio.diffusion.redraw.drawing import Redraw, redraw
from studio.diffusion.sampling.settings import Settings
from studio.diffusion.text import encode, read
from studio.facts.families import family
from studio.paths import resources
from tests.counts import count
from tests.diffusion.lender import Lender
from training.toyworld.render import render
from training.toyworld.scene import Face, Scene, sample_scene
from training.toyworld.truth import scene_truth

pytestmark = [pytest.mark.soak, pytest.mark.torch, pytest.mark.timeout(3600)]

Pixels = NDArray[np.float32]
Box = tuple[int, int, int, int]

SIZE = 256
SD15 = family("sd15")
FILE = str(resources() / "starter" / "toyworld.safetensors")
NETWORKS = Networks(DiffusionModel(FILE, "sd15"), Vae(FILE, "sd15"), None)
MASKS = MaskShape("ellipse", grown=3, brush="round", blur=1.5)
HOW = Detailing(padding=10)
# Decibels; the mean of a few pictures scatters by one.
LEAST_GAIN, MOST_STILL = count(1, 2), count(10, 5) / 10
SETTINGS = Settings(steps=8, guidance=2.0, denoise=0.4)


@dataclass(frozen=True)
class Case:
    """A picture with one small face.

    Attributes:
        truth: As it was drawn.
        spoilt: With a bad face.
        box: Of the face.
        prompt: Names the face.
    """

    truth: Pixels
    spoilt: Pixels
    box: Box
    prompt: str


@cache
def networks() -> dict[type[Any], Any]:
    unet: Any = load(NETWORKS.model)
    autoencoder: Any = load(NETWORKS.vae)
    towers: Any = load(TextEncoder(FILE, "sd15"))
    for tower in towers.towers:
        tower.model.float()
    return {DiffusionModel: unet.float(), Vae: autoencoder.float(), TextEncoder: towers}


def case(seed: int) -> Case:
    rng = Random(seed)
    scene = sample_scene(rng, "face")
    assert scene.face
    small = replace(
        scene.face, x=rng.uniform(0.25, 0.75), y=rng.uniform(0.3, 0.75), radius=rng.uniform(11, 14)
    )
    scene = Scene("face", scene.background, face=small, texture=scene.texture)
    truth = np.asarray(render(scene, SIZE) / 255, np.float32)
    left, top, right, bottom = scene_truth(scene, SIZE)[-1].box
    spoilt, bad = truth.copy(), spoiled(truth)
    around = slice(max(top - 2, 0), bottom + 2), slice(max(left - 2, 0), right + 2)
    spoilt[around] = bad[around]
    return Case(truth, spoilt, (left, top, right, bottom), named(small))


def named(face: Face) -> str:
    """Say what a face looks like, and nothing of what is around it."""
    traits = [f"{face.skin} skin", f"{'long' if face.long_hair else 'short'} {face.hair} hair"]
    traits += ["glasses"] if face.glasses else []
    traits += [f"a {face.hat} hat"] if face.hat else []
    return f"a {face.expression} face with {', '.join(traits[:-1])} and {traits[-1]}"


def spoiled(picture: Pixels) -> Pixels:
    """Make a picture four times smaller and larger again, and send it through the VAE."""
    small = resize(picture[None], SIZE // 4, SIZE // 4, "area")
    large = np.clip(resize(small, SIZE, SIZE, "bicubic"), 0, 1)
    network = networks()[Vae]
    options: dict[str, Any] = {"budget": 2**31, "warn": lambda code, text: None}
    latent = result_of(vae.encode(network, SD15.latent_scale, large, **options))
    made: Pixels = result_of(vae.decode(network, SD15.latent_scale, latent, **options))[0]
    return np.clip(made, 0, 1)


def redrawn(given: Case, **changes: Any) -> tuple[Pixels, Mask]:
    found = Detections(((Detection(given.box, "face", 1.0),),), (SIZE, SIZE))
    ctx: Any = Lender(networks())
    masks = detection_masks(found, MASKS, None, ctx.warn)
    mask = Mask(masks.pixels, masks.pictures)
    towers = networks()[TextEncoder]
    positive, negative = (
        result_of(encode(towers, SD15, read(text))) for text in (given.prompt, "")
    )
    settings = replace(SETTINGS, **changes)
    walk = detailed(
        ctx, NETWORKS, given.spoilt[None], mask, found, positive, negative, settings, HOW
    )
    return result_of(walk)[0], mask


def undrawn(given: Case, mask: Mask) -> Pixels:
    """Enlarge the face, send it through the VAE and lay it back, without a denoiser."""
    ctx: Any = Lender(networks())
    [job] = plan(given.spoilt[None], mask, None, HOW, (128, 128), SETTINGS, ctx.warn)
    with painter(ctx, NETWORKS.model) as lent:
        still = replace(SETTINGS, denoise=0.0)
        tools = Redraw(lent, networks()[Vae], SD15.latent_scale, (), None, still)
        return result_of(redraw(tools, given.spoilt, mask.pixels[0], job.crop))


def decibels(picture: Pixels, given: Case) -> float:
    """Return how near a picture is to the truth inside of the box."""
    left, top, right, bottom = given.box
    inside = slice(top, bottom), slice(left, right)
    error = np.mean((picture[inside].astype(np.float64) - given.truth[inside]) ** 2)
    return float(-10 * np.log10(error))


@dataclass(frozen=True)
class Outcome:
    """What the pass made of one picture.

    Attributes:
        gain: Decibels that the face came nearer to the truth.
        still: The same when it only goes through the VAE.
        is_kept: Whether every bit outside of the mask is what it was.
    """

    gain: float
    still: float
    is_kept: bool


def outcomes(seeds: Iterable[int]) -> Iterator[Outcome]:
    for seed in seeds:
        given = case(1000 + seed)
        made, mask = redrawn(given, seed=seed)
        still = undrawn(given, mask)
        outside = mask.pixels[0] == 0
        before = decibels(given.spoilt, given)
        yield Outcome(
            decibels(made, given) - before,
            decibels(still, given) - before,
            bool((made[outside] == given.spoilt[outside]).all()),
        )


@pytest.fixture(scope="module")
def measured() -> list[Outcome]:
    return list(outcomes(range(0, 100, 100 // count(4, 100))))


def test_faces_come_nearer_to_the_truth(measured: list[Outcome]) -> None:
    assert mean(outcome.gain for outcome in measured) >= LEAST_GAIN


def test_without_denoise_they_do_not(measured: list[Outcome]) -> None:
    assert mean(outcome.still for outcome in measured) < MOST_STILL


def test_every_bit_outside_of_the_masks_stays(measured: list[Outcome]) -> None:
    assert all(outcome.is_kept for outcome in measured)
