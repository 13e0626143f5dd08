"""Which keys do what: shipped keymaps, and the user's own changes as a difference; no Qt widgets.

*Studio* is whole. The other keymaps say only where they differ from it, and the user's file only
where it differs from the chosen one. A chord is portable text (``Ctrl+Shift+G``); ``Space`` means
a tap on the key, for holding it pans.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtGui import QKeySequence

from studio.core.errors import DocumentError
from studio.files import atomic_write
from studio.ui.actions.action import Action

DEFAULT = "studio"
NAMES = ("studio", "comfyui", "blender", "nuke")

Chords = tuple[str, ...]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A chord that would do two things at once.

    Attributes:
        chord: Portable text.
        actions: Ids of all that have it.
    """

    chord: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keymap:
    """One whole keymap.

    Attributes:
        title: For people.
        keys: Chords by the id of the action.
        gestures: What the mouse needs for each gesture of the canvas.
    """

    title: str = ""
    keys: Mapping[str, Chords] = field(default_factory=dict)
    gestures: Mapping[str, Chords] = field(default_factory=dict)


def read(path: Path) -> Keymap:
    """Read a keymap or a difference.

    Raises:
        DocumentError: It is no keymap, or a chord is no chord.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        found = Keymap(data.get("name", ""), _lists(data, "keys"), _lists(data, "gestures"))
    except (OSError, ValueError, AttributeError, TypeError) as error:
        text = f"{path} is not a keymap ({error})"
        raise DocumentError(text, fix="correct the file or delete it") from None
    for action, chords in found.keys.items():
        wrong = [chord for chord in chords if normal(chord) != chord]
        if wrong:
            text = f"{wrong[0]!r} of {action} in {path} is not a chord"
            raise DocumentError(text, fix="write it like Ctrl+Shift+G")
    return found


def combined(whole: Keymap, difference: Keymap) -> Keymap:
    """Return a keymap after a difference: each action's chords are replaced together."""
    return Keymap(
        difference.title or whole.title,
        {**whole.keys, **difference.keys},
        {**whole.gestures, **difference.gestures},
    )


def normal(chord: str) -> str:
    """Return a chord as it is written in keymaps; empty when it is none."""
    sequence = QKeySequence.fromString(chord, QKeySequence.SequenceFormat.PortableText)
    text = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    return text if sequence.count() == 1 and "Unknown" not in text else ""


def conflicts(actions: Iterable[Action], keys: Mapping[str, Chords]) -> tuple[Conflict, ...]:
    """Return the chords that do two things in one place; those of the window count everywhere."""
    contexts: defaultdict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for action in actions:
        for chord in keys.get(action.id, ()):
            contexts[chord][action.context].append(action.id)
    return tuple(
        Conflict(chord, together)
        for chord, by_context in contexts.items()
        for together in _together(by_context)
        if len(together) > 1
    )


class Keymaps:
    """The shipped keymaps, and what the user changed.

    Args:
        shipped: Folder of the keymaps that come with the program.
        own: File of the user's changes; a missing one means none.
        name: Of the keymap to start with.
    """

    def __init__(self, shipped: Path, own: Path, name: str = DEFAULT) -> None:
        self._shipped = shipped
        self._own = own
        self._studio = read(shipped / f"{DEFAULT}.json")
        self._changes = self._read_own()
        self.problem: DocumentError | None
        self.choose(name)

    @property
    def keymap(self) -> Keymap:
        """The chosen keymap with the user's changes."""
        return self._keymap

    @property
    def changed(self) -> tuple[str, ...]:
        """Ids of the actions that the user gave other chords."""
        return tuple(self._changes)

    def choose(self, name: str) -> None:
        """Take another of the shipped keymaps; the user's changes stay on top of it."""
        self._chosen = self._whole(name)
        self._combine()

    def set(self, action: str, chords: Iterable[str]) -> None:
        """Give an action other chords, and remember that.

        Raises:
            DocumentError: A text is not a chord.
            WriteError: The user's file cannot be written.
        """
        texts = tuple(chords)
        for text in texts:
            if not normal(text):
                raise DocumentError(f"{text!r} is not a chord", fix="write it like Ctrl+Shift+G")
        self._changes[action] = tuple(map(normal, texts))
        if self._changes[action] == self._chosen.keys.get(action, ()):
            del self._changes[action]
        self._write()

    def reset(self, action: str = "") -> None:
        """Forget the user's change of an action, or of all.

        Raises:
            WriteError: The user's file cannot be written.
        """
        for name in [action] if action else list(self._changes):
            self._changes.pop(name, None)
        self._write()

    def _whole(self, name: str) -> Keymap:
        if name == DEFAULT or name not in NAMES:
            return self._studio
        return combined(self._studio, read(self._shipped / f"{name}.json"))

    def _read_own(self) -> dict[str, Chords]:
        self.problem = None
        if not self._own.is_file():
            return {}
        try:
            return dict(read(self._own).keys)
        except DocumentError as error:
            self.problem = error
            log.warning("%s", error)
            return {}

    def _write(self) -> None:
        data = {"keys": {name: list(chords) for name, chords in self._changes.items()}}
        atomic_write(self._own, f"{json.dumps(data, indent=2)}\n".encode())
        self._combine()

    def _combine(self) -> None:
        self._keymap = combined(self._chosen, Keymap(keys=self._changes))


def _together(by_context: Mapping[str, list[str]]) -> list[tuple[str, ...]]:
    """Return the actions that hear one chord, for each place where it may be pressed."""
    everywhere = by_context.get("window", [])
    others = [ids for context, ids in by_context.items() if context != "window"] or [[]]
    return [(*everywhere, *ids) for ids in others]


def _lists(data: dict[str, Any], name: str) -> dict[str, Chords]:
    found = {key: tuple(texts) for key, texts in data.get(name, {}).items()}
    for key, texts in found.items():
        if not all(isinstance(text, str) for text in texts):
            raise ValueError(f"{key} is not a list of texts")
    return found
