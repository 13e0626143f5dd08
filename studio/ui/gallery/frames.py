"""Keeps the strip of frames at what the viewer shows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from studio.ui.gallery.display import Bytes
from studio.ui.gallery.frames_strip import FPS, FRAME, FramesStrip
from studio.ui.gallery.picture_view import as_image
from studio.ui.gallery.pictures import Pictures, Wanted

if TYPE_CHECKING:
    from studio.ui.studio import Studio

_SHARP = 2
"""Device pixels that small pictures have for one pixel of the strip."""


class Frames(QObject):
    """Shows the strip while a result holds several pictures.

    A film is played as fast as it is meant to be, until another speed is chosen.

    Args:
        studio: What the window shares.
        pictures: Brings small pictures.
        body: What the strip is in.

    Attributes:
        strip: The strip.
    """

    def __init__(self, studio: Studio, pictures: Pictures, body: QWidget) -> None:
        super().__init__(body)
        self._pictures = pictures
        self.strip = FramesStrip(studio, body)
        self.strip.hide()
        self._of: tuple[str, str] | None = None
        self._wanted: set[int] = set()
        self._meant: float = FPS
        pictures.failed.connect(lambda text: studio.messages.say(text, "warning"))
        self.strip.line.resized.connect(self._fill)

    def follow(self, shown: Wanted | None, items: int) -> None:
        """Show the strip for what is shown now, or hide it where that is not one of several."""
        strip = self.strip
        strip.setVisible(shown is not None and items > 1)
        if shown is None or items <= 1:
            strip.play(False)
            return
        strip.show_items(items, shown[2])
        if self._of != shown[:2]:
            self._of = shown[:2]
            self._set_speed(self._pictures.speed(*shown[:2]) or FPS)
            strip.line.images.clear()
            self._wanted.clear()
        self._fill()

    def _set_speed(self, meant: float) -> None:
        """Take the speed that pictures are meant for; one that was chosen stays for others of it."""
        if meant != self._meant:
            self._meant = meant
            self.strip.set_speed(meant)

    def _fill(self) -> None:
        """Ask for the small pictures that the line has room for."""
        places = self.strip.line.places() if self._of and self.strip.isVisible() else []
        for item in places:
            if self._of and item not in self._wanted:
                self._wanted.add(item)
                done = partial(self._made, self._of, item)
                self._pictures.small((*self._of, item), _SHARP * FRAME, done)

    def _made(self, of: tuple[str, str], item: int, pixels: Bytes) -> None:
        if of == self._of:
            self.strip.line.images[item] = as_image(pixels).copy()
            self.strip.line.update()
