"""Set-up that every test shares."""

from __future__ import annotations

import atexit
import gc
import io
import logging
import os
import sys
from collections.abc import Generator, Iterator

import pytest

# One thread: the tests run beside others, and thread counts change low bits.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_YOUNG = 400_000
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")


@pytest.hookimpl(trylast=True)  # after the order was shuffled
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the files that may take longest, so that all processes end together."""
    if hasattr(config, "workerinput"):  # alone, what is quick shall fail first
        long = {item.path for item in items if item.get_closest_marker("timeout")}
        items.sort(key=lambda item: item.path not in long)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spare every search for garbage the half million objects that the imports bring.

    From then on none is made by itself: a thread's would end objects of Qt outside of the window's.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        atexit.register(gc.unfreeze)  # libraries that count what they made free it at the end


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What is logged during a test. (That of pytest asks every logger of torch before each test.)"""
    handler = logging.StreamHandler(io.StringIO())
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


@pytest.fixture(autouse=True)
def process_state() -> Iterator[None]:
    """Undo what a computing process does to itself, where a test plays one in this process."""
    before = {name: os.environ.get(name) for name in _THREADS}
    yield
    if gc.get_count()[0] > _YOUNG:
        gc.collect()
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "set_num_threads"):  # a failed import leaves less
        torch.set_grad_enabled(True)
        if torch.get_num_threads() != 1:
            torch.set_num_threads(1)
