"""Drawn scenes as the base starter model would paint them: through its VAE and back.

Users enlarge and search pictures that came out of a VAE, so the networks for that see such ones.
"""

from pathlib import Path
from random import Random

import numpy as np

from training.export import STARTER
from training.sampling import load_starter
from training.toyworld import Scene, render, sample_scene
from training.toyworld.canvas import Bytes
from training.vae import round_trip

_SEED = 7


def tripped_scene(index: int) -> Scene:
    """The scene with a number, always the same."""
    return sample_scene(Random(_SEED * 10_000_019 + index))


def round_trips(cache: Path, count: int, base: Path = STARTER) -> Bytes:
    """Pictures of the first ``count`` scenes, uint8 ``(count, 128, 128, 3)``.

    Args:
        cache: an ``.npy`` file; made when it is not there (a quarter second a scene).
        count: how many scenes.
        base: the checkpoint with the VAE.
    """
    if not cache.exists():
        vae = load_starter(base).vae
        made = round_trip(vae, [render(tripped_scene(index)) for index in range(count)])
        cache.parent.mkdir(parents=True, exist_ok=True)
        temporary = cache.with_suffix(".partial.npy")
        np.save(temporary, np.stack(made))
        temporary.replace(cache)
    pictures: Bytes = np.load(cache)[:count]
    return pictures
