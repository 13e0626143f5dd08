"""A ControlNet as it is lent: its hint is embedded once, its blocks run at every step."""

from __future__ import annotations

import numpy as np
import torch
from diffusers import ControlNetModel, ControlNetUnionModel
from numpy.typing import NDArray

from studio.core.errors import ShapeError
from studio.diffusion.control.kinds import hint_kind
from studio.diffusion.sampling.steering import Asked, Tensors
from studio.facts.families.controls import number_of


class ControlNetwork(torch.nn.Module):
    """A ControlNet whose first layers, which see only the hint, are called apart from the rest.

    Args:
        body: The network; its embedding of the hint is taken out of it.
        is_pooled: Whether only the mean of each residual counts.
        is_bgr: Whether it was trained on blue before red.
    """

    is_inside = False

    def __init__(
        self, body: ControlNetModel | ControlNetUnionModel, *, is_pooled: bool, is_bgr: bool
    ) -> None:
        super().__init__()
        self.embed: torch.nn.Module = body.controlnet_cond_embedding
        body.controlnet_cond_embedding = torch.nn.Identity()
        self.body = body
        self.is_pooled = is_pooled
        self._is_bgr = is_bgr

    @property
    def kinds(self) -> int:
        """Return how many kinds of hints a union network knows; 0: it is none."""
        is_union = isinstance(self.body, ControlNetUnionModel)
        return int(self.body.config.num_control_type) if is_union else 0

    def kind_of(self, hint: NDArray[np.float32], wanted: str) -> int:
        """Return the number of what a union network takes a hint for; 0 for all others.

        Args:
            hint: float32 ``(height, width, 3)``, 0 to 1.
            wanted: Name of the kind; ``auto`` looks at the hint.

        Raises:
            UnsupportedError: The network does not know this kind.
        """
        if not self.kinds:
            return 0
        return number_of(hint_kind(hint) if wanted == "auto" else wanted, self.kinds)

    def prepared(self, hint: torch.Tensor) -> Tensors:
        """Return the embedded hint, at the size of the latent."""
        weight = next(self.embed.parameters())
        pixels = hint.flip(1) if self._is_bgr else hint
        return (self.embed(pixels.to(weight.device, weight.dtype)),)

    def residuals(self, prepared: Tensors, kind: int, asked: Asked) -> Tensors:
        """Return residuals for the skip connections, shallow to deep, and for the middle."""
        _check_widths(self.body.config.block_out_channels, asked.unet.config.block_out_channels)
        dtype = prepared[0].dtype
        added = {name: part.to(dtype) for name, part in (asked.added or {}).items()}
        given = {
            "encoder_hidden_states": asked.tokens.to(dtype),
            "added_cond_kwargs": added,
            "return_dict": False,
        }
        if self.kinds:
            chosen = torch.zeros(len(asked.x), self.kinds, device=asked.x.device)
            chosen[:, kind] = 1
            given |= {"controlnet_cond": list(prepared), "control_type": chosen}
            given |= {"control_type_idx": [kind]}
        else:
            given["controlnet_cond"] = prepared[0]
        down, middle = self.body(asked.x.to(dtype), asked.timestep, **given)
        found = (*down, middle)
        if self.is_pooled:
            found = tuple(part.mean((2, 3), keepdim=True).expand_as(part) for part in found)
        return tuple(part.to(asked.x.dtype) for part in found)


def _check_widths(ours: list[int], theirs: list[int]) -> None:
    """Refuse a network that was made for another denoiser of the same family.

    Raises:
        ShapeError: Their widths differ.
    """
    if tuple(ours) != tuple(theirs):
        raise ShapeError(
            f"the ControlNet has blocks of {list(ours)} channels, the model of {list(theirs)}",
            fix="choose a ControlNet that was made for this model",
        )
