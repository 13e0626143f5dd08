"""A network and its prompts become ``denoise(x, sigma)``, the guess of the clean latent.

Only here are timesteps and network scalings known. On the CPU every item has its own network
calls, in which only its negative and first positive prompt meet, always in this order: so an item
is the same alone and in a batch, bit for bit. On other devices the items share calls.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from studio.core.errors import ShapeError, UnsupportedError
from studio.core.values import Conditioning, Segment
from studio.diffusion.sampling.guidance import guided, regional, rescaled
from studio.diffusion.sampling.inpaint import latent_mask
from studio.diffusion.sampling.schedules import noise_table
from studio.diffusion.sampling.steering import Asked, Control, Frame, Prompt, Steerings

if TYPE_CHECKING:
    from diffusers import UNet2DConditionModel

    from studio.facts.families import Family, Prediction


@dataclass(frozen=True, slots=True)
class Guide:
    """What a latent is denoised towards.

    Attributes:
        positive: What to draw; several share the picture by region and strength.
        negative: What to steer away from; ``None`` only where guidance is 1.
        guidance: Classifier-free guidance scale; 1 is off.
        rescale: Share of the contrast that guidance added to take back, 0 to 1.
    """

    positive: tuple[Conditioning, ...]
    negative: Conditioning | None
    guidance: float = 1.0
    rescale: float = 0.0


@dataclass(frozen=True, slots=True)
class Call:
    """What one network call is told besides the latent: a row for each prompt and item.

    Attributes:
        prompts: What each of the prompts is, in order.
        tokens: ``(prompts * items, tokens, width)`` on the device.
        added: Pooled vectors and size ids, for families that have them.
    """

    prompts: tuple[Prompt, ...]
    tokens: torch.Tensor
    added: dict[str, torch.Tensor] | None


def clean_guess(
    x: torch.Tensor, output: torch.Tensor, sigma: float, prediction: Prediction
) -> torch.Tensor:
    """Turn what a network says into a guess of the clean latent.

    Args:
        x: Noisy latent at unit signal.
        output: What the network said.
        sigma: Noise level.
        prediction: What it means.

    Source:
        Karras et al. 2022, arXiv:2206.00364, table 1 (epsilon); Salimans and Ho 2022,
        arXiv:2202.00512, appendix D (v).
    """
    if prediction == "epsilon":
        return x - output * sigma
    return x * (1 / (sigma**2 + 1)) - output * (sigma / math.sqrt(sigma**2 + 1))


class Denoiser:
    """Calls a network for every prompt that acts, and joins the guesses.

    Args:
        unet: The network, on its device.
        family: Its family.
        guide: Prompts and guidance.
        sigmas: What will be walked; shares of the schedule are counted along it.
        shape: Items, channels, height and width of the latent.
        prediction: What the network says; ``None`` is the family's.
        controls: What steers the network.

    Raises:
        UnsupportedError: The network wants more than a latent, such as a mask beside it.
        ShapeError: The pictures of a control are neither one nor as many as the items.
    """

    def __init__(
        self,
        unet: UNet2DConditionModel,
        family: Family,
        guide: Guide,
        sigmas: Sequence[float],
        shape: torch.Size,
        prediction: Prediction | None = None,
        controls: Sequence[Control] = (),
    ) -> None:
        _check_channels(unet.config.in_channels, shape[1])
        weight = next(unet.parameters())
        self.device, self._dtype = weight.device, weight.dtype
        self._unet, self._family, self._guide = unet, family, guide
        self.table = noise_table(family, prediction)
        self._prediction: Prediction = prediction or family.prediction
        self._rising = sorted(sigmas)
        self._alone = self.device.type == "cpu"
        self._items = 1 if self._alone else shape[0]
        self._size = (shape[2] * 8, shape[3] * 8)
        self.steps = len(self._rising) - 1
        size = shape[3] * 8, shape[2] * 8
        frame = Frame(shape[0], *size, self._passed(), self.device, self._dtype)
        self.steerings = Steerings(controls, frame)
        self._weights = _weights(guide.positive, shape, self.device)
        self._negative = guide.negative if self._wants_negative() else None
        self._calls: dict[tuple[int, ...], list[Call]] = {}

    def __call__(self, x: torch.Tensor, sigma: float) -> torch.Tensor:
        """Guess the clean latent.

        Args:
            x: float32 ``(items, channels, height, width)`` on the device, at unit signal.
            sigma: Its noise level.
        """
        if not self._alone or len(x) == 1:
            return self._guess(x, sigma, slice(None))
        parts = [slice(item, item + 1) for item in range(len(x))]
        return torch.cat([self._guess(x[part], sigma, part) for part in parts])

    def _guess(self, x: torch.Tensor, sigma: float, items: slice) -> torch.Tensor:
        calls = self._active(sigma)
        guesses = [guess for call in calls for guess in self._ask(call, x, sigma, items)]
        negative = guesses.pop(0) if self._negative else None
        positive = guesses[0]
        if self._weights:
            weights = [weight[items] if len(weight) > 1 else weight for weight in self._weights]
            positive = regional(guesses, weights, negative)
        if negative is None or self._guide.guidance == 1:
            return positive
        guess = guided(positive, negative, self._guide.guidance)
        if self._guide.rescale == 0:
            return guess
        return rescaled(guess, positive, x, sigma, self._guide.rescale)

    def _ask(
        self, call: Call, x: torch.Tensor, sigma: float, items: slice
    ) -> tuple[torch.Tensor, ...]:
        """Call the network once, and return a guess for each prompt of the call."""
        prompts = len(call.prompts)
        rows = x if prompts == 1 else torch.cat([x] * prompts)
        scaled = (rows * (1 / math.sqrt(sigma**2 + 1))).to(self._dtype)
        time = torch.tensor(self.table.timestep(sigma), dtype=torch.float32, device=self.device)
        step = min(self._step(sigma), self.steps - 1)
        asked = Asked(self._unet, scaled, time, call.tokens, call.added, call.prompts, items, step)
        with self.steerings.around(asked) as steered:
            output = self._unet(
                scaled,
                time,
                encoder_hidden_states=call.tokens,
                added_cond_kwargs=call.added,
                return_dict=False,
                **steered,
            )[0]
        # One memory layout, whatever the network's is, so that a batch adds up as its items do.
        output = output.to(torch.float32, memory_format=torch.contiguous_format)
        return clean_guess(rows, output, sigma, self._prediction).chunk(prompts)

    def _step(self, sigma: float) -> int:
        """Return the index of the update that a noise level belongs to; after the last, how many."""
        return self.steps - min(bisect_left(self._rising, sigma), self.steps)

    def _passed(self) -> tuple[float, ...]:
        """Return for each update the share of the timesteps of training that is behind it."""
        last = len(self.table.sigmas) - 1
        falling = reversed(self._rising[1:])
        return tuple(1 - self.table.timestep(sigma) / last for sigma in falling)

    def _wants_negative(self) -> bool:
        if self._guide.guidance != 1:
            return True
        return bool(self._weights) and bool((sum(self._weights[1:], self._weights[0]) == 0).any())

    def _active(self, sigma: float) -> list[Call]:
        """Return the calls for the segments that act at a noise level; made once for each set."""
        share = self._step(sigma) / self.steps
        prompts = [self._negative] if self._negative else []
        prompts += self._guide.positive
        chosen = tuple(_segment(prompt, share) for prompt in prompts)
        if chosen not in self._calls:
            rows = [
                self._row(prompt, prompt.segments[index], is_negative=prompt is self._negative)
                for prompt, index in zip(prompts, chosen, strict=True)
            ]
            self._calls[chosen] = self._together(rows)
        return self._calls[chosen]

    def _together(self, rows: list[Call]) -> list[Call]:
        """Join the negative and the first positive prompt, if their tokens are as many."""
        if not self._negative or rows[0].tokens.shape != rows[1].tokens.shape:
            return rows
        return [_join(rows[0], rows[1]), *rows[2:]]

    def _row(self, prompt: Conditioning, segment: Segment, *, is_negative: bool) -> Call:
        prompts: tuple[Prompt, ...] = ("negative",) if is_negative else ("positive",)
        tokens = self._repeated(segment.tokens)
        if not self._family.size_conditioned:
            return Call(prompts, tokens, None)
        if segment.pooled is None:
            raise ShapeError(
                f"the conditioning has no pooled vector, and {self._family.title} needs one",
                fix="encode the prompt with the text encoder of the same checkpoint",
            )
        sizes = prompt.size_ids or (*self._size, 0, 0, *self._size)
        time_ids = torch.tensor([sizes], dtype=torch.float32)
        pooled = self._repeated(segment.pooled)
        return Call(prompts, tokens, {"text_embeds": pooled, "time_ids": self._repeated(time_ids)})

    def _repeated(self, row: torch.Tensor) -> torch.Tensor:
        return row.to(self.device, self._dtype).repeat_interleave(self._items, 0)


def _check_channels(wanted: int, given: int) -> None:
    if wanted != given:
        raise UnsupportedError(
            f"the model reads {wanted} channels, the latent has {given}",
            fix="choose a checkpoint that is not made for inpainting or editing",
        )


def _join(first: Call, second: Call) -> Call:
    added = None
    if first.added and second.added:
        added = {name: torch.cat([first.added[name], second.added[name]]) for name in first.added}
    return Call(first.prompts + second.prompts, torch.cat([first.tokens, second.tokens]), added)


def _segment(prompt: Conditioning, share: float) -> int:
    """Return the index of the segment that acts at a share of the schedule; else the last."""
    for index, segment in enumerate(prompt.segments):
        if segment.start <= share < segment.end:
            return index
    return len(prompt.segments) - 1


def _weights(
    positive: tuple[Conditioning, ...], shape: torch.Size, device: torch.device
) -> list[torch.Tensor]:
    """Return strength times region for each prompt; nothing when one acts everywhere."""
    if len(positive) == 1 and positive[0].mask is None:
        return []
    return [
        prompt.strength
        * (torch.ones(1, 1, 1, 1) if prompt.mask is None else latent_mask(prompt.mask, shape)).to(
            device
        )
        for prompt in positive
    ]
