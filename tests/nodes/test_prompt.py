"""The prompt node on tiny text towers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch

from nodes.prompt.encode import encode_prompt
from studio.core.context import result_of
from studio.core.errors import RangeError, UnknownFamilyError
from studio.core.spec import Input, NodeSpec
from studio.core.values import Conditioning, Handle, TextEncoder
from studio.diffusion.text import encode, read
from studio.diffusion.towers import TextTowers, Tower
from studio.facts.families import family
from tests import tiny

pytestmark = pytest.mark.torch


def towers(name: str) -> TextTowers:
    models = (tiny.shared(tiny.clip_l), tiny.shared(tiny.clip_g))
    facts = family(name).encoders
    return TextTowers(tuple(Tower(*pair) for pair in zip(facts, models, strict=False)))


@dataclass
class Lender:
    """A context that lends the towers of a family, and notes what was said."""

    lent: int = 0
    warned: list[tuple[str, str]] = field(default_factory=list)

    @contextmanager
    def on_device(self, handle: Handle) -> Iterator[Any]:
        self.lent += 1
        try:
            yield towers(handle.family)
        finally:
            self.lent -= 1

    def warn(self, code: str, text: str) -> None:
        self.warned.append((code, text))


def encoded(ctx: Any, text: str, name: str = "sd15", **params: Any) -> Conditioning:
    return result_of(encode_prompt(TextEncoder("x", name), text, **params, ctx=ctx))


def problem(name: str, value: Any) -> str | None:
    spec: NodeSpec = encode_prompt.__dict__["__node_spec__"]
    item: Input = next(item for item in spec.inputs if item.name == name)
    return item.problem(value)


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_the_node_does_what_the_library_does(name: str) -> None:
    text = "a (red:1.3) ball"
    expected = result_of(
        encode(towers(name), family(name), read(text), clip_skip=2, emphasis="comfy")
    )
    ctx = Lender()
    found = encoded(ctx, text, name, clip_skip=2, emphasis="comfy")
    assert torch.equal(found.segments[0].tokens, expected.segments[0].tokens)
    assert (found.segments[0].pooled is None) == (name == "sd15")
    assert (found.family, found.size_ids, ctx.warned) == (name, None, [])


def test_progress_counts_chunks_and_cancelling_gives_the_towers_back() -> None:
    ctx: Any = Lender()
    walk = encode_prompt(TextEncoder("x", "sd15"), "a BREAK b BREAK c", ctx=ctx)
    progress = next(walk)
    assert (progress.done, progress.total, ctx.lent) == (1, 3, 1)
    walk.close()
    assert ctx.lent == 0


@pytest.mark.parametrize("text", ["", "   \n", "# only a comment"])
def test_an_empty_prompt_is_valid(text: str) -> None:
    ctx = Lender()
    expected = encoded(ctx, "").segments[0].tokens
    assert torch.equal(encoded(ctx, text).segments[0].tokens, expected)
    assert not ctx.warned


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("a (b:1,3)", "W_PROMPT", ":1,3"),
        ("a (b", "W_PROMPT", "never closed"),
        ("a\x07b", "W_PROMPT", "1 control"),
        ("embedding:bad_hands", "W_UNUSED", "bad_hands"),
        ("[a:b:1.5]", "W_PROMPT", "beyond"),
    ],
)
def test_what_is_not_understood_is_told(text: str, code: str, told: str) -> None:
    ctx = Lender()
    encoded(ctx, text)
    [(found, words)] = ctx.warned
    assert found == code
    assert told in words


def test_many_problems_are_summed_up() -> None:
    ctx = Lender()
    encoded(ctx, ") " * 100)
    assert len(ctx.warned) == 11
    assert "90 more" in ctx.warned[-1][1]


def test_requests_for_loras_travel_on() -> None:
    assert [request.name for request in encoded(Lender(), "a <lora:ink:0.5>").requests] == ["ink"]


def test_literal_reads_no_grammar() -> None:
    ctx = Lender()
    assert not encoded(ctx, "a ((b <lora:x>", emphasis="literal").requests
    assert not ctx.warned


@pytest.mark.parametrize("text", ["é" * 40000, "a " * 4097])
def test_prompts_over_the_limits_are_refused(text: str) -> None:
    with pytest.raises(RangeError, match="limit"):
        encoded(Lender(), text)


def test_a_text_encoder_without_a_family_is_refused() -> None:
    with pytest.raises(UnknownFamilyError):
        encoded(Lender(), "a", "")


def test_parameters_outside_their_range_are_refused() -> None:
    assert problem("clip_skip", 13)
    assert problem("clip_skip", -1)
    assert not problem("clip_skip", 12)
    assert problem("emphasis", "compel")
    assert problem("text", "é" * 40000)
    assert not problem("text", "é" * 32768)
