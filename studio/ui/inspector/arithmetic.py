"""Arithmetic in number fields: ``512*2``, ``(3 + 1) / 2``, and ``+1`` or ``*2`` on the value held.

Only numbers, ``+ - * /`` and round brackets are read. There are no powers, so a text of limited
length has a result of limited size, and whole numbers stay exact beyond 2 ** 53.
"""

from __future__ import annotations

import re
from collections.abc import Callable

LIMIT = 200
_DEPTH = 40
_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?|\.[0-9]+)|([-+*/()]))")
_RELATIVE = re.compile(r"[+*/]")

Number = int | float


class FormulaError(ValueError):
    """A text is no arithmetic; says why."""


def evaluate(text: str, held: Number, unit: str = "", *, signed: bool = True) -> Number:
    """Return what a typed text means.

    Args:
        text: What was typed. Beginning with ``+``, ``*`` or ``/`` it changes the value held.
        held: Value that the field has.
        unit: Ignored at the end of the text.
        signed: Whether negative numbers are allowed; where they are not, a leading minus takes
            away from the value held.

    Raises:
        FormulaError: It is not understood, too long, or divides by zero.
    """
    clean = text.strip().removesuffix(unit.strip() or "\0").strip().replace(",", ".")
    if not clean:
        raise FormulaError("a number is missing")
    if len(clean) > LIMIT:
        raise FormulaError(f"the text is longer than {LIMIT} characters")
    reader = _Reader(_tokens(clean))
    relative = _RELATIVE.match(clean) or (clean[0] == "-" and not signed)
    try:
        result = reader.sum(held if relative else reader.product())
    except ZeroDivisionError:
        raise FormulaError("it divides by zero") from None
    except OverflowError:
        raise FormulaError("the result is too large") from None
    if reader.next is not None:
        raise FormulaError(f"{reader.next!r} is not expected here")
    return result


def _tokens(text: str) -> list[str]:
    """Cut a text into numbers and signs."""
    found: list[str] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise FormulaError(f"{text[place:].strip()[:20]!r} is not a number")
        found.append(match[1] or match[2])
        place = match.end()
        if not text[place:].strip():
            break
    return found


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    @property
    def next(self) -> str | None:
        """Token that was not read yet; ``None`` at the end."""
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def sum(self, value: Number) -> Number:
        """Go on from a first product, over all signs that follow it."""
        value = self._times(value)
        while self.next in ("+", "-"):
            sign = self._take()
            term = self.product()
            value = value + term if sign == "+" else value - term
        return value

    def product(self) -> Number:
        """Read factors with ``*`` and ``/`` between them."""
        return self._times(self._factor())

    def _times(self, value: Number) -> Number:
        while self.next in ("*", "/"):
            sign = self._take()
            factor = self._factor()
            value = value * factor if sign == "*" else _divided(value, factor)
        return value

    def _factor(self) -> Number:
        token = self._take()
        if token in ("+", "-"):
            value = self._inner(self._factor)
            return -value if token == "-" else value
        if token == "(":
            value = self._inner(lambda: self.sum(self.product()))
            if self._take() != ")":
                raise FormulaError("a bracket is not closed")
            return value
        if token in ("*", "/", ")"):
            raise FormulaError(f"{token!r} is not expected here")
        return _number(token)

    def _inner(self, read: Callable[[], Number]) -> Number:
        self._depth += 1
        if self._depth > _DEPTH:
            raise FormulaError(f"it is nested over {_DEPTH} deep")
        value = read()
        self._depth -= 1
        return value

    def _take(self) -> str:
        token = self.next
        if token is None:
            raise FormulaError("something is missing at the end")
        self._place += 1
        return token


def _number(token: str) -> Number:
    try:
        return int(token)
    except ValueError:
        return float(token)


def _divided(value: Number, by: Number) -> Number:
    """Divide; whole numbers that divide evenly stay whole."""
    if isinstance(value, int) and isinstance(by, int) and by and value % by == 0:
        return value // by
    return value / by
