"""Makes ``resources/starter/toyworld_faces.onnx``: ``python -m training.faces``.

A face detector of under half a million weights whose file looks like a YOLOv8 export, for pictures
of any size. Costs about half an hour on one CPU core. What it reached: ``docs/starter-models.md``.

Sources: Tian et al. 2019, "FCOS", boxes from the places near their middles; Law and Deng 2018,
"CornerNet", one sure place a thing; Rezatofighi et al. 2019, generalised IoU.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from training.face_network import STRIDES, FaceNetwork, boxes_of, middles_of
from training.face_pictures import Marked, marked_trips, sample_picture
from training.judge_boxes import Box
from training.loop import Chance, Loop, Plan
from training.round_trips import round_trips
from training.workers import Workers

FACES = Path("resources/starter/toyworld_faces.onnx")
STEPS = 3000
_PIXELS = 9 * 192**2
"""How many pixels a step has, in few large or many small pictures."""
_SIDES = (96, 128, 160, 192, 224, 256, 320, 384, 512, 640)
_SPANS = {8: (0.0, 64.0), 16: (64.0, 144.0), 32: (144.0, 1e9)}
"""Which faces a stride finds, by their longer sides in pixels."""
_REACH = 1.5
"""How far from a face's middle, in strides, places say its box; only the nearest is sure of it."""


@dataclass(frozen=True, slots=True)
class FacesRecipe:
    """How long and how to train; ``tripped``: how many scenes went through the VAE."""

    folder: Path
    steps: int = STEPS
    tripped: int = 512
    pixels: int = _PIXELS
    widths: tuple[int, ...] = (16, 32, 48, 64, 80)
    head: int = 64
    seed: int = 0

    @property
    def plan(self) -> Plan:
        """How fast to train."""
        return Plan(self.folder / "faces.pt", self.steps, rate=4e-3, seed=self.seed)


def train_faces(recipe: FacesRecipe, workers: Workers) -> FaceNetwork:
    """Train, or go on training, and return the averaged network."""
    torch.manual_seed(recipe.seed)
    network = FaceNetwork(recipe.widths, recipe.head)
    tripped = marked_trips(round_trips(recipe.folder / "round_trips.npy", recipe.tripped))

    def loss(chance: Chance) -> Tensor:
        width, height = _sides(chance.rng)
        count = max(1, recipe.pixels // (width * height))
        marked = [sample_picture(chance.rng, width, height, tripped) for _ in range(count)]
        return detection_loss(network.levels(to_values(marked)), [m.faces for m in marked])

    Loop(recipe.plan, network, loss, ("downs.0", "read"), workers).run()
    return network


def to_values(marked: Sequence[Marked]) -> Tensor:
    """Pictures of one size as a float32 batch, 0 to 1, channels first."""
    stacked = torch.from_numpy(np.stack([item.pixels for item in marked]))
    return stacked.permute(0, 3, 1, 2).float() / 255


def detection_loss(levels: Sequence[Tensor], faces: Sequence[Sequence[Box]]) -> Tensor:
    """How far boxes and confidences are from the truth.

    Args:
        levels: what each stride says; see :meth:`FaceNetwork.levels`.
        faces: the boxes of each picture's faces.
    """
    misses, sureness = levels[0].new_zeros(()), levels[0].new_zeros(())
    places, count = 0, max(1, sum(map(len, faces)))
    for stride, said in zip(STRIDES, levels, strict=True):
        truth, near, nearest = _targets(said, stride, faces)
        boxes = boxes_of(said, stride).permute(0, 2, 3, 1)[near]
        misses = misses + _distance(boxes, truth.permute(0, 2, 3, 1)[near]).sum()
        places += int(near.sum())
        sureness = sureness + _sureness_loss(said[:, 4], near, nearest)
    return sureness / count + 4 * misses / max(1, places)


def _sides(rng: Random) -> tuple[int, int]:
    width = rng.choice(_SIDES)
    height = rng.choice([side for side in _SIDES if 0.5 <= side / width <= 2])
    return (width, width) if rng.random() < 0.5 else (width, height)


def _targets(
    said: Tensor, stride: int, faces: Sequence[Sequence[Box]]
) -> tuple[Tensor, Tensor, Tensor]:
    """What the places of a stride should say.

    Returns:
        The box, ``(batch, 4, rows, columns)``; which places are near a face that this stride finds,
        ``(batch, rows, columns)``; and which is the nearest to one.
    """
    middles = middles_of(said) * stride
    truth = torch.zeros_like(said[:, :4])
    near, nearest = (torch.zeros_like(said[:, 4], dtype=torch.bool) for _ in range(2))
    least, most = _SPANS[stride]
    for item, boxes in enumerate(faces):
        for left, top, right, bottom in boxes:
            box = torch.tensor([(left + right) / 2, (top + bottom) / 2, right - left, bottom - top])
            if not least <= float(box[2:].max()) < most:
                continue
            away = (middles - box[:2, None, None]).abs().amax(0)
            truth[item][:, away < _REACH * stride] = box[:, None]
            near[item] |= away < _REACH * stride
            nearest[item] |= away == away.min()
    return truth, near, nearest


def _distance(boxes: Tensor, truth: Tensor) -> Tensor:
    """One minus the generalised intersection over union of pairs of boxes ``(n, 4)``."""
    least, most = boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2
    true_least, true_most = truth[:, :2] - truth[:, 2:] / 2, truth[:, :2] + truth[:, 2:] / 2
    common = (most.minimum(true_most) - least.maximum(true_least)).clamp(min=0).prod(1)
    union = boxes[:, 2:].prod(1) + truth[:, 2:].prod(1) - common
    hull = (most.maximum(true_most) - least.minimum(true_least)).prod(1)
    return 1 - common / union + (hull - union) / hull


def _sureness_loss(logits: Tensor, near: Tensor, nearest: Tensor) -> Tensor:
    """Cross entropy; places without a face count as far as they mislead, near ones little."""
    misleading = logits.detach().sigmoid().square() * torch.where(near, 0.3, 1.0)
    weights = torch.where(nearest, 1.0, misleading)
    truth = nearest.to(logits)
    return (weights * binary_cross_entropy_with_logits(logits, truth, reduction="none")).sum()


def main() -> None:
    """Train and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".training/faces"))
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--output", type=Path, default=FACES)
    args = parser.parse_args()
    torch.set_num_threads(1)
    network = train_faces(FacesRecipe(args.folder, args.steps), Workers())
    # Only now: the training needs none of it.
    from training.face_export import write_faces

    write_faces(network, args.output)


if __name__ == "__main__":
    main()
