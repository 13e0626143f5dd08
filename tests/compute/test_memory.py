"""Short memory: how it is recognised, and the ladder that a node climbs down."""

from __future__ import annotations

import mmap
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from studio.compute import memory
from studio.compute.context import DeviceRuntime
from studio.compute.device import Device
from studio.compute.pool import Pool
from studio.core.context import Context, Progress
from studio.core.errors import NodeError, OutOfMemoryError
from studio.core.values import DiffusionModel, Ref, Value
from studio.engine.events import Event, NodeWarned
from studio.engine.runtime import Call, Token
from tests.compute.test_pool import Loader, quiet

CPU = "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4503599627370496 bytes. Error code 12 (Cannot allocate memory)"
CARD = "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 7.79 GiB"
BUDGET = 1600


class Allocator:
    """Has no memory at its first calls."""

    def __init__(self, failures: int, error: Exception) -> None:
        self.failures = failures
        self.error = error
        self.budgets: list[int] = []

    def __call__(self, ctx: Context) -> None:
        self.budgets.append(ctx.memory_budget)
        if len(self.budgets) <= self.failures:
            raise self.error


class NoParts:
    """Stores nothing."""

    def part(self, call: Call, *_: Any) -> Generator[Progress, None, Any]:
        raise NotImplementedError
        yield

    def folder(self, key: str) -> Path:
        raise NotImplementedError


def nothing(ref: Ref) -> Value:
    raise KeyError(ref)


def new_call(events: list[Event]) -> Call:
    return Call(
        "run",
        "decode",
        "Decode",
        "latent.decode",
        1,
        "key",
        Token(),
        events.append,
        nothing,
        NoParts(),
    )


@pytest.fixture
def runtime() -> DeviceRuntime:
    return DeviceRuntime(Pool(Device("cpu"), 2**30, Loader()), BUDGET)


def climb(runtime: DeviceRuntime, call: Call, allocate: Allocator) -> None:
    """Call again as long as the runtime says so, as the engine does."""
    while True:
        try:
            return allocate(runtime.context(call))
        except Exception as error:
            if not runtime.relieve(call, error):
                raise


@pytest.mark.parametrize("failures", [0, 1, 2, 3])
def test_each_failure_takes_one_rung_and_says_so(runtime: DeviceRuntime, failures: int) -> None:
    events: list[Event] = []
    call, allocate = new_call(events), Allocator(failures, MemoryError())
    climb(runtime, call, allocate)
    assert allocate.budgets == [1600, 1600, 400, 100][: failures + 1]
    assert call.rung == ["", "", "budget/4", "budget/16"][failures]
    assert [event.code for event in events if isinstance(event, NodeWarned)] == [
        "W_LADDER"
    ] * failures


def test_a_node_is_told_what_its_budget_was_divided_by(runtime: DeviceRuntime) -> None:
    call = new_call([])
    told: list[int] = []

    def divided(ctx: Context) -> int:
        told.append(ctx.memory_divisor)
        return ctx.memory_budget * ctx.memory_divisor

    assert divided(runtime.context(call)) == BUDGET
    for _ in memory.LADDER:
        runtime.relieve(call, MemoryError())
        assert divided(runtime.context(call)) == BUDGET
    assert told == [1, 1, 4, 16]


def test_after_the_last_rung_the_error_says_what_was_needed(runtime: DeviceRuntime) -> None:
    with pytest.raises(OutOfMemoryError, match=r"2\.50 GiB more were needed.*smaller size"):
        climb(runtime, new_call([]), Allocator(9, RuntimeError(CARD)))


def test_each_node_begins_at_the_top(runtime: DeviceRuntime) -> None:
    climb(runtime, new_call([]), Allocator(3, MemoryError()))
    second = Allocator(0, MemoryError())
    climb(runtime, new_call([]), second)
    assert second.budgets == [BUDGET]


def test_networks_that_are_not_in_use_leave(runtime: DeviceRuntime) -> None:
    with runtime.pool.lend(DiffusionModel("a"), quiet):
        pass
    climb(runtime, new_call([]), Allocator(1, MemoryError()))
    assert runtime.pool.bytes == 0


def test_other_errors_are_not_tried_again(runtime: DeviceRuntime) -> None:
    allocate = Allocator(1, RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    with pytest.raises(RuntimeError):
        climb(runtime, new_call([]), allocate)
    assert len(allocate.budgets) == 1


@pytest.mark.parametrize("text", [CPU, CARD, "std::bad_alloc", "CUDA error: out of memory"])
def test_torch_says_it_in_many_ways(text: str) -> None:
    wrapped = NodeError("it failed")
    wrapped.__cause__ = RuntimeError(text)
    assert memory.is_short(RuntimeError(text))
    assert memory.is_short(wrapped)


def test_the_bytes_are_read_from_the_message() -> None:
    assert memory.needed(RuntimeError(CPU)) == 4503599627370496
    assert memory.needed(RuntimeError(CARD)) == int(2.5 * 2**30)
    assert memory.needed(MemoryError()) == 0


def test_what_the_failed_call_held_is_let_go() -> None:
    import gc
    import weakref

    class Big:
        """Stands for a large array."""

    seen: list[weakref.ref[Big]] = []

    def fail() -> None:
        big = Big()
        seen.append(weakref.ref(big))
        raise MemoryError

    try:
        fail()
    except MemoryError as error:
        memory.let_go(error)
        gc.collect()
        assert seen[0]() is None


def test_the_peak_is_that_of_the_time_since_its_reset() -> None:
    peak = memory.Peak(Device("cpu"))
    peak.reset()
    before = peak.read()
    with mmap.mmap(-1, 64 * 2**20) as block:  # new pages: the heap may have some to reuse
        for start in range(0, len(block), mmap.PAGESIZE):
            block[start] = 1
        grown = peak.read()
    peak.reset()
    assert grown - before > 48 * 2**20
    assert peak.read() < grown
