"""The redraw node on a tiny checkpoint: what is drawn again, what is kept, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nodes.detail.redraw import redraw_details
from studio.core.context import Progress, result_of
from studio.core.errors import MissingInputError, RangeError, ShapeError
from studio.core.values import (
    Detection,
    Detections,
    DiffusionModel,
    Handle,
    Image,
    Mask,
    TextEncoder,
    Vae,
)
from studio.diffusion.saving import save_checkpoint
from studio.diffusion.towers import TextTowers, Tower
from studio.facts.families import family
from tests import tiny
from tests.diffusion.lender import Lender
from tests.diffusion.setting import prompt

pytestmark = pytest.mark.torch

SD15 = family("sd15")
HEIGHT, WIDTH = 48, 96


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[type[Handle], Any]]:
    path = tmp_path_factory.mktemp("detail") / "tiny.safetensors"
    towers = TextTowers((Tower(SD15.encoders[0], tiny.clip_l()),))
    unet, vae = tiny.sd15_unet(), tiny.vae()
    save_checkpoint(path, unet, vae, towers, "sd15", {"modelspec.resolution": "48x48"})
    return str(path), {DiffusionModel: unet, Vae: vae, TextEncoder: towers}


@pytest.fixture
def ctx(networks: tuple[str, dict[type[Handle], Any]]) -> Lender:
    return Lender(dict(networks[1]))


@pytest.fixture
def run(networks: tuple[str, dict[type[Handle], Any]], ctx: Lender) -> Callable[..., Any]:
    file = networks[0]

    def redraw(image: Image, mask: Mask, found: Detections | None = None, **params: Any) -> Any:
        given = {"steps": 2, "guidance": 2.0, "padding": 4, "denoise": 0.6, **params}
        positive = given.pop("positive", prompt(1))
        encoder = given.pop("text_encoder", TextEncoder(file, "sd15"))
        negative = given.pop("negative", prompt(2))
        handles = DiffusionModel(file, "sd15"), Vae(file, "sd15"), encoder
        lender = given.pop("ctx", ctx)
        return result_of(
            redraw_details(image, mask, found, *handles, positive, negative, **given, ctx=lender)
        ).pixels

    return redraw


def picture(batch: int = 1, channels: int = 3) -> Image:
    pixels = np.random.default_rng(5).random((batch, HEIGHT, WIDTH, channels), np.float32)
    pixels.setflags(write=False)
    return Image(pixels)


def boxes(*items: tuple[int, ...]) -> Detections:
    """Return faces whose left sides are given, for each picture."""
    number = iter(range(1, 100))
    records = tuple(
        tuple(
            Detection((left, 14.0, left + 16.0, 32.0), "face", 0.9, id=next(number))
            for left in item
        )
        for item in items
    )
    return Detections(records, (WIDTH, HEIGHT))


def masked(found: Detections) -> Mask:
    rows: list[NDArray[np.float32]] = []
    pictures = []
    for index, item in enumerate(found.items):
        for record in item:
            mask = np.zeros((HEIGHT, WIDTH), np.float32)
            left, top, right, bottom = map(int, record.box)
            mask[top:bottom, left:right] = 1
            rows.append(mask)
            pictures.append(index)
    return Mask(np.stack(rows), tuple(pictures))


TWO = boxes((6, 60))


def changed(after: NDArray[np.float32], before: Image, mask: Mask) -> list[bool]:
    owners = mask.pictures or range(len(mask.pixels))
    differs = (after != before.pixels).any(-1)
    return [bool(differs[at][item > 0].any()) for at, item in zip(owners, mask.pixels, strict=True)]


def test_every_mask_is_redrawn_and_nothing_else(run: Any) -> None:
    image, mask = picture(), masked(TWO)
    after = run(image, mask, TWO)
    assert changed(after, image, mask) == [True, True]
    outside = ~(mask.pixels > 0).any(0)
    np.testing.assert_array_equal(after[0][outside], image.pixels[0][outside])


def test_nothing_found_returns_the_image_and_loads_nothing(run: Any, ctx: Lender) -> None:
    image, none = picture(), Detections(((),), (WIDTH, HEIGHT))
    after = run(image, Mask(np.zeros((1, HEIGHT, WIDTH), np.float32)), none)
    assert after is image.pixels
    assert (ctx.lent, ctx.said) == ([], [])


def test_black_masks_return_the_image_and_say_so(run: Any, ctx: Lender) -> None:
    image = picture()
    after = run(image, Mask(np.zeros((1, HEIGHT, WIDTH), np.float32), (0,)), boxes((6,)))
    assert after is image.pixels
    assert (ctx.lent, ctx.said) == ([], ["W_EMPTY_MASK"])


def test_a_new_prompt_for_one_face_redraws_one_face(run: Any, ctx: Lender) -> None:
    image, mask = picture(), masked(TWO)
    first = run(image, mask, TWO, prompts="a cat[SEP]a dog")
    assert ctx.made == ["prompt", "prompt", "mask", "mask"]
    second = run(image, mask, TWO, prompts="a cat[SEP]a horse")
    assert ctx.made[4:] == ["prompt", "mask"]
    assert changed(second, Image(first), mask) == [False, True]


def test_a_new_denoise_redraws_all_and_encodes_nothing(run: Any, ctx: Lender) -> None:
    image, mask = picture(), masked(TWO)
    run(image, mask, TWO, prompts="a cat")
    ctx.made.clear()
    ctx.lent.clear()
    run(image, mask, TWO, prompts="a cat", denoise=0.5)
    assert ctx.made == ["mask", "mask"]
    assert "TextEncoder" not in ctx.lent


def test_a_face_that_overlaps_a_changed_one_is_redrawn_too(run: Any, ctx: Lender) -> None:
    near = boxes((6, 18))
    image, mask = picture(), masked(near)
    run(image, mask, near, prompts="a cat[SEP]a dog")
    ctx.made.clear()
    run(image, mask, near, prompts="a horse[SEP]a dog")
    assert ctx.made == ["prompt", "mask", "mask"]


def test_others_can_be_left_out(run: Any) -> None:
    near = boxes((6, 18))
    image, mask = picture(), masked(near)
    after = run(image, mask, near, exclude_others=True)
    both = (mask.pixels > 0).all(0)
    np.testing.assert_array_equal(after[0][both], image.pixels[0][both])


def test_a_batch_is_worked_on_picture_by_picture_as_if_each_were_alone(run: Any) -> None:
    """T25: batches are not refused."""
    three = boxes((6, 60), (), (30,))
    image, mask = picture(3), masked(three)
    after = run(image, mask, three)
    alone = boxes((30,))
    single = run(Image(image.pixels[2:]), masked(alone), alone)
    np.testing.assert_array_equal(after[2:], single)
    np.testing.assert_array_equal(after[1], image.pixels[1])
    assert changed(after, image, mask) == [True, True, True]


def test_one_mask_serves_all_pictures(run: Any) -> None:
    image = picture(2)
    mask = Mask(masked(boxes((6,))).pixels)
    after = run(image, mask)
    assert (after != image.pixels).any((1, 2, 3)).all()


@pytest.mark.parametrize("channels", [1, 4])
def test_grey_and_alpha_stay(run: Any, channels: int) -> None:
    image, mask = picture(1, channels), masked(boxes((6,)))
    after = run(image, mask)
    assert after.shape == image.pixels.shape
    if channels == 4:
        np.testing.assert_array_equal(after[..., 3], image.pixels[..., 3])


def test_a_mask_at_the_border_is_redrawn_inside(run: Any) -> None:
    image = picture()
    mask = np.zeros((1, HEIGHT, WIDTH), np.float32)
    mask[0, 40:, 88:] = 1
    after = run(image, Mask(mask), padding=20)
    assert changed(after, image, Mask(mask)) == [True]
    np.testing.assert_array_equal(after[0, :40], image.pixels[0, :40])


def test_the_last_prompt_repeats_and_extra_ones_are_told(run: Any, ctx: Lender) -> None:
    image, mask = picture(), masked(TWO)
    run(image, mask, TWO, prompts="a cat")
    assert ctx.made == ["prompt", "mask", "mask"]
    assert ctx.said == []
    run(image, mask, TWO, prompts="a cat[SEP]a dog[SEP]a horse")
    assert ctx.said == ["W_UNUSED"]


def test_a_skipped_face_stays_as_it_is(run: Any) -> None:
    image, mask = picture(), masked(TWO)
    assert changed(run(image, mask, TWO, prompts="[SKIP][SEP]"), image, mask) == [False, True]
    rows = (("right", "", "", "", "yes"),)
    assert changed(run(image, mask, TWO, table=rows), image, mask) == [True, False]


@pytest.mark.parametrize("how", [{"denoise": 0.0}, {"table": (("all", "", "", "0", ""),)}])
def test_without_denoise_every_bit_stays(run: Any, how: dict[str, Any]) -> None:
    given = picture()
    np.testing.assert_array_equal(run(given, masked(TWO), TWO, **how), given.pixels)


def test_the_linked_prompt_may_stand_inside_of_a_text(run: Any) -> None:
    image, mask = picture(), masked(boxes((6,)))
    plain, same = run(image, mask), run(image, mask, prompts="[PROMPT]")
    np.testing.assert_array_equal(plain, same)
    assert (run(image, mask, prompts="[PROMPT], a cat") != run(image, mask, prompts="a cat")).any()
    assert (run(image, mask, prompts="[PROMPT], a cat") != plain).any()


def test_the_table_gives_a_face_its_own_negative_and_denoise(run: Any) -> None:
    image, mask = picture(), masked(TWO)
    plain = run(image, mask, TWO)
    away = run(image, mask, TWO, table=(("1", "", "dark"),))
    less = run(image, mask, TWO, table=(("#2", "", "", "0.3"),))
    assert changed(away, Image(plain), mask) == [True, False]
    assert changed(less, Image(plain), mask) == [False, True]


def test_the_linked_negative_stands_in_texts_of_negatives(run: Any) -> None:
    image, mask = picture(), masked(boxes((6,)))
    plain = run(image, mask)
    np.testing.assert_array_equal(run(image, mask, table=(("all", "", "[PROMPT]"),)), plain)
    more = run(image, mask, table=(("all", "", "dark, [PROMPT]"),))
    assert (more != run(image, mask, table=(("all", "", "dark"),))).any()
    assert (
        more != run(image, mask, negative=prompt(1), table=(("all", "", "dark, [PROMPT]"),))
    ).any()


def test_texts_without_words_are_the_linked_prompt(run: Any) -> None:
    image, mask = picture(), masked(TWO)
    np.testing.assert_array_equal(run(image, mask, prompts=", [SEP],"), run(image, mask))


def test_prompts_for_faces_need_a_text_encoder(run: Any) -> None:
    with pytest.raises(MissingInputError, match="a cat"):
        run(picture(), masked(TWO), TWO, prompts="a cat", text_encoder=None)


def test_the_table_is_read_before_any_work(run: Any, ctx: Lender) -> None:
    with pytest.raises(RangeError, match="row 1"):
        run(picture(), masked(TWO), TWO, table=(("1", "", "", "2"),))
    assert ctx.lent == []


def test_without_a_negative_the_empty_prompt_is_encoded(run: Any, ctx: Lender) -> None:
    run(picture(), masked(TWO), TWO, negative=None)
    assert ctx.lent[0] == "TextEncoder"


def test_numbers_that_are_none_leave_one_face_out(run: Any, ctx: Lender) -> None:
    pixels = picture().pixels.copy()
    pixels[0, 20, 10] = np.nan
    image, mask = Image(pixels), masked(TWO)
    after = run(image, mask, TWO)
    assert ctx.said == ["W_SKIPPED"]
    np.testing.assert_array_equal(after[0, :, :40], pixels[0, :, :40])
    assert (after[0, :, 50:] != pixels[0, :, 50:]).any()


def test_masks_that_look_alike_follow_the_prompt_of_their_region(run: Any, ctx: Lender) -> None:
    right = np.zeros((1, HEIGHT, WIDTH), np.float32)
    right[..., WIDTH // 2 :] = 1
    flat = Image(np.full((1, HEIGHT, WIDTH, 3), 0.5, np.float32))
    region = replace(prompt(1), mask=Mask(right))
    run(flat, masked(TWO), positive=region, seeds="same")
    assert ctx.made == ["mask", "mask"]


def test_a_mask_of_a_vae_that_was_cut_is_not_that_of_a_whole_one(run: Any, ctx: Lender) -> None:
    run(picture(), masked(boxes((6,))))
    ctx.memory_budget = 1
    run(picture(), masked(boxes((6,))))
    assert ctx.made == ["mask", "mask"]


@pytest.mark.parametrize(("mode", "same"), [("same", True), ("next", False), ("per_id", False)])
def test_seeds_of_faces(run: Any, ctx: Lender, mode: str, same: bool) -> None:
    run(picture(), masked(TWO), TWO, seeds=mode)
    seeds = [json.loads(key)[1]["seed"] for key in ctx.kept]
    assert (seeds[0] == seeds[1]) is same


def test_another_face_leaves_the_seed_of_a_box_alone(run: Any, ctx: Lender) -> None:
    alone = boxes((60,))
    run(picture(), masked(alone), alone, seeds="per_id")
    run(picture(), masked(TWO), TWO, seeds="per_id")
    assert ctx.made == ["mask", "mask"]  # the second run made the new face only


def test_large_boxes_are_redrawn_less_when_asked(run: Any, ctx: Lender) -> None:
    run(picture(), masked(TWO), TWO, dynamic_denoise=2.0)
    share = 16 * 18 / (HEIGHT * WIDTH)
    denoises = [json.loads(key)[1]["denoise"] for key in ctx.kept]
    assert denoises == pytest.approx([0.6 * (1 - share) ** 2] * 2)


def test_sizes_follow_the_checkpoint_the_setting_or_the_factor(run: Any, ctx: Lender) -> None:
    image, mask = picture(), masked(boxes((6,)))
    run(image, mask)
    run(image, mask, size="fixed", width=80, height=96)
    run(image, mask, size="factor", factor=3.0)
    sizes = [tuple(json.loads(key)[1]["size"]) for key in ctx.kept]
    assert sizes == [(48, 48), (80, 96), (72, 80)]


@pytest.mark.parametrize(
    ("count", "mask"),
    [
        (1, Mask(np.ones((1, 20, 20), np.float32))),
        (2, Mask(np.ones((3, HEIGHT, WIDTH), np.float32))),
        (1, Mask(np.ones((2, HEIGHT, WIDTH), np.float32), (0, 1))),
        (1, Mask(np.ones((0, HEIGHT, WIDTH), np.float32))),
    ],
)
def test_masks_that_do_not_go_with_the_pictures_are_refused(
    run: Any, count: int, mask: Mask
) -> None:
    with pytest.raises(ShapeError):
        run(picture(count), mask)


def test_detections_of_other_masks_are_refused(run: Any) -> None:
    with pytest.raises(ShapeError, match="2 masks do not go with 3 detections"):
        run(picture(), masked(TWO), boxes((1, 2, 3)))


def test_detections_in_another_order_than_their_masks_are_told(run: Any, ctx: Lender) -> None:
    run(picture(), masked(TWO), TWO)
    assert ctx.said == []
    run(picture(), masked(TWO), Detections((TWO.items[0][::-1],), TWO.size))
    assert ctx.said == ["W_QUALITY"]


def walk_of(networks: Any, ctx: Any) -> Generator[Progress, None, Image]:
    """Begin to redraw two faces."""
    file, _ = networks
    handles = DiffusionModel(file, "sd15"), Vae(file, "sd15"), None
    prompts = prompt(1), prompt(2)
    return redraw_details(
        picture(), masked(TWO), TWO, *handles, *prompts, steps=2, padding=4, ctx=ctx
    )


def test_cancelling_keeps_what_is_finished(networks: Any, ctx: Lender) -> None:
    walk = walk_of(networks, ctx)
    for step in walk:
        if step.done > step.total // 2:
            break
    walk.close()
    assert ctx.made == ["mask", "mask"]
    assert len(ctx.kept) == 1


def test_progress_counts_all_faces(networks: Any, ctx: Lender) -> None:
    done = [step.done for step in walk_of(networks, ctx)]
    assert done == sorted(done)
    assert done[-1] == 7
