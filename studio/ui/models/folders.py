"""Model folders in the settings: which there are, and what a new one adds. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.paths import expanded
from studio.programs import model_folders, program_of
from studio.settings import Settings
from studio.ui.inspector.files import weights_below


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """What was found in a folder.

    Attributes:
        program: Whose folder it is; empty: nobody's.
        models: How many weights files are in it; -1: there is no such folder.
    """

    program: str = ""
    models: int = 0

    @property
    def words(self) -> str:
        """The same for people."""
        if self.models < 0:
            return "there is no such folder"
        count = "1 model" if self.models == 1 else f"{self.models} models"
        return f"{self.program}, {count}" if self.program else count


def with_folder(settings: Settings, folder: Path, kinds: Iterable[str]) -> tuple[str, Any]:
    """Return the setting that a folder goes into, and its value with it.

    Args:
        settings: The present ones.
        folder: A program's folder, or one with weights.
        kinds: Which kinds of models are in it, unless it is a program's.
    """
    if program_of(folder):
        return "programs", _with(settings.programs, folder)
    held = dict(settings.models)
    for kind in kinds:
        held[kind] = _with(held.get(kind, ()), folder)
    return "models", tuple(held.items())


def without_folder(settings: Settings, folder: str, kind: str) -> tuple[str, Any]:
    """Return the setting that a folder is in, and its value without it.

    Args:
        settings: The present ones.
        folder: As the settings have it.
        kind: Of the models in it; empty: it is a program's.
    """
    if not kind:
        return "programs", tuple(item for item in settings.programs if item != folder)
    held = {
        name: tuple(item for item in listed if (name, item) != (kind, folder))
        for name, listed in settings.models
    }
    return "models", tuple((name, listed) for name, listed in held.items() if listed)


def facts_of(folder: str, kind: str) -> FolderFacts:
    """Read what is in a folder; for a thread.

    Args:
        folder: As the settings have it.
        kind: Of the models in it; empty: it is a program's.
    """
    path = expanded(folder)
    if not path.is_dir():
        return FolderFacts(models=-1)
    if kind:
        return FolderFacts("", sum(1 for _ in weights_below(path)))
    inside = [place for places in model_folders(path).values() for place in places]
    count = sum(1 for place in inside for _ in weights_below(place))
    return FolderFacts(program_of(path) or "no program that is known", count)


def _with(listed: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*listed, str(folder))))
