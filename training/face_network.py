"""The starter face detector's network: it finds faces at strides 8, 16 and 32.

A few convolutions without normalisation; the deepest see most of a large picture through dilation.
Each place of each stride says one box and how sure it is of it. The output is laid out as YOLOv8's.
"""

import torch
from torch import Tensor
from torch.nn import Conv2d, Module, ModuleList
from torch.nn.functional import interpolate, silu

STRIDES = (8, 16, 32)
BASE_SIDE = 4.0
"""Sides of a box are counted in strides, times this, on a scale of logarithms."""
_DILATIONS = (1, 2, 4)


class FaceNetwork(Module):
    """Pictures to boxes and confidences.

    Args:
        widths: channels at strides 2, 4, 8, 16 and 32.
        head: channels from which boxes are read.
    """

    def __init__(self, widths: tuple[int, ...] = (16, 32, 48, 64, 80), head: int = 64) -> None:
        super().__init__()
        inputs = (3, *widths)
        self.downs = ModuleList(
            Conv2d(before, after, 3, 2, 1)
            for before, after in zip(inputs[:-1], widths, strict=True)
        )
        self.middle = ModuleList(Conv2d(width, width, 3, 1, 1) for width in widths[2:4])
        self.deep = ModuleList(
            Conv2d(widths[4], widths[4], 3, 1, d, dilation=d) for d in _DILATIONS
        )
        self.laterals = ModuleList(Conv2d(width, head, 1) for width in widths[2:])
        self.smooth = Conv2d(head, head, 3, 1, 1)
        self.read = Conv2d(head, 5, 1)
        for name, values in self.named_parameters():
            if name.endswith("bias") or name == "read.weight":
                torch.nn.init.zeros_(values)
            else:
                torch.nn.init.kaiming_normal_(values, nonlinearity="relu")
        assert self.read.bias is not None
        torch.nn.init.constant_(self.read.bias[4:], -2.0)  # faces are rare

    def levels(self, pictures: Tensor) -> list[Tensor]:
        """What each stride says.

        Args:
            pictures: ``(batch, 3, height, width)``, 0 to 1; sides are multiples of 32.

        Returns:
            For each stride ``(batch, 5, height / stride, width / stride)``: how far the centre lies
            off the middle of the place, in strides; logarithms of the sides; logit of confidence.
        """
        x = silu(self.downs[1](silu(self.downs[0](pictures - 0.5))))
        x = self.downs[2](x)
        fine = x + silu(self.middle[0](silu(x)))
        x = self.downs[3](silu(fine))
        medium = x + silu(self.middle[1](silu(x)))
        x = self.downs[4](silu(medium))
        for layer in self.deep:
            x = x + silu(layer(silu(x)))
        merged = self.laterals[2](silu(x))
        maps = [merged]
        for lateral, features in ((self.laterals[1], medium), (self.laterals[0], fine)):
            merged = lateral(silu(features)) + interpolate(merged, scale_factor=2.0)
            maps.append(merged)
        return [self.read(silu(self.smooth(silu(values)))) for values in reversed(maps)]

    def forward(self, pictures: Tensor) -> Tensor:
        """Boxes and confidences, ``(batch, 5, places)``: centre x, y, width, height in pixels."""
        parts = []
        for stride, said in zip(STRIDES, self.levels(pictures), strict=True):
            boxes = boxes_of(said, stride)
            parts.append(torch.cat([boxes, said[:, 4:].sigmoid()], 1).flatten(2))
        return torch.cat(parts, 2)


def boxes_of(said: Tensor, stride: int) -> Tensor:
    """Centre x, y, width, height in pixels, ``(batch, 4, rows, columns)``, of what a stride says."""
    middles = middles_of(said)
    centres = (said[:, :2] + middles) * stride
    return torch.cat([centres, said[:, 2:4].exp() * (BASE_SIDE * stride)], 1)


def middles_of(said: Tensor) -> Tensor:
    """The middles of the places in strides, x and y, ``(2, rows, columns)``."""
    rows, columns = said.shape[2:]
    y, x = torch.meshgrid(torch.arange(rows) + 0.5, torch.arange(columns) + 0.5, indexing="ij")
    return torch.stack([x, y]).to(said)
