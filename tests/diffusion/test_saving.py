from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from studio.core.errors import UnsupportedError
from studio.core.values import DiffusionModel, TextEncoder, Vae
from studio.diffusion import building
from studio.diffusion.loading import load
from studio.diffusion.saving import checkpoint_tensors, save_checkpoint, save_tensors
from studio.diffusion.towers import TextTowers, Tower
from studio.diffusion.weights import DTYPES, Weights
from studio.facts.families import family
from tests import tiny
from tests.tools import write_original_layouts
from tests.tools.strip_model import header_of

pytestmark = pytest.mark.torch

HEADERS = Path(__file__).parents[1] / "data" / "headers"
POSITIONS = "conditioner.embedders.0.transformer.text_model.embeddings.position_ids"
SCALE = "conditioner.embedders.1.model.logit_scale"


def loaded(file: Path, of: str) -> tuple[Any, Any, Any]:
    """Return the three networks of a checkpoint."""
    kinds = (DiffusionModel, Vae, TextEncoder)
    unet, vae, towers = (load(kind(str(file), of)) for kind in kinds)
    return unet, vae, towers


def written(folder: Path, of: str) -> Path:
    """Return a tiny checkpoint that the independent writer wrote."""
    write_original_layouts.main(folder)
    return folder / f"{of}.safetensors"


def saved_again(tensors: dict[str, torch.Tensor], folder: Path, of: str) -> dict[str, torch.Tensor]:
    """Return the tensors of a checkpoint after it was loaded and saved."""
    source, target = folder / "source.safetensors", folder / "saved.safetensors"
    save_tensors(source, tensors)
    save_checkpoint(target, *loaded(source, of), of)
    return load_file(target)


@pytest.mark.parametrize("of", ["sd15", "sdxl"])
def test_what_is_loaded_and_saved_is_the_same_bit_by_bit(tmp_path: Path, of: str) -> None:
    before = load_file(written(tmp_path, of))
    after = saved_again(before, tmp_path, of)
    assert after.keys() == before.keys()
    assert all(torch.equal(before[name], tensor) for name, tensor in after.items())


def test_bookkeeping_that_a_file_lacks_is_written(tmp_path: Path) -> None:
    whole = load_file(written(tmp_path, "sdxl"))
    bare = {n: t for n, t in whole.items() if not n.endswith(("position_ids", "logit_scale"))}
    added = {n: t for n, t in saved_again(bare, tmp_path, "sdxl").items() if n not in bare}
    positions, scale = (added.pop(name) for name in (POSITIONS, SCALE))
    assert (positions.dtype, positions.tolist()) == (torch.int64, [list(range(77))])
    assert scale.item() == pytest.approx(math.log(100))
    assert not added


def test_the_scale_of_likenesses_is_kept_as_the_file_has_it(tmp_path: Path) -> None:
    tensors = load_file(written(tmp_path, "sdxl")) | {SCALE: torch.tensor(3.25).half()}
    kept = saved_again(tensors, tmp_path, "sdxl")[SCALE]
    assert (kept.item(), kept.dtype) == (3.25, torch.float16)


@pytest.mark.parametrize(("of", "count"), [("sd15", 1131), ("sdxl", 2515)])
def test_names_and_shapes_are_the_published_ones(of: str, count: int) -> None:
    header = header_of(HEADERS / f"{of}.json")
    tensors = {
        name: torch.empty(facts.shape, dtype=DTYPES[facts.dtype], device="meta")
        for name, facts in header.tensors.items()
    }
    weights, facts = Weights(header, tensors), family(of)
    blueprints = [building.tower(weights, encoder) for encoder in facts.encoders]
    towers = [Tower(e, b.network) for e, b in zip(facts.encoders, blueprints, strict=True)]
    unet, vae = building.unet(weights, facts), building.vae(weights, facts.latent_scale)
    for blueprint in (unet, vae, *blueprints):
        building.check(weights, blueprint)
        assert not blueprint.unknown
    saved = checkpoint_tensors(unet.network, vae.network, TextTowers(tuple(towers)), of)
    assert {name: tuple(tensor.shape) for name, tensor in saved.items()} == header.shapes
    assert len(saved) == count


def test_a_saved_file_can_be_mapped_while_it_is_replaced(tmp_path: Path) -> None:
    file = written(tmp_path, "sd15")
    networks = loaded(file, "sd15")
    save_checkpoint(file, *networks, "sd15", {"modelspec.title": "again"})
    assert torch.equal(networks[0].conv_in.weight, tiny.sd15_unet().conv_in.weight)
    assert torch.equal(loaded(file, "sd15")[0].conv_in.weight, networks[0].conv_in.weight)


def test_data_begins_at_a_multiple_of_64_and_the_library_reads_it(tmp_path: Path) -> None:
    tensors = {"a": torch.arange(5), "b": torch.ones(2, 3).bfloat16(), "c": torch.tensor(1.0)}
    for length in range(3):
        file = tmp_path / f"{length}.safetensors"
        save_tensors(file, tensors, {"note": "x" * length})
        assert (8 + int.from_bytes(file.read_bytes()[:8], "little")) % 64 == 0
        with safe_open(file, "pt") as opened:
            assert opened.metadata() == {"format": "pt", "note": "x" * length}
        found = load_file(file)
        assert all(torch.equal(found[name], tensor) for name, tensor in tensors.items())


def test_layouts_in_memory_do_not_reach_the_file(tmp_path: Path) -> None:
    picture = torch.arange(24.0).view(1, 2, 3, 4)
    tensors = {"a": picture.to(memory_format=torch.channels_last), "b": picture[0, 0].T}
    save_tensors(tmp_path / "x.safetensors", tensors)
    found = load_file(tmp_path / "x.safetensors")
    assert torch.equal(found["a"], picture)
    assert torch.equal(found["b"], picture[0, 0].T)


def test_a_number_format_without_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="complex128"):
        save_tensors(tmp_path / "x.safetensors", {"a": torch.ones(1, dtype=torch.complex128)})
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_the_layout_has_no_names_for_is_refused() -> None:
    unet: Any = tiny.sd15_unet()
    unet.extra = torch.nn.Linear(1, 1)
    towers = TextTowers((Tower(family("sd15").encoders[0], tiny.clip_l()),))
    with pytest.raises(UnsupportedError, match=r"extra\.weight"):
        checkpoint_tensors(unet, tiny.vae(), towers, "sd15")


def test_our_file_and_the_library_file_load_alike(tmp_path: Path) -> None:
    tensors = load_file(written(tmp_path, "sd15"))
    save_tensors(tmp_path / "ours.safetensors", tensors)
    save_file(tensors, tmp_path / "theirs.safetensors")
    ours, theirs = (loaded(tmp_path / f"{n}.safetensors", "sd15") for n in ("ours", "theirs"))
    assert torch.equal(ours[1].quant_conv.weight, theirs[1].quant_conv.weight)
