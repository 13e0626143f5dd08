"""Model families: which one a file belongs to, and what is true of it.

A new family is one module with a `Family`, and one line in `FAMILIES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from studio.core.errors import (
    FamilyMismatchError,
    ModelError,
    UnknownFamilyError,
    UnsupportedError,
)
from studio.facts import folders
from studio.facts.described import Header
from studio.facts.families import controls, layout, others
from studio.facts.families.controls import ControlFacts
from studio.facts.families.family import EncoderFacts, Evidence, Family, Prediction
from studio.facts.families.others import Kind
from studio.facts.families.sd15 import SD15
from studio.facts.families.sdxl import SDXL
from studio.facts.header import read_header
from studio.facts.onnx_files import is_onnx

__all__ = [
    "FAMILIES",
    "ControlFacts",
    "EncoderFacts",
    "Evidence",
    "Family",
    "Identified",
    "Kind",
    "Prediction",
    "describe",
    "family",
    "family_of_file",
    "identify",
    "identify_as",
    "identify_vae",
    "refuse_misfit",
    "same_family",
]

FAMILIES = [SD15, SDXL]

_VARIANTS = {4: "base", 5: "depth", 8: "ip2p", 9: "inpaint"}
_SIDECAR_LIMIT = 2**20


@dataclass(frozen=True, slots=True)
class Identified:
    """What a weights file is.

    Attributes:
        header: Its description.
        kind: What it is for.
        family: Id of its family; empty when it is not known.
        evidence: Why it is that family.
        variant: ``base``, ``inpaint`` (9 channels), ``ip2p`` (8) or ``depth`` (5).
        prediction: What the denoiser says; empty without one.
        parts: Which of ``unet``, ``vae`` and ``text_encoder`` are there.
        title: What it is, for people.
        fix: Where it belongs when it is no checkpoint.
    """

    header: Header
    kind: Kind
    family: str = ""
    evidence: tuple[str, ...] = ()
    variant: str = ""
    prediction: Prediction | None = None
    parts: tuple[str, ...] = ()
    title: str = ""
    fix: str = ""


def family(name: str) -> Family:
    """Return a family by its id.

    Raises:
        UnknownFamilyError: There is none of this name.
    """
    for found in FAMILIES:
        if found.id == name:
            return found
    known = ", ".join(found.id for found in FAMILIES)
    raise UnknownFamilyError(f"there is no family {name!r}", fix=f"known are {known}")


def identify(path: str | Path) -> Identified:
    """Say which family a checkpoint belongs to, by the names and shapes in its header.

    Args:
        path: A checkpoint or a diffusers folder.

    Raises:
        UnsupportedError: It is of a family that is known, but not supported.
        FamilyMismatchError: It is another kind of file; the message says which, and its node.
        UnknownFamilyError: Nothing matches; the message lists the most telling names.
        ModelError: The file cannot be read, as `read_header` says.
    """
    found = describe(read_header(path))
    if found.kind == "checkpoint" and found.family:
        return found
    if found.kind == "checkpoint":
        known = ", ".join(known.title for known in FAMILIES)
        raise UnsupportedError(f"{path} is {found.title}", fix=f"supported are {known}")
    if found.kind != "unknown":
        maker = f" for {family(found.family).title}" if found.family else ""
        raise FamilyMismatchError(f"{path} is {found.title}{maker}", fix=found.fix)
    telling = ", ".join(_telling(found.header))
    raise UnknownFamilyError(
        f"{path} matches no known family; its names begin with {telling}",
        fix="choose a Stable Diffusion 1.x or XL checkpoint",
    )


def identify_vae(path: str | Path) -> Identified:
    """Say what is known of a file that is to give a VAE: a VAE alone, or any checkpoint.

    The family of a VAE alone is empty: its names and shapes are the same in all families.

    Raises:
        UnsupportedError: The file holds no VAE.
        ModelError: The file cannot be read, as `read_header` says.
    """
    found = describe(read_header(path))
    if found.kind == "vae" or "vae" in found.parts:
        return found
    raise UnsupportedError(
        f"{path} holds no VAE; it is {found.title or 'unknown'}", fix="choose a VAE or a checkpoint"
    )


def identify_as(path: str | Path, kind: Kind, what: str) -> Identified:
    """Say what is known of a file that is to be of one kind.

    Args:
        path: The file.
        kind: What it is to be.
        what: The same for people, with its article.

    Raises:
        FamilyMismatchError: It is another kind of file; the message says which, and its node.
        ModelError: The file cannot be read, as `read_header` says.
    """
    found = describe(read_header(path))
    if found.kind == kind:
        return found
    title = found.title or "a file of an unknown kind"
    where = "load it with the node load.checkpoint" if found.kind == "checkpoint" else found.fix
    raise FamilyMismatchError(f"{path} is not {what} but {title}", fix=where or f"choose {what}")


def identify_control(path: str | Path) -> ControlFacts:
    """Say what is known of a file that is to steer a denoiser with a hint.

    Raises:
        FamilyMismatchError: It is another kind of file; the message says which, and its node.
        UnsupportedError: It is of a kind or family that this program does not draw with.
        ModelError: The file cannot be read, as `read_header` says.
    """
    header = read_header(path)
    facts = controls.describe(header)
    if not facts.architecture:
        found = describe(header)
        raise FamilyMismatchError(
            f"{path} is no ControlNet; it is {found.title or 'unknown'}",
            fix=found.fix or "choose a ControlNet or a T2I-Adapter",
        )
    if facts.architecture not in controls.SUPPORTED or not facts.family:
        known = " and ".join(known.title for known in FAMILIES)
        raise UnsupportedError(
            f"{path} is {facts.title} of a kind or family that this program does not draw with",
            fix=f"choose a ControlNet or a T2I-Adapter for {known}",
        )
    return facts


def refuse_misfit(path: Path, folder: str) -> None:
    """Refuse a file that belongs into no folder of a kind, as the node does that opens it.

    Args:
        path: The file.
        folder: Kind of the folder; of those that are not known here nothing is refused. Behind a
            slash the kind of hint that a ControlNet there has to know.

    Raises:
        FamilyMismatchError: It is another kind of file; the message says which, and its node.
        UnsupportedError: It is of a kind or family that this program does not draw with, or a
            union ControlNet that does not know the kind of hint.
        UnknownFamilyError: It is to be a checkpoint, and nothing matches.
        ModelError: The file cannot be read, as `read_header` says.
    """
    folder, _, hint = folder.partition("/")
    if folder in _OPENED_BY:
        opened = _OPENED_BY[folder](path)
        if hint and isinstance(opened, ControlFacts):
            controls.refuse_kind(hint, opened.kinds)
    elif folder in _TAKEN and not is_onnx(path):
        kind, what = _TAKEN[folder]
        if describe(read_header(path)).kind != "unknown":
            identify_as(path, kind, what)


_OPENED_BY: Mapping[str, Callable[[Path], object]] = {
    "checkpoints": identify,
    "vae": identify_vae,
    "controlnet": identify_control,
    "ip_adapters": partial(identify_as, kind="ip_adapter", what="an IP-Adapter"),
    "image_encoders": partial(identify_as, kind="image_encoder", what="an image encoder"),
}
_TAKEN: Mapping[str, tuple[Kind, str]] = {
    "upscalers": ("upscaler", "an upscaler"),
    "detectors": ("detector", "a detector"),
}
"""What only networks tell for certain, so that files of no known kind may pass here."""


def describe(header: Header) -> Identified:
    """Say what a file is, by its header alone; never raises for what is unknown."""
    parts = _parts(header)
    for candidate in FAMILIES:
        evidence = candidate.probe(header) if not layout.has(header, "edm_mean") else None
        if evidence:
            return Identified(
                header,
                "checkpoint",
                candidate.id,
                evidence.reasons,
                _variant(header),
                _prediction(header, candidate),
                parts,
                candidate.title,
            )
    other = others.other(header)
    if other:
        return Identified(
            header, other.kind, others.hint(header), (), "", None, parts, other.title, other.fix
        )
    title = others.unsupported(header)
    return Identified(header, "checkpoint" if title else "unknown", parts=parts, title=title)


def family_of_file(path: str | Path) -> str:
    """Return the id of a file's family, or nothing when it cannot be told or read."""
    try:
        return describe(read_header(path)).family
    except ModelError:
        return ""


class HasFamily(Protocol):
    """A value that belongs to a family: a handle, a latent, a conditioning."""

    @property
    def family(self) -> str:
        """Return the id of the family; empty when it is not known."""


def same_family(*values: HasFamily) -> str:
    """Return the one family of several values; an unknown one goes with all.

    Raises:
        FamilyMismatchError: Two differ; the message names both.
    """
    known = [value for value in values if value.family]
    for value in known[1:]:
        if value.family != known[0].family:
            raise FamilyMismatchError(
                f"the {_word(known[0])} is of {_title(known[0])}, "
                f"the {_word(value)} of {_title(value)}",
                fix="take both from the same checkpoint",
            )
    return known[0].family if known else ""


def _word(value: HasFamily) -> str:
    """Return what users call a value."""
    name = type(value).__name__.removeprefix("Diffusion")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _title(value: HasFamily) -> str:
    return next((known.title for known in FAMILIES if known.id == value.family), value.family)


def _parts(header: Header) -> tuple[str, ...]:
    """Return which networks are in a file."""
    prefixes = [prefix for one in FAMILIES for tower in one.encoders for prefix in tower.prefixes]
    alone = ("decoder.conv_in.",) if not layout.unet(header) else ()
    there = {
        "unet": bool(layout.unet(header)),
        "vae": layout.has(header, layout.VAE, layout.FOLDER_VAE, *alone),
        "text_encoder": layout.has(header, *prefixes),
    }
    return tuple(name for name, found in there.items() if found)


def _variant(header: Header) -> str:
    """Return the variant, by the channels that the denoiser takes."""
    names = layout.unet(header)
    first = names.get("input_blocks.0.0.weight") or names.get("conv_in.weight")
    channels = first.shape[1] if first and len(first.shape) == 4 else 4
    return _VARIANTS.get(channels, f"{channels} channels")


def _prediction(header: Header, of: Family) -> Prediction:
    """Return what the denoiser says: by marks in the file, its metadata, or files beside it."""
    if "v_pred" in header.tensors:
        return "v_zsnr" if "ztsnr" in header.tensors else "v"
    keys = ("modelspec.prediction_type", "modelspec.predict_key")
    words = [header.metadata[key] for key in keys if key in header.metadata]
    zero = False
    if header.format == "folder":
        scheduler = folders.settings(header.path, "scheduler")
        words.append(str(scheduler.get("prediction_type", "")))
        zero = scheduler.get("rescale_betas_zero_snr") is True
    if any(word in ("v", "v_prediction", "v_pred") for word in words):
        return "v_zsnr" if zero else "v"
    return "v" if not words and _sidecar_says_v(header.path) else of.prediction


def _sidecar_says_v(path: Path) -> bool:
    """Return whether a YAML file of the same name says that the denoiser predicts v."""
    sidecar = path.with_suffix(".yaml")
    if not sidecar.is_file() or sidecar.stat().st_size > _SIDECAR_LIMIT:
        return False
    text = sidecar.read_text("utf-8", errors="replace")
    return re.search(r"^\s*parameterization:\s*[\"']?v\b", text, re.MULTILINE) is not None


def _telling(header: Header, most: int = 10) -> list[str]:
    """Return the names that say most about an unknown file: one for each beginning."""
    counts: dict[str, int] = {}
    for name in header.tensors:
        stem = ".".join(name.split(".")[:3])[:60]
        counts[stem] = counts.get(stem, 0) + 1
    return _largest(counts, most)


def _largest(counts: Mapping[str, int], most: int) -> list[str]:
    return sorted(counts, key=lambda stem: (-counts[stem], stem))[:most]
