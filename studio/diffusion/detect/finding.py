"""Finding things in the pictures of a batch, with a network and by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import RangeError, ShapeError
from studio.core.values import Detection, Detections
from studio.diffusion.detect import outlines
from studio.diffusion.detect.answers import MOST, MOST_LOOKED_AT, Answer, Detects
from studio.diffusion.detect.geometry import area, best_of, clipped, reading_order
from studio.diffusion.detect.letterbox import Letterbox, letterbox
from studio.diffusion.pixels.masks import check_proportions, resize_mask

Floats = NDArray[np.float32]
Warn = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Look:
    """What counts as found.

    Attributes:
        confidence: Least confidence, 0 to 1.
        iou: How far boxes of one class may overlap, 0 to 1.
        classes: Names or numbers of classes, joined by commas; empty is all.
        boxes: Boxes by hand, one a line: left, top, right, bottom in pixels, and a name.
    """

    confidence: float = 0.3
    iou: float = 0.7
    classes: str = ""
    boxes: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """How far the search is.

    Attributes:
        done: Pictures that were searched.
        total: Pictures in all.
    """

    done: int
    total: int


def find(
    network: Detects | None, pixels: Floats, look: Look, mask: Floats | None, warn: Warn
) -> Generator[Step, None, Detections]:
    """Find things in each picture of a batch.

    What the network finds, the regions of the mask and the boxes given by hand are put together and
    numbered in reading order from 1, through the whole batch.

    Args:
        network: Looks at each picture alone; ``None``: only what is given by hand.
        pixels: ``(batch, height, width, channels)``, 0 to 1.
        look: What counts as found.
        mask: ``(1 or batch, height, width)``, 0 to 1; ``None`` gives nothing.
        warn: Takes a code and a text.

    Yields:
        Pictures done.

    Raises:
        RangeError: The network has no such class, or a line is no box.
        ShapeError: There is another number of masks than of pictures, or they have other
            proportions.
    """
    count, height, width = pixels.shape[:3]
    wanted = _classes(look.classes, network.labels) if network else None
    by_hand = _boxes(look.boxes)
    if mask is not None and len(mask) not in (1, count):
        raise ShapeError(
            f"there are {len(mask)} masks for {count} pictures", fix="give one, or one for each"
        )
    drawn = None
    if mask is not None:
        check_proportions(mask, width, height)
        drawn = resize_mask(mask, width, height)
    items: list[tuple[Detection, ...]] = []
    for at in range(count):
        found = (
            _seen(network, pixels[at], look, wanted, _teller(warn, at, count)) if network else []
        )
        if drawn is not None:
            found += outlines.regions(drawn[min(at, len(drawn) - 1)])
        found += [replace(one, box=clipped(one.box, width, height)) for one in by_hand]
        items.append(tuple(one for one in found if area(one.box)))
        yield Step(at + 1, count)
    return Detections(_numbered(items), (width, height))


def _teller(warn: Warn, at: int, count: int) -> Callable[[str], None]:
    where = f"picture {at + 1}: " if count > 1 else ""
    return lambda text: warn("W_NOTHING_FOUND", f"{where}{text}")


def _seen(
    network: Detects,
    picture: Floats,
    look: Look,
    wanted: frozenset[int] | None,
    tell: Callable[[str], None],
) -> list[Detection]:
    """Return what a network finds in one picture."""
    height, width = picture.shape[:2]
    frame = letterbox(width, height, network.size, network.side, network.multiple)
    answer = network.look(frame.seen(picture))
    scores, classes = answer.scores.max(1, initial=0), answer.scores.argmax(1)
    able = np.ones(len(scores), bool) if wanted is None else np.isin(classes, sorted(wanted))
    certain = np.flatnonzero(able & (scores >= look.confidence))
    if not len(certain):
        best = float(scores[able].max(initial=0))
        tell(_too_low(look.confidence, best))
    certain = certain[np.argsort(-scores[certain], kind="stable")][:MOST_LOOKED_AT]
    boxes = frame.back(answer.boxes)
    chosen = (
        list(range(len(certain)))
        if answer.is_final
        else best_of(boxes[certain], scores[certain], classes[certain], look.iou)
    )
    return [
        _detection(network.labels, answer, int(index), boxes[index], frame, (width, height))
        for index in certain[chosen[:MOST]]
    ]


def _too_low(least: float, best: float) -> str:
    """Say that nothing is certain enough, with as many digits as tell the two apart."""
    digits = next((n for n in range(2, 6) if f"{best:.{n}f}" != f"{least:.{n}f}"), 6)
    return f"0 found at {least:.{digits}f} (best {best:.{digits}f})"


def _detection(
    labels: Mapping[int, str],
    answer: Answer,
    index: int,
    box: Floats,
    frame: Letterbox,
    size: tuple[int, int],
) -> Detection:
    number = int(answer.scores[index].argmax())
    left, top, right, bottom = (float(value) for value in box)
    held = clipped((left, top, right, bottom), *size)
    outline: outlines.Outline = ()
    if answer.prototypes is not None:
        outline = outlines.mixed(answer.parts[index], answer.prototypes, held, frame, size)
    score = float(answer.scores[index, number])
    return Detection(held, labels.get(number, str(number)), score, outline)


def _numbered(items: list[tuple[Detection, ...]]) -> tuple[tuple[Detection, ...], ...]:
    """Number detections from 1 in reading order, through the whole batch."""
    number, made = 1, []
    for item in items:
        order = reading_order([one.box for one in item])
        made.append(tuple(replace(item[at], id=number + k) for k, at in enumerate(order)))
        number += len(item)
    return tuple(made)


def _classes(text: str, labels: Mapping[int, str]) -> frozenset[int] | None:
    """Return the numbers of the classes that are named; ``None`` is all."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    numbers = {label.casefold(): number for number, label in labels.items()}
    found = set()
    for name in names:
        number = numbers.get(name.casefold())
        if number is None and name.isdecimal() and (not labels or int(name) in labels):
            number = int(name)
        if number is None:
            known = ", ".join(list(labels.values())[:20])
            raise RangeError(f"the detector knows no class {name[:60]!r}", fix=f"it knows {known}")
        found.add(number)
    return frozenset(found) if names else None


def _boxes(text: str) -> list[Detection]:
    """Read boxes that were written by hand."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = re.split(r"[\s,]+", line.strip(), maxsplit=4)
        if not line.strip():
            continue
        try:
            left, top, right, bottom = (float(word) for word in words[:4])
        except ValueError:
            left = top = right = bottom = 0.0
        if not (right > left and bottom > top and np.isfinite([left, top, right, bottom]).all()):
            raise RangeError(
                f"line {number} of the boxes is no box: {line.strip()[:60]!r}",
                fix="write left, top, right and bottom in pixels, then a name",
            )
        label = words[4].strip() if len(words) > 4 else ""
        found.append(Detection((left, top, right, bottom), label or outlines.REGION, 1.0))
    return found
