"""Networks that look at pictures: ONNX files and folders of transformers, from this disk alone.

A folder's settings say which of transformers' own classes it is; its weights come through our own
gateway. No code of the folder is run and nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core.errors import (
    DamagedFileError,
    NotFiniteError,
    ShapeError,
    StudioError,
    UnsupportedError,
)
from studio.diffusion.hints.common import InputRange
from studio.diffusion.hints.pictures import Pixels
from studio.diffusion.onnx import OnnxNetwork
from studio.diffusion.pixels.filters import resize
from studio.diffusion.weights import open_weights
from studio.facts import folders
from studio.facts.onnx_files import is_onnx

_TABLES = {
    "depth": "DEPTH_ESTIMATION",
    "segment": "SEMANTIC_SEGMENTATION",
    "pose": "POSE_ESTIMATION",
}
_MULTIPLE = 32
_NAMES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Look:
    """How a network wants its pictures.

    Attributes:
        mean: Taken from each channel of 0 to 1.
        spread: What each channel is divided by afterwards.
        multiple: Sides are multiples of this.
        width: The one width that it takes; 0 takes any.
        height: The one height that it takes; 0 takes any.
        is_square: Whether width and height are the same.
    """

    mean: tuple[float, ...]
    spread: tuple[float, ...]
    multiple: int = _MULTIPLE
    width: int = 0
    height: int = 0
    is_square: bool = False

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the width and height nearest to some at which it can look."""
        sides = (max(width, height),) * 2 if self.is_square else (width, height)
        near = [max(1, round(side / self.multiple)) * self.multiple for side in sides]
        return self.width or near[0], self.height or near[1]

    def planes(self, picture: Pixels) -> NDArray[np.float32]:
        """Return a picture as the network takes it.

        Args:
            picture: float32 ``(height, width, 3)``, 0 to 1, of any size.

        Returns:
            float32 ``(1, 3, height, width)`` at the size of `size`.
        """
        size = self.size(picture.shape[1], picture.shape[0])
        seen = np.clip(resize(picture[None], *size, "bicubic"), 0, 1)
        mean, spread = (np.array(numbers, np.float32) for numbers in (self.mean, self.spread))
        scaled = (seen - mean) / spread
        return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), np.float32)


_RANGES: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "unit": ((0, 0, 0), (1, 1, 1)),
    "byte": ((0, 0, 0), (1 / 255, 1 / 255, 1 / 255)),
    "signed": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
}


def onnx_look(network: OnnxNetwork, numbers: InputRange) -> Look:
    """Return how an ONNX network wants its pictures.

    Raises:
        UnsupportedError: It takes no colour pictures with the channels first.
    """
    if len(network.shape) != 4 or network.shape[1] not in (3, None):
        said = " x ".join("?" if n is None else str(n) for n in network.shape)
        raise UnsupportedError(
            f"{network.path.name} takes {said}, not 1 x 3 x height x width",
            fix="choose another network",
        )
    mean, spread = _RANGES[numbers]
    return Look(mean, spread, _MULTIPLE, network.shape[3] or 0, network.shape[2] or 0)


class FolderNetwork(torch.nn.Module):
    """A network of transformers with how it wants its pictures.

    Attributes:
        model: As transformers has it.
        look: How it wants its pictures.
        kind: Its type in the settings, such as ``segformer``.
        settings: As transformers reads them.
    """

    def __init__(self, model: Any, look: Look) -> None:
        super().__init__()
        self.model = model.eval().requires_grad_(False)
        self.look = look
        self.settings = model.config
        self.kind = str(model.config.model_type)

    def forward(self, values: NDArray[np.float32], **further: Any) -> Any:
        """Run the network once and return what transformers returns.

        Args:
            values: float32 ``(1, 3, height, width)`` as `Look.planes` makes them.
            further: What this kind of network takes besides.

        Raises:
            ShapeError: It does not take this size.
        """
        first = next(self.model.parameters())
        given = torch.from_numpy(values).to(first.device, first.dtype)
        try:
            return self.model(pixel_values=given, **further)
        except (RuntimeError, ValueError) as error:
            if isinstance(error, torch.OutOfMemoryError):
                raise
            size = f"{values.shape[3]} x {values.shape[2]}"
            raise ShapeError(
                f"the {self.kind} network failed on a picture of {size}: {str(error)[:200]}",
                fix="try another resolution",
            ) from error


Annotation = OnnxNetwork | FolderNetwork
"""What an `Annotator` becomes."""


def open_annotator(path: str | Path, part: str = "") -> Annotation:
    """Open an ONNX file, or a folder of transformers.

    Args:
        path: The file or folder.
        part: What a folder is asked for: ``depth``, ``segment`` or ``pose``; edges and normals come
            from ONNX files only.

    Raises:
        MissingFileError: There is no such file.
        DamagedFileError: It cannot be read, or the weights are not those of the settings.
        UnsupportedError: It is another kind of file, or of network.
        UnsafeFileError: The weights ask for code to be run.
    """
    place = Path(path)
    if place.is_dir():
        return _folder(place, part)
    if is_onnx(place):
        return OnnxNetwork(place)
    wanted = f"an .onnx file or a folder of transformers for {part}" if part else "an .onnx file"
    raise UnsupportedError(f"{place.name} is not {wanted}", fix="choose another file")


def finite(values: torch.Tensor) -> NDArray[np.float32]:
    """Return a tensor as numpy on the CPU.

    Raises:
        NotFiniteError: It holds values that are not numbers.
    """
    if not torch.isfinite(values).all():
        raise NotFiniteError("the network gives values that are not numbers")
    return np.asarray(values.detach().float().cpu().numpy(), np.float32)


def _folder(folder: Path, part: str) -> FolderNetwork:
    from transformers.utils import logging

    # Its bars are drawn over our own progress, and over the log of the worker.
    logging.disable_progress_bar()
    settings = folders.settings(folder, "")
    kind = str(settings.get("model_type", ""))
    made = _class(folder, kind, part)
    try:
        config = made.config_class.from_pretrained(folder, local_files_only=True)
        model, report = made.from_pretrained(
            None, config=config, state_dict=dict(open_weights(folder)), output_loading_info=True,
            dtype=torch.float32,
        )  # fmt: skip
    except StudioError:
        raise
    except ImportError as error:
        text = f"{folder.name} needs a library that is not here: {str(error).strip()[:120]}"
        raise UnsupportedError(text, fix="choose another network") from error
    except Exception as error:  # transformers raises whatever odd settings lead to
        raise DamagedFileError(f"{folder} cannot be loaded: {str(error)[:200]}") from error
    missing = sorted(report["missing_keys"])
    if missing:
        shown = ", ".join(missing[:_NAMES_SHOWN])
        raise DamagedFileError(
            f"{folder} lacks {len(missing)} tensors, such as {shown}",
            fix="get the folder again",
        )
    return FolderNetwork(model, _look(folder, settings))


def _class(folder: Path, kind: str, part: str) -> Any:
    """Return the class of transformers that a folder is for a part."""
    from transformers.models.auto import modeling_auto
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    table = _TABLES.get(part, "")
    names = getattr(modeling_auto, f"MODEL_FOR_{table}_MAPPING_NAMES", {})
    if kind in names and kind in CONFIG_MAPPING:
        return getattr(modeling_auto, f"MODEL_FOR_{table}_MAPPING")[CONFIG_MAPPING[kind]]
    raise UnsupportedError(
        f"{folder.name} holds a network of type {kind or 'unknown'}, which gives no {part or 'map'}",
        fix="choose another folder",
    )


def _look(folder: Path, settings: dict[str, Any]) -> Look:
    """Return how the network of a folder wants its pictures, from the file beside its weights."""
    said = folders.settings(folder, "", "preprocessor_config.json")
    mean, spread = _RANGES["imagenet"]
    if said.get("do_normalize", True):
        mean, spread = said.get("image_mean", mean), said.get("image_std", spread)
    else:
        mean, spread = _RANGES["unit"]
    kind = settings.get("model_type")
    backbone = settings.get("backbone_config") or {}
    patch = backbone.get("patch_size", settings.get("patch_size", _MULTIPLE))
    multiple = said.get("ensure_multiple_of") or (patch if isinstance(patch, int) else _MULTIPLE)
    # Its positions are laid out on a square when it has no backbone of another kind.
    is_square = kind == "dpt" and not backbone
    width, height = _fixed(said, kind)
    return Look(tuple(mean), tuple(spread), int(multiple), width, height, is_square)


def _fixed(said: dict[str, Any], kind: Any) -> tuple[int, int]:
    """Return the one size of networks that know no other."""
    size = said.get("size")
    if kind in ("vitpose", "depth_pro") and isinstance(size, dict):
        return int(size.get("width", 0)), int(size.get("height", 0))
    return {"vitpose": (192, 256), "depth_pro": (1536, 1536)}.get(str(kind), (0, 0))
