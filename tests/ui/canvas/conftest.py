"""A painter in the looks of the dark theme, for pages of a canvas."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from studio.ui.canvas.painter import Painter
from studio.ui.looks.looks import Looks
from tests.ui.canvas.pages import looks_of, no_pictures


@pytest.fixture
def looks(qapp: QApplication) -> Looks:
    return looks_of()


@pytest.fixture
def painter(looks: Looks) -> Iterator[Painter]:
    found = Painter(looks, no_pictures)
    yield found
    found.close()
