"""Noise levels: the table a family was trained on, and the lists of sigmas that samplers walk.

Sigma is the standard deviation of the noise on a latent of unit variance. Everything here is plain
Python in double precision: no arrays, no device. A schedule falls and ends in 0.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from studio.core.errors import RangeError

if TYPE_CHECKING:
    from studio.facts.families import Family, Prediction

ScheduleName = Literal[
    "karras", "exponential", "normal", "simple", "sgm_uniform", "beta", "ddim_uniform"
]

BETA_SHAPE = 0.6
"""Both shape parameters of the ``beta`` schedule, as its authors chose them."""
_NEWTON_STEPS = 6
"""Each doubles the digits that are right, from about one on."""


LEAST_SIGNAL = math.sqrt(4.8973451890853435e-08)
"""Signal left at the end of a table of zero SNR, so that sigma stays finite: about 4519."""


@dataclass(frozen=True)
class NoiseTable:
    """The noise levels of training, one for each timestep.

    Attributes:
        sigmas: Rising; index is the timestep.
    """

    sigmas: tuple[float, ...]

    @property
    def lowest(self) -> float:
        """Sigma of timestep 0."""
        return self.sigmas[0]

    @property
    def highest(self) -> float:
        """Sigma of the last timestep."""
        return self.sigmas[-1]

    def timestep(self, sigma: float) -> float:
        """Return the timestep of a sigma, between two by its logarithm, held to the table."""
        if sigma <= self.lowest:
            return 0.0
        if sigma >= self.highest:
            return float(len(self.sigmas) - 1)
        below = bisect_right(self.sigmas, sigma) - 1
        low, high = self.sigmas[below], self.sigmas[below + 1]
        return below + math.log(sigma / low) / math.log(high / low)

    def sigma(self, timestep: float) -> float:
        """Return the sigma of a timestep, between two by their logarithms, held to the table."""
        held = min(max(timestep, 0.0), len(self.sigmas) - 1.0)
        below = math.floor(held)
        low, high = self.sigmas[below], self.sigmas[math.ceil(held)]
        return low * math.exp((held - below) * math.log(high / low))


@lru_cache
def scaled_linear(
    beta_start: float, beta_end: float, timesteps: int, zero_snr: bool = False
) -> NoiseTable:
    """Make the table of betas whose square roots rise linearly.

    Args:
        beta_start: First beta.
        beta_end: Last beta.
        timesteps: How many.
        zero_snr: Stretch it until nothing but noise is left at its end.

    Source:
        Ho et al. 2020, arXiv:2006.11239, section 2, for the betas; Rombach et al. 2022,
        arXiv:2112.10752, for the square roots; Lin et al. 2024, arXiv:2305.08891, algorithm 1, for
        zero SNR; Karras et al. 2022, arXiv:2206.00364, table 1, for sigma.
    """
    first, last = math.sqrt(beta_start), math.sqrt(beta_end)
    kept, signals = 1.0, []
    for index in range(timesteps):
        kept *= 1 - (first + (last - first) * index / (timesteps - 1)) ** 2
        signals.append(math.sqrt(kept))
    if zero_snr:
        low, high = signals[-1], signals[0]
        stretched = [(signal - low) * high / (high - low) for signal in signals]
        signals = [*stretched[:-1], LEAST_SIGNAL]
    return NoiseTable(tuple(math.sqrt(1 / signal**2 - 1) for signal in signals))


def noise_table(family: Family, prediction: Prediction | None = None) -> NoiseTable:
    """Return the noise levels that a network was trained on.

    Args:
        family: Its family.
        prediction: What the network says; ``None`` is the family's.
    """
    zero_snr = (prediction or family.prediction) == "v_zsnr"
    return scaled_linear(family.beta_start, family.beta_end, family.timesteps, zero_snr)


def _spaced(first: float, last: float, count: int) -> list[float]:
    if count == 1:
        return [first]
    return [first + (last - first) * index / (count - 1) for index in range(count)]


def karras(table: NoiseTable, steps: int, rho: float = 7.0) -> list[float]:
    """Space the rho-th roots of sigma evenly: the larger rho, the more steps at little noise.

    Source:
        Karras et al. 2022, arXiv:2206.00364, equation 5.
    """
    roots = _spaced(table.highest ** (1 / rho), table.lowest ** (1 / rho), steps)
    return [*(root**rho for root in roots), 0.0]


def exponential(table: NoiseTable, steps: int) -> list[float]:
    """Space the logarithms of sigma evenly.

    Source:
        Lu et al. 2022, arXiv:2206.00927, section 3.3 (uniform in log-SNR).
    """
    logs = _spaced(math.log(table.highest), math.log(table.lowest), steps)
    return [*(math.exp(value) for value in logs), 0.0]


def normal(table: NoiseTable, steps: int) -> list[float]:
    """Space the timesteps evenly, from the last to 0."""
    return [*(table.sigma(t) for t in _spaced(len(table.sigmas) - 1, 0, steps)), 0.0]


def sgm_uniform(table: NoiseTable, steps: int) -> list[float]:
    """Space the timesteps evenly, and end one spacing above 0, as SDXL was published with."""
    return [*(table.sigma(t) for t in _spaced(len(table.sigmas) - 1, 0, steps + 1)[:-1]), 0.0]


def simple(table: NoiseTable, steps: int) -> list[float]:
    """Take whole timesteps at an even stride, counted down from the last; each at most once."""
    stride = len(table.sigmas) / steps
    places = dict.fromkeys(int(index * stride) for index in range(steps))
    return [*(table.sigmas[-1 - place] for place in places), 0.0]


def ddim_uniform(table: NoiseTable, steps: int) -> list[float]:
    """Take whole timesteps at a whole stride, counted up from 1.

    The stride is rounded down, so there may be more sigmas than steps were asked for.

    Source:
        Song et al. 2021, arXiv:2010.02502, appendix D.2 (linear), with the offset of one of the
        published Stable Diffusion code.
    """
    stride = max(len(table.sigmas) // steps, 1)
    return [*reversed(table.sigmas[1::stride]), 0.0]


def beta(table: NoiseTable, steps: int) -> list[float]:
    """Place the timesteps at quantiles of a beta distribution: dense at both ends.

    Timesteps that fall together are walked once, so there may be fewer sigmas than steps.

    Source:
        Lee et al. 2024, arXiv:2407.12173, section 4.
    """
    if steps >= 2 * len(table.sigmas):  # all timesteps are hit, and each quantile costs a search
        return [*reversed(table.sigmas), 0.0]
    quantiles = [beta_quantile(1 - index / steps, BETA_SHAPE) for index in range(steps)]
    places = [round(value * (len(table.sigmas) - 1)) for value in quantiles]
    return [*(table.sigmas[place] for place in dict.fromkeys(places)), 0.0]


def beta_quantile(share: float, shape: float) -> float:
    """Return where a symmetric beta distribution reaches a share of its weight.

    Args:
        share: 0 to 1.
        shape: Both shape parameters, above 0.
    """
    if share > 0.5:
        return 1 - beta_quantile(1 - share, shape)
    target = 2 * share * _beta_weight(0.5, shape)
    x = math.pow(target * shape, 1 / shape)  # where the first term alone reaches it
    for _ in range(_NEWTON_STEPS if x else 0):
        x -= (_beta_weight(x, shape) - target) / math.pow(x - x * x, shape - 1)
    return x


def _beta_weight(x: float, shape: float) -> float:
    """Integrate ``u ** (shape - 1) * (1 - u) ** (shape - 1)`` from 0 to x, at most one half.

    Source:
        The binomial series of the second factor, term by term; 60 terms reach double precision.
    """
    term, total = 1.0, 0.0
    for k in range(60):
        total += term / (shape + k)
        term *= x * (k + 1 - shape) / (k + 1)
    return math.pow(x, shape) * total


SCHEDULES: dict[ScheduleName, Callable[[NoiseTable, int], list[float]]] = {
    "karras": karras,
    "exponential": exponential,
    "normal": normal,
    "simple": simple,
    "sgm_uniform": sgm_uniform,
    "beta": beta,
    "ddim_uniform": ddim_uniform,
}


def schedule_sigmas(
    name: ScheduleName, table: NoiseTable, steps: int, rho: float = 7.0
) -> list[float]:
    """Return the sigmas of a schedule: about ``steps`` of them, falling, and 0 at the end.

    Args:
        name: One of `SCHEDULES`.
        table: Noise levels of the family.
        steps: How many, at least 1.
        rho: Only for ``karras``.

    Raises:
        RangeError: No such schedule, or no steps.
    """
    if name not in SCHEDULES:
        known = ", ".join(SCHEDULES)
        raise RangeError(f"there is no schedule {name!r}", fix=f"take one of {known}")
    if steps < 1:
        raise RangeError(f"{steps} steps are not possible", fix="take at least 1")
    return karras(table, steps, rho) if name == "karras" else SCHEDULES[name](table, steps)
