"""Measures the ControlNet for edges: ``python -m training.evaluate_controlnet``.

Each unseen scene is drawn twice with the same seed and caption, with its edge map and without. The
caption says what things are, and in which colours, but not where, how large, or before what: that is
for the map to say. The base model places what a full caption says within the judge's tolerance so
often that little is left for a map; these figures are measured too. Judge: edge F1 with a tolerance
of 2 px, which is 1 for the scene itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch

from studio.core.values import ControlNet
from studio.diffusion.control.hinted import HintControl
from studio.diffusion.control.settings import ControlSettings
from studio.diffusion.loading import load
from training.controlnet import CANNY
from training.evaluate import GUIDANCE, STEPS
from training.evaluate_upscaler import unseen_scenes
from training.export import STARTER
from training.judge_edges import edge_f1, edges
from training.measured import Figure, options, table, tell
from training.sampling import FAMILY, load_starter
from training.sheet import write_sheet
from training.toyworld import Scene, caption, render
from training.toyworld.canvas import Bytes

SCENES = 48
FLOOR, FLOOR_RATIO = 0.5, 1.6
TARGET, TARGET_RATIO = 0.65, 2.0
_SEED = 99


@dataclass(frozen=True, slots=True)
class Pair:
    """A scene drawn with its edge map and without; ``scene`` is what it should look like."""

    text: str
    scene: Bytes
    steered: Bytes
    free: Bytes

    @property
    def scores(self) -> tuple[float, float]:
        """Edge F1 with the map and without."""
        wanted = edges(self.scene)
        return edge_f1(wanted, edges(self.steered)), edge_f1(wanted, edges(self.free))


def bare_caption(scene: Scene) -> str:
    """What is there, without places, sizes and background."""
    if scene.face is not None:
        return f"a {scene.face.expression} face with {scene.face.hair} hair"
    named = [f"{thing.colour} {thing.kind}" for thing in scene.things]
    return " and ".join(f"an {name}" if name[0] in "aeiou" else f"a {name}" for name in named)


def full_caption(scene: Scene) -> str:
    """All that there is to say."""
    return caption(scene, Random(_SEED), full=True)


def draw_pairs(
    file: Path, count: int, say: Callable[[Scene], str] = bare_caption, base: Path = STARTER
) -> list[Pair]:
    """Draw the first ``count`` unseen scenes.

    Args:
        file: the ControlNet.
        count: how many.
        say: makes the captions.
        base: the checkpoint.
    """
    torch.set_num_threads(1)
    starter, network = load_starter(base), load(ControlNet(str(file), FAMILY.id), torch.float32)
    pairs = []
    for number, scene in enumerate(unseen_scenes(count)):
        text, picture = say(scene), render(scene)
        control = HintControl(
            network=lambda: network,  # type: ignore[arg-type,return-value]  # what load gives
            name=file.name,
            identity=(str(number),),
            hint=np.repeat(edges(picture)[None, ..., None].astype(np.float32) / 255, 3, -1),
            mask=None,
            settings=ControlSettings(),
        )
        steered, free = (
            starter.draw(text, seed=number, steps=STEPS, guidance=GUIDANCE, controls=controls)
            for controls in ((control,), ())
        )
        pairs.append(Pair(text, picture, steered, free))
    return pairs


def mean_scores(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Mean edge F1 with the map and without."""
    steered, free = np.mean([pair.scores for pair in pairs], 0)
    return float(steered), float(free)


def figures(file: Path, count: int, sheet: Path) -> list[Figure]:
    """All figures; writes a sheet of pictures too."""
    pairs = draw_pairs(file, count)
    steered, free = mean_scores(pairs)
    full_steered, full_free = mean_scores(draw_pairs(file, count // 2, full_caption))
    shown = [picture for p in pairs[:16] for picture in (p.scene, p.steered, p.free)]
    texts = [text for p in pairs[:16] for text in (p.text, "with the map", "without")]
    write_sheet(sheet, shown, texts, columns=6)
    return [
        Figure("edge F1 with the map", steered, FLOOR, TARGET),
        Figure("edge F1 without", free),
        Figure("ratio", steered / free, FLOOR_RATIO, TARGET_RATIO),
        Figure("edge F1 with the map, captions that say everything", full_steered),
        Figure("edge F1 without, captions that say everything", full_free),
    ]


def main() -> None:
    """Measure, print, and fill the marked part of the document."""
    parser = options(__doc__, CANNY, "controlnet")
    parser.add_argument("--scenes", type=int, default=SCENES)
    args = parser.parse_args()
    tell(table(figures(args.file, args.scenes, args.sheet)), args.document, "edges")


if __name__ == "__main__":
    main()
