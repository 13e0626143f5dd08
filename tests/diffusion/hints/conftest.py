"""Folders of tiny networks, made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Folder = Callable[[str], Path]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Return the folder of a network of `tests.tiny_annotators` by its name."""
    from tests import tiny_annotators

    known: dict[str, Path] = {}

    def made(name: str) -> Path:
        if name not in known:
            size = {"size": {"height": 64, "width": 48}} if name == "vitpose" else {}
            place = tmp_path_factory.mktemp(name)
            known[name] = tiny_annotators.save(place, getattr(tiny_annotators, name), **size)
        return known[name]

    return made
