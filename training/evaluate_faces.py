"""Measures the face detector: ``python -m training.evaluate_faces``.

It looks at what the base model paints (the judge of faces says where they are), at drawn scenes,
at enlarged and shrunk ones, and at pictures of several scenes. It looks as the program does.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import cv2
import numpy as np
import torch

from studio.core.context import result_of
from studio.diffusion.detect.finding import Look, find
from studio.diffusion.detect.loading import Detecting, open_detector
from training.evaluate import GUIDANCE, STEPS
from training.export import STARTER
from training.face_pictures import Marked, marked_scene, moved, sample_picture
from training.faces import FACES
from training.judge_boxes import Box, average_precision
from training.judge_faces import face_box
from training.measured import Figure, options, table, tell
from training.sampling import load_starter
from training.sheet import write_sheet
from training.toyworld import caption, sample_scene
from training.toyworld.canvas import Bytes
from training.toyworld.scene import Mode

PICTURES = 40
FLOOR, TARGET = 0.85, 0.95
_SEED = 4711
_KINDS: tuple[Mode, ...] = ("face", "one", "face", "two")
_SURE = 0.02
"""Least confidence of what counts for the curve of precision over recall."""


def drawn(count: int, size: int = 128) -> list[Marked]:
    """Drawn scenes, every second one a face, at a size that they are resized to from 128."""
    rng = Random(_SEED)
    scenes = [marked_scene(sample_scene(rng, _KINDS[n % len(_KINDS)])) for n in range(count)]
    return [resized(scene, size) for scene in scenes]


def resized(marked: Marked, size: int) -> Marked:
    """A square picture at another size."""
    scale = size / len(marked.pixels)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LANCZOS4
    pixels = np.asarray(cv2.resize(marked.pixels, (size, size), interpolation=method), np.uint8)
    return Marked(pixels, tuple(moved(face, scale) for face in marked.faces))


def painted(count: int, base: Path = STARTER) -> list[Marked]:
    """Pictures by the base model, every second one a face; the judge says where it is."""
    torch.set_num_threads(1)
    starter, rng = load_starter(base), Random(_SEED)
    made = []
    for number in range(count):
        text = caption(sample_scene(rng, _KINDS[number % len(_KINDS)]), rng, full=True)
        picture = starter.draw(text, seed=number, steps=STEPS, guidance=GUIDANCE)
        box = face_box(picture)
        made.append(Marked(picture, (box,) if box else ()))
    return made


def groups(count: int) -> list[Marked]:
    """Wide and high pictures with several scenes at several sizes."""
    rng = Random(_SEED)
    trips = drawn(count)
    sides = ((512, 384), (384, 640), (512, 512))
    return [sample_picture(rng, *sides[number % 3], trips) for number in range(count)]


def look(detector: Detecting, picture: Bytes, least: float = _SURE) -> list[tuple[float, Box]]:
    """Confidences and boxes of the faces that are found."""
    pixels = picture[None].astype(np.float32) / np.float32(255)
    walk = find(detector, pixels, Look(least, 0.7, "", ""), None, lambda code, text: None)
    return [(one.confidence, one.box) for one in result_of(walk).items[0]]


def ap50(detector: Detecting, pictures: Sequence[Marked]) -> float:
    """Average precision at an overlap of one half."""
    found = [look(detector, marked.pixels) for marked in pictures]
    return average_precision(found, [marked.faces for marked in pictures])


def shown(detector: Detecting, marked: Marked, least: float = 0.3) -> Bytes:
    """A picture with what is found in it, as users see it."""
    picture = marked.pixels.copy()
    for _, box in look(detector, picture, least):
        left, top, right, bottom = (round(side) for side in box)
        cv2.rectangle(picture, (left, top), (right, bottom), (255, 0, 255), 1)
    return picture


def main() -> None:
    """Measure, print, and fill the marked part of the document."""
    parser = options(__doc__, FACES, "faces")
    parser.add_argument("--pictures", type=int, default=PICTURES)
    args = parser.parse_args()
    detector, count = open_detector(args.file), args.pictures
    by_model = painted(count)
    enlarged = [resized(marked, 512) for marked in by_model]
    figures = [
        Figure("AP50, painted by the base model", ap50(detector, by_model), FLOOR, TARGET, "%"),
        Figure("AP50, the same enlarged to 512 px", ap50(detector, enlarged), unit="%"),
        Figure("AP50, drawn scenes", ap50(detector, drawn(count)), unit="%"),
        Figure("AP50, drawn scenes shrunk to 48 px", ap50(detector, drawn(count, 48)), unit="%"),
        Figure("AP50, several scenes on a picture", ap50(detector, groups(count)), unit="%"),
    ]
    pictures = [shown(detector, resized(marked, 256)) for marked in by_model[:12]]
    pictures += [
        shown(detector, resized(marked, 256)) for marked in groups(24) if len(marked.faces)
    ]
    write_sheet(args.sheet, pictures, [""] * len(pictures), columns=6)
    tell(table(figures), args.document, "faces")


if __name__ == "__main__":
    main()
