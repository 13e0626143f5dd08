"""From a handle to a network: mapped in without a copy, or cast tensor by tensor."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from studio.core.errors import MissingFileError, UnsupportedError
from studio.core.values import (
    Annotator,
    ControlNet,
    Detector,
    DiffusionModel,
    Handle,
    ImageEncoder,
    IpAdapter,
    TextEncoder,
    Upscaler,
    Vae,
)
from studio.diffusion import building
from studio.diffusion.adapters import ip, t2i, vision
from studio.diffusion.building import Blueprint
from studio.diffusion.control import building as control
from studio.diffusion.control.controls import BASE
from studio.diffusion.detect.loading import open_detector
from studio.diffusion.hints.annotators import open_annotator
from studio.diffusion.towers import TextTowers, Tower
from studio.diffusion.upscale import networks as upscalers
from studio.diffusion.upscale.networks import UpscalerNetwork
from studio.diffusion.weights import Weights, open_weights
from studio.facts.families import describe, family

Network = torch.nn.Module | TextTowers
"""What a handle becomes: a denoiser, a ControlNet, a VAE, an upscaler, or the text towers."""


@dataclass(frozen=True, slots=True)
class LoadStep:
    """How far loading has come.

    Attributes:
        done_bytes: Bytes of the file that are in the network.
        total_bytes: Bytes of the file that belong into it.
    """

    done_bytes: int
    total_bytes: int


def load_steps(
    handle: Handle, dtype: torch.dtype | None = None, *, channels_last: bool = False
) -> Generator[LoadStep, None, Network]:
    """Load what a handle names, on the CPU, and yield after every tensor.

    Without a number format, and where the file has it already, the network's parameters are the
    mapped file. Otherwise every tensor is cast by itself, so that no second copy is ever held.

    Args:
        handle: A model, a text encoder, a VAE, an upscaler, or a ControlNet.
        dtype: Number format of the parameters; ``None`` keeps the one that most of the file has.
        channels_last: Whether 4-axis parameters are laid out channels last on the way.

    Yields:
        Progress in bytes.

    Returns:
        The network, in evaluation mode and without gradients.

    Raises:
        UnsupportedError: The file holds no such part, or the handle is of another kind.
        ModelError: The file cannot be read, as `open_weights` says.
    """
    if isinstance(handle, Annotator):
        return (yield from _whole(handle, lambda: open_annotator(handle.file, handle.part)))
    if isinstance(handle, Detector):
        return (yield from _whole(handle, lambda: open_detector(handle.file)))
    weights = open_weights(handle.file)
    if isinstance(handle, Upscaler):
        return (yield from _upscaler(weights, dtype, channels_last))
    blueprints = _blueprints(handle, weights)
    for blueprint in blueprints:
        building.check(weights, blueprint)
    total = sum(t.nbytes for blueprint in blueprints for t in blueprint.tensors.values())
    done = 0
    for blueprint in blueprints:
        target = dtype or _main_dtype(blueprint)
        for size in _fill(blueprint, target, channels_last):
            done += size
            yield LoadStep(done, total)
    return _network(handle, weights, blueprints)


def load(
    handle: Handle, dtype: torch.dtype | None = None, *, channels_last: bool = False
) -> Network:
    """Load what a handle names, as `load_steps` does, in one go."""
    steps = load_steps(handle, dtype, channels_last=channels_last)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            network: Network = end.value
            return network


def prepare(
    network: Network, device: torch.device | str, dtype: torch.dtype, channels_last: bool
) -> Network:
    """Move a network to its device, number format and memory layout.

    Args:
        network: What `load` returned; it is changed where something has to change.
        device: Where it computes.
        dtype: In which number format.
        channels_last: Whether 4-axis parameters are laid out channels last.
    """
    modules = [t.model for t in network.towers] if isinstance(network, TextTowers) else [network]
    if isinstance(network, UpscalerNetwork):
        dtype = network.format_for(dtype)
    for module in modules:
        module.to(device=device, dtype=dtype)
        if channels_last:
            module.to(memory_format=torch.channels_last)
    return network


def _whole(
    handle: Handle, make: Callable[[], torch.nn.Module]
) -> Generator[LoadStep, None, torch.nn.Module]:
    """Open a small network in one step: it is built by its own reader, or by onnxruntime."""
    total = sum(file.stat().st_size for file in _files_of(Path(handle.file)))
    yield LoadStep(0, total)
    network = make()
    yield LoadStep(total, total)
    return network


def _files_of(place: Path) -> list[Path]:
    if not place.exists():
        raise MissingFileError(f"there is no file {place}", fix="choose another file")
    return [file for file in place.iterdir() if file.is_file()] if place.is_dir() else [place]


def _upscaler(
    weights: Weights, dtype: torch.dtype | None, channels_last: bool
) -> Generator[LoadStep, None, UpscalerNetwork]:
    """Build an upscaler: small, and made by spandrel, so in one step."""
    total = weights.header.bytes
    yield LoadStep(0, total)
    network = upscalers.build(weights)
    prepare(network, "cpu", dtype or torch.float32, channels_last)
    yield LoadStep(total, total)
    return network


def _blueprints(handle: Handle, weights: Weights) -> list[Blueprint]:
    """Return the networks that a handle names, without weights."""
    name = handle.family or describe(weights.header).family
    match handle:
        case Vae():
            # A VAE alone does not say its family; the scale then comes with the latents.
            return [building.vae(weights, family(name or "sd15").latent_scale)]
        case DiffusionModel():
            return [building.unet(weights, family(name))]
        case ControlNet() if t2i.is_t2i(weights):
            return [t2i.blueprint(weights)]
        case ControlNet():
            bases = [open_weights(patch.file) for patch in handle.patches if patch.kind == BASE]
            return [control.blueprint(weights, next(iter(bases), None), family(name))]
        case TextEncoder():
            return [building.tower(weights, facts) for facts in family(name).encoders]
        case IpAdapter():
            return [ip.blueprint(weights)]
        case ImageEncoder():
            return [vision.blueprint(weights)]
    raise UnsupportedError(f"{type(handle).__name__} of {handle.file} cannot be loaded yet")


def _network(handle: Handle, weights: Weights, blueprints: list[Blueprint]) -> Network:
    """Return the filled networks in the form in which they are lent."""
    if not isinstance(handle, TextEncoder):
        return blueprints[0].network
    encoders = family(handle.family or describe(weights.header).family).encoders
    pairs = zip(encoders, blueprints, strict=True)
    return TextTowers(tuple(Tower(facts, blueprint.network) for facts, blueprint in pairs))


def _fill(blueprint: Blueprint, dtype: torch.dtype, channels_last: bool) -> Iterator[int]:
    """Put every tensor in its place and yield its bytes in the file."""
    modules = dict(blueprint.network.named_modules())
    for name in [name for name, _ in blueprint.network.named_parameters()]:
        tensor = blueprint.tensors.pop(name)
        path, _, leaf = name.rpartition(".")
        parameter = torch.nn.Parameter(_as(tensor, dtype, channels_last), requires_grad=False)
        modules[path].register_parameter(leaf, parameter)
        yield tensor.nbytes


def _as(tensor: torch.Tensor, dtype: torch.dtype, channels_last: bool) -> torch.Tensor:
    """Return a tensor in a number format and layout; itself where nothing changes."""
    layout = torch.channels_last if channels_last and tensor.ndim == 4 else torch.preserve_format
    return tensor.to(dtype, memory_format=layout)


def _main_dtype(blueprint: Blueprint) -> torch.dtype:
    """Return the number format that most bytes have; a network computes in one."""
    sizes: dict[torch.dtype, int] = {}
    for tensor in blueprint.tensors.values():
        sizes[tensor.dtype] = sizes.get(tensor.dtype, 0) + tensor.nbytes
    return max(sizes, key=lambda dtype: sizes[dtype])
