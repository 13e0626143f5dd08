"""The size that a checkpoint was trained at."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.facts.described import Header
from studio.facts.families import family
from studio.facts.native import native_size


def header(resolution: str | None) -> Header:
    texts = {} if resolution is None else {"modelspec.resolution": resolution}
    return Header(Path("a.safetensors"), "safetensors", {}, texts)


@pytest.mark.parametrize(
    ("text", "size"),
    [("128x128", (128, 128)), ("1024", (1024, 1024)), (" 896 X 1152 ", (896, 1152))],
)
def test_a_file_says_it_itself(text: str, size: tuple[int, int]) -> None:
    assert native_size(header(text), family("sd15")) == size


@pytest.mark.parametrize("text", [None, "", "large", "0x0", "1x99999", "-5", "512x"])
def test_without_a_sensible_text_it_is_the_familys(text: str | None) -> None:
    assert native_size(header(text), family("sd15")) == (512, 512)
    assert native_size(header(text), family("sdxl")) == (1024, 1024)
