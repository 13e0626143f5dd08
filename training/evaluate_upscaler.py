"""Measures the fourfold upscaler: ``python -m training.evaluate_upscaler``.

How much nearer than Lanczos it comes to scenes drawn at four times the size. Of these scenes the
training saw none: they are drawn anew, and a third of them shows what training never shows.
"""

from pathlib import Path
from random import Random

import numpy as np
import torch

from studio.core.values import Upscaler
from studio.diffusion.loading import load
from studio.diffusion.pixels.filters import resize_to
from studio.diffusion.upscale.networks import UpscalerNetwork
from training.export import STARTER
from training.measured import Figure, options, table, tell
from training.sampling import load_starter
from training.sheet import write_sheet
from training.toyworld import Scene, sample_scene
from training.toyworld.canvas import Bytes, Floats
from training.upscaler import UPSCALER, pair, to_values
from training.vae import psnr, round_trip

SCENES = 60
FLOOR, TARGET = 2.0, 3.0
_SEED = 4711


def unseen_scenes(count: int) -> list[Scene]:
    """Scenes that no training drew; a third has a pair of kind and colour that none draws."""
    rng = Random(_SEED)
    return [
        sample_scene(rng, "one" if number % 3 == 2 else None, held_out=number % 3 == 2)
        for number in range(count)
    ]


def load_upscaler(file: Path) -> UpscalerNetwork:
    """The network as the program loads it, in float32."""
    network = load(Upscaler(str(file)), torch.float32)
    assert isinstance(network, UpscalerNetwork)
    return network


@torch.no_grad()
def enlarged(network: UpscalerNetwork, picture: Bytes) -> Bytes:
    """A picture, uint8 ``(height, width, 3)``, at four times its size."""
    values = network(to_values([picture]))[0].permute(1, 2, 0)
    return _to_bytes(values.numpy())


def plainly_enlarged(picture: Bytes) -> Bytes:
    """The same by Lanczos."""
    height, width = picture.shape[:2]
    pixels = picture[None].astype(np.float32) / np.float32(255)
    return _to_bytes(resize_to(pixels, 4 * width, 4 * height, "stretch")[0])


def gains(network: UpscalerNetwork, pairs: list[tuple[Bytes, Bytes]]) -> list[float]:
    """By how many dB the network comes nearer to each large picture than Lanczos does."""
    return [
        psnr(enlarged(network, small), large) - psnr(plainly_enlarged(small), large)
        for small, large in pairs
    ]


def _to_bytes(values: Floats) -> Bytes:
    scaled: Floats = np.clip(values, 0, 1) * np.float32(255) + np.float32(0.5)
    return scaled.astype(np.uint8)


def main() -> None:
    """Measure, print, and fill the marked part of the document."""
    args = options(__doc__, UPSCALER, "upscaler").parse_args()
    torch.set_num_threads(1)
    network = load_upscaler(args.file)
    pairs = [pair(scene) for scene in unseen_scenes(SCENES)]
    vae = load_starter(STARTER).vae
    tripped = [(round_trip(vae, [small])[0], large) for small, large in pairs[: SCENES // 2]]
    drawn, painted = gains(network, pairs), gains(network, tripped)
    figures = [
        Figure("drawn scenes, over Lanczos", float(np.mean(drawn)), FLOOR, TARGET, "dB"),
        Figure("worst drawn scene, over Lanczos", min(drawn), unit="dB"),
        Figure("through the VAE first, over Lanczos", float(np.mean(painted)), unit="dB"),
    ]
    shown = [small for small, _ in tripped[:8]]
    rows = [made for small in shown for made in (plainly_enlarged(small), enlarged(network, small))]
    write_sheet(args.sheet, rows, ["Lanczos", "network"] * len(shown), columns=4)
    tell(table(figures), args.document, "upscaler")


if __name__ == "__main__":
    main()
