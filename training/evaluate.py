"""Measures the base starter model: ``python -m training.evaluate`` writes docs/starter-models.md.

300 fixed prompts, 100 of them with a pair of kind and colour that training never drew. The judges
know nothing of the model; what they get right on drawn pictures is measured too and stands beside.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random

import numpy as np
import torch

from training.export import STARTER
from training.judge import judge_background, judge_things
from training.judge_faces import judge_face
from training.measured import options, tell
from training.sampling import Starter, load_starter
from training.sheet import write_sheet
from training.toyworld import Scene, caption, render, sample_scene
from training.toyworld.canvas import Bytes
from training.toyworld.scene import Mode
from training.vae import psnr

PROMPTS = 300
STEPS, GUIDANCE = 20, 2.5
_PLAN: tuple[tuple[Mode, int, bool], ...] = (
    ("one", 60, False),
    ("two", 80, False),
    ("three", 20, False),
    ("face", 40, False),
    ("one", 40, True),
    ("two", 60, True),
)
_FACE = ("skin", "hair", "expression", "glasses", "hat")
FLOORS = {"colour": 0.95, "kind": 0.84, "position": 0.90, "face attributes": 0.85}
TARGETS = {
    "colour": 0.99,
    "kind": 0.95,
    "position": 0.97,
    "face attributes": 0.96,
    "held-out colour": 0.98,
    "held-out kind": 0.92,
    "held-out position": 0.95,
}
PSNR_FLOOR, PSNR_TARGET = 31.0, 34.0


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked for; ``held_out``: with a pair that training never drew."""

    scene: Scene
    text: str
    held_out: bool


@dataclass(slots=True)
class Score:
    """How many judgments were right."""

    right: int = 0
    count: int = 0

    @property
    def share(self) -> float:
        """From 0 to 1; 0 when nothing was judged."""
        return self.right / max(1, self.count)

    def add(self, verdict: bool) -> None:
        """Count one judgment."""
        self.right += verdict
        self.count += 1


def prompts(count: int = PROMPTS) -> list[Prompt]:
    """The first ``count`` of the 300 prompts, always the same, in a fixed mixed order."""
    rng = Random(2024)
    scenes = [
        (sample_scene(rng, mode, held_out=held), held)
        for mode, number, held in _PLAN
        for _ in range(number)
    ]
    asked = [Prompt(scene, caption(scene, rng, full=True), held) for scene, held in scenes]
    rng.shuffle(asked)
    return asked[:count]


def measure(asked: Sequence[Prompt], pictures: Iterable[Bytes]) -> dict[str, Score]:
    """Judge pictures, uint8 ``(128, 128, 3)``, against what was asked for; scores by name."""
    scores: dict[str, Score] = {}
    for prompt, picture in zip(asked, pictures, strict=True):
        for name, verdict in _verdicts(prompt, picture):
            scores.setdefault(name, Score()).add(verdict)
    return scores


def _verdicts(prompt: Prompt, picture: Bytes) -> list[tuple[str, bool]]:
    scene = prompt.scene
    found = [("background", judge_background(picture) == scene.background)]
    if scene.face is not None:
        return found + _face_verdicts(scene, picture)
    verdict = judge_things(scene, picture)
    for thing in verdict.things:
        judged = [("colour", thing.colour), ("kind", thing.kind), ("position", thing.position)]
        found += judged
        if prompt.held_out:
            found += [(f"held-out {name}", right) for name, right in judged]
    if verdict.relation is not None:
        found.append(("relation", verdict.relation))
    return [*found, ("number of things", verdict.count), ("solids, all right", verdict.all_right)]


def _face_verdicts(scene: Scene, picture: Bytes) -> list[tuple[str, bool]]:
    assert scene.face is not None
    verdict = judge_face(scene.face, picture)
    traits = {trait: bool(getattr(verdict, trait)) for trait in _FACE}
    return [
        ("face found", verdict.found),
        ("face position", verdict.position),
        *((f"face {trait}", right) for trait, right in traits.items()),
        *(("face attributes", right) for right in traits.values()),
        ("face, all right", all(traits.values())),
    ]


def draw(file: Path, asked: Sequence[Prompt], workers: int = 1) -> list[Bytes]:
    """One picture for each prompt; the seed is the prompt's number.

    Args:
        file: the checkpoint.
        asked: what to draw.
        workers: processes among which the prompts are dealt; they change no bit.
    """
    numbered = list(enumerate(asked))
    hands = [numbered[worker::workers] for worker in range(workers)]
    if workers == 1:
        return _draw_hand(file, hands[0])
    pictures: list[Bytes] = [np.empty(0, np.uint8)] * len(asked)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        drawn = pool.map(partial(_draw_hand, file), hands)
        for worker, hand in enumerate(drawn):
            pictures[worker::workers] = hand
    return pictures


def _draw_hand(file: Path, numbered: Sequence[tuple[int, Prompt]]) -> list[Bytes]:
    torch.set_num_threads(1)
    starter = load_starter(file)
    return [
        starter.draw(prompt.text, seed=number, steps=STEPS, guidance=GUIDANCE)
        for number, prompt in numbered
    ]


def round_trip_psnr(starter: Starter, count: int) -> float:
    """Mean PSNR in dB of encoding and decoding ``count`` unseen scenes."""
    rng = Random(12345)
    drawn = [render(sample_scene(rng)) for _ in range(count)]
    return float(np.mean([psnr(picture, starter.round_trip(picture)) for picture in drawn]))


def report(scores: dict[str, Score], truth: dict[str, Score], decibel: float, count: int) -> str:
    """The table of docs/starter-models.md."""
    lines = [
        f"Measured over {count} prompts, {STEPS} steps, guidance {GUIDANCE}.",
        "",
        "| what | reached | of | floor | target | judge on drawn pictures |",
        "|---|---|---|---|---|---|",
    ]
    for name, score in scores.items():
        floor, target = _percent(FLOORS.get(name)), _percent(TARGETS.get(name))
        row = (name, _percent(score.share), score.count, floor, target, _percent(truth[name].share))
        lines.append("| " + " | ".join(map(str, row)) + " |")
    lines.append(
        f"| VAE round trip | {decibel:.1f} dB | 64 | {PSNR_FLOOR:g} dB | {PSNR_TARGET:g} dB | |"
    )
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def main() -> None:
    """Draw, judge, print, and fill the marked part of the document."""
    parser = options(__doc__, STARTER, "base")
    parser.add_argument("--prompts", type=int, default=PROMPTS)
    parser.add_argument("--workers", type=int, default=2, help="processes, one thread each")
    args = parser.parse_args()
    asked = prompts(args.prompts)
    pictures = draw(args.file, asked, args.workers)
    texts = [("[held out] " if prompt.held_out else "") + prompt.text for prompt in asked]
    write_sheet(args.sheet, pictures[:48], texts[:48])
    truth = measure(asked, [render(prompt.scene) for prompt in asked])
    decibel = round_trip_psnr(load_starter(args.file), 64)
    text = report(measure(asked, pictures), truth, decibel, len(asked))
    tell(text, args.document, "measured")


if __name__ == "__main__":
    main()
