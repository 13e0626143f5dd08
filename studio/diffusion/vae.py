"""Moves pictures into latent space and back, one item at a time.

An item alone and an item in a batch are the same work, so they agree bit for bit. A picture whose
activations would not fit into the budget goes through the network in tiles (`stages`), which shows
no seams.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from studio.core.errors import NotFiniteError, ShapeError
from studio.diffusion import stages
from studio.facts.families import family

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Warn = Callable[[str, str], None]
"""Takes a code and a text."""

_EDGES = (512, 256, 128, 64)


@dataclass(frozen=True, slots=True)
class VaeStep:
    """How far encoding or decoding is.

    Attributes:
        done: Parts of the network, or tiles, behind it.
        total: All of them; grows when an item has to be done again.
    """

    done: int
    total: int


def scale_of(vae: Any, family_id: str) -> float:
    """Return the factor that brings latents to unit variance: the family's, else the VAE's own."""
    return family(family_id).latent_scale if family_id else float(vae.config.scaling_factor)


def factor(vae: Any) -> int:
    """Return how many pixels a side one latent stands for, usually 8."""
    return int(2 ** (len(vae.config.block_out_channels) - 1))


def decode(
    vae: Any, scale: float, samples: Tensor, *, budget: int, warn: Warn
) -> Generator[VaeStep, None, NDArray[np.float32]]:
    """Turn latents into pictures.

    Args:
        vae: A diffusers ``AutoencoderKL`` on any device.
        scale: Factor that brings the VAE's latents to unit variance.
        samples: float32 ``(batch, channels, height / 8, width / 8)``, unit variance.
        budget: Bytes for activations; above it an item is decoded in tiles.
        warn: Told when a number format is too narrow and float32 is used.

    Returns:
        float32 ``(batch, height, width, 3)``, 0 to 1 but for overshoot, numpy.

    Raises:
        ShapeError: The latents have no item, no pixel, or the channels of another family.
        NotFiniteError: The latents, or the picture even in float32, hold something else than
            numbers.
    """
    _check_samples(vae, samples)
    work = _Work(vae, "decoder", samples, budget, warn)
    pictures = []
    for index in range(len(samples)):
        picture = yield from work.item(samples[index : index + 1] / scale)
        pictures.append((picture[0] / 2 + 0.5).permute(1, 2, 0).contiguous())
    result: NDArray[np.float32] = torch.stack(pictures).numpy()
    return result


def encode(
    vae: Any, scale: float, pixels: NDArray[np.float32], *, budget: int, warn: Warn
) -> Generator[VaeStep, None, Tensor]:
    """Turn pictures into latents: the mode of the VAE's distribution, not a sample of it.

    Grey becomes three equal channels, alpha is left out. A side that is no multiple of 8 is filled
    up at the right and the bottom by repeating its last pixels, so that nothing is cut off or moves.

    Args:
        vae: A diffusers ``AutoencoderKL`` on any device.
        scale: Factor that brings the VAE's latents to unit variance.
        pixels: float32 ``(batch, height, width, 1 | 3 | 4)``, 0 to 1, numpy; kept as they are.
        budget: Bytes for activations; above it an item is encoded in tiles.
        warn: Told when a number format is too narrow and float32 is used.

    Returns:
        float32 ``(batch, channels, height / 8, width / 8)``, unit variance, on the CPU.

    Raises:
        ShapeError: The pictures have no item, no pixel, or another number of channels.
        NotFiniteError: The pictures, or the latents even in float32, hold something else than
            numbers.
    """
    values = _network_input(vae, pixels)
    work = _Work(vae, "encoder", values, budget, warn)
    latents = []
    for index in range(len(values)):
        # A copy: where a tensor begins in memory changes the last bits of a convolution.
        moments = yield from work.item(values[index : index + 1].clone())
        latents.append(moments.chunk(2, dim=1)[0] * scale)
    return torch.cat(latents)


def whole_bytes(vae: Any, part: str, height: int, width: int) -> int:
    """Estimate the bytes that one picture takes on its way through the network in one piece.

    Measured with the usual widths at 384 x 384 in float32: 974 numbers a pixel to decode, 641 to
    encode; hence 4 times the channels that enter a level, 5 times those of the first convolution.

    Args:
        vae: The network.
        part: ``decoder`` or ``encoder``.
        height: Height in pixels.
        width: Width in pixels.
    """
    widths = [int(channels) for channels in vae.config.block_out_channels]
    entering = widths if part == "encoder" else [*widths[1:], widths[-1]]
    copies = 5 if part == "encoder" else 4
    numbers = max(copies * channels / 4**level for level, channels in enumerate(entering))
    return int(numbers * height * width) * int(vae.dtype.itemsize)


def tile_edge(vae: Any, part: str, height: int, width: int, budget: int) -> int:
    """Return the side of the tiles for a picture; 0 when it fits into the budget in one piece."""
    if whole_bytes(vae, part, height, width) <= budget:
        return 0
    channels = max(int(channels) for channels in vae.config.block_out_channels)
    # A convolution of a tile holds its input and output, each twice, and the prepared input.
    bytes_per_pixel = 6 * channels * int(vae.dtype.itemsize)
    return next((edge for edge in _EDGES if bytes_per_pixel * edge**2 <= budget // 8), _EDGES[-1])


class _Work:
    """One half of a VAE, and how far its items are."""

    def __init__(self, vae: Any, part: str, values: Tensor, budget: int, warn: Warn) -> None:
        height, width = values.shape[2:]
        scale = factor(vae) if part == "decoder" else 1
        self._vae, self._part, self._size, self._warn = vae, part, (height, width), warn
        self._edge = tile_edge(vae, part, height * scale, width * scale, budget)
        self._done, self._total = 0, self._steps() * len(values)

    def item(self, values: Tensor) -> Generator[VaeStep, None, Tensor]:
        """Run one item ``(1, channels, height, width)``; returns float32 on the CPU."""
        result = yield from self._counted(self._walk(values))
        if _broken(result, self._vae.dtype):
            name = str(self._vae.dtype).removeprefix("torch.")
            self._vae = copy.deepcopy(self._vae).float()
            self._total += self._steps()
            self._warn("W_DTYPE", f"{name} is too narrow for this VAE; float32 is used")
            result = yield from self._counted(self._walk(values))
        if not bool(result.isfinite().all()):
            raise NotFiniteError(
                f"the VAE's {self._part} returned values that are not numbers",
                fix="look at what comes in, or choose another VAE",
            )
        return result

    def _steps(self) -> int:
        """Return how often `_walk` yields."""
        if self._edge:
            return stages.tiles_in(self._stages(), *self._size, self._edge)
        return len(_levels(self._network, self._part))

    def _counted(self, walk: Generator[None, None, Tensor]) -> Generator[VaeStep, None, Tensor]:
        """Tell the steps of a walk."""
        while True:
            try:
                next(walk)
            except StopIteration as stop:
                result: Tensor = stop.value
                return result
            self._done += 1
            yield VaeStep(self._done, self._total)

    def _walk(self, values: Tensor) -> Generator[None, None, Tensor]:
        """Run one item once, whole or in tiles; yields after each level or tile."""
        vae = self._vae
        values = values.to(vae.device, vae.dtype)
        if self._part == "decoder":
            values = _apply(vae.post_quant_conv, values)
        if self._edge:
            values = yield from stages.run(self._stages(), values, self._edge)
        else:
            for level in _levels(self._network, self._part):
                values = _apply(level, values)
                yield
        if self._part == "encoder":
            values = _apply(vae.quant_conv, values)
        return values.to("cpu", torch.float32)

    @property
    def _network(self) -> Any:
        return getattr(self._vae, self._part)

    def _stages(self) -> list[stages.Stage]:
        """Return the stages of this half."""
        of = stages.decoder_stages if self._part == "decoder" else stages.encoder_stages
        return of(self._network)


def _levels(network: Any, part: str) -> list[Any]:
    """Return the modules of one half of a VAE, in the order in which it runs them."""
    tail = [network.conv_norm_out, network.conv_act, network.conv_out]
    if part == "decoder":
        inner = [module for block in network.up_blocks for module in _modules(block, "upsamplers")]
        return [network.conv_in, network.mid_block, *inner, *tail]
    inner = [module for block in network.down_blocks for module in _modules(block, "downsamplers")]
    return [network.conv_in, *inner, network.mid_block, *tail]


def _modules(block: Any, samplers: str) -> list[Any]:
    """Return the modules of a block, so that cancelling waits for one of them only."""
    if type(block).__name__ not in stages.BLOCKS:
        return [block]
    residual = [partial(resnet, temb=None) for resnet in block.resnets]
    return [*residual, *(getattr(block, samplers) or ())]


@torch.no_grad()
def _apply(module: Any, values: Tensor) -> Tensor:
    """Run a module that may be missing."""
    result: Tensor = values if module is None else module(values)
    return result


def _broken(result: Tensor, dtype: torch.dtype) -> bool:
    """Tell whether a narrow number format has failed: not finite, or one value everywhere."""
    if dtype == torch.float32:
        return False
    return not bool(result.isfinite().all()) or bool(result.max() == result.min())


def _check_samples(vae: Any, samples: Tensor) -> None:
    """Refuse latents that no picture can come of."""
    channels = int(vae.config.latent_channels)
    if samples.ndim != 4 or 0 in samples.shape or samples.shape[1] != channels:
        raise ShapeError(
            f"a latent of shape {tuple(samples.shape)} does not fit a VAE with {channels} channels",
            fix="use the VAE of the checkpoint that the latent was made with",
        )
    if not bool(samples.isfinite().all()):
        raise NotFiniteError(
            "the latent holds values that are not numbers",
            fix="look at the node that it comes from: sampler, model and guidance",
        )


def _network_input(vae: Any, pixels: NDArray[np.float32]) -> Tensor:
    """Return pictures as the encoder wants them: three channels, -1 to 1, sides filled up."""
    if pixels.ndim != 4 or 0 in pixels.shape or pixels.shape[3] not in (1, 3, 4):
        raise ShapeError(
            f"pictures of shape {pixels.shape} cannot be encoded",
            fix="they need (batch, height, width, channels) with 1, 3 or 4 channels",
        )
    values = torch.tensor(pixels[..., :3]).permute(0, 3, 1, 2)
    if not bool(values.isfinite().all()):
        raise NotFiniteError("the picture holds values that are not numbers", fix="make it anew")
    below, right = (-side % factor(vae) for side in values.shape[2:])
    values = functional.pad(values, (0, right, 0, below), mode="replicate")
    return (values * 2 - 1).expand(-1, 3, -1, -1).contiguous()
