"""Enlarges a film and prints the most memory that the process had, in kB, after each frame.

``python -m tests.nodes.upscale.film_memory FOLDER WIDTH HEIGHT FRAMES [EDGE]``
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import torch
from spandrel import MAIN_REGISTRY

from studio.diffusion.pictures import encode
from studio.diffusion.upscale.films import enlarge_frames
from studio.diffusion.upscale.networks import UpscalerNetwork
from studio.diffusion.upscale.pictures import Tiling
from studio.diffusion.upscale.targets import Target
from studio.media.films import open_film
from tests.tiny_upscalers import lively

TWIN = 4
"""How many different frames there are; the others are further names of these."""


def film(folder: Path, width: int, height: int, frames: int) -> Path:
    """Return a folder of pictures: slopes with some noise, each another one."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(frames):
        path = folder / f"{index}.png"
        if index < TWIN:
            random = np.random.default_rng(index)
            slope = np.linspace(0.1, 0.8, width, dtype=np.float32)[None, :, None]
            noise = random.random((height // 8 + 1, width // 8 + 1, 3), np.float32) * 0.2
            fine = noise.repeat(8, 0).repeat(8, 1)[:height, :width]
            path.write_bytes(encode(slope + fine, "png"))
        else:
            os.link(folder / f"{index % TWIN}.png", path)
    return folder


def most_memory() -> int:
    """Return the most kB that were in use since the process began."""
    text = Path("/proc/self/status").read_text("ascii")
    return int(text.split("VmHWM:")[1].split()[0])


def main(place: str, width: str, height: str, frames: str, edge: str = "512") -> None:
    """Enlarge a film and print what it took."""
    torch.set_grad_enabled(False)
    source = film(Path(place, "film"), int(width), int(height), int(frames))
    network = UpscalerNetwork(MAIN_REGISTRY.load(lively().state_dict()))
    out = Path(place, "larger")
    out.mkdir()
    walk = enlarge_frames(
        network, open_film(source), out, Target(), Tiling(int(edge), 16), lambda code, text: None
    )
    told = 0
    for _ in walk:
        done = sorted(out.iterdir())
        told = tell(told, len(done))
        for path in done[:-1]:
            os.truncate(path, 0)  # a hundred frames of 8K would fill the disk
    tell(told, int(frames))


def tell(before: int, done: int) -> int:
    """Print a line for each frame that was finished since, and return how many there are."""
    for _ in range(before, done):
        print(most_memory(), flush=True)  # noqa: T201
    return done


if __name__ == "__main__":
    main(*sys.argv[1:])
