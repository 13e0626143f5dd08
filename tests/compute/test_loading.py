"""The pool with real networks: a tiny checkpoint."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.compute.context import prepare_torch
from studio.compute.device import Device
from studio.compute.pool import Pool, load_network, size_of
from studio.core.errors import Cancelled, DamagedFileError
from studio.core.values import DiffusionModel, TextEncoder, Vae
from studio.diffusion.saving import save_checkpoint
from studio.diffusion.towers import TextTowers, Tower
from studio.facts.families import family
from tests import tiny
from tests.compute.test_pool import quiet

pytestmark = pytest.mark.torch

CPU = Device("cpu", threads=1)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pool") / "tiny.safetensors"
    towers = TextTowers((Tower(family("sd15").encoders[0], tiny.clip_l()),))
    save_checkpoint(made, tiny.sd15_unet(), tiny.vae(), towers, "sd15", {})
    return made


@pytest.fixture
def pool() -> Pool:
    return Pool(CPU, 2**30, load_network)


def test_each_part_of_a_checkpoint_is_a_network_of_its_own(pool: Pool, path: Path) -> None:
    sizes = []
    for kind in (DiffusionModel, TextEncoder, Vae):
        with pool.lend(kind(str(path), "sd15"), quiet) as network:
            sizes.append(size_of(network))
    assert len(pool.networks) == 3
    assert pool.bytes == sum(sizes)
    assert path.stat().st_size * 0.9 < pool.bytes < path.stat().st_size * 1.1


def test_networks_lie_as_the_device_says(pool: Pool, path: Path) -> None:
    with pool.lend(DiffusionModel(str(path), "sd15"), quiet) as unet:
        maps = [item for item in unet.parameters() if item.ndim == 4]
        assert all(item.is_contiguous(memory_format=torch.channels_last) for item in maps)
        assert {item.dtype for item in unet.parameters()} == {torch.float32}
        assert not any(item.requires_grad for item in unet.parameters())


def test_loading_stops_at_the_next_tensor(pool: Pool, path: Path) -> None:
    handle = DiffusionModel(str(path), "sd15")
    told: list[int] = []

    def tell(done: int, total: int) -> None:
        told.append(done)
        if len(told) == 5:
            raise Cancelled

    with pytest.raises(Cancelled), pool.lend(handle, tell):
        pytest.fail("nothing may be lent")
    assert len(told) == 5
    assert pool.bytes == 0
    with pool.lend(handle, quiet) as network:
        assert not any(item.is_meta for item in network.parameters())


def test_a_cut_file_leaves_nothing(pool: Pool, path: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(DamagedFileError), pool.lend(Vae(str(cut), "sd15"), quiet):
        pytest.fail("nothing may be lent")
    assert pool.bytes == 0


def test_this_thread_computes_without_gradients_on_the_threads_of_the_device() -> None:
    prepare_torch(Device("cpu", threads=1))
    assert (torch.is_grad_enabled(), torch.get_num_threads()) == (False, 1)
