"""From the file that a graph names to a path on this machine.

A path begins with a named root (``starter/...``, ``examples/...``, ``checkpoints/...``) or is relative to the graph.
Nothing in a graph reaches outside these folders by ``..``; an absolute path is opened only when the
user gave it, not because a file says so. A graph that knows the very content of a picture or of a
folder, as those do that pictures carry, finds it wherever a run read it before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from studio.core.assets import folder_of
from studio.core.errors import MissingFileError, UnsafeFileError
from studio.core.widgets import FileRef
from studio.paths import Paths, expanded
from studio.programs import model_folders
from studio.settings import Settings

MODEL_KINDS = (
    "checkpoints", "vae", "controlnet", "loras", "embeddings", "upscalers", "detectors",
    "annotators", "motion_modules", "ip_adapters", "image_encoders",
)  # fmt: skip
NEAR = 5


Locate = Callable[[str], Iterable[Path]]
"""Returns the files and folders that have a digest, as far as anybody has read them."""


def _nowhere(digest: str) -> Iterable[Path]:
    return ()


@dataclass(frozen=True, slots=True)
class Roots:
    """The folders that a graph may name files in.

    Attributes:
        named: Folders by the first word of a path, in the order they are searched.
        graph: Folder of the graph file; ``None`` for a graph that has none.
        granted: Absolute paths that the user gave himself.
        locate: Finds files and folders by their digest when a name is gone; of models, those below
            `named`.
    """

    named: tuple[tuple[str, tuple[Path, ...]], ...]
    graph: Path | None = None
    granted: frozenset[str] = frozenset()
    locate: Locate = _nowhere

    def resolve(self, ref: FileRef) -> Path:
        """Return where the file is.

        Raises:
            MissingFileError: There is no such file; near names are offered.
            UnsafeFileError: The path leaves its root, or is absolute and was not given by the user.
        """
        try:
            candidates = self.candidates(ref)
        except UnsafeFileError:
            if found := self._read_before(ref, self._having(ref.blake3)):
                return found
            raise
        for candidate in candidates:
            if candidate.exists():
                return candidate
        known = self._having(ref.blake3)
        found = self._below(known) or self._read_before(ref, known)
        return found or self._elsewhere(ref, candidates)

    def same_content(self, digest: str) -> Path | None:
        """Return a file below one of the folders that has a digest; an empty one is nobody's."""
        return self._below(self._having(digest))

    def _having(self, digest: str) -> tuple[Path, ...]:
        """Return what was read with a digest; of a large folder each answer takes a while."""
        return tuple(self.locate(digest)) if digest else ()

    def _below(self, known: Iterable[Path]) -> Path | None:
        """Return the first file that lies below one of the folders, by its way through there."""
        # Digests are remembered by real paths, while a folder may be a link to another disk.
        own = [] if self.graph is None else [self.graph]
        listed = [folder for _, folders in self.named for folder in folders]
        folders = [(one, Path(os.path.realpath(one))) for one in (*listed, *own)]
        for path in known:
            for folder, real in folders:
                if path.is_relative_to(real):
                    return folder / path.relative_to(real)
        return None

    def _read_before(self, ref: FileRef, known: Iterable[Path]) -> Path | None:
        """Return the first that has the content of a file that is named below no root."""
        return None if ref.path.partition("/")[0] in dict(self.named) else next(iter(known), None)

    def place(self, ref: FileRef) -> Path:
        """Return where a file that need not exist would be."""
        return self.candidates(ref)[0]

    def candidates(self, ref: FileRef) -> list[Path]:
        """Return the places where the file may be, in the order they are searched.

        Raises:
            UnsafeFileError: The path leaves its root, or is absolute and was not given by the user.
        """
        if _is_absolute(ref.path):
            if ref.path not in self.granted:
                raise UnsafeFileError(
                    f"the graph names {ref.path}, outside of its own folders",
                    fix="give the path yourself (--set) or move the file into a model folder",
                )
            return [Path(ref.path)]
        parts = PurePosixPath(ref.path).parts
        if (
            not parts
            or ".." in ref.path.replace("\\", "/").split("/")
            or "\0" in ref.path
            or parts[0].startswith("~")
        ):
            raise UnsafeFileError(
                f"{ref.path!r} leads out of its folder", fix="name it below its root"
            )
        folders = dict(self.named).get(parts[0], ())
        found = [folder.joinpath(*parts[1:]) for folder in folders]
        if self.graph is not None:
            found.append(self.graph.joinpath(*parts))
        return found or [Path(*parts)]

    def _elsewhere(self, ref: FileRef, candidates: list[Path]) -> Path:
        """Return the one model of that name below its root, in any folder and letter case."""
        parts = PurePosixPath(ref.path.replace("\\", "/")).parts
        found = [
            path
            for folder in dict(self.named).get(parts[0], ())
            for path in (folder.rglob("*") if len(parts) > 1 else ())
            if path.name.casefold() == parts[-1].casefold()
        ]
        if len(found) == 1:
            return found[0]
        text = f"{ref.path[:200]} was not found"
        if found:
            places = ", ".join(str(path) for path in found[:NEAR])
            raise MissingFileError(f"{text}, but {places}", fix="choose one of them")
        raise MissingFileError(text, fix=self._advice(ref, candidates))

    def _advice(self, ref: FileRef, candidates: list[Path]) -> str:
        where = ", ".join(dict.fromkeys(str(item.parent) for item in candidates))
        near = near_names(PurePosixPath(ref.path).name, _names(candidates))
        tried = f"put it into {where}" if where else "choose another file"
        return f"{tried}; near names: {', '.join(near)}" if near else tried


def _is_absolute(path: str) -> bool:
    windows = PureWindowsPath(path)
    return PurePosixPath(path).is_absolute() or bool(windows.drive or windows.root)


def _names(candidates: Iterable[Path]) -> list[str]:
    folders = {item.parent for item in candidates if item.parent.is_dir()}
    return sorted({item.name for folder in folders for item in folder.iterdir()})


def near_names(name: str, names: list[str]) -> list[str]:
    """Return up to five names that look like one that was not found."""
    import difflib

    return difflib.get_close_matches(name, names, NEAR, 0.5)


def roots(
    paths: Paths,
    settings: Settings,
    base: str = "",
    granted: Iterable[str] = (),
    locate: Locate = _nowhere,
) -> Roots:
    """Return the folders of this installation for one graph.

    Args:
        paths: The installation.
        settings: Names further model folders.
        base: Folder that relative paths start from; empty: none.
        granted: Absolute paths that the user named himself.
        locate: Finds files by their digest when a name is gone.
    """
    further = _further(settings)
    carried = folder_of(paths.carried)
    named: list[tuple[str, tuple[Path, ...]]] = [
        ("starter", (paths.resources / "starter",)),
        ("examples", (paths.resources / "graphs" / "pictures",)),
        (carried.name, (carried,)),
    ]
    for kind in dict.fromkeys((*MODEL_KINDS, *further)):
        own = (paths.models / kind,)
        named.append((kind, own + further.get(kind, ())))
    return Roots(tuple(named), Path(base) if base else None, frozenset(granted), locate)


def _further(settings: Settings) -> dict[str, tuple[Path, ...]]:
    """Return the model folders that the user named by kind, then those of other programs."""
    found = {kind: tuple(map(expanded, listed)) for kind, listed in settings.models}
    for program in settings.programs:
        for kind, folders in model_folders(expanded(program)).items():
            found[kind] = found.get(kind, ()) + folders
    return found
