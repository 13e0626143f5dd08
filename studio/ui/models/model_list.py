"""Which model files there are, and what each says about itself. No Qt; reads disks: for a thread."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.errors import ModelError, StudioError
from studio.core.registry import Registry
from studio.core.widgets import FileRef, ModelFile
from studio.facts.families import FAMILIES, describe
from studio.facts.header import read_header
from studio.facts.onnx_files import is_onnx
from studio.roots import MODEL_KINDS, Roots
from studio.ui.inspector.files import model_files, stem_and_suffix

_STARTER = "starter/"
_SIDECARS = (".civitai.info", ".json")
_SIDECAR_LIMIT = 2**20
_PICTURE_LIMIT = 16 * 2**20
_PICTURES = (".preview.png", ".png", ".preview.jpg", ".jpg", ".preview.jpeg", ".jpeg", ".webp")
_MOST_WORDS = 8
_ONNX = "an ONNX network"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model file.

    Attributes:
        ref: As a graph names it.
        path: Where it is.
        kind: Kind of its folder.
        bytes: Its size; 0 for a folder.
        mtime: When it was changed, in nanoseconds.
    """

    ref: FileRef
    path: Path
    kind: str
    bytes: int
    mtime: int

    @property
    def name(self) -> str:
        """Its name without the ending."""
        return stem_and_suffix(self.ref.path)[0]

    @property
    def folder(self) -> str:
        """The folders below that of its kind, or nothing."""
        return "/".join(self.ref.path.split("/")[1:-1])


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a file says about itself.

    Attributes:
        family: Its family for people; empty: not known.
        family_id: Its family by its id; empty: not known.
        words: The words that call what it was trained on.
        picture: A small picture as the file or one beside it has it; empty: none.
        problem: Why it cannot be read; empty: it can.
    """

    family: str = ""
    family_id: str = ""
    words: tuple[str, ...] = ()
    picture: bytes = b""
    problem: str = ""


def list_models(roots: Roots) -> list[ModelEntry]:
    """Return the model files of all kinds; those that ship count as checkpoints."""
    kinds = dict.fromkeys((*MODEL_KINDS, *(name for name, _ in roots.named)))
    kinds.pop(_STARTER.rstrip("/"), None)
    found = []
    for kind in kinds:
        for ref in model_files(roots, kind):
            if ref.path.startswith(_STARTER) and kind != "checkpoints":
                continue
            with suppress(StudioError, OSError):
                path = roots.resolve(ref)
                status = path.stat()
                size = 0 if path.is_dir() else status.st_size
                found.append(ModelEntry(ref, path, kind, size, status.st_mtime_ns))
    return found


def facts_of(entry: ModelEntry) -> ModelFacts:
    """Read what a file says about itself, from its header and the files beside it."""
    try:
        if entry.path.is_file() and is_onnx(entry.path):
            return ModelFacts(_ONNX, picture=_picture_beside(entry.path))
        header = read_header(entry.path)
    except (ModelError, OSError) as error:
        return ModelFacts(picture=_picture_beside(entry.path), problem=str(error))
    found = describe(header)
    titles = {family.id: family.title for family in FAMILIES}
    words = _words(header.metadata) or _words_beside(entry.path)
    picture = _picture_beside(entry.path) or _embedded(header.metadata)
    return ModelFacts(titles.get(found.family, found.title), found.family, words, picture)


def fits(entry: ModelEntry, facts: ModelFacts | None, query: str) -> bool:
    """Say whether all words of a search are about a model."""
    about = f"{entry.ref.path} {entry.kind}"
    if facts:
        about += f" {facts.family} {' '.join(facts.words)}"
    about = about.lower()
    return all(word in about for word in query.lower().split())


def loader_of(registry: Registry, kind: str) -> tuple[str, str] | None:
    """Return the node type that loads models of a kind, and its input for the file."""
    found = [
        (not spec.id.startswith("load."), spec.id, item.name)
        for spec in registry.specs.values()
        for item in spec.inputs
        if isinstance(item.widget, ModelFile) and item.widget.folder == kind
    ]
    return min(found)[1:] if found else None


def size_text(count: int) -> str:
    """Write a size for people: ``4.3 GB``."""
    size = float(count)
    for unit in ("B", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


# --- Words ---


def _words(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words that the file itself names, or those that its training saw most."""
    phrase = metadata.get("modelspec.trigger_phrase", "")
    if phrase:
        return _clean(phrase.split(","))
    with suppress(ValueError, AttributeError, TypeError):
        counts: dict[str, int] = {}
        for folder in json.loads(metadata.get("ss_tag_frequency", "{}")).values():
            for word, count in folder.items():
                counts[word] = counts.get(word, 0) + int(count)
        return _clean(sorted(counts, key=lambda word: -counts[word]))
    return ()


def _words_beside(path: Path) -> tuple[str, ...]:
    """Return the words in a file of another program beside this one."""
    for ending in _SIDECARS:
        data = _json(path.with_name(path.stem + ending))
        for name in ("trainedWords", "activation text"):
            value = data.get(name)
            if isinstance(value, str) and value.strip():
                return _clean(value.split(","))
            if isinstance(value, list):
                return _clean(map(str, value))
    return ()


def _clean(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))[:_MOST_WORDS]


def _json(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        if path.is_file() and path.stat().st_size <= _SIDECAR_LIMIT:
            found = json.loads(path.read_text("utf-8", "replace"))
            return found if isinstance(found, dict) else {}
    return {}


# --- Pictures ---


def _picture_beside(path: Path) -> bytes:
    for ending in _PICTURES:
        picture = path.with_name(path.stem + ending)
        with suppress(OSError):
            if picture.is_file() and picture.stat().st_size <= _PICTURE_LIMIT:
                return picture.read_bytes()
    return b""


def _embedded(metadata: Mapping[str, str]) -> bytes:
    """Return the picture that the metadata carries as a data address."""
    text = metadata.get("modelspec.thumbnail", "")
    with suppress(binascii.Error, ValueError):
        return base64.b64decode(text.partition("base64,")[2], validate=True)
    return b""
