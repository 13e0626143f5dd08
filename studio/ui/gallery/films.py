"""Frames of films for the viewer, one at a time; called in threads. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.core.errors import StudioError
from studio.core.values import Frames
from studio.ui.session.results import Result

if TYPE_CHECKING:
    from studio.media.films import FilmReader

KIND = "Frames"


class Films:
    """Brings frames; the film that was looked at last stays open. For one thread."""

    def __init__(self) -> None:
        self._open: tuple[tuple[str, str], FilmReader] | None = None

    def frame(self, result: Result, item: int) -> tuple[Any, int] | str:
        """Return a frame, and how many there are; or a text that says why there is none.

        Args:
            result: The film.
            item: Number of the frame; one beyond the last stands for the last.

        Returns:
            float32 ``(height, width, 1 | 3 | 4)``, 0 to 1, sRGB-encoded, and the count.
        """
        try:
            reader = self._reader(result)
            return reader.frame(max(0, min(item, len(reader) - 1))), len(reader)
        except (StudioError, OSError) as error:
            return str(error)

    def close(self) -> None:
        """Let go of the film."""
        if self._open:
            self._open[1].close()
        self._open = None

    def _reader(self, result: Result) -> FilmReader:
        from studio.media.films import FilmReader  # decoders take long: never at the start

        name = result.key, result.output
        if self._open is None or self._open[0] != name:
            self.close()
            self._open = name, FilmReader(Frames(**result.fields))
        return self._open[1]
