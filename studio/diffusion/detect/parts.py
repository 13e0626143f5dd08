"""Layers by the names that files give them: convolutions with their norms folded in, and pools.

Widths, kernels and strides are those that the file says; nothing of a file is trusted to be small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from studio.core.errors import DamagedFileError, UnsupportedError
from studio.facts.described import Module, Setting

_LARGEST = 64
"""No kernel, stride or pad of a detector is larger."""


@dataclass(frozen=True, slots=True)
class Part:
    """A layer in a file, before it is built.

    Attributes:
        path: Beginning of the names of its tensors, with the last dot.
        module: Its description.
        tensors: Those of the whole network.
    """

    path: str
    module: Module
    tensors: Mapping[str, Tensor]

    def __contains__(self, name: str) -> bool:
        """Return whether there is a layer of this name inside."""
        return name in self.module.modules

    def part(self, name: str) -> Part:
        """Return a layer inside.

        Raises:
            DamagedFileError: There is none.
        """
        inside = self.module.modules.get(name)
        if inside is None:
            raise DamagedFileError(f"the layer {self.path}{name} is missing")
        return Part(f"{self.path}{name}.", inside, self.tensors)

    def parts(self) -> list[Part]:
        """Return all layers inside, in order."""
        return [self.part(name) for name in self.module.modules]

    def tensor(self, name: str) -> Tensor:
        """Return a copy of a tensor of this very layer, as float32.

        Detectors are small, so they need not stay mapped to a file that may be replaced.

        Raises:
            DamagedFileError: There is none.
        """
        found = self.tensors.get(f"{self.path}{name}")
        if found is None:
            raise DamagedFileError(f"the tensor {self.path}{name} is missing")
        return found.to(torch.float32, copy=True)

    def whole(self, name: str, default: int | None = None) -> int:
        """Return a whole number among the settings.

        Raises:
            DamagedFileError: It is missing or no whole number.
        """
        return _whole(f"{self.path}{name}", self.module.settings.get(name, default))

    def wholes(self, name: str) -> list[int]:
        """Return a row of whole numbers among the settings.

        Raises:
            DamagedFileError: It is something else.
        """
        value = self.module.settings.get(name)
        row = value if isinstance(value, tuple) else (value,)
        return [_whole(f"{self.path}{name}", item) for item in row]

    def pair(self, name: str, default: int = 1) -> tuple[int, int]:
        """Return a setting for height and width, such as a stride.

        Raises:
            DamagedFileError: It is something else, or far too large.
        """
        value = self.module.settings.get(name, default)
        both = value if isinstance(value, tuple) else (value, value)
        if len(both) != 2:
            raise DamagedFileError(f"{self.path}{name} is {str(value)[:60]}, which is no size")
        first, second = (_whole(f"{self.path}{name}", item) for item in both)
        if not 0 <= min(first, second) <= max(first, second) <= _LARGEST:
            raise DamagedFileError(f"{self.path}{name} is {first} x {second}")
        return first, second

    def says(self, name: str) -> bool:
        """Return whether a setting is on."""
        return self.module.settings.get(name) is True


def _whole(name: str, value: Setting) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise DamagedFileError(f"{name} is {str(value)[:60]}, which is no whole number")
    return value


def convolution(part: Part, norm: Part | None = None) -> nn.Module:
    """Build a convolution, with the norm behind it folded into its weights.

    Source:
        Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1 at inference.
    """
    weight, bias = part.tensor("weight"), _bias(part)
    if norm is not None:
        spread = norm.tensor("running_var") + float(_number(norm, "eps", 1e-3))
        scale = norm.tensor("weight") / spread.sqrt()
        shift = norm.tensor("bias") - norm.tensor("running_mean") * scale
        weight = weight * scale[:, None, None, None]
        bias = shift if bias is None else shift + bias * scale
    kind = nn.ConvTranspose2d if part.module.kind == "ConvTranspose2d" else nn.Conv2d
    groups = part.whole("groups", 1)
    first, second = weight.shape[:2]
    across = (first, second * groups) if kind is nn.ConvTranspose2d else (second * groups, first)
    # On "meta" no memory is filled with numbers that are replaced at once.
    made: nn.Module = kind(
        *across,
        (weight.shape[2], weight.shape[3]),
        stride=part.pair("stride"),
        padding=part.pair("padding", 0),
        dilation=part.pair("dilation"),
        groups=groups,
        bias=bias is not None,
        device="meta",
    )
    made.register_parameter("weight", nn.Parameter(weight, requires_grad=False))
    if bias is not None:
        made.register_parameter("bias", nn.Parameter(bias, requires_grad=False))
    return made


def _bias(part: Part) -> Tensor | None:
    return part.tensor("bias") if f"{part.path}bias" in part.tensors else None


def _number(part: Part, name: str, default: float) -> float:
    value = part.module.settings.get(name, default)
    return float(value) if isinstance(value, int | float) else default


def activated(part: Part) -> nn.Module:
    """Build a convolution, its norm where it is not fused yet, and its activation."""
    norm = part.part("bn") if "bn" in part else None
    return nn.Sequential(convolution(part.part("conv"), norm), activation(part.part("act")))


def activation(part: Part) -> nn.Module:
    """Build an activation.

    Raises:
        UnsupportedError: It is of another kind than these.
    """
    made = _ACTIVATIONS.get(part.module.kind)
    if made is None:
        raise UnsupportedError(f"the activation {part.module.kind[:60]} is not known")
    return made(part)


_ACTIVATIONS: Mapping[str, Callable[[Part], nn.Module]] = {
    "SiLU": lambda part: nn.SiLU(),
    "ReLU": lambda part: nn.ReLU(),
    "LeakyReLU": lambda part: nn.LeakyReLU(_number(part, "negative_slope", 0.01)),
    "Hardswish": lambda part: nn.Hardswish(),
    "GELU": lambda part: nn.GELU(),
    "Identity": lambda part: nn.Identity(),
}


def pool(part: Part) -> nn.Module:
    """Build a pool that takes the largest value."""
    return nn.MaxPool2d(part.pair("kernel_size"), part.pair("stride"), part.pair("padding", 0))


def enlarging(part: Part) -> nn.Module:
    """Build what repeats every value a whole number of times, or is linear between them."""
    times = part.pair("scale_factor", 2)
    mode = part.module.settings.get("mode")
    if mode not in ("nearest", "bilinear"):
        raise UnsupportedError(f"a detector that enlarges by {str(mode)[:60]} is not known")
    return nn.Upsample(scale_factor=tuple(map(float, times)), mode=str(mode))
