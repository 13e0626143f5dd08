"""The user's settings: declared once, with default, meaning and limits; kept as TOML.

A setting that is wrong is reported and its default is used, so that a typing error never keeps the
program from starting. Keys that this version does not know are kept when settings are saved.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from studio.core.errors import Issue, Place, RangeError
from studio.core.widgets import Choice, FilePath, FileRef, Range, Toggle, Widget

VERSION = 1
MEBIBYTE = 2**20


def _setting(
    default: Any, help_text: str, widget: Widget | None = None, *, group: str = "Computing"
) -> Any:
    return field(default=default, metadata={"help": help_text, "widget": widget, "group": group})


_FOLDER = FilePath(folder=True, output=True)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the user can set, as described by each field's metadata.

    Attributes:
        device: Where networks run.
        threads: Threads on the CPU; 0 is one for each physical core.
        activation_mb: Mebibytes that one node may use while it computes.
        pool_mb: Mebibytes of networks kept loaded; 0 is three fifths of the memory.
        ram_mb: Mebibytes of results kept in memory.
        store_mb: Mebibytes of results kept on disk.
        cache: Folder of the results on disk; empty is the usual place.
        previews: Whether nodes show their pictures in the making.
        output: Folder that pictures are saved under; empty is the user's picture folder.
        autosave: Whether graphs that have a file are saved by themselves.
        theme: Colours of the window.
        density: How much room rows and controls take.
        reduce_motion: Whether nothing in the window moves by itself.
        keymap: Which keys do what.
        pointer: What wheels and two fingers do on the canvas.
        models: Further folders by kind (``checkpoints``, ``vae``, ...), read in place.
        programs: Folders of ComfyUI or A1111, whose models are read in place.
        unknown: What another version wrote.
    """

    device: str = _setting("auto", "Where networks run", Choice(("auto", "cpu", "cuda")))
    threads: int = _setting(0, "CPU threads; 0 is one for each core", Range(0, 512))
    activation_mb: int = _setting(2048, "Memory for one node, MiB", Range(64, 1_000_000))
    pool_mb: int = _setting(0, "Memory for networks, MiB; 0 is automatic", Range(0, 10_000_000))
    ram_mb: int = _setting(2048, "Memory for results, MiB", Range(16, 10_000_000))
    store_mb: int = _setting(20480, "Disk for results, MiB", Range(64, 100_000_000))
    cache: str = _setting("", "Folder for results; empty is the usual place", _FOLDER)
    previews: bool = _setting(True, "Show pictures in the making", Toggle())
    output: str = _setting(
        "", "Folder for pictures; empty is your picture folder", _FOLDER, group="Files"
    )
    autosave: bool = _setting(
        False, "Save graphs that have a file by itself", Toggle(), group="Files"
    )
    theme: str = _setting("dark", "Colours", Choice(("dark", "light")), group="Looks")
    density: str = _setting(
        "comfortable", "Room between things", Choice(("comfortable", "compact")), group="Looks"
    )
    reduce_motion: bool = _setting(False, "Nothing moves by itself", Toggle(), group="Looks")
    keymap: str = _setting(
        "studio", "Keys", Choice(("studio", "comfyui", "blender", "nuke")), group="Control"
    )
    pointer: str = _setting(
        "mouse", "What the wheel does on the canvas", Choice(("mouse", "touchpad")), group="Control"
    )
    models: tuple[tuple[str, tuple[str, ...]], ...] = _setting(
        (), "Further model folders", group="Files"
    )
    programs: tuple[str, ...] = _setting(
        (), "Folders of ComfyUI or A1111, whose models are read in place", group="Files"
    )
    unknown: tuple[tuple[str, Any], ...] = _setting((), "Written by another version")


def read_settings(path: Path) -> tuple[Settings, list[Issue]]:
    """Read the settings file; a missing one means defaults.

    Returns:
        The settings and what was wrong with the file.
    """
    if not path.is_file():
        return Settings(), []
    import tomllib

    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        return Settings(), [_issue("", f"{path} cannot be read ({error})", "correct the file")]
    return _from_data(data)


def _from_data(data: dict[str, Any]) -> tuple[Settings, list[Issue]]:
    declared = {item.name: item for item in fields(Settings)}
    values: dict[str, Any] = {}
    problems: list[Issue] = []
    for name, value in data.items():
        if name in ("models", "version", "unknown") or name not in declared:
            continue
        value = tuple(value) if isinstance(value, list) else value
        problem = _problem(declared[name], value)
        if problem:
            default = declared[name].default
            problems.append(_issue(name, problem, f"{default} is used"))
        else:
            values[name] = value
    models, wrong = _models(data.get("models", {}))
    known = {*declared, "version"}
    unknown = tuple((name, value) for name, value in data.items() if name not in known)
    return Settings(**values, models=models, unknown=unknown), problems + wrong


def _problem(declared: Any, value: Any) -> str | None:
    if type(value) is not type(declared.default):
        return f"{value!r} is not {type(declared.default).__name__}"
    texts = isinstance(value, tuple) and declared.name != "models"
    if texts and not all(isinstance(item, str) for item in value):
        return f"{value!r} is not a list of texts"
    widget: Widget | None = declared.metadata["widget"]
    if widget is None:
        return None
    return widget.problem(FileRef(value) if isinstance(widget, FilePath) else value)


def changed(settings: Settings, name: str, value: Any) -> Settings:
    """Return settings with another value for one of them.

    Raises:
        RangeError: The value is of another type, or outside its limits.
        KeyError: There is no such setting.
    """
    declared = {item.name: item for item in fields(Settings)}
    problem = _problem(declared[name], value)
    if problem:
        raise RangeError(f"{name}: {problem}", place=Place("settings", name))
    return replace(settings, **{name: value})


def _models(data: Any) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], list[Issue]]:
    folders: list[tuple[str, tuple[str, ...]]] = []
    problems: list[Issue] = []
    for kind, value in data.items() if isinstance(data, dict) else ():
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
            folders.append((kind, tuple(listed)))
        else:
            problems.append(_issue(f"models.{kind}", "not a list of folders", "it is left out"))
    return tuple(folders), problems


def _issue(name: str, text: str, fix: str) -> Issue:
    return Issue("W_SETTING", text, fix, Place("settings", name), "warning")


def write_settings(path: Path, settings: Settings) -> None:
    """Save the settings.

    Raises:
        WriteError: The file cannot be written.
    """
    import tomli_w

    from studio.files import atomic_write

    plain = {item.name: getattr(settings, item.name) for item in fields(settings)}
    plain.pop("unknown")
    plain["models"] = {kind: list(folders) for kind, folders in settings.models}
    data = {"version": VERSION, **plain, **dict(settings.unknown)}
    atomic_write(path, tomli_w.dumps(data).encode())
