"""Guidance: how the guesses for several prompts become one.

All functions work on guesses of the clean latent, which is as good as on predictions, because
guidance is linear.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch


def guided(positive: torch.Tensor, negative: torch.Tensor, guidance: float) -> torch.Tensor:
    """Move away from the negative guess, through the positive one.

    Args:
        positive: Guess for what is wanted.
        negative: Guess for what is not; same shape.
        guidance: 1 is the positive guess.

    Source:
        Ho and Salimans 2022, arXiv:2207.12598, equation 6, with guidance = 1 + w.
    """
    return negative + (positive - negative) * guidance


def rescaled(
    guess: torch.Tensor,
    positive: torch.Tensor,
    x: torch.Tensor,
    sigma: float,
    amount: float,
) -> torch.Tensor:
    """Give a guided guess the contrast of the positive one, measured on the velocity.

    Args:
        guess: ``(items, channels, height, width)``, after guidance.
        positive: The positive guess.
        x: The noisy latent that both were made from.
        sigma: Its noise level.
        amount: 0 leaves the guess, 1 matches the contrast.

    Source:
        Lin et al. 2024, arXiv:2305.08891, equations 14 to 16.
    """
    # A velocity of unit variance is x / sigma - guess * (1 + sigma^2) / sigma, up to a factor.
    slope = (1 + sigma**2) / sigma
    strong, plain = x / sigma - guess * slope, x / sigma - positive * slope
    axes = (1, 2, 3)
    ratio = plain.std(axes, keepdim=True) / strong.std(axes, keepdim=True)
    velocity = strong * (ratio * amount + (1 - amount))
    return (x / sigma - velocity) / slope


def regional(
    guesses: Sequence[torch.Tensor],
    weights: Sequence[torch.Tensor],
    elsewhere: torch.Tensor | None,
) -> torch.Tensor:
    """Average guesses by where each of them acts.

    Args:
        guesses: One for each prompt, ``(items, channels, height, width)``.
        weights: Strength times region for each, 0 or more, shape broadcast to the guesses.
        elsewhere: What holds where no region reaches; ``None`` takes the plain average there.
    """
    total = torch.stack([weight.expand(guesses[0].shape) for weight in weights]).sum(0)
    pairs = zip(guesses, weights, strict=True)
    mixed = sum((guess * weight for guess, weight in pairs), torch.zeros_like(total))
    fallback = sum(guesses[1:], guesses[0]) / len(guesses) if elsewhere is None else elsewhere
    covered = total > 0
    return torch.where(covered, mixed / torch.where(covered, total, 1.0), fallback)
