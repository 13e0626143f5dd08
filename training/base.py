"""Makes ``resources/starter/toyworld.safetensors``: ``python -m training.base``.

Stages: VAE, latents, UNet with text encoder, export. Each goes on from its last checkpoint, so the
command can be interrupted and repeated at any time. A smaller number of steps brings the end (and
the falling rate that every run needs) nearer. Two CPU cores need about four hours.
"""

import argparse
from functools import partial
from pathlib import Path

import torch

from training.latents import LatentsRecipe, encode_scenes
from training.unet import UNetRecipe, train_unet
from training.vae import VaeRecipe, train_vae
from training.workers import run_workers

_STARTER = Path("resources/starter/toyworld.safetensors")


def main() -> None:
    """Run all stages that are not done yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".training/base"))
    parser.add_argument("--workers", type=int, default=2, help="processes, one thread each")
    parser.add_argument("--vae-steps", type=int, default=2200)
    parser.add_argument("--unet-steps", type=int, default=3900)
    parser.add_argument("--scenes", type=int, default=24064)
    parser.add_argument("--output", type=Path, default=_STARTER)
    args = parser.parse_args()
    torch.set_num_threads(1)
    vae = VaeRecipe(args.folder, steps=args.vae_steps)
    latents = LatentsRecipe(args.folder, vae.checkpoint, scenes=args.scenes)
    unet = UNetRecipe(args.folder, latents, steps=args.unet_steps)
    run_workers(args.workers, partial(train_vae, vae))
    run_workers(args.workers, partial(encode_scenes, latents))
    run_workers(args.workers, partial(train_unet, unet))
    # Only now, because every worker imports this file, and needs nothing of the studio.
    from training.export import export_checkpoint

    export_checkpoint(vae, unet, args.output)


if __name__ == "__main__":
    main()
