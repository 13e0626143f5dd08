"""Put a control on a model: a patch, after what can be checked before anything is loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.core.values import ControlNet, DiffusionModel, Image, Mask, Patch, Ref
from studio.diffusion.control.controls import colours
from studio.diffusion.control.kinds import PHOTO_KINDS, hint_kind, is_empty
from studio.diffusion.control.settings import ControlSettings
from studio.facts.families import same_family
from studio.facts.families.controls import refuse_kind

Warn = Callable[[str, str], None]

_TAKES_PHOTOS = (
    "tile", "inpaint", "repaint", "blur", "color", "colour", "recolor", "shuffle", "ip2p",
    "upscal", "style", "brightness", "luminance",
)  # fmt: skip
"""Words in the names of files that take photographs. They only keep a warning back."""


def applied(
    model: DiffusionModel,
    controlnet: ControlNet,
    hint: Image,
    mask: Mask | None,
    settings: ControlSettings,
    warn: Warn,
) -> Patch:
    """Return the patch that puts a control on a model.

    Args:
        model: The denoiser.
        controlnet: What reads the hint.
        hint: One picture, or one for each item.
        mask: Where it acts.
        settings: How it acts.
        warn: Takes a code and a text.

    Raises:
        FamilyMismatchError: They are of different families.
        UnsupportedError: It is a union that does not know the wanted kind of hints.
    """
    same_family(model, controlnet)
    if settings.strength:
        refuse_kind(settings.union_kind, controlnet.kinds)
    _look_at(hint, controlnet, settings, warn)
    refs = (("hint", Ref(hint.key)), *((("mask", Ref(mask.key)),) if mask else ()))
    kind = "t2i_adapter" if controlnet.architecture == "t2i_adapter" else "controlnet"
    return Patch(kind, controlnet.file, settings.as_settings(), refs, settings.side)


def _look_at(hint: Image, controlnet: ControlNet, settings: ControlSettings, warn: Warn) -> None:
    """Warn of hints that say nothing, and of photographs where a map is wanted."""
    pixels = colours(hint.pixels)
    empty = [str(index) for index, item in enumerate(pixels) if is_empty(item)]
    if empty:
        which = f" {', '.join(empty)} of {len(pixels)}" if len(pixels) > 1 else ""
        warn("W_EMPTY_HINT", f"the hint{which} is one flat colour, and steers towards nothing")
        return
    name = Path(controlnet.file).name.lower()
    takes_photos = settings.union_kind in PHOTO_KINDS or any(word in name for word in _TAKES_PHOTOS)
    if controlnet.architecture == "union" and settings.union_kind == "auto":
        takes_photos = True
    if not takes_photos and hint_kind(pixels[0]) == "tile":
        warn(
            "W_HINT",
            "the hint looks like a photograph; most networks want edges, depth or a pose made of "
            "it first, by one of the nodes of the category Control",
        )
