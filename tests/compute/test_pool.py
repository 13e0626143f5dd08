"""Networks that are lent, kept and let go."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studio.compute.device import Device
from studio.compute.pool import Pool, name_of, size_of
from studio.core.errors import Cancelled, DamagedFileError
from studio.core.values import Annotator, ControlNet, DiffusionModel, Handle, Patch, Vae

MEGABYTE = 2**20
DEVICE = Device("cpu")


@dataclass
class Tensor:
    nbytes: int


@dataclass
class Network:
    """Stands for a network of some bytes."""

    name: str
    size: int = MEGABYTE

    def parameters(self) -> list[Tensor]:
        return [Tensor(self.size)]

    def buffers(self) -> list[Tensor]:
        return []


@dataclass
class Step:
    done_bytes: int
    total_bytes: int


class Loader:
    """Loads networks in four steps, counts them, and may fail at a step."""

    def __init__(self) -> None:
        self.loaded: list[str] = []
        self.closed = 0
        self.fail: tuple[int, Exception] | None = None

    def __call__(self, handle: Handle, device: Device) -> Generator[Step, None, Any]:
        try:
            for step in range(4):
                if self.fail and self.fail[0] == step:
                    raise self.fail[1]
                yield Step(step + 1, 4)
        finally:
            self.closed += 1
        self.loaded.append(Path(handle.file).name)
        return Network(handle.file)


def quiet(done: int, total: int) -> None:
    """Take progress and say nothing."""


@pytest.fixture
def load() -> Loader:
    return Loader()


@pytest.fixture
def pool(load: Loader) -> Pool:
    return Pool(DEVICE, 2 * MEGABYTE, load)


def use(pool: Pool, *names: str) -> None:
    for name in names:
        with pool.lend(DiffusionModel(name), quiet):
            pass


def test_a_network_is_loaded_once(pool: Pool, load: Loader) -> None:
    use(pool, "a", "a", "a")
    assert load.loaded == ["a"]


def test_what_was_used_least_recently_leaves_first(pool: Pool, load: Loader) -> None:
    use(pool, "a", "b", "a", "c")
    assert pool.networks == ("a (DiffusionModel)", "c (DiffusionModel)")


def test_what_is_lent_never_leaves(pool: Pool, load: Loader) -> None:
    with pool.lend(DiffusionModel("a"), quiet) as network:
        use(pool, "b", "c", "d")
        assert pool.free() == MEGABYTE
        assert pool.networks == ("a (DiffusionModel)",)
        assert network.name == "a"
    assert pool.free() == MEGABYTE
    assert pool.bytes == 0


def test_a_network_beyond_the_budget_is_lent_and_then_let_go(load: Loader) -> None:
    pool = Pool(DEVICE, MEGABYTE // 2, load)
    with pool.lend(DiffusionModel("a"), quiet) as network:
        assert network.name == "a"
    assert pool.bytes == 0


def test_kinds_and_patches_of_one_file_are_different_networks(pool: Pool, load: Loader) -> None:
    patched = DiffusionModel("a", patches=(Patch("lora", "b"),))
    for handle in (DiffusionModel("a"), Vae("a"), patched):
        with pool.lend(handle, quiet):
            pass
    assert load.loaded == ["a", "a", "a"]


def test_parts_of_one_file_are_different_networks() -> None:
    names = {name_of(Annotator("a", part=part), DEVICE) for part in ("depth", "segment", "")}
    assert len(names) == 3


def test_a_network_that_holds_its_weights_elsewhere_says_their_size() -> None:
    class Elsewhere:
        held_bytes = 7

    assert size_of(Elsewhere()) == 7


def test_a_file_that_changed_is_another_network(tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    file.write_bytes(b"one")
    before = name_of(DiffusionModel(str(file)), DEVICE)
    file.write_bytes(b"other")
    assert name_of(DiffusionModel(str(file)), DEVICE) != before


def test_loading_stops_at_the_tensor_where_it_is_cancelled(pool: Pool, load: Loader) -> None:
    told: list[int] = []

    def tell(done: int, total: int) -> None:
        told.append(done)
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled), pool.lend(DiffusionModel("a"), tell):
        pytest.fail("nothing may be lent")
    assert told == [1, 2]
    assert (load.closed, load.loaded, pool.bytes) == (1, [], 0)
    use(pool, "a")
    assert load.loaded == ["a"]


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("error", [MemoryError(), DamagedFileError("the file is cut")])
def test_a_failure_at_any_tensor_leaves_nothing(
    pool: Pool, load: Loader, step: int, error: Exception
) -> None:
    load.fail = (step, error)
    with pytest.raises(type(error)), pool.lend(DiffusionModel("a"), quiet):
        pytest.fail("nothing may be lent")
    assert pool.bytes == 0
    load.fail = None
    use(pool, "a")


def test_an_error_in_the_block_gives_the_network_back(pool: Pool) -> None:
    with pytest.raises(ValueError, match="bad"), pool.lend(DiffusionModel("a"), quiet):
        raise ValueError("bad")
    assert pool.free() == MEGABYTE


def test_changes_are_told(load: Loader) -> None:
    told: list[str] = []
    made = Pool(DEVICE, MEGABYTE, load, lambda: told.append("changed"))
    use(made, "a", "b")
    assert len(told) >= 3  # a came, b came, a left
    made.free()
    told.clear()
    made.free()
    assert told == []


def test_what_steers_a_network_while_it_runs_makes_no_other_network() -> None:
    steered = DiffusionModel("m", patches=(Patch("controlnet", "net"), Patch("ip_adapter", "ip")))
    assert name_of(steered, DEVICE) == name_of(DiffusionModel("m"), DEVICE)
    changed = DiffusionModel("m", patches=(Patch("lora", "lora"),))
    assert name_of(changed, DEVICE) != name_of(DiffusionModel("m"), DEVICE)


def test_a_network_that_builds_on_a_file_is_another_one_when_that_changes(tmp_path: Path) -> None:
    base = tmp_path / "base.safetensors"
    base.write_bytes(b"1")
    handle = ControlNet("net", patches=(Patch("base", str(base)),))
    before = name_of(handle, DEVICE)
    base.write_bytes(b"22")
    assert name_of(handle, DEVICE) != before
