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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training that goes on from the shipped model."""
    folder = tmp_path_factory.mktemp("restart")
    restart(folder)
    return folder


def test_the_checkpoints_hold_the_shipped_networks(folder: Path) -> None:
    saved = load_checkpoint(folder / "unet.pt")
    assert saved is not None
    unet, text = full_networks(saved["average"], (64, 128, 160))
    shipped = load_starter(STARTER)
    for mine, theirs in ((unet, shipped.unet), (text, shipped.towers.towers[0].model)):
        for name, tensor in theirs.state_dict().items():
            assert torch.equal(mine.state_dict()[name].half(), tensor.half()), name
    assert saved["step"] == SHIPPED_STEPS


def test_the_vae_counts_as_trained(folder: Path) -> None:
    recipe = VaeRecipe(folder)
    assert VaeRun(recipe, Workers()).step == recipe.steps


def test_a_training_on_its_way_is_left_alone(folder: Path) -> None:
    with pytest.raises(FileExistsError, match="go on with"):
        restart(folder)
