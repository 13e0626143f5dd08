"""The judges are measured on drawn pictures, whose truth is known, before they judge a model."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from tests.counts import count
from training.judge import find_blobs, judge_background, judge_things
from training.judge_faces import find_face, judge_face
from training.toyworld import Face, Scene, render, sample_scene
from training.toyworld.canvas import Bytes
from training.toyworld.palette import EXPRESSIONS, HAIR
from training.toyworld.scene import Mode

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
