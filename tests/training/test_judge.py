"""The judges are measured on drawn pictures, whose truth is known, before they judge a model."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from tests.counts import count
from training.judge import find_blobs, judge_background, judge_things
from training.judge_boxes import average_precision, overlap
from training.judge_edges import edge_f1, edges
from training.judge_faces import face_box, find_face, judge_face
from training.toyworld import Face, Scene, render, sample_scene
from training.toyworld.canvas import Bytes
from training.toyworld.palette import EXPRESSIONS, HAIR
from training.toyworld.scene import Mode
from training.toyworld.truth import scene_truth

TRAITS = ("found", "skin", "hair", "expression", "glasses", "hat", "position")


def _pairs(mode: Mode, number: int) -> list[tuple[Scene, Bytes]]:
    rng = Random(77)
    scenes = [sample_scene(rng, mode) for _ in range(number)]
    return [(scene, render(scene)) for scene in scenes]


@pytest.mark.parametrize("mode", ["one", "two", "three"])
def test_drawn_solids_are_judged_right(mode: Mode) -> None:
    verdicts = [judge_things(*pair) for pair in _pairs(mode, count(40, 400))]
    things = [thing for verdict in verdicts for thing in verdict.things]
    assert np.mean([thing.colour for thing in things]) >= 0.99
    assert np.mean([thing.kind for thing in things]) >= 0.98
    assert np.mean([thing.position for thing in things]) >= 0.98
    assert np.mean([verdict.count for verdict in verdicts]) >= 0.98
    assert np.mean([verdict.relation is not False for verdict in verdicts]) >= 0.99


def test_drawn_faces_are_judged_right() -> None:
    pairs = [(s.face, picture) for s, picture in _pairs("face", count(60, 600)) if s.face]
    verdicts = [judge_face(face, picture) for face, picture in pairs]
    for trait in TRAITS:
        assert np.mean([getattr(verdict, trait) for verdict in verdicts]) >= 0.98, trait


def test_drawn_backgrounds_are_judged_right() -> None:
    pairs = _pairs("two", 40) + _pairs("face", 20)
    assert all(judge_background(picture) == scene.background for scene, picture in pairs)


def test_the_wrong_picture_is_judged_wrong() -> None:
    pairs = _pairs("two", 60)
    wrong = [judge_things(scene, pairs[n - 1][1]) for n, (scene, _) in enumerate(pairs)]
    assert np.mean([verdict.all_right for verdict in wrong]) < 0.05
    things = [thing for verdict in wrong for thing in verdict.things]
    assert np.mean([thing.colour and thing.kind for thing in things]) < 0.2


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("hair", HAIR)
def test_every_expression_and_hair_is_seen_with_glasses_and_hat(expression: str, hair: str) -> None:
    face = Face("tan", hair, expression, False, True, "orange", "centre", 0.5, 0.53, 34)
    seen = find_face(render(Scene("face", "sunset", face=face)))
    assert seen is not None
    assert (seen.expression, seen.hair, seen.hat) == (expression, hair, "orange")


def test_ginger_hair_is_no_orange_hat() -> None:
    face = Face("light", "ginger", "sad", True, False, None, "centre", 0.5, 0.53, 34)
    seen = find_face(render(Scene("face", "night", face=face)))
    assert seen is not None
    assert seen.hat is None


@pytest.mark.parametrize("background", ["sunset", "night", "sky", "grid", "mint"])
def test_an_empty_background_shows_nothing(background: str) -> None:
    picture = render(Scene("one", background, texture=5))
    assert find_blobs(picture) == []
    assert find_face(picture) is None


def test_the_box_of_a_drawn_face_is_seen() -> None:
    for scene, picture in _pairs("face", count(40, 400)):
        seen = face_box(picture)
        assert seen is not None
        assert overlap(seen, scene_truth(scene)[-1].box) > 0.8


def test_solids_have_no_face() -> None:
    pairs = _pairs("one", count(40, 400)) + _pairs("two", count(40, 400))
    assert np.mean([face_box(picture) is None for _, picture in pairs]) >= 0.98


def test_a_picture_follows_its_own_edges_and_no_others() -> None:
    pictures = [picture for _, picture in _pairs("two", 40)]
    maps = [edges(picture) for picture in pictures]

    def mean(seen: list[Bytes]) -> float:
        return float(np.mean([edge_f1(*pair) for pair in zip(maps, seen, strict=True)]))

    assert mean(maps) == 1
    assert mean([edges(np.roll(picture, 1, 1)) for picture in pictures]) > 0.98
    assert mean([edges(np.roll(picture, 6, 1)) for picture in pictures]) < 0.6
    assert mean(maps[1:] + maps[:1]) < 0.3


def test_edges_that_lie_too_far_off_do_not_count() -> None:
    wanted, seen = np.zeros((2, 40, 40), np.uint8)
    wanted[:, 10] = 255
    seen[:, 12] = 255
    assert edge_f1(wanted, seen) == 1
    assert edge_f1(wanted, np.roll(seen, 1, 1)) == 0
    seen[:, 30] = 255
    assert edge_f1(wanted, seen) == pytest.approx(2 / 3)
    assert edge_f1(wanted, np.zeros_like(seen)) == 0


def test_overlap_is_the_common_part_of_the_union() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0


def test_average_precision_ranks_by_confidence_and_counts_a_face_once() -> None:
    truth = [[(0.0, 0.0, 10.0, 10.0)], [(0.0, 0.0, 10.0, 10.0)]]
    box, wrong = (0.0, 1.0, 10.0, 11.0), (30.0, 30.0, 40.0, 40.0)
    assert average_precision([[(0.9, box)], [(0.8, box)]], truth) == 1
    assert average_precision([[(0.9, box)], [(0.8, wrong), (0.1, box)]], truth) == pytest.approx(
        (1 + 2 / 3) / 2
    )
    assert average_precision([[(0.9, box), (0.8, box)], []], truth) == 0.5
    assert average_precision([[], []], truth) == 0
