"""Small files in the form in which YOLO networks are shared, made without the package they name.

``tests/golden/yolo.npz`` holds the layers of small networks as data, and what that package makes of
them with weights by the rule of `value`: layers and outputs, no weights and no code. Here they
become pickles with stand-ins for the classes that such files name.
"""

from __future__ import annotations

import json
import sys
import types
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

GOLDEN = Path(__file__).parent / "golden" / "yolo.npz"
NAMES = ("v8", "v8_fused", "v9_11", "v9_11_fused")

Floats = NDArray[np.float32]
Tree = dict[str, Any]


def value(name: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return the weights of one name: the same ones everywhere, and of a size that keeps going."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    if name.endswith("dfl.conv.weight"):
        return np.arange(shape[1], dtype=np.float32).reshape(shape)
    if name.endswith("num_batches_tracked"):
        return np.zeros(shape, np.int64)
    if name.endswith("running_var"):
        return random.uniform(0.5, 1.5, shape).astype(np.float32)
    if len(shape) > 1:
        spread = (2 / max(1, int(np.prod(shape[1:])))) ** 0.5
        return np.asarray(random.standard_normal(shape) * spread, np.float32)
    middle = 1.0 if name.endswith("bn.weight") else 0.0
    return (middle + 0.1 * random.standard_normal(shape)).astype(np.float32)


@cache
def golden() -> dict[str, NDArray[Any]]:
    """Return what was recorded."""
    with np.load(GOLDEN) as held:
        return dict(held)


def tree(name: str) -> Tree:
    """Return the layers of one of the networks, as data of its own."""
    made: Tree = json.loads(zlib.decompress(golden()["trees"].tobytes()))[name]
    return made


def picture() -> Floats:
    """Return the picture that the recorded outputs are of: ``(3, 64, 96)``."""
    return np.random.default_rng(0).random((1, 3, 64, 96), np.float32).reshape(3, 64, 96)


def save(
    path: Path,
    layers: Tree,
    *,
    place: str = "model",
    half: bool = False,
    bias: float = 0.0,
    is_old: bool = False,
) -> Path:
    """Write a network as training tools do.

    Args:
        path: Where to.
        layers: As `tree` returns them.
        place: ``model`` or ``ema``; the other one holds nothing. Empty: the network alone is saved.
        half: Whether weights are float16.
        bias: Added to the confidence of all classes.
        is_old: Whether it is written as torch did before 1.6.
    """
    with _names_that_are_asked_for(layers) as classes:
        network = _made(layers, "", classes)
        network.names = _numbered(layers["labels"])
        network.yaml = {"nc": 2, "backbone": [[-1, 1, "Conv", [8, 3, 2]]]}
        network.args = {"imgsz": 64, "task": "detect"}
        _raise(network, bias)
        held = network.half() if half else network
        root = {"epoch": -1, "model": None, "ema": None, "date": "2026-01-01", place: held}
        torch.save(root if place else held, path, _use_new_zipfile_serialization=not is_old)
    return path


def _numbered(labels: Any) -> Any:
    """Return names by number, as training tools write them; JSON has texts as keys."""
    is_dict = isinstance(labels, dict)
    return {int(at): text for at, text in labels.items()} if is_dict else labels


def _raise(network: torch.nn.Module, bias: float) -> None:
    head = list(network.get_submodule("model").children())[-1]
    own = dict(head.named_children())
    for branch in (own.get("cv3") or own["one2one_cv3"]).children():
        with torch.no_grad():
            list(branch.children())[-1].get_parameter("bias").add_(bias)


def _made(layers: Tree, path: str, classes: dict[str, type]) -> Any:
    kind = classes[layers["kind"]]
    made: Any = object.__new__(kind)
    torch.nn.Module.__init__(made)
    made.__dict__.update({name: _tuples(held) for name, held in layers["settings"].items()})
    for name, shape in layers.get("parameters", {}).items():
        tensor = torch.from_numpy(value(f"{path}{name}", tuple(shape)))
        made.register_parameter(name, torch.nn.Parameter(tensor, requires_grad=False))
    for name, shape in layers.get("buffers", {}).items():
        made.register_buffer(name, torch.from_numpy(value(f"{path}{name}", tuple(shape))))
    for name, inside in layers.get("modules", {}).items():
        made.add_module(name, _made(inside, f"{path}{name}.", classes))
    return made


def _tuples(held: Any) -> Any:
    return tuple(held) if isinstance(held, list) else held


@contextmanager
def _names_that_are_asked_for(layers: Tree) -> Iterator[dict[str, type]]:
    """Offer classes without any behaviour under the names that a file has, while it is written."""
    found: dict[str, type] = {}
    for dotted in _kinds(layers):
        module, _, name = dotted.rpartition(".")
        own = {"__module__": module}
        known = getattr(sys.modules[module], name) if module.startswith("torch.") else None
        found[dotted] = known or type(name, (torch.nn.Module,), own)
    foreign = {dotted: kind for dotted, kind in found.items() if not dotted.startswith("torch.")}
    modules = _modules(foreign)
    sys.modules |= modules
    try:
        yield found
    finally:
        for name in modules:
            del sys.modules[name]


def _modules(classes: dict[str, type]) -> dict[str, types.ModuleType]:
    """Return modules that hold classes, and the packages around them."""
    made: dict[str, types.ModuleType] = {}
    for dotted, kind in classes.items():
        words = dotted.split(".")
        for end in range(1, len(words)):
            name = ".".join(words[:end])
            made.setdefault(name, types.ModuleType(name))
        setattr(made[".".join(words[:-1])], words[-1], kind)
    return made


def _kinds(layers: Tree) -> set[str]:
    inside = (_kinds(one) for one in layers.get("modules", {}).values())
    return {layers["kind"]}.union(*inside)
