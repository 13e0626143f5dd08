"""One piece of a picture through an upscaler network, in a number format that is wide enough."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core.errors import NotFiniteError
from studio.diffusion.upscale.networks import UpscalerNetwork

Pixels = NDArray[np.float32]
Warn = Callable[[str, str], None]


class Through:
    """Enlarges or restores pieces of pictures.

    Args:
        network: On any device.
        warn: Told when a number format is too narrow and float32 is used.
    """

    def __init__(self, network: UpscalerNetwork, warn: Warn) -> None:
        self._network, self._warn = network, warn

    def __call__(self, pixels: Pixels) -> Pixels:
        """Run the network over one piece, once more in float32 where its format is too narrow.

        Args:
            pixels: float32 ``(height, width, 1 | 3)``, 0 to 1; kept as they are.

        Returns:
            float32, larger by the network's factor, as many channels, 0 to 1.

        Raises:
            NotFiniteError: The network holds values that are not numbers.
        """
        made = _through(self._network, pixels)
        if not np.isfinite(made).all() and self._network.dtype != torch.float32:
            name = str(self._network.dtype).removeprefix("torch.")
            self._warn("W_DTYPE", f"{name} is too narrow for this upscaler; float32 is used")
            made = _through(self._wide, pixels)
        if not np.isfinite(made).all():
            raise NotFiniteError(
                "the upscaler returned values that are not numbers", fix="choose another upscaler"
            )
        made = np.clip(made, 0, 1)
        return made if made.shape[-1] == pixels.shape[-1] else made.mean(-1, keepdims=True)

    @cached_property
    def _wide(self) -> UpscalerNetwork:
        """The network in float32."""
        return copy.deepcopy(self._network).float()


def _through(network: UpscalerNetwork, pixels: Pixels) -> Pixels:
    """Return grey or coloured pixels enlarged; a network of colours gives three channels."""
    values = torch.tensor(pixels, dtype=network.dtype, device=network.device).permute(2, 0, 1)
    if network.channels == 1:
        made = torch.cat([network(plane[None, None]) for plane in values])[:, 0]
    else:
        colours = values.expand(3, -1, -1)
        cover = torch.ones_like(colours[: network.channels - 3])
        made = network(torch.cat([colours, cover])[None])[0, :3]
    result: Pixels = made.to("cpu", torch.float32).permute(1, 2, 0).contiguous().numpy()
    return result
