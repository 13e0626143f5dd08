"""Pictures of results, made ready for the screen in a thread and kept as long as there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from studio.ui.gallery import films
from studio.ui.gallery.display import Bytes, Shown, difference, rgba
from studio.ui.session.results import Result
from studio.ui.threads.bridge import Bridge
from studio.ui.threads.desk import Desk

BUDGET = 768 * 2**20
_SHOWN = ("Image", "Mask")

Wanted = tuple[str, str, int]
"""Key of the result, name of the output, item of the batch or list."""
Done = Callable[[Shown | None], None]


class Pictures(QObject):
    """Makes pictures ready; frames of films are read when they are asked for.

    Args:
        fetch: Brings results, as `Session.fetch`.
        parent: Owner in Qt's tree.
        budget: Bytes that pictures may take; the one looked at last always stays.
    """

    failed = Signal(str)
    """A film cannot be read; why."""

    def __init__(
        self,
        fetch: Callable[[str, str, Callable[[Result | None], None]], None],
        parent: QObject | None = None,
        budget: int = BUDGET,
    ) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._budget = budget
        self._held: OrderedDict[Wanted, Shown] = OrderedDict()
        self._items: dict[tuple[str, str], int] = {}
        self._speeds: dict[tuple[str, str], float] = {}
        self._told = ""
        self._in_line: tuple[str, str] | None = None
        self._bridge = Bridge(lambda call: call(), lambda: None, self)
        self._desk = Desk("pictures", self._bridge)
        self._line = Desk("small frames", self._bridge)  # decoding them keeps no frame waiting
        self._films, self._line_films = films.Films(), films.Films()

    def get(self, wanted: Wanted) -> Shown | None:
        """Return a picture that is ready."""
        if wanted in self._held:
            self._held.move_to_end(wanted)
        return self._held.get(wanted)

    def items(self, key: str, output: str) -> int:
        """Return how many pictures a result holds; 1 until one of them was asked for."""
        return self._items.get((key, output), 1)

    def speed(self, key: str, output: str) -> float | None:
        """Return how many frames a second a film has that was asked for; of others ``None``."""
        return self._speeds.get((key, output))

    def ask(self, wanted: Wanted, done: Done) -> None:
        """Bring a picture; ``None`` when nobody has it any more.

        A frame of a film that still waits is left out once another one of it is asked for.

        Args:
            wanted: Which one; an item beyond the last stands for the last.
            done: Takes it, in the window's thread.
        """
        held = self.get(wanted)
        if held:
            done(held)
        else:
            self.result(wanted, partial(self._arrived, wanted, done))

    def small(self, wanted: Wanted, side: int, done: Callable[[Bytes], None]) -> None:
        """Bring a small picture of an item, not smaller than a side; not called without one."""

        def take(item: int, result: Result | None) -> None:
            if result and result.kind == films.KIND:
                self._small_frame(wanted[:2], result, item, side, done)
                return
            values = result.arrays.get("pixels") if result and result.kind in _SHOWN else None
            if values is not None and len(values):
                self._desk.do(partial(_small, values, item, side), done)

        self.result(wanted, take)

    def apart(self, a: Shown, b: Shown, gain: float, done: Callable[[Shown | str], None]) -> None:
        """Make the picture of what differs; a text says why there is none."""

        def work() -> Shown | str:
            try:
                return _ready(difference(a.values, b.values, gain))
            except ValueError as wrong:
                return str(wrong)

        self._desk.do(work, done, about="difference")

    def result(self, wanted: Wanted, take: Callable[[int, Result | None], None]) -> None:
        """Bring the result that an item is in, and its place there; of any type."""

        def fetched(result: Result | None) -> None:
            if result and result.items:
                self._items[wanted[:2]] = len(result.items)
                item = result.items[min(wanted[2], len(result.items) - 1)]
                key, _, output = item.rpartition(".")
                self._fetch(key, output, partial(take, 0))
            else:
                take(wanted[2], result)

        self._fetch(wanted[0], wanted[1], fetched)

    def do(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do something else about pictures in the thread."""
        self._desk.do(work, done)

    def close(self) -> None:
        """End the thread."""
        for desk, held in ((self._desk, self._films), (self._line, self._line_films)):
            desk.close(finish=False)
            held.close()
        self._bridge.close()

    def _arrived(self, wanted: Wanted, done: Done, item: int, result: Result | None) -> None:
        """Make an item of a batch ready, or a frame of a film."""
        if result and result.kind == films.KIND:
            work = partial(_frame, self._films, result, item)
            speed = float(result.fields["fps"])
            self._desk.do(work, partial(self._framed, wanted, done, speed), about=wanted[:2])
            return
        values = result.arrays.get("pixels") if result and result.kind in _SHOWN else None
        if values is None or not len(values):
            done(None)
            return
        self._items.setdefault(wanted[:2], len(values))
        self._desk.do(partial(_item, values, item), partial(self._made, wanted, done))

    def _framed(
        self, wanted: Wanted, done: Done, speed: float, made: tuple[Shown, int] | str
    ) -> None:
        if isinstance(made, str):
            if made != self._told:  # the viewer asks again at every turn of a run
                self.failed.emit(made)
            self._told = made
            done(None)
            return
        self._items.setdefault(wanted[:2], made[1])
        self._speeds[wanted[:2]] = speed
        self._told = ""
        self._made(wanted, done, made[0])

    def _small_frame(
        self, of: tuple[str, str], result: Result, item: int, side: int,
        done: Callable[[Bytes], None],
    ) -> None:  # fmt: skip
        self._in_line = of

        def work() -> Bytes | None:
            if self._in_line != of:
                return None  # another film is shown by now
            made = self._line_films.frame(result, item)
            return None if isinstance(made, str) else _small(made[0][None], 0, side)

        self._line.do(work, lambda pixels: done(pixels) if pixels is not None else None)

    def _made(self, wanted: Wanted, done: Done, shown: Shown | None) -> None:
        if shown:
            self._held[wanted] = shown
        while len(self._held) > 1 and self._bytes() > self._budget:
            self._held.popitem(last=False)
        done(shown)

    def _bytes(self) -> int:
        return sum(item.bytes for item in self._held.values())


def _item(values: Any, item: int) -> Shown | None:
    """Copy one item out of what may be mapped from a file, since the store may remove it."""
    try:
        return _ready(np.array(values[min(item, len(values) - 1)], np.float32))
    except (OSError, ValueError):
        return None


def _frame(source: films.Films, result: Result, item: int) -> tuple[Shown, int] | str:
    """Make a frame ready, and count them; a text says why there is none."""
    made = source.frame(result, item)
    return made if isinstance(made, str) else (_ready(made[0]), made[1])


def _small(values: Any, item: int, side: int) -> Bytes:
    """Return every so many pixels of an item; enough for a strip, and never read whole."""
    picture = values[min(item, len(values) - 1)]
    step = max(min(picture.shape[:2]) // side, 1)
    part = np.array(picture[::step, ::step], np.float32)
    return rgba(part[..., None] if part.ndim == 2 else part)


def _ready(values: Any) -> Shown:
    shown = Shown(values)
    _ = shown.levels  # made here, in the thread
    return shown
