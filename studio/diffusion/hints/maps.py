"""Hints that networks make: depth, normals, soft edges, segments. One picture at a time."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.core.errors import ShapeError, UnsupportedError
from studio.diffusion.hints.ade20k import COLOURS
from studio.diffusion.hints.annotators import (
    Annotation,
    FolderNetwork,
    finite,
    onnx_look,
)
from studio.diffusion.hints.common import InputRange, Nearer
from studio.diffusion.hints.pictures import Pixels, Plane, blurred
from studio.diffusion.onnx import OnnxNetwork

_METRIC = ("zoedepth", "depth_pro", "glpn")
"""Kinds of networks whose numbers are distances."""
_FLAT = 1e-6
_SOBEL = 8
"""What Sobel's filter gives for a slope of one for each pixel."""


def depth(
    network: Annotation, picture: Pixels, numbers: InputRange = "imagenet", nearer: Nearer = "auto"
) -> Plane:
    """Return how near everything is: 1 the nearest, 0 the farthest.

    Args:
        network: Of a folder of transformers, or of an ONNX file with one map as its output.
        picture: float32 ``(height, width, 3)``, 0 to 1.
        numbers: What an ONNX network was trained with; a folder says that itself.
        nearer: Whether larger numbers of the network are ``bright``, because they are nearer, or
            distances that become ``dark``; ``auto`` knows it of folders.

    Returns:
        float32 ``(height, width)``, 0 to 1. A picture without depth is 0.

    Source:
        Ranftl et al. 2020, arXiv:1907.01341, for depths without a scale; Yang et al. 2024,
        arXiv:2406.09414.
    """
    if isinstance(network, FolderNetwork):
        made = network(network.look.planes(picture)).predicted_depth
        found = finite(made).reshape(made.shape[-2:])
        is_far = network.kind in _METRIC or (
            getattr(network.settings, "depth_estimation_type", "relative") == "metric"
        )
    else:
        (found,) = _planes(network, picture, numbers, 1)
        is_far = False
    if nearer != "auto":
        is_far = nearer == "dark"
    if is_far:
        # Distances are turned round as disparities, so that the foreground has the room.
        found = 1 / np.maximum(found, np.float32(1e-3))
    return _spread(_fitted(found, picture))


def normals(nearness: Plane, strength: float = 4.0, background: float = 0.0) -> Pixels:
    """Return which way surfaces look, by how their depth changes.

    Args:
        nearness: float32 ``(height, width)``, 0 far to 1 near.
        strength: How steep the depth is taken for; more makes stronger colours.
        background: Nearness below which everything is flat.

    Returns:
        float32 ``(height, width, 3)``: red looks left, green up, blue to the front, as ControlNet
        1.1 was trained.
    """
    # The picture's own size is the unit, so that the resolution does not change the colours.
    scale = strength * max(nearness.shape) / 8
    across, down = (
        cv2.Sobel(nearness, cv2.CV_32F, *order, scale=scale / _SOBEL, borderType=cv2.BORDER_REFLECT)
        for order in ((1, 0), (0, 1))
    )
    flat = nearness < background
    across[flat], down[flat] = 0, 0
    made = np.stack([across, down, np.ones_like(nearness)], -1)
    made /= np.linalg.norm(made, axis=-1, keepdims=True)
    return np.asarray(made / 2 + np.float32(0.5), np.float32)


def depth_normals(
    network: Annotation,
    picture: Pixels,
    numbers: InputRange,
    nearer: Nearer,
    strength: float,
    background: float,
) -> Pixels:
    """Return `normals` of the `depth` that a network sees."""
    return normals(depth(network, picture, numbers, nearer), strength, background)


def seen_normals(network: Annotation, picture: Pixels, numbers: InputRange) -> Pixels:
    """Return the normals that an ONNX network sees.

    Args:
        network: Gives three channels from -1 to 1, further ones are left out.
        picture: float32 ``(height, width, 3)``, 0 to 1.
        numbers: What the network was trained with.

    Returns:
        float32 ``(height, width, 3)``, 0 to 1.
    """
    planes = _planes(_onnx(network), picture, numbers, 3)
    made = np.stack([_fitted(plane, picture) for plane in planes[:3]], -1)
    made /= np.maximum(np.linalg.norm(made, axis=-1, keepdims=True), np.float32(_FLAT))
    return np.asarray(made / 2 + np.float32(0.5), np.float32)


def soft_edges(network: Annotation, picture: Pixels, numbers: InputRange) -> Plane:
    """Return the edges that an ONNX network of one output sees, such as HED, PiDiNet or TEED.

    Args:
        network: Its last output is taken; beyond 0 to 1 these are logits.
        picture: float32 ``(height, width, 3)``, 0 to 1.
        numbers: What the network was trained with.

    Returns:
        float32 ``(height, width)``, 0 to 1.
    """
    (found,) = _planes(_onnx(network), picture, numbers, 1)
    if found.min() < 0 or found.max() > 1:
        found = 1 / (1 + np.exp(-found))
    return np.clip(_fitted(found, picture), 0, 1)


def segments(network: Annotation, picture: Pixels, numbers: InputRange = "imagenet") -> Pixels:
    """Paint every pixel in the colour of its class in ADE20K.

    Args:
        network: Of a folder of transformers for semantic segmentation, or ONNX, whose last output
            is a score for each class.
        picture: float32 ``(height, width, 3)``, 0 to 1.
        numbers: What an ONNX network was trained with; a folder says that itself.

    Returns:
        float32 ``(height, width, 3)``, 0 to 1.

    Raises:
        UnsupportedError: The network has other than the 150 classes of ADE20K.
        ShapeError: What an ONNX network gives is no map.

    Source:
        Zhou et al. 2017, Scene Parsing through ADE20K Dataset.
    """
    scores = _scores(network, picture, numbers)
    # Scores grow smoothly; classes would get steps of the network's own pixels.
    size = picture.shape[1], picture.shape[0]
    best = np.zeros(picture.shape[:2], np.intp)
    highest = np.full(picture.shape[:2], -np.inf, np.float32)
    for index, plane in enumerate(scores):
        grown = cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)
        better = grown > highest
        best[better], highest[better] = index, grown[better]
    return np.asarray(COLOURS[best], np.float32) / np.float32(255)


def _scores(network: Annotation, picture: Pixels, numbers: InputRange) -> NDArray[np.float32]:
    """Return the score of each class: ``(150, height, width)`` at the network's own size.

    Raises:
        UnsupportedError: There are other classes.
    """
    if isinstance(network, FolderNetwork):
        _refuse_classes(f"the {network.kind} network", network.settings.num_labels)
        return finite(network(network.look.planes(picture)).logits[0])
    planes = _planes(network, picture, numbers, 2)
    _refuse_classes(network.path.name, len(planes))
    return planes


def _refuse_classes(name: str, count: int) -> None:
    if count != len(COLOURS):
        raise UnsupportedError(
            f"{name} has {count} classes, not the {len(COLOURS)} of ADE20K that ControlNets know",
            fix="choose one whose name ends in ade",
        )


def _onnx(network: Annotation) -> OnnxNetwork:
    if isinstance(network, OnnxNetwork):
        return network
    raise UnsupportedError(f"a {network.kind} folder was given", fix="choose an .onnx file")


def _planes(
    network: OnnxNetwork, picture: Pixels, numbers: InputRange, least: int
) -> NDArray[np.float32]:
    """Return the planes of a network's last output, at least so many.

    Raises:
        ShapeError: It has fewer, or is no map.
    """
    made = network(onnx_look(network, numbers).planes(picture))[-1]
    maps = made.reshape(-1, *made.shape[-2:]) if made.ndim >= 2 else made[None, None]
    is_map = made.ndim >= 2 and min(maps.shape[1:]) > 1
    if not is_map or len(maps) < least or (least == 1 and len(maps) != 1):
        said = " x ".join(map(str, made.shape))
        raise ShapeError(
            f"{network.path.name} gives {said}, not a map of {least} channels",
            fix="choose a network for this kind of hint",
        )
    return np.asarray(maps, np.float32)


def _fitted(plane: Plane, picture: Pixels) -> Plane:
    """Bring a map to the size of its picture."""
    height, width = picture.shape[:2]
    if plane.shape == (height, width):
        return plane
    if plane.shape[0] > height:
        plane = blurred(plane, 0.4 * plane.shape[0] / height)
    made = cv2.resize(np.ascontiguousarray(plane), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(made, np.float32)


def _spread(plane: Plane) -> Plane:
    """Bring the numbers of a map to 0 to 1."""
    low, high = float(plane.min()), float(plane.max())
    if high - low < _FLAT * max(1.0, abs(high)):
        return np.zeros_like(plane)
    return np.asarray((plane - low) / (high - low), np.float32)
