"""Writing files so that a reader sees the old content or the new one, never half of it.

Everything that the program saves goes through `atomic_write`; nothing else opens a file for
writing, except the edit journal, SQLite and video muxing.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from studio.core.errors import WriteError

MARK = ".wirebrush-"
ORPHAN_SECONDS = 3600.0


def atomic_write(
    path: Path, data: bytes | Callable[[BinaryIO], object], *, durable: bool = True
) -> None:
    """Write a file beside its place and move it there in one step.

    Args:
        path: Where the file belongs; its folder is made when it is missing.
        data: The content, or a function that writes it to an open file.
        durable: Whether to wait until the disk has it; not needed for what can be made again.

    Raises:
        WriteError: The disk is full, or the place cannot be written.
    """
    with said(path), _staged(path) as stage:
        with stage.open("xb") as file:
            data(file) if callable(data) else file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        stage.replace(path)
        if durable:
            sync_folder(path.parent)


def atomic_create(path: Path, data: bytes | Callable[[BinaryIO], object]) -> bool:
    """Write a file only if there is none of that name, safe between processes.

    Returns:
        False if there already was one, which is left alone.

    Raises:
        WriteError: The disk is full, or the place cannot be written.
    """
    with said(path), _staged(path) as stage:
        with stage.open("xb") as file:
            data(file) if callable(data) else file.write(data)
            file.flush()
            os.fsync(file.fileno())
        made = _link_or_claim(stage, path)
        sync_folder(path.parent)
        return made


def new_stage(folder: Path) -> Path:
    """Return a name for a file that is written bit by bit; `sweep` finds what a kill leaves.

    Args:
        folder: Where the finished file will be; made when it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{MARK}{uuid.uuid4().hex}.tmp"


def atomic_adopt(path: Path, stage: Path) -> bool:
    """Give a finished file its name, safe between processes.

    Args:
        path: In the same folder.
        stage: The file, which has this name no more afterwards.

    Returns:
        False if there already was one of that name, which is left alone.

    Raises:
        WriteError: The place cannot be written.
    """
    with said(path):
        with stage.open("rb") as file:
            os.fsync(file.fileno())
        made = _link_or_claim(stage, path)
        if made:
            stage.unlink(missing_ok=True)
        sync_folder(path.parent)
        return made


def _link_or_claim(stage: Path, path: Path) -> bool:
    """Give the staged file its name unless that is taken."""
    try:
        os.link(stage, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links: claim the name, then fill it
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            return False
        stage.replace(path)
    return True


@contextmanager
def _staged(path: Path) -> Iterator[Path]:
    stage = new_stage(path.parent)
    try:
        yield stage
    finally:
        with suppress(OSError):
            stage.unlink(missing_ok=True)


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Say which place could not be written, and why.

    Raises:
        WriteError: The system refused.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise WriteError(
            f"{path} could not be written: {reason}",
            fix="free some space or choose another folder",
        ) from error


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names of what is in a folder."""
    if os.name == "nt":
        return  # Windows has no way to open a folder for this
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path, older_than: float = ORPHAN_SECONDS) -> int:
    """Remove what killed writers left in a folder and return how many files that were.

    Args:
        folder: Only this folder, not those below it.
        older_than: Seconds; younger ones may belong to a writer that is still at work.
    """
    removed = 0
    limit = time.time() - older_than
    for orphan in folder.glob(f"{MARK}*.tmp"):
        with suppress(OSError):
            if orphan.stat().st_mtime < limit:
                orphan.unlink()
                removed += 1
    return removed
