"""Several controls become one: added up in one order, entered around exactly one call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch

from studio.diffusion.sampling.steering import Asked, Box, Frame, Steer, Steerings, added_up

pytestmark = pytest.mark.torch

FRAME = Frame(1, 80, 48, (0.0, 0.4, 0.7, 0.9), torch.device("cpu"), torch.float32)


@dataclass
class Fixed:
    """A control that always adds the same, at some steps."""

    name: str
    adds: Steer
    steps: tuple[int, ...] = (0, 1, 2, 3)
    asked: list[int] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"the control {self.name}"

    @property
    def order(self) -> tuple[str, ...]:
        return (self.name,)

    def begin(self, frame: Frame) -> Fixed:
        return self

    def cropped(self, box: Box, size: tuple[int, int]) -> Fixed:
        return self

    def item(self, index: int, items: int) -> Fixed:
        return self

    def acts(self, step: int) -> bool:
        return step in self.steps

    def steer(self, asked: Asked) -> Steer:
        self.asked.append(asked.step)
        return self.adds


def asked(step: int = 0) -> Asked:
    nothing: Any = None
    one = torch.zeros(1)
    return Asked(nothing, one, one, one, None, ("positive",), slice(None), step)


def number(value: float) -> torch.Tensor:
    return torch.tensor([value])


def test_residuals_are_given_to_the_places_that_they_are_for() -> None:
    adds = Steer(between=(number(1), number(2), number(3)), inside=(number(4), number(5)))
    with Steerings([Fixed("a", adds)], FRAME).around(asked()) as given:
        assert given["down_block_additional_residuals"] == (number(1), number(2))
        assert given["mid_block_additional_residual"] == number(3)
        assert given["down_intrablock_additional_residuals"] == [number(4), number(5)]


def test_without_controls_the_network_is_called_as_it_is() -> None:
    with Steerings([], FRAME).around(asked()) as given:
        assert given == {}


def test_what_does_not_act_at_a_step_is_not_asked() -> None:
    one = Fixed("a", Steer(inside=(number(1),)), steps=(2,))
    steerings = Steerings([one], FRAME)
    for step in range(4):
        with steerings.around(asked(step)) as given:
            assert bool(given) == (step == 2)
    assert one.asked == [2]


def test_what_acts_at_no_step_is_said_to_be_idle() -> None:
    idle = Fixed("late", Steer(), steps=(4,))
    assert Steerings([Fixed("a", Steer()), idle], FRAME).idle == ["the control late"]


def test_sums_do_not_depend_on_the_order_of_the_chain() -> None:
    # In float32 these three add up to 0 or to 1, depending on the order.
    parts = {"a": 1e8, "b": 1.0, "c": -1e8}
    made = [Fixed(name, Steer(inside=(number(value),))) for name, value in parts.items()]
    sums = []
    for chain in (made, made[::-1], [made[1], made[2], made[0]]):
        with Steerings(chain, FRAME).around(asked()) as given:
            sums.append(float(given["down_intrablock_additional_residuals"][0]))
    assert len(set(sums)) == 1


def test_residuals_stay_as_they_are_when_they_are_added_up() -> None:
    first, second = (number(1),), (number(2),)
    assert added_up([first, second]) == (number(3),)
    assert (first, second) == ((number(1),), (number(2),))
    assert added_up([]) == ()


def test_what_wraps_a_call_is_left_again_even_when_the_call_fails() -> None:
    inside: list[str] = []

    def wrap() -> AbstractContextManager[object]:
        @contextmanager
        def entered() -> Iterator[None]:
            inside.append("in")
            try:
                yield
            finally:
                inside.append("out")

        return entered()

    steerings = Steerings([Fixed("a", Steer(around=wrap))], FRAME)
    call = steerings.around(asked())
    call.__enter__()
    assert inside == ["in"]
    failure = RuntimeError()
    assert not call.__exit__(type(failure), failure, None)
    assert inside == ["in", "out"]
