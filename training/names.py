"""From diffusers' names to those of published SD 1.x files, for one layer a block."""

from torch import Tensor

_UNET, _VAE = "model.diffusion_model.", "first_stage_model."
_TEXT = "cond_stage_model.transformer.text_model."
_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def unet_names(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename a UNet's weights."""
    levels = len({name.split(".")[1] for name in weights if name.startswith("down_blocks.")})
    table = {
        "time_embedding.linear_1": "time_embed.0",
        "time_embedding.linear_2": "time_embed.2",
        "conv_in": "input_blocks.0.0",
        "conv_norm_out": "out.0",
        "conv_out": "out.2",
        "mid_block.attentions.0": "middle_block.1",
    }
    table |= _resnet("mid_block.resnets.0", "middle_block.0")
    table |= _resnet("mid_block.resnets.1", "middle_block.2")
    for level in range(levels):
        down, up, first = f"down_blocks.{level}", f"up_blocks.{level}", 2 * level
        table |= _resnet(f"{down}.resnets.0", f"input_blocks.{first + 1}.0")
        table[f"{down}.attentions.0"] = f"input_blocks.{first + 1}.1"
        table[f"{down}.downsamplers.0.conv"] = f"input_blocks.{first + 2}.0.op"
        for layer in range(2):
            table |= _resnet(f"{up}.resnets.{layer}", f"output_blocks.{first + layer}.0")
            table[f"{up}.attentions.{layer}"] = f"output_blocks.{first + layer}.1"
        attended = any(name.startswith(f"{up}.attentions") for name in weights)
        table[f"{up}.upsamplers.0.conv"] = f"output_blocks.{first + 1}.{1 + attended}.conv"
    return _renamed(weights, table, _UNET)


def vae_names(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename a VAE's weights; its attention's matrices become 1 x 1 convolutions."""
    levels = len({n.split(".")[2] for n in weights if n.startswith("encoder.down_blocks.")})
    table = {"quant_conv": "quant_conv", "post_quant_conv": "post_quant_conv"}
    for side in ("encoder", "decoder"):
        for layer in ("conv_in", "conv_out"):
            table[f"{side}.{layer}"] = f"{side}.{layer}"
        table[f"{side}.conv_norm_out"] = f"{side}.norm_out"
        for number in range(2):
            table |= _vae_resnet(
                f"{side}.mid_block.resnets.{number}", f"{side}.mid.block_{number + 1}"
            )
        for here, there in _ATTENTION.items():
            table[f"{side}.mid_block.attentions.0.{here}"] = f"{side}.mid.attn_1.{there}"
    for level in range(levels):
        down, up = f"encoder.down.{level}", f"decoder.up.{levels - 1 - level}"
        table |= _vae_resnet(f"encoder.down_blocks.{level}.resnets.0", f"{down}.block.0")
        table[f"encoder.down_blocks.{level}.downsamplers.0.conv"] = f"{down}.downsample.conv"
        for number in range(2):
            block = f"decoder.up_blocks.{level}.resnets.{number}"
            table |= _vae_resnet(block, f"{up}.block.{number}")
        table[f"decoder.up_blocks.{level}.upsamplers.0.conv"] = f"{up}.upsample.conv"
    named = _renamed(weights, table, _VAE)
    return {
        name: tensor[..., None, None] if ".attn_1." in name and tensor.ndim == 2 else tensor
        for name, tensor in named.items()
    }


def text_names(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename a CLIP text encoder's weights."""
    return {_TEXT + name: tensor for name, tensor in weights.items()}


def _resnet(here: str, there: str) -> dict[str, str]:
    return {f"{here}.{old}": f"{there}.{new}" for old, new in _RESNET.items()}


def _vae_resnet(here: str, there: str) -> dict[str, str]:
    same = {f"{here}.{part}": f"{there}.{part}" for part in ("norm1", "conv1", "norm2", "conv2")}
    return same | {f"{here}.conv_shortcut": f"{there}.nin_shortcut"}


def _renamed(weights: dict[str, Tensor], table: dict[str, str], prefix: str) -> dict[str, Tensor]:
    """Replace the beginning of each name that the table knows."""
    renamed = {}
    for name, tensor in weights.items():
        parts = name.split(".")
        starts = (".".join(parts[:cut]) for cut in range(len(parts) - 1, 0, -1))
        start = next(start for start in starts if start in table)
        renamed[prefix + table[start] + name[len(start) :]] = tensor
    return renamed
