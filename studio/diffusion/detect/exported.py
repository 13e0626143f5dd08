"""Detectors in ONNX files: YOLO as it is exported, in any of its layouts, and YuNet."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import numpy as np
import torch

from studio.core.errors import ShapeError, UnsupportedError
from studio.diffusion.detect.answers import MOST, Answer, Floats, of_rows
from studio.diffusion.onnx import OnnxNetwork

_TRAINED = 640
_STRIDE = 32
_LONGEST = 1_000_000
_TASKS = ("", "detect", "segment")
"""What exporters say that a network is for; the first versions say nothing."""


class Exported(torch.nn.Module):
    """A network of the YOLO family as ONNX, with or without outlines.

    Its rows may stand along either axis; rows of six are boxes that it has chosen itself.

    Args:
        network: The opened file.

    Attributes:
        labels: Names of the classes by number, from the file's metadata; empty without any.
        size: Width and height that it takes; ``None``: any multiple of `multiple`.
        side: Longer side at which it was trained, in pixels.
        multiple: Width and height are multiples of this.
        held_bytes: About the memory that it takes.

    Raises:
        UnsupportedError: It takes something else than a picture, or finds something else than
            upright boxes.
    """

    def __init__(self, network: OnnxNetwork) -> None:
        super().__init__()
        self.network = network
        self.held_bytes = network.held_bytes
        self.size = _size(network)
        said = network.metadata
        self.task = said.get("task", "")
        if self.task not in _TASKS:
            raise UnsupportedError(
                f"{network.path.name} was made for the task {self.task[:60]}, not to find boxes",
                fix="choose a network of the task detect or segment",
            )
        names = _literal(said.get("names", ""))
        pairs = names.items() if isinstance(names, dict) else enumerate(_row(names))
        self.labels: Mapping[int, str] = {int(at): str(name) for at, name in pairs}
        sides = [side for side in _row(_literal(said.get("imgsz", ""))) if isinstance(side, int)]
        self.side = max(sides, default=_TRAINED)
        stride = _literal(said.get("stride", ""))
        self.multiple = stride if isinstance(stride, int) and stride > 0 else _STRIDE

    def format_for(self, wanted: torch.dtype) -> torch.dtype:
        """Return float32: the file itself says in what it computes."""
        return torch.float32

    def look(self, picture: Floats) -> Answer:
        """Look at one picture: ``(3, height, width)``, RGB, 0 to 1.

        Raises:
            ShapeError: It answers in a form that this program does not know.
        """
        made = self.network(picture[None])
        drawn = [item[0] for item in made if item.ndim == 4 and len(item) == 1]
        tables = [item[0] for item in made if item.ndim == 3 and len(item) == 1]
        if len(tables) != 1 or len(drawn) > 1:
            shapes = ", ".join(str(item.shape) for item in made)
            raise ShapeError(
                f"{self.network.path.name} answers with arrays of the shapes {shapes}",
                fix="export the detector with the layout of YOLO v8",
            )
        prototypes = drawn[0] if drawn else None
        return self._answer(tables[0], prototypes)

    def _answer(self, table: Floats, prototypes: Floats | None) -> Answer:
        mixed = 0 if prototypes is None else len(prototypes)
        if _is_final(table, mixed):
            return _final(table, len(self.labels), mixed, prototypes)
        if self._stands(table, 4 + len(self.labels) + mixed):
            table = table.T
        classes = len(self.labels)
        if classes and not self.task and table.shape[1] == 5 + classes + mixed:
            table = _without_certainty(table, classes)
        classes = table.shape[1] - 4 - mixed
        middle, half = table[:, :2], table[:, 2:4] / 2
        rows = np.concatenate([middle - half, middle + half, table[:, 4:]], 1)
        return of_rows(np.ascontiguousarray(rows), classes, prototypes)

    def _stands(self, table: Floats, width: int) -> bool:
        """Say whether each column is a box, as YOLO v8 exports it."""
        rows, columns = map(int, table.shape)
        if self.labels and width in (rows, columns):
            return rows == width
        return rows < columns


def _without_certainty(table: Floats, classes: int) -> Floats:
    """Return rows without the fifth number of versions before 8: how certain any thing is there.

    Source:
        Redmon et al. 2016, "You Only Look Once", arXiv:1506.02640, equation 1.
    """
    scores = table[:, 4:5] * table[:, 5 : 5 + classes]
    return np.concatenate([table[:, :4], scores, table[:, 5 + classes :]], 1)


def _is_final(table: Floats, mixed: int) -> bool:
    """Say whether rows are box, score and number of the class; scores are no whole numbers."""
    if table.shape[1] != 6 + mixed or len(table) > MOST:
        return False
    return bool((table[:, 5] == np.rint(table[:, 5])).all())


def _final(table: Floats, classes: int, mixed: int, prototypes: Floats | None) -> Answer:
    """Return the answer of a network that has chosen among overlapping boxes itself."""
    numbers = np.clip(np.rint(table[:, 5]), 0, _LONGEST).astype(np.int64)
    scores = np.zeros((len(table), max(classes, int(numbers.max(initial=0)) + 1)), np.float32)
    scores[np.arange(len(table)), numbers] = table[:, 4]
    parts = table[:, 6 : 6 + mixed]
    return Answer(table[:, :4], scores, parts, prototypes, is_final=True)


class YuNet(torch.nn.Module):
    """The small face detector of OpenCV's model zoo.

    Args:
        network: The opened file.

    Attributes:
        labels: One class, ``face``.
        size: Width and height that it takes; ``None``: any multiple of `multiple`.
        side: Longer side that it sees where it takes any size.
        multiple: Width and height are multiples of this.
        held_bytes: About the memory that it takes.

    Source:
        Wu, Peng and Yu 2023, "YuNet: A Tiny Millisecond-level Face Detector", section 3.
    """

    labels: Mapping[int, str] = {0: "face"}
    side = _TRAINED
    multiple = _STRIDE

    def __init__(self, network: OnnxNetwork) -> None:
        super().__init__()
        self.network = network
        self.held_bytes = network.held_bytes
        self.size = _size(network)

    def format_for(self, wanted: torch.dtype) -> torch.dtype:
        """Return float32: the file itself says in what it computes."""
        return torch.float32

    def look(self, picture: Floats) -> Answer:
        """Look at one picture: ``(3, height, width)``, RGB, 0 to 1."""
        made = self.network(picture[None, ::-1] * 255)
        named = dict(zip(self.network.output_shapes, made, strict=True))
        rows = [_faces(named, stride, picture.shape[2]) for stride in (8, 16, 32)]
        return of_rows(np.concatenate(rows), 1)


def is_yunet(network: OnnxNetwork) -> bool:
    """Say whether a network answers as YuNet does."""
    wanted = {f"{name}_{stride}" for name in ("cls", "obj", "bbox") for stride in (8, 16, 32)}
    return wanted <= network.output_shapes.keys()


def _faces(named: Mapping[str, Floats], stride: int, width: int) -> Floats:
    """Return boxes and scores of one level: ``(places, 5)``."""
    seen, meant, box = (named[f"{name}_{stride}"][0] for name in ("cls", "obj", "bbox"))
    score = np.sqrt(np.clip(seen, 0, 1) * np.clip(meant, 0, 1)).reshape(-1, 1)
    place = np.arange(len(box))
    across = width // stride
    corner = np.stack([place % across, place // across], 1)
    middle = (corner + box[:, :2]) * stride
    half = np.exp(np.minimum(box[:, 2:4], 20)) * stride / 2
    return np.concatenate([middle - half, middle + half, score], 1).astype(np.float32)


def _size(network: OnnxNetwork) -> tuple[int, int] | None:
    """Return the width and height that a network takes."""
    shape = network.shape
    if len(shape) != 4 or shape[1] not in (3, None) or shape[0] not in (1, None):
        said = " x ".join("?" if length is None else str(length) for length in shape)
        raise UnsupportedError(
            f"{network.path.name} takes {said}; a detector takes 1 x 3 x height x width",
            fix="choose a detector",
        )
    height, width = shape[2:]
    return None if height is None or width is None else (width, height)


def _literal(text: str) -> object:
    """Return what the exporter wrote as Python's own notation; nothing when it is not."""
    try:
        return ast.literal_eval(text) if len(text) <= _LONGEST else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _row(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
