"""Every stage of the recipe runs, resumes to the same bits, and exports what it trained."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from training.checkpoints import Average, load_checkpoint, save_checkpoint
from training.export import FAMILY, export_checkpoint, fold_statistics
from training.latents import LatentsRecipe, encode_scenes, load_latents, training_scene
from training.muon import orthogonalised
from training.sampling import Starter, load_starter
from training.toyworld import render, sample_scene
from training.unet import UNetRecipe, UNetRun, alphas_cumprod, loss_weights, train_unet
from training.vae import VaeRecipe, VaeRun, build_vae, psnr, to_pictures, to_tensor, train_vae
from training.workers import Workers

pytestmark = pytest.mark.torch

VAE_WIDTHS = (8, 8, 8, 8)
UNET_WIDTHS = (32, 32, 32)


def _vae(folder: Path) -> VaeRecipe:
    return VaeRecipe(folder, steps=2, pictures=1, widths=VAE_WIDTHS)


def _unet(folder: Path) -> UNetRecipe:
    vae = _vae(folder)
    latents = LatentsRecipe(folder, vae.checkpoint, scenes=24, widths=VAE_WIDTHS)
    return UNetRecipe(folder, latents, steps=2, batch=2, widths=UNET_WIDTHS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all stages have run two steps."""
    folder = tmp_path_factory.mktemp("run")
    recipe = _unet(folder)
    train_vae(_vae(folder), Workers())
    encode_scenes(recipe.latents, Workers())
    train_unet(recipe, Workers())
    return folder


@pytest.fixture(scope="module")
def starter(folder: Path) -> Starter:
    """The exported file, loaded."""
    file = folder / "tiny.safetensors"
    export_checkpoint(_vae(folder), _unet(folder), file)
    return load_starter(file)


def test_the_exported_file_loads_and_draws_like_any_checkpoint(starter: Starter) -> None:
    first = starter.draw("a red ball", seed=1, steps=2, guidance=2)
    assert first.shape == (128, 128, 3)
    assert not np.array_equal(first, starter.draw("a blue cube", seed=1, steps=2, guidance=2))


def test_the_vae_resumes_to_the_same_bits(tmp_path: Path) -> None:
    straight = VaeRun(_vae(tmp_path / "straight"), Workers())
    straight.advance()
    straight.save()
    resumed = VaeRun(_vae(tmp_path / "straight"), Workers())
    straight.advance()
    resumed.advance()
    assert resumed.step == straight.step == 2
    _assert_equal(resumed.vae.state_dict(), straight.vae.state_dict())
    _assert_equal(resumed.average.values, straight.average.values)


def test_the_unet_resumes_to_the_same_bits(folder: Path, tmp_path: Path) -> None:
    recipe = UNetRecipe(
        tmp_path, _unet(folder).latents, steps=2, batch=2, rate=0.01, widths=UNET_WIDTHS
    )
    straight = UNetRun(recipe, Workers())
    straight.advance()
    straight.save()
    resumed = UNetRun(recipe, Workers())
    straight.advance()
    resumed.advance()
    _assert_equal(resumed.modules.state_dict(), straight.modules.state_dict())
    _assert_equal(resumed.average.values, straight.average.values)


def test_training_changes_every_part(folder: Path, tmp_path: Path) -> None:
    run = UNetRun(_unet(folder), Workers())
    before = {n: p.clone() for n, p in run.modules.named_parameters() if p.ndim > 1}
    run.advance()
    still = [n for n, p in run.modules.named_parameters() if n in before and p.equal(before[n])]
    assert still == []


def test_latents_that_are_there_are_not_encoded_again(folder: Path) -> None:
    part = _unet(folder).latents.part(0)
    written = part.stat().st_mtime_ns
    encode_scenes(_unet(folder).latents, Workers())
    assert part.stat().st_mtime_ns == written


def test_latents_need_a_trained_vae(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train the VAE first"):
        encode_scenes(_unet(tmp_path).latents, Workers())


def test_loaded_latents_are_standardised(folder: Path) -> None:
    latents = load_latents(_unet(folder).latents)
    assert latents.values.mean((0, 2, 3)).abs().max() < 1e-3
    assert (latents.values.std((0, 2, 3)) - 1).abs().max() < 1e-3


def test_folded_statistics_standardise_and_leave_the_round_trip_alone() -> None:
    torch.manual_seed(3)
    vae, folded = build_vae(VAE_WIDTHS).eval(), build_vae(VAE_WIDTHS).eval()
    mean, deviation = torch.tensor([1.0, -2, 0.5, 0]), torch.tensor([0.5, 3, 1, 8])
    folded.load_state_dict(fold_statistics(vae.state_dict(), mean, deviation))
    picture = torch.rand(2, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        plain, scaled = vae.encode(picture).latent_dist, folded.encode(picture).latent_dist
        expected = (plain.mean - mean.view(-1, 1, 1)) / deviation.view(-1, 1, 1)
        spread = plain.std / deviation.view(-1, 1, 1)
        assert torch.allclose(scaled.mean * FAMILY.latent_scale, expected, atol=1e-5)
        assert torch.allclose(scaled.std * FAMILY.latent_scale, spread, atol=1e-5)
        again, before = folded.decode(scaled.mean).sample, vae.decode(plain.mean).sample
        assert torch.allclose(again, before, atol=1e-4)


def test_an_exported_vae_keeps_its_statistics_folded(folder: Path, starter: Starter) -> None:
    latents = load_latents(_unet(folder).latents)
    picture = to_tensor([render(training_scene(_unet(folder).latents, 0))])
    with torch.no_grad():
        scaled = starter.vae.encode(picture).latent_dist.mean * FAMILY.latent_scale
    assert torch.allclose(scaled[0], latents.values[0], atol=0.05)


def test_pictures_survive_the_way_to_tensors_and_back() -> None:
    picture = render(sample_scene(Random(1)))
    assert np.array_equal(to_pictures(to_tensor([picture]))[0], picture)
    assert psnr(picture, picture) > 100


def test_orthogonalised_matrices_have_singular_values_near_one() -> None:
    matrices = torch.randn(2, 20, 50, generator=torch.Generator().manual_seed(1))
    values = torch.linalg.svdvals(orthogonalised(matrices))
    assert values.min() > 0.5
    assert values.max() < 1.3


def test_loss_weights_have_mean_one_and_opposite_leanings() -> None:
    placing, crisp = loss_weights(alphas_cumprod())
    assert float(placing.mean()) == pytest.approx(1, abs=1e-4)
    assert float(crisp.mean()) == pytest.approx(1, abs=1e-4)
    assert placing[900] > placing[100]
    assert crisp[900] > crisp[10]
    assert placing[900] > crisp[900]


def test_an_average_catches_up_at_the_start_and_then_lags() -> None:
    weight = torch.zeros(1)
    average = Average({"weight": weight}, decay=0.9, warm_up=1)
    weight.fill_(1.0)
    for step in range(100):
        average.update(step)
    assert 0.99 < float(average.values["weight"]) <= 1


def test_an_interrupted_save_leaves_the_old_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    save_checkpoint(path, {"step": 1})
    path.with_suffix(".partial").write_bytes(b"half")
    saved = load_checkpoint(path)
    assert saved is not None
    assert saved["step"] == 1
    assert load_checkpoint(tmp_path / "other.pt") is None


def _assert_equal(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> None:
    assert first.keys() == second.keys()
    assert [name for name in first if not first[name].equal(second[name])] == []
