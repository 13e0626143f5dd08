"""Where networks run, known without torch."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from studio.compute import device, machine
from studio.compute.device import Device, choose, policy_signature
from studio.core.errors import UnsupportedError
from studio.core.values import Annotator, DiffusionModel, Vae
from studio.settings import Settings

CARD = "sm 8.6 driver 13000"


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "find_card", lambda: CARD)


@pytest.fixture
def no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "find_card", lambda: None)


@pytest.mark.usefixtures("no_card")
def test_without_a_card_the_cpu_is_chosen_with_all_cores() -> None:
    chosen = choose(Settings())
    assert (chosen.name, chosen.dtype, chosen.threads) == (
        "cpu",
        "float32",
        machine.physical_cores(),
    )


@pytest.mark.usefixtures("no_card")
def test_asking_for_a_card_that_is_not_there_says_so() -> None:
    with pytest.raises(UnsupportedError, match="no CUDA device"):
        choose(Settings(), "cuda")


@pytest.mark.usefixtures("card")
def test_a_card_is_chosen_and_the_vae_keeps_float32() -> None:
    chosen = choose(Settings())
    assert chosen.name == "cuda:0"
    assert (chosen.dtype_of(DiffusionModel("a")), chosen.dtype_of(Vae("a"))) == (
        "float16",
        "float32",
    )


@pytest.mark.usefixtures("card")
def test_hints_are_made_in_float32() -> None:
    assert choose(Settings()).dtype_of(Annotator("a")) == "float32"


@pytest.mark.usefixtures("card")
def test_one_run_may_ask_for_the_cpu() -> None:
    assert choose(Settings(device="cuda"), "cpu").name == "cpu"


@pytest.mark.usefixtures("no_card")
def test_everything_that_changes_bits_changes_the_policy() -> None:
    devices = [
        Device("cpu", threads=2),
        Device("cpu", threads=4),
        Device("cpu", dtype="bfloat16", threads=2),
        Device("cpu", threads=2, memory_format="contiguous"),
        Device("cpu", threads=2, attention="math"),
        Device("cpu", threads=2, torch="3.0"),
        Device("cuda:0", threads=2, driver=CARD),
    ]
    assert len({item.policy for item in devices}) == len(devices)


@pytest.mark.usefixtures("no_card")
def test_the_signature_follows_the_settings() -> None:
    first = policy_signature(Settings(threads=2))
    assert first == policy_signature(Settings(threads=2, store_mb=64))
    assert first != policy_signature(Settings(threads=3))
    assert first != policy_signature(Settings(threads=2), "cpu")


def test_cores_and_memory_are_counted() -> None:
    assert 1 <= machine.physical_cores() <= (os.cpu_count() or 1)
    assert machine.total_memory() > 2**28


def test_the_device_is_known_without_torch() -> None:
    code = (
        "import sys; from studio.compute.device import choose; from studio.settings import Settings;"
        "assert choose(Settings()).policy; assert 'torch' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_memory_of_a_node_is_part_of_the_policy() -> None:
    small, large = Settings(activation_mb=512), Settings(activation_mb=1024)
    assert choose(small, "cpu").policy != choose(large, "cpu").policy
    assert policy_signature(small, "cpu") != policy_signature(large, "cpu")
