"""At which size a preprocessor works."""

from __future__ import annotations

import pytest

from studio.core.errors import RangeError
from studio.diffusion.control.settings import Fit
from studio.diffusion.hints.common import working_size


@pytest.mark.parametrize(
    ("size", "resolution", "made"),
    [
        ((640, 480), 0, (640, 480)),
        ((640, 480), 512, (683, 512)),
        ((480, 640), 512, (512, 683)),
        ((1, 1), 64, (64, 64)),
        ((4000, 3000), 2048, (2731, 2048)),
    ],
)
def test_the_shorter_side_gets_the_resolution(
    size: tuple[int, int], resolution: int, made: tuple[int, int]
) -> None:
    assert working_size(size, resolution) == made


@pytest.mark.parametrize(
    ("fit", "made"), [("crop", (1024, 512)), ("stretch", (1024, 512)), ("pad", (512, 256))]
)
def test_pixel_perfect_hints_have_the_pixels_that_will_be_seen(
    fit: Fit, made: tuple[int, int]
) -> None:
    assert working_size((2000, 1000), 64, (512, 512), fit) == made


def test_pixel_perfect_hints_keep_to_the_range() -> None:
    assert working_size((100, 100), 0, (8192, 8192)) == (2048, 2048)
    assert working_size((10, 1000), 0, (64, 64), "pad") == (64, 6400)


@pytest.mark.parametrize("resolution", [1, 63, 2049, -64])
def test_other_resolutions_are_refused(resolution: int) -> None:
    with pytest.raises(RangeError, match="neither 0 nor 64 to 2048"):
        working_size((100, 100), resolution)
