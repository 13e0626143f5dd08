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
from studio.paths import expanded

VERSION = 1
MEBIBYTE = 2**20


def _setting(
    default: Any, title: str, help_text: str, widget: Widget | None = None, *, group: str
) -> Any:
    data = {"title": title, "help": help_text, "widget": widget, "group": group}
    return field(default=default, metadata=data)


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

    device: str = _setting(
        "auto", "Device", "Where networks run; auto takes a graphics card where there is one.",
        Choice(("auto", "cpu", "cuda")), group="Computing",
    )  # fmt: skip
    threads: int = _setting(
        0, "CPU threads", "0 is one for each core.", Range(0, 512), group="Computing"
    )
    activation_mb: int = _setting(
        2048, "Memory for one node", "Larger pictures are then computed in tiles.",
        Range(64, 1_000_000, unit=" MiB"), group="Computing",
    )  # fmt: skip
    pool_mb: int = _setting(
        0, "Memory for networks", "What stays loaded between runs; 0 is automatic.",
        Range(0, 10_000_000, unit=" MiB"), group="Computing",
    )  # fmt: skip
    ram_mb: int = _setting(
        2048, "Memory for results", "Results that are held need no second run.",
        Range(16, 10_000_000, unit=" MiB"), group="Computing",
    )  # fmt: skip
    store_mb: int = _setting(
        20480, "Disk for results", "The oldest and cheapest results go first.",
        Range(64, 100_000_000, unit=" MiB"), group="Computing",
    )  # fmt: skip
    cache: str = _setting(
        "", "Folder for results", "Empty is the usual place; counts from the next start.",
        _FOLDER, group="Computing",
    )  # fmt: skip
    previews: bool = _setting(
        True, "Pictures in the making", "Nodes show them while they work.", Toggle(),
        group="Computing",
    )  # fmt: skip
    output: str = _setting(
        "", "Folder for pictures", "Empty is your picture folder.", _FOLDER, group="Files"
    )
    autosave: bool = _setting(
        False, "Save by itself", "Graphs that have a file are saved a moment after each edit.",
        Toggle(), group="Files",
    )  # fmt: skip
    theme: str = _setting(
        "dark", "Colours", "Both are made for long work.", Choice(("dark", "light")), group="Looks"
    )
    density: str = _setting(
        "comfortable", "Density", "How much room rows and controls take.",
        Choice(("comfortable", "compact")), group="Looks",
    )  # fmt: skip
    reduce_motion: bool = _setting(
        False, "Reduce motion", "Nothing moves by itself.", Toggle(), group="Looks"
    )
    keymap: str = _setting(
        "studio", "Keymap", "Keys and mouse of the program that you are used to.",
        Choice(("studio", "comfyui", "blender", "nuke")), group="Keymap and mouse",
    )  # fmt: skip
    pointer: str = _setting(
        "mouse", "Wheel and two fingers", "A mouse zooms; a touchpad pans, and zooms with Ctrl.",
        Choice(("mouse", "touchpad")), group="Keymap and mouse",
    )  # fmt: skip
    models: tuple[tuple[str, tuple[str, ...]], ...] = _setting(
        (), "Further folders", "Searched after the program's own, by kind.", group="Models"
    )
    programs: tuple[str, ...] = _setting(
        (), "Other programs", "Folders of ComfyUI or A1111, whose models are read in place.",
        group="Models",
    )  # fmt: skip
    unknown: tuple[tuple[str, Any], ...] = _setting((), "", "Written by another version.", group="")


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
            used = "the usual place" if default == "" else default
            problems.append(_issue(name, problem, f"{used} is used"))
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
    if isinstance(widget, FilePath) and value.startswith("~") and expanded(value) == Path(value):
        return f"nobody has the home folder that {value!r} begins with"
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
