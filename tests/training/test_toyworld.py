"""The toy world draws what it says, the same every time and at every size."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import cv2
import numpy as np
import pytest

from tests.counts import count
from training.toyworld import Scene, caption, render, sample_scene
from training.toyworld.palette import HELD_OUT, WORLD
from training.toyworld.scene import MODES, Mode
from training.toyworld.truth import depth_map, scene_truth


def _scenes(number: int, mode: Mode | None = None, *, held_out: bool = False) -> list[Scene]:
    rng = Random(5)
    return [sample_scene(rng, mode, held_out=held_out) for _ in range(number)]


def test_a_seed_gives_one_scene_one_picture_and_one_caption() -> None:
    first, second = sample_scene(Random(3)), sample_scene(Random(3))
    assert first == second
    assert np.array_equal(render(first), render(second))
    assert caption(first, Random(4)) == caption(second, Random(4))


def test_other_seeds_give_other_scenes() -> None:
    assert len(set(_scenes(50))) == 50


@pytest.mark.parametrize("mode", MODES)
def test_a_scene_at_four_times_the_size_is_the_same_picture(mode: Mode) -> None:
    for scene in _scenes(5, mode):
        large = cv2.resize(render(scene, 512), (128, 128), interpolation=cv2.INTER_AREA)
        assert np.abs(large.astype(float) - render(scene)).mean() < 6


def test_training_never_draws_a_pair_that_is_held_out() -> None:
    pairs = {(t.kind, t.colour) for scene in _scenes(2000) for t in scene.things}
    assert len(pairs) == 6 * 8 - len(HELD_OUT)
    assert not pairs & HELD_OUT


def test_a_held_out_scene_has_exactly_one_such_pair() -> None:
    for scene in _scenes(100, "two", held_out=True):
        assert sum((t.kind, t.colour) in HELD_OUT for t in scene.things) == 1


def test_things_of_one_picture_have_different_colours() -> None:
    for scene in _scenes(100, "three"):
        assert len({thing.colour for thing in scene.things}) == 3


@pytest.mark.parametrize("mode", MODES)
def test_pixels_change_exactly_where_the_masks_say(mode: Mode) -> None:
    for scene in _scenes(count(5, 50), mode):
        empty = Scene(scene.mode, scene.background, texture=scene.texture)
        changed = np.abs(render(scene).astype(int) - render(empty)).max(-1) > 0
        covered = np.max([truth.mask for truth in scene_truth(scene)], axis=0) > 0
        assert not (changed & ~covered).any()
        # A covered pixel may keep its colour by chance (white eyes on white), not many do.
        assert (changed & covered).sum() > 0.9 * covered.sum()


def test_boxes_enclose_their_things_tightly() -> None:
    for scene in _scenes(20, "one"):
        (truth,), (thing,) = scene_truth(scene), scene.things
        left, top, right, bottom = truth.box
        assert abs((left + right) / 2 - thing.x * WORLD) < 0.4 * thing.radius
        assert abs((top + bottom) / 2 - thing.y * WORLD) < 0.4 * thing.radius
        assert 1.5 * thing.radius < right - left < 2.6 * thing.radius


def test_the_last_thing_drawn_is_the_nearest() -> None:
    for scene in _scenes(10, "three"):
        truths, depth = scene_truth(scene), depth_map(scene)
        assert [t.nearness for t in truths] == sorted(t.nearness for t in truths)
        assert depth[truths[-1].mask >= 128].min() == pytest.approx(truths[-1].nearness)
        assert depth.min() == 0


def test_a_full_caption_names_every_thing_and_the_background() -> None:
    rng = Random(1)
    for scene in _scenes(100, "two"):
        text = caption(scene, rng, full=True)
        for thing in scene.things:
            colour = {"purple": "violet", "cyan": "turquoise"}.get(thing.colour, thing.colour)
            assert thing.colour in text or colour in text
        assert scene.background in text


def test_a_full_caption_names_every_trait_of_a_face() -> None:
    rng = Random(1)
    for scene in _scenes(100, "face"):
        face, text = scene.face, caption(scene, rng, full=True)
        assert face is not None
        assert all(part in text for part in (face.skin, face.hair, face.expression))
        assert ("glasses" in text) == face.glasses
        assert ("hat" in text.split()) or ("hat," in text.split()) or not face.hat


def test_captions_vary_and_leave_things_out() -> None:
    scene, rng = _scenes(1, "one")[0], Random(1)
    texts = {caption(scene, rng) for _ in range(200)}
    assert len(texts) > 50
    assert any(scene.background not in text for text in texts)


def test_captions_use_the_right_article() -> None:
    rng = Random(2)
    for scene in _scenes(300):
        words = caption(scene, rng).replace(",", "").split()
        for article, word in pairwise(words):
            if article in ("a", "an"):
                assert (article == "an") == (word[0] in "aeiou")
