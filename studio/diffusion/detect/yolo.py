"""Networks of the YOLO v8, v9 and 11 family, from files that hold them pickled whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from studio.core.errors import DamagedFileError, UnsupportedError
from studio.diffusion.detect.answers import Answer, Floats, from_maps, of_rows
from studio.diffusion.detect.blocks import KINDS, build, unknown
from studio.diffusion.detect.parts import Part
from studio.diffusion.weights import Weights
from studio.facts.described import Module, Setting

_HEADS = ("Detect", "Segment")
_OTHER_TASKS = ("Classify", "OBB", "Pose")
"""Heads that find no upright boxes: not as ONNX either."""

_TRAINED = 640
_PROBE = 64
_DEEPEST = 32
"""Layers inside may be smaller than those that the head sees."""

_LARGEST = 4096
_MOST_LAYERS = 200


class Yolo(nn.Module):
    """A network of the YOLO family.

    Args:
        weights: As the gateway opened them.

    Attributes:
        labels: Names of the classes by number.
        size: ``None``: it takes any size.
        side: Longer side at which it was trained, in pixels.
        multiple: Width and height are multiples of this.

    Raises:
        UnsupportedError: It has layers that this program does not know, or another task.
        DamagedFileError: Something in it is missing, or does not fit together.
    """

    size: tuple[int, int] | None = None

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        described = weights.header.network
        if described is None:
            raise UnsupportedError(
                "this is a detector's weights without the description of its layers",
                fix="get the file as it was trained, or as ONNX",
            )
        whole = Part("", described, weights.tensors)
        layers, head = _layers(whole)
        self.sources = [_sources(part.module) for part in (*layers, head)]
        self.layers = nn.ModuleList(build(part) for part in layers)
        self.classes = head.whole("nc")
        if self.classes < 1:
            raise DamagedFileError(f"the head of the detector has {self.classes} classes")
        self.parts = head.whole("nm") if head.module.kind == "Segment" else 0
        self.branches = ("cv2", "cv3", "cv4") if self.parts else ("cv2", "cv3")
        names = (*self.branches, "proto") if self.parts else self.branches
        # Of two heads a file may keep the one alone that gives one box for each thing.
        self._is_final = "cv2" not in head
        alone = "one2one_" if self._is_final else ""
        self.head = nn.ModuleDict(
            {name: build(head.part(alone + name if name in self.branches else name))
             for name in names}
        )  # fmt: skip
        said = described.labels
        self.labels: Mapping[int, str] = {at: said.get(at, str(at)) for at in range(self.classes)}
        side = whole.whole("imgsz", _TRAINED)
        self.side = side if _PROBE <= side <= _LARGEST else _TRAINED
        self.strides = self._probed(4 * head.whole("reg_max"))
        self.multiple = max(_DEEPEST, *map(int, self.strides))

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return next(self.parameters()).device

    def format_for(self, wanted: torch.dtype) -> torch.dtype:
        """Return the number format that it computes in: places of boxes need float32."""
        return torch.float32

    def forward(self, values: Tensor) -> tuple[list[Tensor], Tensor | None]:
        """Return what the head says on each level, and the prototypes of outlines.

        Args:
            values: ``(1, 3, height, width)``, RGB, 0 to 1.

        Returns:
            Maps ``(1, 4 * distances + classes + parts, height / stride, width / stride)``, and
            ``(1, parts, height / 4, width / 4)`` or ``None``.
        """
        made: list[Tensor] = []
        for layer, sources in zip(self.layers, self.sources, strict=False):
            given = [self._source(made, at, values) for at in sources]
            made.append(layer(given if isinstance(sources, tuple) and len(given) > 1 else given[0]))
        levels = [self._source(made, at, values) for at in self.sources[-1]]
        lists = [list(self.head[name].children()) for name in self.branches]
        maps = [
            torch.cat([branch[at](level) for branch in lists], 1) for at, level in enumerate(levels)
        ]
        return maps, self.head["proto"](levels[0]) if self.parts else None

    def look(self, picture: Floats) -> Answer:
        """Look at one picture: ``(3, height, width)``, RGB, 0 to 1."""
        values = torch.from_numpy(np.ascontiguousarray(picture))[None].to(self.device)
        maps, prototypes = self(values)
        rows = from_maps([level[0] for level in maps], self.strides, self.classes, self.parts)
        drawn = None if prototypes is None else prototypes[0].cpu().numpy()
        answer = of_rows(rows.cpu().numpy(), self.classes, drawn)
        return replace(answer, is_final=self._is_final)

    def _source(self, made: list[Tensor], at: int, values: Tensor) -> Tensor:
        if at == -1 and not made:
            return values
        return made[at]

    def _probed(self, sides: int) -> list[float]:
        """Return the strides of the levels, told by a small picture; all layers must fit.

        Args:
            sides: How many numbers tell the sides of a box.
        """
        self._refuse_grey()
        try:
            maps, drawn = self(torch.zeros(1, 3, _PROBE, _PROBE))
        except (RuntimeError, ValueError, IndexError, AttributeError, TypeError) as error:
            said = str(error).splitlines()[0][:200]
            raise DamagedFileError(f"the layers of the detector do not fit: {said}") from None
        if {level.shape[1] for level in maps} != {max(sides, 4) + self.classes + self.parts}:
            raise DamagedFileError(f"the head of the detector has not {self.classes} classes")
        if not all(made.isfinite().all() for made in (*maps, drawn) if made is not None):
            raise DamagedFileError(
                "the weights hold values that are not numbers", fix="download the file again"
            )
        return [_PROBE / level.shape[2] for level in maps]

    def _refuse_grey(self) -> None:
        """Refuse networks for pictures without colours, or with more than colours."""
        first = next(self.layers.parameters(), None)
        if first is not None and first.ndim == 4 and first.shape[1] != 3:
            raise UnsupportedError(
                f"it looks at pictures with {first.shape[1]} channels instead of 3",
                fix="choose a detector of colour pictures",
            )


def refuse_unknown(described: Module) -> None:
    """Refuse networks whose description alone says that they are not known.

    Raises:
        UnsupportedError: It has layers that this program does not know, or another task.
        DamagedFileError: Something in the description is missing.
    """
    layers, _ = _layers(Part("", described, {}))
    for layer in layers:
        if layer.module.kind not in KINDS:
            raise unknown(layer)


def _layers(whole: Part) -> tuple[list[Part], Part]:
    """Return the layers before the head, and the head."""
    if "model" not in whole:
        raise UnsupportedError(
            f"a network of the kind {whole.module.kind[:60]} is no known detector",
            fix="choose a .pt file of YOLO v8, v9 or 11, or an ONNX file",
        )
    parts = whole.part("model").parts()
    if not 2 <= len(parts) <= _MOST_LAYERS:
        raise DamagedFileError(f"the detector has {len(parts)} layers")
    head = parts[-1]
    if head.module.kind not in _HEADS:
        other = head.module.kind in _OTHER_TASKS
        raise UnsupportedError(
            f"a network that ends in {head.module.kind[:60]} is not known",
            fix="choose one that finds boxes or segments"
            + ("" if other else ", or export it as ONNX"),
        )
    return parts[:-1], head


def _sources(module: Module) -> tuple[int, ...]:
    """Return the layers that a layer takes its input from; -1 is the one before."""
    value: Setting = module.settings.get("f", -1)
    row = value if isinstance(value, tuple) else (value,)
    found = tuple(at for at in row if type(at) is int)
    if not found or len(found) != len(row):
        raise DamagedFileError(f"a layer of the detector takes its input from {str(value)[:60]}")
    return found
