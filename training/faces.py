"""Makes ``resources/starter/toyworld_faces.onnx``: ``python -m training.faces``.

A face detector of under half a million weights whose file looks like a YOLOv8 export, for pictures
of any size. Costs about half an hour on one CPU core. What it reached: ``docs/starter-models.md``.

Sources: Tian et al. 2019, "FCOS", boxes from the places near their middles; Zhang et al. 2021,
"VarifocalNet", confidence that learns the overlap; Rezatofighi et al. 2019, generalised IoU.
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
STEPS = 1200
_PIXELS = 9 * 192**2
"""How many pixels a step has, in few large or many small pictures."""
_SIDES = (96, 128, 160, 192, 224, 256, 320, 384, 512, 640)
_SPANS = {8: (0.0, 80.0), 16: (48.0, 176.0), 32: (112.0, 1e9)}
"""Which faces a stride finds, by their longer sides in pixels."""
_REACH = 1.5
"""How far from a face's middle, in strides, places find it."""


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
    misses, places, confidence = levels[0].new_zeros(()), 0, levels[0].new_zeros(())
    for stride, said in zip(STRIDES, levels, strict=True):
        truth, found = _targets(said, stride, faces)
        boxes = boxes_of(said, stride).permute(0, 2, 3, 1)[found]
        overlap, distance = _overlap(boxes, truth.permute(0, 2, 3, 1)[found])
        misses = misses + distance.sum()
        places += int(found.sum())
        quality = torch.zeros_like(said[:, 4])
        quality[found] = overlap.detach()
        confidence = confidence + _confidence_loss(said[:, 4], quality, found)
    return (confidence + 2 * misses) / max(1, places)


def _sides(rng: Random) -> tuple[int, int]:
    width = rng.choice(_SIDES)
    height = rng.choice([side for side in _SIDES if 0.5 <= side / width <= 2])
    return (width, width) if rng.random() < 0.5 else (width, height)


def _targets(said: Tensor, stride: int, faces: Sequence[Sequence[Box]]) -> tuple[Tensor, Tensor]:
    """The box that each place should say, ``(batch, 4, rows, columns)``, and which places do."""
    middles = middles_of(said) * stride
    truth = torch.zeros_like(said[:, :4])
    found = torch.zeros_like(said[:, 4], dtype=torch.bool)
    least, most = _SPANS[stride]
    for item, boxes in enumerate(faces):
        for left, top, right, bottom in boxes:
            box = torch.tensor([(left + right) / 2, (top + bottom) / 2, right - left, bottom - top])
            if not least <= float(box[2:].max()) <= most:
                continue
            near = ((middles - box[:2, None, None]).abs() < _REACH * stride).all(0)
            truth[item][:, near] = box[:, None]
            found[item] |= near
    return truth, found


def _overlap(boxes: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Intersection over union of pairs of boxes ``(n, 4)``, and 1 minus its generalised form."""
    least, most = boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2
    true_least, true_most = truth[:, :2] - truth[:, 2:] / 2, truth[:, :2] + truth[:, 2:] / 2
    common = (most.minimum(true_most) - least.maximum(true_least)).clamp(min=0).prod(1)
    union = boxes[:, 2:].prod(1) + truth[:, 2:].prod(1) - common
    hull = (most.maximum(true_most) - least.minimum(true_least)).prod(1)
    overlap = common / union
    return overlap, 1 - overlap + (hull - union) / hull


def _confidence_loss(logits: Tensor, quality: Tensor, found: Tensor) -> Tensor:
    """Cross entropy with the overlap; places without a face count as far as they mislead."""
    weights = torch.where(found, 1.0, 0.75 * logits.detach().sigmoid().square())
    return (weights * binary_cross_entropy_with_logits(logits, quality, reduction="none")).sum()


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
