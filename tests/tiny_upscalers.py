"""Tiny upscalers of many architectures with random weights, the same in every run."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file
from spandrel import architectures as known
from spandrel.architectures import (  # noqa: F401  # submodules become attributes when imported
    DAT,
    DITN,
    DRCT,
    ESRGAN,
    FDAT,
    HAT,
    PLKSR,
    RCAN,
    SAFMN,
    SPAN,
    Compact,
    DnCNN,
    MoSR,
    NAFNet,
    OmniSR,
    RealCUGAN,
    SwiftSRGAN,
    SwinIR,
)  # fmt: skip

Maker = Callable[[], torch.nn.Module]

_WINDOWS = {"img_size": 16, "num_heads": [2], "mlp_ratio": 2.0, "window_size": 8, "upscale": 2}

ARCHITECTURES: dict[str, tuple[Maker, int]] = {
    "RealESRGAN Compact": (lambda: known.Compact.Compact(num_feat=8, num_conv=2, upscale=2), 2),
    "DAT": (
        lambda: known.DAT.DAT(
            img_size=16, embed_dim=16, split_size=[2, 4], depth=[2], num_heads=[2], upscale=2
        ),
        2,
    ),
    "DITN": (
        lambda: known.DITN.DITN(dim=12, ITL_blocks=1, SAL_blocks=1, UFONE_blocks=1, upscale=4),
        4,
    ),
    "DnCNN": (lambda: known.DnCNN.DnCNN(in_nc=1, out_nc=1, nc=8, nb=5), 1),
    "DRCT": (
        lambda: known.DRCT.DRCT(
            **_WINDOWS, embed_dim=12, depths=(1,), upsampler="pixelshuffle", gc=8
        ),
        2,
    ),
    "ESRGAN": (
        lambda: known.ESRGAN.ESRGAN(in_nc=3, out_nc=3, num_filters=8, num_blocks=1, scale=4),
        4,
    ),
    "FDAT": (
        lambda: known.FDAT.FDAT(
            scale=2, embed_dim=16, num_groups=1, depth_per_group=1, num_heads=2
        ),
        2,
    ),
    "HAT": (
        lambda: known.HAT.HAT(**_WINDOWS, embed_dim=32, depths=(2,), squeeze_factor=8, num_feat=16),
        2,
    ),
    "MoSR": (lambda: known.MoSR.MoSR(upscale=2, n_block=1, dim=16), 2),
    "NAFNet": (
        lambda: known.NAFNet.NAFNet(width=8, middle_blk_num=1, enc_blk_nums=[1], dec_blk_nums=[1]),
        1,
    ),
    "OmniSR": (lambda: known.OmniSR.OmniSR(num_feat=16, block_num=1, res_num=1, up_scale=4), 4),
    "PLKSR": (lambda: known.PLKSR.PLKSR(dim=16, n_blocks=2, upscaling_factor=4), 4),
    "RCAN": (lambda: known.RCAN.RCAN(scale=2, n_resgroups=1, n_resblocks=2, n_feats=16), 2),
    "RealCUGAN": (lambda: known.RealCUGAN.UpCunet2x(), 2),
    "SAFMN": (lambda: known.SAFMN.SAFMN(dim=8, n_blocks=2, upscaling_factor=4), 4),
    "SPAN": (lambda: known.SPAN.SPAN(num_in_ch=3, num_out_ch=3, feature_channels=16), 4),
    "Swift-SRGAN": (
        lambda: known.SwiftSRGAN.SwiftSRGAN(num_channels=8, num_blocks=2, upscale_factor=4),
        4,
    ),
    "SwinIR": (
        lambda: known.SwinIR.SwinIR(**_WINDOWS, embed_dim=12, depths=[2], upsampler="pixelshuffle"),
        2,
    ),
}
"""Makers and scales, by spandrel's name of the architecture."""


def make(name: str, seed: int = 0) -> torch.nn.Module:
    """Return a network of an architecture."""
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ARCHITECTURES[name][0]().eval().requires_grad_(False)


def save(network: torch.nn.Module, path: Path, wrapping: str = "") -> Path:
    """Write the weights of a network, as safetensors or as a torch file by the ending."""
    tensors = {name: value.contiguous().clone() for name, value in network.state_dict().items()}
    if path.suffix == ".safetensors":
        save_file(tensors, path)
    else:
        torch.save({wrapping: tensors} if wrapping else tensors, path)
    return path


def lively(seed: int = 0) -> torch.nn.Module:
    """Return a Compact network that doubles, and that adds much to what it is given."""
    network = make("RealESRGAN Compact", seed)
    last = [module for module in network.modules() if isinstance(module, torch.nn.Conv2d)][-1]
    last.weight *= 4
    return network
