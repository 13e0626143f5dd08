"""How an IP-Adapter acts, and the patch that says so. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from studio.core.values import Image, ImageEncoder, IpAdapter, Mask, Patch, Ref
from studio.diffusion.control.settings import ControlSettings

Blocks = Literal["all", "style", "composition"]
Pictures = Literal["together", "per_item"]


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """How a picture acts.

    Attributes:
        timing: Its strength, and when and on which prompts it acts.
        blocks: Which attentions read it.
        pictures: Whether all pictures of the batch together are one example, or each item of the
            latent has its own.
    """

    timing: ControlSettings
    blocks: Blocks = "all"
    pictures: Pictures = "together"


def picture_patch(
    adapter: IpAdapter,
    encoder: ImageEncoder,
    image: Image,
    mask: Mask | None,
    settings: PictureSettings,
) -> Patch:
    """Return the patch that puts an IP-Adapter on a model.

    Args:
        adapter: The adapter.
        encoder: Looks at the pictures.
        image: The pictures; only its key is kept.
        mask: Where it acts; only its key is kept.
        settings: How it acts.
    """
    plain = (
        ("encoder", encoder.key or encoder.file),
        ("strength", settings.timing.strength),
        ("start", settings.timing.start),
        ("end", settings.timing.end),
        ("blocks", settings.blocks),
        ("pictures", settings.pictures),
    )
    refs = (("image", Ref(image.key)), *((("mask", Ref(mask.key)),) if mask else ()))
    side, eye = settings.timing.side, (encoder.file,)
    return Patch("ip_adapter", adapter.file, plain, refs, side, eye)


def settings_of(patch: Patch) -> PictureSettings:
    """Return what `picture_patch` wrote."""
    plain = dict(patch.settings)
    strength, start, end = (float(plain[name]) for name in ("strength", "start", "end"))
    timing = ControlSettings(strength, start=start, end=end, side=patch.side)
    blocks, pictures = cast(Blocks, plain["blocks"]), cast(Pictures, plain["pictures"])
    return PictureSettings(timing, blocks, pictures)
