"""Model folders of other programs, read in place, so that nobody keeps a file twice.

A program's folder is told by what it holds; nothing is ever written to it.
"""

from __future__ import annotations

from pathlib import Path

# One row a program: which of its folders, relative to its own, hold which kind of model.
_LAYOUTS: dict[str, dict[str, tuple[str, ...]]] = {
    "ComfyUI": {
        "checkpoints": ("models/checkpoints",),
        "vae": ("models/vae",),
        "controlnet": ("models/controlnet",),
        "loras": ("models/loras",),
        "embeddings": ("models/embeddings",),
        "upscalers": ("models/upscale_models",),
        "detectors": ("models/ultralytics/bbox", "models/ultralytics/segm"),
        "annotators": ("models/annotators", "custom_nodes/comfyui_controlnet_aux/ckpts"),
        "motion_modules": ("models/animatediff_models",),
        "ip_adapters": ("models/ipadapter",),
        "image_encoders": ("models/clip_vision",),
    },
    "A1111": {
        "checkpoints": ("models/Stable-diffusion",),
        "vae": ("models/VAE",),
        "controlnet": ("models/ControlNet", "extensions/sd-webui-controlnet/models"),
        "loras": ("models/Lora", "models/LyCORIS"),
        "embeddings": ("embeddings",),
        "upscalers": ("models/ESRGAN", "models/RealESRGAN", "models/SwinIR", "models/DAT"),
        "detectors": ("models/adetailer",),
        "annotators": ("extensions/sd-webui-controlnet/annotator/downloads",),
        "motion_modules": ("extensions/sd-webui-animatediff/model",),
        "ip_adapters": ("models/ControlNet", "extensions/sd-webui-controlnet/models"),
        "image_encoders": ("extensions/sd-webui-controlnet/annotator/downloads/clip_vision",),
    },
}
_TELLING = "checkpoints"
"""The kind whose folder tells the programs apart."""


def program_of(folder: Path) -> str:
    """Return whose folder this is, or nothing."""
    for name, layout in _LAYOUTS.items():
        if any((folder / place).is_dir() for place in layout[_TELLING]):
            return name
    return ""


def model_folders(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Return the model folders of another program by kind; none when it is not known."""
    layout = _LAYOUTS.get(program_of(folder), {})
    found = {
        kind: tuple(folder / place for place in places if (folder / place).is_dir())
        for kind, places in layout.items()
    }
    return {kind: places for kind, places in found.items() if places}
