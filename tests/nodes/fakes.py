"""Surroundings of a node: what the engine would offer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.values import Image


@dataclass
class FakeOutput:
    """An output folder that remembers what was announced and written."""

    folder: Path
    graph: str = "{}"
    title: str = "My graph"
    run: str = "run"
    node: str = "save"
    item: int = 0
    earlier: tuple[Path | None, ...] = ()
    claimed: list[Path] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    left_out: tuple[str, ...] = ()

    @property
    def carried(self) -> str:
        return self.graph

    def sha256(self, file: str) -> str:
        return ""

    def claim(self, path: Path) -> None:
        assert not path.exists()
        self.claimed.append(path)

    def wrote(self, path: Path) -> None:
        assert path.is_file()
        self.paths.append(path)


@dataclass
class FakeEffect:
    """The ``ctx`` of an effect; keeps its warnings."""

    output: FakeOutput
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def warn(self, code: str, text: str) -> None:
        self.warnings.append((code, text))


@dataclass
class FakeFolder:
    """The ``ctx`` of a node that keeps files of its own."""

    folder: Path


def image(
    batch: int = 1, height: int = 12, width: int = 16, channels: int = 3, **fields: Any
) -> Image:
    """Return a random image, the same one every time, that refuses to be written to."""
    return Image(pixels((batch, height, width, channels)), **fields)


def pixels(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return random numbers from 0 to 1, the same ones every time, read-only."""
    made = np.random.default_rng(11).random(shape, np.float32)
    made.setflags(write=False)
    return made
