"""Numbers on a field: where a value lies between its bounds, and what the next one is. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from studio.core.spec import Input
from studio.core.widgets import SEED_LIMIT, Range, Seed
from studio.ui.inspector.arithmetic import FormulaError, Number, evaluate

POSITIONS = 2000
"""A field with more positions than this is typed or stepped, as no slider could tell them apart."""
_COARSE = 10
_FINE = 0.1


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers that a parameter takes.

    Attributes:
        low: Smallest.
        high: Largest.
        step: Distance between neighbours.
        unit: Written after the number.
        is_log: Whether equal distances on the field are equal factors.
        multiple: Values are multiples of this; 0 is any.
        is_whole: Whether there are only whole numbers.
    """

    low: Number
    high: Number
    step: Number
    unit: str = ""
    is_log: bool = False
    multiple: int = 0
    is_whole: bool = False

    @classmethod
    def of(cls, item: Input) -> Scale:
        """Return the scale of a parameter."""
        whole = item.type == "int"
        if isinstance(item.widget, Seed):
            return cls(0, SEED_LIMIT - 1, 1, is_whole=True)
        if not isinstance(item.widget, Range):
            return cls(-math.inf, math.inf, 1, is_whole=whole)
        given = item.widget
        step = given.step or given.multiple or (1 if whole else _step(given.low, given.high))
        is_log = given.scale == "log" and given.low > 0
        return cls(given.low, given.high, step, given.unit, is_log, given.multiple, whole)

    @property
    def is_slider(self) -> bool:
        """Whether a place between the bounds says something."""
        return self.is_log or (self.high - self.low) / self.step <= POSITIONS

    def share(self, value: Number) -> float:
        """Return where a value lies: 0 at the lower bound, 1 at the upper one; kept inside."""
        if self.is_log:
            value = max(value, self.low)
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = float((value - self.low) / (self.high - self.low))
        return min(max(share, 0.0), 1.0)

    def at(self, share: float, *, fine: bool = False) -> Number:
        """Return the value at a place between the bounds, on the grid of the steps."""
        share = min(max(share, 0.0), 1.0)
        if self.is_log:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + (self.high - self.low) * share
        return self.snapped(value, fine=fine)

    def snapped(self, value: Number, *, fine: bool = False) -> Number:
        """Return the nearest value on the grid of the steps and within the bounds."""
        step = self._grid(fine)
        if self.is_log and not self.is_whole:
            step = _step(0, value) * (_FINE if fine else 1)
        value = self.rounded(round(value / step) * step)
        if self.multiple:
            value = round(value / self.multiple) * self.multiple
        return self.kept(value)

    def stepped(self, value: Number, count: int, *, fine: bool = False) -> Number:
        """Return the value some steps further, within the bounds."""
        return self.kept(self.rounded(value + count * self._grid(fine)))

    def kept(self, value: Number) -> Number:
        """Return the nearest value within the bounds."""
        return min(max(value, self.low), self.high)

    def rounded(self, value: Number) -> Number:
        """Return a value in the type of the parameter, without the noise of binary fractions."""
        return round(value) if self.is_whole else float(f"{value:.12g}")

    def read(self, text: str, held: Number) -> Number:
        """Return what a typed text means here; it may be out of bounds.

        Raises:
            FormulaError: It is no number.
        """
        value = evaluate(text, held, self.unit, signed=self.low < 0)
        try:
            return self.rounded(value)
        except (OverflowError, ValueError):
            raise FormulaError("the result is too large") from None

    def coarse(self) -> int:
        """Return how many steps a page is."""
        return _COARSE

    def _grid(self, fine: bool) -> Number:
        if self.is_whole:
            return max(round(self.step), 1)
        return self.step * (_FINE if fine else 1)


def _step(low: Number, high: Number) -> float:
    """Return a round number near a hundredth of a distance."""
    size = abs(high - low)
    if not math.isfinite(size) or size == 0:
        return 0.1
    return float(10.0 ** round(math.log10(size) - 2))
