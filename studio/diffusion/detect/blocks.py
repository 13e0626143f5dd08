"""The blocks that YOLO v8, v9 and 11 are made of, built from their description in a file.

They are written from the papers and from graphs of exported networks. How many layers a block has,
and how wide they are, is what the file holds: no table of sizes is needed.

Source:
    CSPNet: Wang et al. 2019, arXiv:1911.11929; SPP: He et al. 2014, arXiv:1406.4729; ELAN: Wang et
    al. 2022, arXiv:2211.04800; GELAN and PGI (v9): Wang et al. 2024, arXiv:2402.13616; RepVGG:
    Ding et al. 2021, arXiv:2101.03697; attention: Vaswani et al. 2017, arXiv:1706.03762; overview
    of v8 and 11: Khanam and Hussain 2024, arXiv:2410.17725.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.core.errors import DamagedFileError, UnsupportedError
from studio.diffusion.detect.parts import (
    Part,
    activated,
    activation,
    convolution,
    enlarging,
    pool,
)


class Block(nn.Module):
    """A block with the layers that the file names inside it, each built by its own kind."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        for name in part.module.modules:
            self.add_module(name, build(part.part(name)))

    def run(self, name: str, values: Tensor) -> Tensor:
        """Run one of the layers."""
        made: Tensor = self.get_submodule(name)(values)
        return made

    def each(self, name: str) -> list[nn.Module]:
        """Return the layers of a list."""
        return list(self.get_submodule(name).children())


class Rest(Block):
    """Two convolutions, beside which the input may pass."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self.adds = part.says("add")

    def forward(self, values: Tensor) -> Tensor:
        """Return the features, and what they add to."""
        made = self.run("cv2", self.run("cv1", values))
        return values + made if self.adds else made


class Repeated(Block):
    """Convolutions side by side, whose results are added before the activation."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        if "bn" in part:
            raise UnsupportedError("a RepConv with a norm beside its convolutions is not known")

    def forward(self, values: Tensor) -> Tensor:
        """Return the activated sum; a fused file holds the sum as one convolution."""
        if hasattr(self, "conv"):
            return self.run("act", self.run("conv", values))
        return self.run("act", self.run("conv1", values) + self.run("conv2", values))


class Split(Block):
    """Half of the channels pass through a chain of blocks, and every result on it is kept."""

    def forward(self, values: Tensor) -> Tensor:
        """Join both halves and every result, and mix them."""
        made = list(self.run("cv1", values).chunk(2, 1))
        for block in self.each("m"):
            made.append(block(made[-1]))
        return self.run("cv2", torch.cat(made, 1))


class Cross(Block):
    """A chain of blocks beside one convolution."""

    def forward(self, values: Tensor) -> Tensor:
        """Join what the chain and the convolution made, and mix them."""
        deep = self.run("m", self.run("cv1", values))
        return self.run("cv3", torch.cat((deep, self.run("cv2", values)), 1))


class Elan(Block):
    """Two stages in a row, of which every result is kept."""

    def forward(self, values: Tensor) -> Tensor:
        """Join both halves and both results, and mix them."""
        made = list(self.run("cv1", values).chunk(2, 1))
        made.append(self.run("cv2", made[-1]))
        made.append(self.run("cv3", made[-1]))
        return self.run("cv4", torch.cat(made, 1))


class Pyramid(Block):
    """The same pool several times in a row, each a wider look."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        narrow = part.part("cv1").part("conv").tensor("weight").shape[0]
        self.times = part.part("cv2").part("conv").tensor("weight").shape[1] // narrow - 1
        self.adds = part.says("add")

    def forward(self, values: Tensor) -> Tensor:
        """Join all looks and mix them."""
        made = [self.run("cv1", values)]
        for _ in range(self.times):
            made.append(self.run("m", made[-1]))
        mixed = self.run("cv2", torch.cat(made, 1))
        return values + mixed if self.adds else mixed


class PyramidOfPools(Block):
    """Three pools in a row, as `Pyramid`, each with a name of its own."""

    def forward(self, values: Tensor) -> Tensor:
        """Join all looks and mix them."""
        made = [self.run("cv1", values)]
        for name in ("cv2", "cv3", "cv4"):
            made.append(self.run(name, made[-1]))
        return self.run("cv5", torch.cat(made, 1))


class Halved(Block):
    """Halves the size: an average of neighbours, then a convolution with stride 2."""

    def forward(self, values: Tensor) -> Tensor:
        """Return half the size."""
        return self.run("cv1", functional.avg_pool2d(values, 2, 1, 0))


class HalvedTwice(Block):
    """Halves the size of one half of the channels by convolution, of the other by the largest."""

    def forward(self, values: Tensor) -> Tensor:
        """Return half the size."""
        first, second = functional.avg_pool2d(values, 2, 1, 0).chunk(2, 1)
        largest = functional.max_pool2d(second, 3, 2, 1)
        return torch.cat((self.run("cv1", first), self.run("cv2", largest)), 1)


class Attention(Block):
    """Every place looks at every other; a convolution of the values tells where they are."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self.heads = part.whole("num_heads")
        self.widths = [part.whole(name) for name in ("key_dim", "key_dim", "head_dim")]

    def forward(self, values: Tensor) -> Tensor:
        """Return what each place gathers."""
        batch, channels, height, width = values.shape
        asked = self.run("qkv", values).view(batch, self.heads, sum(self.widths), height * width)
        query, key, content = torch.split(asked, self.widths, 2)
        shares = (query.transpose(2, 3) @ key * self.widths[0] ** -0.5).softmax(3)
        gathered = (content @ shares.transpose(2, 3)).reshape(batch, channels, height, width)
        placed = self.run("pe", content.reshape(batch, channels, height, width))
        return self.run("proj", gathered + placed)


class Attending(Block):
    """Attention and two convolutions, beside which the input may pass."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self.adds = part.says("add")

    def forward(self, values: Tensor) -> Tensor:
        """Return the features."""
        for name in ("attn", "ffn"):
            made = self.run(name, values)
            values = values + made if self.adds else made
        return values


class HalfAttending(Block):
    """Half of the channels pass through blocks with attention."""

    def forward(self, values: Tensor) -> Tensor:
        """Join both halves and mix them."""
        kept, seen = self.run("cv1", values).chunk(2, 1)
        return self.run("cv2", torch.cat((kept, self.run("m", seen)), 1))


class Fan(Block):
    """One convolution whose channels are dealt out to several places (v9e)."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self.sizes = part.wholes("c2s")

    def forward(self, values: Tensor) -> tuple[Tensor, ...]:
        """Return one share for each place."""
        return torch.split(self.run("conv", values), self.sizes, 1)


class Gathered(nn.Module):
    """Adds shares of several fans to a feature map, brought to its size (v9e)."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self.chosen = part.wholes("idx")

    def forward(self, given: list[tuple[Tensor, ...] | Tensor]) -> Tensor:
        """Return the sum, of the size of the last input."""
        last = given[-1]
        if not isinstance(last, Tensor):
            raise DamagedFileError("the last input of a CBFuse is a fan")
        pairs = zip(given[:-1], self.chosen, strict=True)
        size = last.shape[2:]
        return sum((functional.interpolate(fan[at], size) for fan, at in pairs), last)


class Joined(nn.Module):
    """Joins channels."""

    def forward(self, given: list[Tensor]) -> Tensor:
        """Return all of them."""
        return torch.cat(given, 1)


class Prototypes(Block):
    """Draws the pictures that outlines are mixed from."""

    def forward(self, values: Tensor) -> Tensor:
        """Return ``(batch, prototypes, height * 2, width * 2)``."""
        for name in ("cv1", "upsample", "cv2", "cv3"):
            values = self.run(name, values)
        return values


def _sequence(part: Part) -> nn.Module:
    return nn.Sequential(*map(build, part.parts()))


def _list(part: Part) -> nn.Module:
    return nn.ModuleList(map(build, part.parts()))


KINDS: Mapping[str, Callable[[Part], nn.Module]] = {
    "Conv": activated, "DWConv": activated, "Conv2d": convolution, "ConvTranspose2d": convolution,
    "RepConv": Repeated, "MaxPool2d": pool, "Upsample": enlarging, "Sequential": _sequence,
    "ModuleList": _list, "Concat": lambda part: Joined(), "Bottleneck": Rest,
    "RepBottleneck": Rest, "C2f": Split, "C3k2": Split, "C3": Cross, "C3k": Cross,
    "RepCSP": Cross, "RepNCSPELAN4": Elan, "ELAN1": Elan, "SPPF": Pyramid,
    "SPPELAN": PyramidOfPools, "AConv": Halved, "ADown": HalvedTwice, "Attention": Attention,
    "PSABlock": Attending, "C2PSA": HalfAttending, "CBLinear": Fan, "CBFuse": Gathered,
    "Proto": Prototypes, **dict.fromkeys(("SiLU", "ReLU", "LeakyReLU", "Identity"), activation),
}  # fmt: skip
"""Blocks by the names that the files give them."""


def build(part: Part) -> nn.Module:
    """Build a layer of a file.

    Raises:
        UnsupportedError: It is of a kind that this program does not know.
        DamagedFileError: Something in it is missing.
    """
    made = KINDS.get(part.module.kind)
    if made is None:
        raise unknown(part)
    return made(part)


def unknown(part: Part) -> UnsupportedError:
    """Return what is said of a layer that this program does not know."""
    return UnsupportedError(
        f"the layer {part.module.kind[:60]} at {part.path.rstrip('.') or 'the top'} is not known",
        fix="export the network as ONNX and load that",
    )
