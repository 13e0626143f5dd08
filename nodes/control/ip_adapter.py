"""Let a picture say what to draw."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from studio.core.define import node
from studio.core.values import DiffusionModel, Image, ImageEncoder, IpAdapter, Mask
from studio.core.widgets import Range


@node(
    "control.ip_adapter", category="Control", title="Follow picture (IP-Adapter)",
    groups={"Strength": ("strength", "start", "end"), "What it takes over": ("blocks", "pictures")},
    floors={"end": "start"},
)  # fmt: skip
def ip_adapter(
    model: DiffusionModel,
    ip_adapter: IpAdapter,
    image_encoder: ImageEncoder,
    image: Image,
    mask: Mask | None = None,
    strength: Annotated[float, Range(0, 3, step=0.05)] = 0.8,
    start: Annotated[float, Range(0, 1, step=0.01)] = 0.0,
    end: Annotated[float, Range(0, 1, step=0.01)] = 1.0,
    blocks: Literal["all", "style", "composition"] = "all",
    pictures: Literal["together", "per_item"] = "together",
) -> DiffusionModel:
    """Let a picture say what to draw, beside the prompt: an IP-Adapter on a model.

    The example is seen through its middle square, 224 pixels a side for most encoders; crop it
    before where the middle is not what matters. Several can be put on a model, in any order; for
    different regions give each a mask.

    Args:
        model: What follows the picture.
        ip_adapter: Of the family of the model.
        image_encoder: The one that the adapter was made with.
        image: The example; a batch is one example in several pictures, see ``pictures``.
        mask: Where the example counts: white is fully, black not at all. One, or one for each
            picture that is drawn; with the proportions of what is drawn.
        strength: How much it counts beside the prompt. 0 is off, and then nothing is loaded.
        start: Share of the steps before which it does nothing.
        end: Share of the steps after which it does nothing.
        blocks: Which parts of the model see it: ``style`` takes over colours and strokes but not
            what is where, ``composition`` what is where but not its look.
        pictures: ``together`` makes one example of a whole batch; ``per_item`` gives each picture
            that is drawn its own.

    Raises:
        FamilyMismatchError: The model and the adapter are of different families.
        RangeError: It would end before it starts.

    Source:
        Ye et al. 2023, arXiv:2308.06721; Wang et al. 2024, arXiv:2404.02733 (blocks).
    """
    from studio.diffusion.adapters.settings import PictureSettings, picture_patch
    from studio.diffusion.control.settings import ControlSettings
    from studio.facts.families import same_family

    same_family(model, ip_adapter)
    settings = PictureSettings(ControlSettings(strength, start=start, end=end), blocks, pictures)
    patch = picture_patch(ip_adapter, image_encoder, image, mask, settings)
    return replace(model, patches=(*model.patches, patch), key="")
