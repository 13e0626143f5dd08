"""Files that an editor offers, and how a chosen one is written into a graph. No Qt.

Listing reads folders, which may lie on a slow disk: for a thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from studio.core.widgets import FileRef
from studio.roots import Roots

MODEL_SUFFIXES = (".safetensors", ".sft", ".ckpt", ".pt", ".pth", ".bin", ".onnx")
_SHIPPED = "starter"
_MOST = 5000
_WHOLE = ("model_index.json", "preprocessor_config.json")
"""What tells a folder that is one model: of diffusers, and of transformers for pictures."""


def model_files(roots: Roots, kind: str) -> tuple[FileRef, ...]:
    """Return the weights files of a kind: the user's own by name, then those that ship.

    A folder that is one model counts as one file. Folders that cannot be read are passed over.
    """
    named = dict(roots.named)
    own = sorted(_below(kind, named.get(kind, ())), key=lambda ref: ref.path.casefold())
    return (*own, *sorted(_below(_SHIPPED, named.get(_SHIPPED, ())), key=lambda ref: ref.path))


def as_written(path: Path, roots: Roots, base: str) -> FileRef:
    """Return a file as a graph names it: below a named root, beside the graph, or absolute."""
    for name, folders in roots.named:
        for folder in folders:
            if path.is_relative_to(folder):
                return FileRef(f"{name}/{path.relative_to(folder).as_posix()}")
    if base and path.is_relative_to(base):
        return FileRef(path.relative_to(base).as_posix())
    return FileRef(path.as_posix())


def stem_and_suffix(path: str) -> tuple[str, str]:
    """Return the name of a file without its ending, and the ending."""
    name = path.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem else (name, "")


def _below(name: str, folders: Iterable[Path]) -> Iterable[FileRef]:
    """Find weights below some folders, each name once."""
    seen: dict[str, FileRef] = {}
    for folder in folders:
        for path in weights_below(folder):
            place = f"{name}/{path.relative_to(folder).as_posix()}"
            seen.setdefault(place, FileRef(place))
            if len(seen) >= _MOST:
                break
    return seen.values()


def weights_below(folder: Path) -> Iterable[Path]:
    """Find the weights files below a folder; one of diffusers or transformers counts as one."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            inside = sorted(here.iterdir())
        except OSError:
            continue
        if here != folder and any(path.name in _WHOLE for path in inside):
            yield here
            continue
        for path in inside:
            if path.name.startswith("."):
                continue
            if path.suffix.lower() in MODEL_SUFFIXES:
                yield path
            elif path.is_dir() and not path.is_symlink():
                waiting.append(path)
