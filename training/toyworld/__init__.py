"""The toy world: scenes drawn analytically at any resolution, with captions and ground truth."""

from training.toyworld.captions import caption
from training.toyworld.render import render
from training.toyworld.scene import Face, Scene, Thing, sample_scene

__all__ = ["Face", "Scene", "Thing", "caption", "render", "sample_scene"]
