"""Lets a training go on from the shipped model, where its checkpoints are gone.

``python -m training.restart`` writes the checkpoints of a finished VAE and of a UNet that has done
the shipped steps; ``python -m training.base --unet-steps 6000`` then goes on. The momenta start
from nothing, and the weights have the precision of the shipped file.
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from training.checkpoints import save_checkpoint
from training.export import STARTER
from training.muon import Muon
from training.sampling import Starter, load_starter
from training.unet import PLAIN, build_text_encoder, build_unet
from training.vae import VaeRecipe, VaeRun
from training.words import END, START, Words
from training.workers import Workers

SHIPPED_STEPS = 3900


def main() -> None:
    """Write both checkpoints, unless there are some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".training/base"))
    parser.add_argument("--file", type=Path, default=STARTER)
    args = parser.parse_args()
    restart(args.folder, args.file)


def restart(folder: Path, file: Path = STARTER) -> None:
    """Write the checkpoints of a model.

    Raises:
        FileExistsError: There is a training in this folder already.
    """
    recipe = VaeRecipe(folder)
    if recipe.checkpoint.exists() or (folder / "unet.pt").exists():
        raise FileExistsError(f"{folder} holds a training; go on with python -m training.base")
    starter = load_starter(file)
    run = VaeRun(recipe, Workers())
    run.vae.load_state_dict(starter.vae.state_dict())
    run.average.load(run.vae.state_dict())
    run.step = recipe.steps
    run.save()
    save_checkpoint(folder / "unet.pt", _unet_state(starter))
    print(f"{folder} goes on from {file}", flush=True)


def _unet_state(starter: Starter) -> dict[str, object]:
    words = Words()
    rows = {token: row for row, token in enumerate(words.ids)}
    text = build_text_encoder(len(rows), start=rows[START], end=rows[END])
    text.load_state_dict(_trained_rows(starter.towers.towers[0].model.state_dict(), words.ids))
    unet = build_unet()
    unet.load_state_dict(starter.unet.state_dict())
    modules = torch.nn.ModuleDict({"unet": unet, "text": text})
    weights = modules.state_dict()
    return {
        "weights": weights,
        "average": {name: tensor.clone() for name, tensor in weights.items()},
        "optimizer": Muon(modules.named_parameters(), PLAIN, Workers()).state_dict(),
        "ids": words.ids,
        "step": SHIPPED_STEPS,
    }


def _trained_rows(weights: dict[str, Tensor], ids: list[int]) -> dict[str, Tensor]:
    """Keep those rows of the token table that captions use."""
    name = next(name for name in weights if name.endswith("token_embedding.weight"))
    return {**weights, name: weights[name][ids]}


if __name__ == "__main__":
    main()
