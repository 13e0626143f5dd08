"""What travels on links: frozen values with read-only arrays.

Facts that belong to a type stand here, once. Array types are named for the type checker only, so
this module imports nothing but the standard library. Handles and detections are compared by content
without `key`, which the engine sets on every value that it hands to a node; values with arrays are
the same only if they are the same object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

T = TypeVar("T")

Side = Literal["both", "positive", "negative"]
MaskMode = Literal["soft", "hard", "gradient"]
HintKind = Literal[
    "openpose", "depth", "soft_edge", "hard_edge", "normal", "segment", "tile", "inpaint"
]


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """Base of everything that travels on a link.

    Attributes:
        key: Digest that names this result; set by the engine, left out of equality.
    """

    key: str = field(default="", compare=False, kw_only=True, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Image(Value):
    """A batch of pictures.

    Attributes:
        pixels: float32 ``(batch, height, width, channels)``, numpy, C-contiguous, 1, 3 or 4
            channels, 0 to 1, sRGB-encoded, straight alpha. Values outside 0 to 1 may occur and are
            clamped only when saved.
    """

    pixels: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Mask(Value):
    """Where something changes.

    Attributes:
        pixels: float32 ``(batch, height, width)``, numpy, 0 keeps, 1 changes.
        pictures: Index of the picture that each item belongs to, where one picture has several;
            empty: item k belongs to picture k.
    """

    pixels: NDArray[np.float32]
    pictures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Frames(Value):
    """A film, read in chunks and never held as one array.

    Attributes:
        source: A video file, or a folder of pictures.
        start: First frame.
        stop: Frame after the last one; ``None`` goes to the end.
        fps: Frames a second.
        loop: Whether the last frame leads to the first.
    """

    source: str
    start: int = 0
    stop: int | None = None
    fps: float = 8.0
    loop: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Latent(Value):
    """A picture in the space of a VAE.

    Attributes:
        samples: float32 ``(batch, channels, height / 8, width / 8)``, torch on the CPU, scaled to
            unit variance (the VAE functions scale).
        family: Id of the family whose VAE made it.
        mask: Where sampling may change it; ``None`` is everywhere. Its size is that of the pixels
            or any other: the sampler resizes it by area.
        item_seeds: Seed of each item of the batch, when they do not follow from one seed.
        sigma: Noise level left in the samples; 0 is none.
        mask_mode: ``soft`` blends, ``hard`` cuts at one half, ``gradient`` frees what is grey the
            later the darker it is.
    """

    samples: torch.Tensor
    family: str
    mask: Mask | None = None
    item_seeds: tuple[int, ...] | None = None
    sigma: float = 0.0
    mask_mode: MaskMode = "soft"


@dataclass(frozen=True, slots=True)
class Ref:
    """Names a value by its key, so that handles stay a few strings.

    Attributes:
        key: Digest of the value; ``Context.fetch`` resolves it.
    """

    key: str


@dataclass(frozen=True, slots=True)
class Patch:
    """A LoRA, ControlNet or motion module on a model.

    Attributes:
        kind: What it is: one of `STEERING`, or ``lora`` or ``motion``.
        file: Path of its weights.
        settings: Names and plain values, in a fixed order.
        refs: Values that it needs when the network runs, such as a hint.
        side: The conditioning that it acts on.
        others: Paths of further files that it needs, such as the eye of an `IpAdapter`.
    """

    kind: str
    file: str
    settings: tuple[tuple[str, str | int | float | bool], ...] = ()
    refs: tuple[tuple[str, Ref], ...] = ()
    side: Side = "both"
    others: tuple[str, ...] = ()


STEERING = frozenset({"controlnet", "t2i_adapter", "ip_adapter"})
"""Kinds of patches that steer a network while it runs, and leave it as it is."""


@dataclass(frozen=True, slots=True)
class PatchRequest:
    """What ``<lora:name:0.8>`` in a prompt asks for; applied by the sampler and the encoder.

    Attributes:
        kind: ``lora``.
        name: As written; resolved against the scanned files, never used as a path.
        model: Strength on the denoiser.
        text_encoder: Strength on the text encoder.
    """

    kind: str
    name: str
    model: float = 1.0
    text_encoder: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """A part of the schedule and what is drawn there.

    Attributes:
        tokens: float32 ``(1, tokens, width)``, torch on the CPU: states of the text encoder.
        pooled: float32 ``(1, width)`` or ``None`` for families without a pooled vector.
        start: Share of the schedule at which it begins, 0 to 1.
        end: Share of the schedule at which it ends, 0 to 1.
    """

    tokens: torch.Tensor
    pooled: torch.Tensor | None = None
    start: float = 0.0
    end: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Conditioning(Value):
    """An encoded prompt, for one family.

    Attributes:
        segments: What is drawn when; at least one.
        family: Id of the family.
        size_ids: Original height and width, crop top and left, target height and width, in pixels,
            for families that are conditioned on sizes; ``None`` follows the latent.
        strength: Weight beside other conditionings.
        mask: Region in which it acts; ``None`` is everywhere.
        requests: Patches that the prompt asked for.
    """

    segments: tuple[Segment, ...]
    family: str
    size_ids: tuple[int, ...] | None = None
    strength: float = 1.0
    mask: Mask | None = None
    requests: tuple[PatchRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Handle(Value):
    """Names a network without holding it; ``compute/pool.py`` turns it into one.

    Attributes:
        file: Path of the weights.
        family: Id of the family; empty when it is not known.
        patches: What was put on it, in order.
    """

    file: str
    family: str = ""
    patches: tuple[Patch, ...] = ()


@dataclass(frozen=True, slots=True)
class DiffusionModel(Handle):
    """A denoiser with its patches."""


@dataclass(frozen=True, slots=True)
class TextEncoder(Handle):
    """What turns prompts into conditioning; also when there are two."""


@dataclass(frozen=True, slots=True)
class Vae(Handle):
    """What moves pictures into latent space and back."""


@dataclass(frozen=True, slots=True)
class ControlNet(Handle):
    """Steers a denoiser with a picture.

    Attributes:
        architecture: How it is built, such as ``controlnet``, ``union`` or ``t2i_adapter``.
        blocks: Residuals that it gives, each of which may have a weight; 0: not known.
        kinds: How many kinds of hints a union knows; 0: it is none.
    """

    architecture: str = "controlnet"
    blocks: int = 0
    kinds: int = 0


@dataclass(frozen=True, slots=True)
class ImageEncoder(Handle):
    """Says what is seen in a picture, in numbers; the eye of an `IpAdapter`."""


@dataclass(frozen=True, slots=True)
class IpAdapter(Handle):
    """Makes a denoiser follow a picture as it follows a prompt."""


@dataclass(frozen=True, slots=True)
class Upscaler(Handle):
    """A network that enlarges or restores pictures.

    Attributes:
        scale: Times that it enlarges; 1 for networks that restore.
        architecture: Name of its architecture, such as ``ESRGAN``.
    """

    scale: int = 4
    architecture: str = ""


@dataclass(frozen=True, slots=True)
class Detector(Handle):
    """Finds things in pictures."""


@dataclass(frozen=True, slots=True)
class Annotator(Handle):
    """Turns pictures into hints: depth, normals, edges, segments, poses.

    Attributes:
        part: What a file with several uses is asked for, such as ``depth``.
    """

    part: str = ""


@dataclass(frozen=True, slots=True)
class MotionModule(Handle):
    """Makes a denoiser draw frames that belong together."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing found in one picture: a record that filters keep whole.

    Attributes:
        box: Left, top, right, bottom in pixels.
        label: Name of its class.
        confidence: 0 to 1.
        polygon: Outline as ``(x, y)`` in pixels; empty when there is none.
        id: Stays the same through filters.
    """

    box: tuple[float, float, float, float]
    label: str
    confidence: float
    polygon: tuple[tuple[float, float], ...] = ()
    id: int = 0


@dataclass(frozen=True, slots=True)
class Detections(Value):
    """What was found in each picture of a batch.

    Attributes:
        items: One tuple of detections for each picture.
        size: Width and height of the pictures in pixels.
    """

    items: tuple[tuple[Detection, ...], ...]
    size: tuple[int, int]


PosePoint = tuple[float, float, float]
"""``x`` and ``y`` in pixels, and a confidence from 0 to 1; a confidence of 0 is not there."""


@dataclass(frozen=True, slots=True)
class Pose:
    """One person in one picture.

    Attributes:
        points: 18 points in the order of OpenPose: nose, neck, right shoulder, elbow and wrist,
            left ones, right hip, knee and ankle, left ones, right eye, left eye, right ear,
            left ear. Right is the person's own.
        left_hand: 21 points from the wrist to the little finger's tip, or none.
        right_hand: As the left one.
        face: 68 or 70 points, or none.
    """

    points: tuple[PosePoint, ...]
    left_hand: tuple[PosePoint, ...] = ()
    right_hand: tuple[PosePoint, ...] = ()
    face: tuple[PosePoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Poses(Value):
    """The people in each picture of a batch.

    Attributes:
        items: One tuple of people for each picture.
        size: Width and height of the pictures in pixels.
    """

    items: tuple[tuple[Pose, ...], ...]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Sequence(Value, Generic[T]):
    """A list of values of one type; linked to an input of that type it maps the node over them.

    Attributes:
        items: The values; with a `reader`, what the reader turns into the values.
        digests: Content of each item, for lists whose items have an identity of their own, such as
            files; empty: an item's key follows from the list's key and its index.
        reader: ``module:function`` that makes a value of an item, so that a folder of pictures is
            never held whole; empty: the items are the values.
    """

    items: tuple[Any, ...]
    digests: tuple[str, ...] = ()
    reader: str = ""

    def __len__(self) -> int:
        """Return how many items there are."""
        return len(self.items)


def value_types() -> dict[str, type[Value]]:
    """Return every value type by its name."""
    found: dict[str, type[Value]] = {}
    waiting: list[type[Value]] = [Value]
    while waiting:
        kind = waiting.pop()
        # The latest wins: a dataclass with slots leaves its first draft among the subclasses.
        found.setdefault(kind.__name__, kind)
        waiting.extend(kind.__subclasses__())
    return found
