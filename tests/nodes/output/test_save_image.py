"""Save image."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodes.output.save_image import save_image
from nodes.output.show import show
from studio.core.context import result_of
from studio.core.errors import RangeError, UnsafeFileError, WriteError
from studio.core.values import Image
from studio.facts.pictures import SIDECAR, read_carried
from studio.media.pictures import read_pixels
from tests.nodes.fakes import FakeEffect, FakeOutput, image

EXAMPLE = Path(__file__).parents[3] / "resources/graphs/text_to_image.json"


def save(root: Path, picture: Image, graph: str = "", **params: Any) -> FakeEffect:
    """Run the node and return what it told its surroundings."""
    ctx = FakeEffect(FakeOutput(root, graph or EXAMPLE.read_text("utf-8")))
    result_of(save_image(picture, ctx=ctx, **params))
    return ctx


def test_each_item_of_a_batch_becomes_a_file(tmp_path: Path) -> None:
    ctx = save(tmp_path, image(3))
    assert [path.name for path in ctx.output.paths] == [
        "My graph_0001.png", "My graph_0002.png", "My graph_0003.png",
    ]  # fmt: skip
    for index, path in enumerate(ctx.output.paths):
        np.testing.assert_allclose(read_pixels(path)[0], image(3).pixels[index], atol=0.51 / 255)


@pytest.mark.parametrize(("format_", "suffix"), [("png", "png"), ("jpeg", "jpg"), ("webp", "webp")])
def test_a_picture_carries_its_graph_and_its_parameters(
    tmp_path: Path, format_: str, suffix: str
) -> None:
    ctx = save(tmp_path, image(), format=format_, name="a")
    found = read_carried(tmp_path / f"a.{suffix}")
    assert found.graph == ctx.output.graph
    assert "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras" in found.parameters


def test_items_of_a_batch_tell_their_own_seeds(tmp_path: Path) -> None:
    ctx = save(tmp_path, image(2), name="{seed}")
    assert [path.stem for path in ctx.output.paths] == ["12", "13"]
    assert "Seed: 13," in read_carried(ctx.output.paths[1]).parameters


def test_a_graph_too_long_for_a_jpeg_is_written_beside(tmp_path: Path) -> None:
    graph = json.dumps({"text": "x" * 100_000})
    path = save(tmp_path, image(), graph, format="jpeg").output.paths[0]
    assert path.with_name(path.name + SIDECAR).read_text("utf-8") == graph
    assert read_carried(path).graph == graph


def test_nothing_is_written_over(tmp_path: Path) -> None:
    for _ in range(3):
        save(tmp_path, image(), name="same")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "same.png", "same_2.png", "same_3.png",
    ]  # fmt: skip


def test_sixteen_bits_are_written(tmp_path: Path) -> None:
    path = save(tmp_path, image(), bits="16").output.paths[0]
    np.testing.assert_allclose(read_pixels(path), image().pixels, atol=0.51 / 65535)
    assert read_carried(path).graph


def test_a_folder_below_the_root_is_made(tmp_path: Path) -> None:
    ctx = save(tmp_path, image(), folder="a/{graph}")
    assert ctx.output.paths[0].parent == tmp_path / "a/My graph"


def test_every_file_is_announced_before_it_is_written(tmp_path: Path) -> None:
    ctx = save(tmp_path, image(2))
    assert ctx.output.claimed == ctx.output.paths


def test_what_a_killed_run_wrote_is_not_written_again(tmp_path: Path) -> None:
    first = save(tmp_path, image(3)).output.paths
    first[1].unlink()
    ctx = FakeEffect(FakeOutput(tmp_path, earlier=(first[0], None, first[2])))
    result_of(save_image(image(3), ctx=ctx))
    assert ctx.output.paths[::2] == first[::2]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_that_leads_out_writes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for folder in ("../x", "/tmp/x", "C:\\x"):
        with pytest.raises(UnsafeFileError):
            save(root, image(), folder=folder)
    with pytest.raises(RangeError):
        save(root, image(), name="{seed:x}")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match="file"):
        save(tmp_path, image(), folder="file")


def test_jpeg_says_that_it_has_no_transparency(tmp_path: Path) -> None:
    assert save(tmp_path, image(channels=4), format="jpeg").warnings[0][0] == "W_UNUSED"
    assert save(tmp_path, image(channels=4), format="webp").warnings == []


def test_a_cancelled_save_leaves_whole_files_only(tmp_path: Path) -> None:
    walk = save_image(image(3), ctx=FakeEffect(FakeOutput(tmp_path)))
    next(walk)
    walk.close()
    assert [path.name for path in tmp_path.iterdir()] == ["My graph_0001.png"]


def test_showing_writes_nothing_and_takes_anything() -> None:
    for value in (image(), 7, "text"):
        show(value)
