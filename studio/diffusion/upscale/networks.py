"""Upscaler networks: which one a file holds, and the network itself, by spandrel's architectures.

Spandrel names the architecture and builds the network; the weights come through our own gateway
alone. What a file holds is told from the names and shapes in its header: spandrel is given zeros of
these shapes, which take no memory.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from studio.core.errors import (
    DamagedFileError,
    FamilyMismatchError,
    ShapeError,
    UnsupportedError,
)
from studio.diffusion.activations import peak_bytes
from studio.diffusion.weights import DTYPES, Weights, open_weights
from studio.facts.described import Header
from studio.facts.families import describe, family

FACE_SIDE = 512
"""Pixels a side at which face networks were trained; they know no other size."""

_WRAPPINGS = (
    "params_ema",
    "params-ema",
    "params",
    "model_state_dict",
    "state_dict",
    "model",
    "net",
)
_PROBE = 32
_REACH_SIDE = 64
_SEEN = 0.5 / 255
_NAMES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class UpscalerFacts:
    """What the header of an upscaler tells.

    Attributes:
        architecture: Spandrel's name of it, such as ``ESRGAN``.
        scale: Times that it enlarges; 1 for networks that restore.
    """

    architecture: str
    scale: int


class UpscalerNetwork(torch.nn.Module):
    """A network that enlarges or restores pictures.

    Attributes:
        model: The network as its authors wrote it.
        architecture: Spandrel's name of it.
        scale: Times that it enlarges.
        channels: Colour channels that it takes and gives: 1, 3 or 4.
        multiple: Its windows begin at multiples of this; 1 where it has none.
        is_whole: Whether it must see a picture in one piece.
        is_face: Whether it knows faces of one size only.
    """

    def __init__(self, found: Any) -> None:
        super().__init__()
        self.model: torch.nn.Module = found.model.eval().requires_grad_(False)
        self.architecture = str(found.architecture.name)
        self.scale = int(found.scale)
        self.channels = int(found.input_channels)
        window = getattr(found.model, "window_size", 1)
        self.multiple = math.lcm(
            int(found.size_requirements.multiple_of), window if isinstance(window, int) else 1
        )
        self.is_face = found.purpose == "FaceSR"
        self.is_whole = self.is_face or found.tiling.name == "INTERNAL"
        self._formats = {
            torch.float16: found.supports_half,
            torch.bfloat16: found.supports_bfloat16,
        }
        self._padding: Callable[[int, int], tuple[int, int]] = found.size_requirements.get_padding
        self._least = int(found.size_requirements.minimum)
        # The public call clamps, and what has overflowed would look like white.
        self._call: Callable[[torch.nn.Module, Tensor], Tensor] = found._call_fn

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return next(self.parameters()).device

    @property
    def dtype(self) -> torch.dtype:
        """In which number format it computes."""
        return next(self.parameters()).dtype

    @cached_property
    def bytes_per_pixel(self) -> int:
        """Bytes that one pixel of a picture takes on its way through, measured on a small one."""
        side = FACE_SIDE if self.is_face else max(_PROBE, self._least)
        values = torch.zeros(1, self.channels, side, side, device=self.device, dtype=self.dtype)
        peak = peak_bytes(lambda: self(values), self.model.state_dict().values())
        return max(1, peak // side**2)

    @cached_property
    def reach(self) -> int:
        """How far off a change still shows, in pixels of the input; measured on noise.

        Two pictures that differ in their left half only are enlarged; where the right half of the
        results differs by half a level of 8 bits, the change was within reach.
        """
        side = max(_REACH_SIDE, self._least)
        noise = torch.rand(2, self.channels, side, 2 * side, generator=_seeded())
        noise[1, ..., side:] = noise[0, ..., side:]
        values = noise.to(self.device, self.dtype)
        first, second = (self(item[None])[0, ..., side * self.scale :] for item in values)
        columns = (first - second).abs().amax((0, 1)) > _SEEN
        last = int(columns.nonzero().max()) + 1 if bool(columns.any()) else 0
        return -(-last // self.scale)

    def format_for(self, wanted: torch.dtype) -> torch.dtype:
        """Return a number format that it can compute in: the wanted one, or float32."""
        return wanted if self._formats.get(wanted, True) else torch.float32

    def forward(self, values: Tensor) -> Tensor:
        """Enlarge one picture of any size.

        Args:
            values: ``(1, channels, height, width)``, sRGB-encoded, 0 to 1, on the network's device
                and in its number format.

        Returns:
            ``(1, channels, height * scale, width * scale)``, not clamped.
        """
        height, width = values.shape[2:]
        if self.is_face:
            values = _resized(values, FACE_SIDE, FACE_SIDE)
            return _resized(self._call(self.model, values), height * self.scale, width * self.scale)
        right, below = self._padding(width, height)
        made = self._call(self.model, _padded(values, right, below))
        return made[..., : height * self.scale, : width * self.scale]


def facts_of(header: Header) -> UpscalerFacts:
    """Say which upscaler a file holds, by the names and shapes in its header.

    Raises:
        FamilyMismatchError: It is another kind of file; the message says which, and its node.
        UnsupportedError: No architecture matches, or it is none that enlarges or restores.
        ShapeError: It gives other channels than it takes.
        DamagedFileError: Tensors are missing, or have impossible shapes.
    """
    zeros = {
        name: torch.zeros((), dtype=DTYPES[facts.dtype]).expand(facts.shape)
        for name, facts in header.tensors.items()
    }
    try:
        found = _found(header, zeros)
    except DamagedFileError:
        # A few architectures keep settings in the values of tensors.
        found = _found(header, open_weights(header.path).tensors)
    return UpscalerFacts(str(found.architecture.name), int(found.scale))


def build(weights: Weights) -> UpscalerNetwork:
    """Build the network of a file, on the CPU, with its weights in float32.

    Raises:
        ModelError: As `facts_of` says.
        ShapeError: It gives other channels than it takes.
    """
    return UpscalerNetwork(_found(weights.header, weights.tensors))


def _found(header: Header, tensors: Mapping[str, Tensor]) -> Any:
    """Return spandrel's description of a network with these tensors."""
    from spandrel import MAIN_REGISTRY

    for candidate in _candidates(tensors):
        for entry in MAIN_REGISTRY.architectures("detection"):
            if entry.detect(candidate):
                return _checked(header, _loaded(header, entry.architecture, candidate))
    raise _refusal(header)


def _candidates(tensors: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """Yield the tensors as they are named, and without what training tools put around them."""
    layers = [dict(tensors), *(_below(tensors, f"{name}.") for name in _WRAPPINGS)]
    for layer in filter(None, layers):
        for prefix in ("module.", "netG."):
            inner = _below(layer, prefix)
            layer = inner if len(inner) == len(layer) else layer
        yield layer


def _below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    start = len(prefix)
    return {name[start:]: value for name, value in tensors.items() if name.startswith(prefix)}


def _loaded(header: Header, architecture: Any, tensors: dict[str, Tensor]) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return architecture.load(tensors)
    except Exception as error:  # noqa: BLE001  # spandrel asserts, looks up and divides as it reads
        said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise DamagedFileError(
            f"{header.path} looks like {architecture.name}, but cannot be read as one: {said}",
            fix="get the file again, or choose another upscaler",
        ) from None


def _checked(header: Header, found: Any) -> Any:
    """Refuse networks that do something else than enlarge or restore a picture."""
    if found.purpose == "Inpainting":
        raise UnsupportedError(
            f"{header.path} is {found.architecture.name}, which fills holes and enlarges nothing",
            fix="choose an upscaler",
        )
    channels = found.input_channels, found.output_channels
    if channels not in ((1, 1), (3, 3), (4, 4)):
        raise ShapeError(
            f"{header.path} takes {channels[0]} channels and gives {channels[1]}",
            fix="choose an upscaler for grey or coloured pictures",
        )
    return found


def _refusal(header: Header) -> FamilyMismatchError | UnsupportedError:
    """Return the error for a file that is no upscaler, saying what it is."""
    known = describe(header)
    if known.kind not in ("unknown", "upscaler"):
        title = known.title or family(known.family).title
        return FamilyMismatchError(f"{header.path} is {title}, not an upscaler", fix=known.fix)
    names = ", ".join(list(header.tensors)[:_NAMES_SHOWN])
    return UnsupportedError(
        f"{header.path} matches no known upscaler; its names begin with {names}",
        fix="choose another upscaler",
    )


def _seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _padded(values: Tensor, right: int, below: int) -> Tensor:
    """Return a picture with more columns and rows, mirrored as far as it goes, then repeated."""
    across, down = min(right, values.shape[3] - 1), min(below, values.shape[2] - 1)
    mirrored = functional.pad(values, (0, across, 0, down), mode="reflect")
    return functional.pad(mirrored, (0, right - across, 0, below - down), mode="replicate")


def _resized(values: Tensor, height: int, width: int) -> Tensor:
    if values.shape[2:] == (height, width):
        return values
    return functional.interpolate(
        values, (height, width), mode="bicubic", align_corners=False, antialias=True
    )
