"""Where models, results, settings and resources live.

The environment is read here once, and passed on from the command line's entry.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

APP = "wirebrush"


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one installation.

    Attributes:
        data: Settings, models, node packs.
        cache: The store and its database.
        resources: What ships with the program.
    """

    data: Path
    cache: Path
    resources: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.data / "settings.toml"

    @property
    def models(self) -> Path:
        """The user's own model folders."""
        return self.data / "models"

    @property
    def store(self) -> Path:
        """Results on disk."""
        return self.cache / "store"

    @property
    def carried(self) -> Path:
        """The graph file, never written, beside which the files lie that opened pictures carry."""
        return self.data / "carried.json"

    @property
    def logs(self) -> Path:
        """Logs of the program and its worker."""
        return self.data / "logs"


def with_cache(paths: Paths, folder: str) -> Paths:
    """Return the folders with the cache where the user wants it; empty: where it was."""
    return replace(paths, cache=expanded(folder)) if folder else paths


def expanded(folder: str) -> Path:
    """Return the folder that somebody typed, with his home for ``~``.

    Where nobody has such a home, it is a folder that is not there.
    """
    with suppress(RuntimeError):
        return Path(folder).expanduser()
    return Path(folder)


def real(path: str | Path) -> Path:
    """Return an absolute path without links; those that lead in a circle stay in it.

    `Path.resolve` has an error of its own for circles, which nobody who opens files expects.
    """
    return Path(os.path.realpath(path))


def resources() -> Path:
    """Return the folder of shipped resources."""
    return Path(__file__).resolve().parent.parent / "resources"


def find_paths() -> Paths:
    """Return the folders for this user, or those under ``WIREBRUSH_HOME`` when it is set."""
    home = os.environ.get("WIREBRUSH_HOME")
    if home:
        root = real(expanded(home))
        return Paths(root / "data", root / "cache", resources())
    return Paths(_user_data(), _user_cache(), resources())


# platformdirs costs 10 ms to import on the way to every answer; on Linux the rule is one line.
def _user_data() -> Path:
    if sys.platform == "linux":
        base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        return expanded(base) / APP
    import platformdirs

    return platformdirs.user_data_path(APP, appauthor=False)


def _user_cache() -> Path:
    if sys.platform == "linux":
        return expanded(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / APP
    import platformdirs

    return platformdirs.user_cache_path(APP, appauthor=False)
