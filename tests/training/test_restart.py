"""A training can go on from the shipped model alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from training.checkpoints import load_checkpoint
from training.export import STARTER, full_networks
from training.restart import SHIPPED_STEPS, restart
from training.sampling import load_starter
from training.vae import VaeRecipe, VaeRun
from training.workers import Workers

pytestmark = pytest.mark.torch


def test_the_checkpoints_hold_the_shipped_networks(tmp_path: Path) -> None:
    restart(tmp_path)
    saved = load_checkpoint(tmp_path / "unet.pt")
    assert saved is not None
    unet, text = full_networks(saved["average"], (64, 128, 160))
    shipped = load_starter(STARTER)
    for mine, theirs in ((unet, shipped.unet), (text, shipped.towers.towers[0].model)):
        for name, tensor in theirs.state_dict().items():
            assert torch.equal(mine.state_dict()[name].half(), tensor.half()), name
    assert saved["step"] == SHIPPED_STEPS


def test_the_vae_counts_as_trained(tmp_path: Path) -> None:
    restart(tmp_path)
    recipe = VaeRecipe(tmp_path)
    assert VaeRun(recipe, Workers()).step == recipe.steps


def test_a_training_on_its_way_is_left_alone(tmp_path: Path) -> None:
    restart(tmp_path)
    with pytest.raises(FileExistsError, match="go on with"):
        restart(tmp_path)
