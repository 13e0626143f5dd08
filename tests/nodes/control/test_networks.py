"""Preprocessors that look through a network, as nodes; and the pose that is drawn by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodes.control.depth import depth
from nodes.control.draw_pose import draw_pose
from nodes.control.normal import normal
from nodes.control.pose import pose
from nodes.control.segment import segment
from nodes.control.soft_edge import soft_edge
from nodes.load.image import load_image
from studio.core.check import issues
from studio.core.context import result_of
from studio.core.define import spec_of
from studio.core.errors import (
    MissingFileError,
    MissingInputError,
    NotFiniteError,
    Place,
    ShapeError,
)
from studio.core.graph import Graph, Link
from studio.core.migrations import node_of
from studio.core.registry import Registry
from studio.core.skeleton import standing
from studio.core.values import Annotator, Detection, Detections, Handle, Image, Pose, Poses
from studio.core.widgets import FileRef
from studio.diffusion.hints import figures, lines, maps
from studio.diffusion.hints.ade20k import COLOURS
from studio.diffusion.loading import load
from studio.diffusion.onnx import OnnxNetwork
from studio.engine.fingerprint import Fingerprints
from studio.engine.keys import World, keys
from tests import tiny_annotators
from tests.diffusion.hints.setting import batch
from tests.tiny_onnx import Op, fixed, write

pytestmark = pytest.mark.torch
FREE = (1, 3, "h", "w")


@dataclass
class Lender:
    """A context that loads what is asked for, and notes what was lent."""

    lent: list[Handle] = field(default_factory=list)
    open: int = 0

    @contextmanager
    def on_device(self, handle: Handle) -> Iterator[Any]:
        self.lent.append(handle)
        self.open += 1
        try:
            yield load(handle)
        finally:
            self.open -= 1


@pytest.fixture
def ctx() -> Any:
    return Lender()


@pytest.fixture
def mean(tmp_path: Path) -> Path:
    """Return a network whose answer is the brightness of the picture."""
    ops = [Op("ReduceMean", "picture", "mean", axes=[1], keepdims=1)]
    return write(tmp_path / "mean.onnx", ops, {"picture": FREE}, {"mean": (1, 1, "h", "w")})


def hint(walk: Any) -> Any:
    return result_of(walk)[0].pixels


def test_depth_is_what_the_network_sees(ctx: Any, mean: Path) -> None:
    made = hint(depth(Image(batch()), mean, numbers="unit", resolution=0, ctx=ctx))
    network = OnnxNetwork(mean)
    expected = np.stack([maps.depth(network, item, "unit") for item in batch()])
    np.testing.assert_array_equal(made, np.repeat(expected[..., None], 3, -1))
    assert ctx.lent == [Annotator(str(mean), part="depth")]
    assert ctx.open == 0


def test_every_picture_is_told_and_leaving_gives_the_network_back(ctx: Any, mean: Path) -> None:
    walk = depth(Image(batch()), mean, ctx=ctx)
    step = next(walk)
    assert (step.done, step.total, ctx.open) == (1, 2, 1)
    walk.close()
    assert ctx.open == 0


@pytest.mark.parametrize("make", [depth, soft_edge, normal])
def test_a_picture_alone_gives_what_it_gives_in_a_batch(make: Any, ctx: Any, mean: Path) -> None:
    more = {soft_edge: {"by": "network"}, normal: {"by": "depth_network"}}.get(make, {})
    whole = hint(make(Image(batch()), file=mean, resolution=128, ctx=ctx, **more))
    assert whole.shape == (2, 128, 171, 3)
    for k in range(2):
        alone = Image(batch()[k : k + 1])
        made = hint(make(alone, file=mean, resolution=128, ctx=ctx, **more))
        np.testing.assert_array_equal(made[0], whole[k])


def test_a_folder_sees_segments(ctx: Any, tmp_path: Path) -> None:
    place = tiny_annotators.save(tmp_path / "ade", tiny_annotators.segformer)
    made = np.rint(hint(segment(Image(batch()), place, resolution=64, ctx=ctx)) * 255)
    assert made.shape == (2, 64, 85, 3)
    found = {tuple(map(int, colour)) for colour in np.unique(made.reshape(-1, 3), axis=0)}
    assert found <= {tuple(map(int, colour)) for colour in COLOURS}


def test_soft_edges_need_no_file(ctx: Any) -> None:
    made = hint(soft_edge(Image(batch()), resolution=0, ctx=ctx))
    np.testing.assert_array_equal(made, lines.soft_edge(batch()))
    assert ctx.lent == []


def test_normals_of_a_depth_hint_need_no_file(ctx: Any) -> None:
    made = hint(normal(Image(batch()), strength=2, resolution=0, ctx=ctx))
    assert made.shape == batch().shape
    np.testing.assert_allclose(np.linalg.norm(2 * made - 1, axis=-1), 1, atol=1e-5)
    assert ctx.lent == []


def test_normals_of_a_network_are_seen_at_once(ctx: Any, tmp_path: Path) -> None:
    answer = np.zeros((1, 3, 8, 8), np.float32)
    answer[:, 2] = 1
    path = fixed(tmp_path / "n.onnx", FREE, answer)
    made = hint(normal(Image(batch()), by="normal_network", file=path, ctx=ctx))
    np.testing.assert_allclose(made, np.broadcast_to([0.5, 0.5, 1], made.shape), atol=1e-5)


@pytest.mark.parametrize(
    ("make", "by"), [(soft_edge, "network"), (normal, "depth_network"), (normal, "normal_network")]
)
def test_a_network_that_is_not_chosen_is_asked_for(make: Any, by: str, ctx: Any) -> None:
    with pytest.raises(MissingInputError, match=r"pick one from annotators, such as .*ONNX"):
        result_of(make(Image(batch()), by=by, ctx=ctx))


@pytest.mark.parametrize("make", [depth, segment, pose])
def test_where_networks_come_from_is_said(make: Any) -> None:
    item = spec_of(make).input("file")
    assert item
    assert "annotators, such as" in (item.problem(FileRef("")) or "")
    assert "Hugging Face" in (item.problem(FileRef("")) or "")


@pytest.mark.parametrize("make", [soft_edge, normal])
def test_files_that_may_be_left_out_are_no_problem(make: Any) -> None:
    item = spec_of(make).input("file")
    assert item
    assert item.problem(FileRef("")) is None


@pytest.mark.parametrize(
    ("shape", "value", "error"),
    [((0, 4, 4, 3), 0, ShapeError), ((1, 4, 4, 3), np.nan, NotFiniteError)],
)
@pytest.mark.parametrize("make", [depth, soft_edge, normal, segment, pose])
def test_images_without_sense_are_refused_before_anything_is_loaded(
    make: Any, shape: Any, value: float, error: type[Exception], ctx: Any
) -> None:
    given: dict[str, Any] = {"file": Path("a.onnx")} | ({"people": None} if make is pose else {})
    with pytest.raises(error):
        result_of(make(Image(np.full(shape, value, np.float32)), ctx=ctx, **given))
    assert ctx.lent == []


class Gone:
    """No file is there."""

    def problem(self, ref: FileRef, /) -> MissingFileError:
        return MissingFileError(f"{ref.path} was not found", fix="put it into /models/annotators")

    def misfit(self, ref: FileRef, folder: str, /) -> None:
        return None

    def families(self, graph: Graph, /) -> dict[tuple[str, str], str]:
        return {}


def graph_of(make: Any, **params: Any) -> tuple[Graph, Registry]:
    registry = Registry()
    for function in (load_image, make):
        registry.add(spec_of(function))
    nodes = {"a": node_of(spec_of(load_image)), "b": node_of(spec_of(make), **params)}
    return Graph(nodes, (Link("a", "image", "b", "image"),)), registry


def test_a_missing_network_is_named_with_its_folder_and_where_people_get_it() -> None:
    (found,) = [
        issue
        for issue in issues(*graph_of(depth, file={"path": "annotators/v2"}), Gone())
        if issue.place.node == "b" and issue.code == "G007"
    ]
    assert found.text == "annotators/v2 was not found."
    assert found.fix.startswith("Put it into /models/annotators. Files that fit: the folders")


def test_where_people_get_a_network_is_told_where_no_file_is_named_at_all() -> None:
    graph, registry = graph_of(depth)
    bare = replace(graph, nodes={**graph.nodes, "b": replace(graph.nodes["b"], params={})})
    (found,) = [issue for issue in issues(bare, registry) if issue.place == Place("b", "file")]
    assert found.code == "G001"
    assert "pick one from annotators, such as the folders Depth-Anything-V2" in found.text


def test_a_network_that_is_not_needed_is_not_looked_for() -> None:
    found = issues(*graph_of(soft_edge, file={"path": ""}), Gone())
    assert [
        issue for issue in found if issue.place.input == "file" and issue.place.node == "b"
    ] == []


def test_a_run_says_the_same(tmp_path: Path) -> None:
    def resolve(ref: FileRef) -> Path:
        raise MissingFileError(f"{ref.path} was not found", fix="put it there")

    graph, registry = graph_of(depth, file={"path": "annotators/v2"})
    error = keys(graph, World(registry, Fingerprints(), resolve)).jobs["b"].error
    assert error
    assert "put it there; files that fit: the folders Depth-Anything" in error.fix


# --- Poses ---


@pytest.fixture
def standing_net(tmp_path: Path) -> Path:
    """Return a network that sees every point in the middle of its view."""
    answers = []
    for length in (48, 64):
        answer = np.zeros((1, 17, 2 * length), np.float32)
        answer[:, :, length] = 0.9
        answers.append(answer)
    return fixed(tmp_path / "pose.onnx", (1, 3, 64, 48), *answers)


def test_poses_are_seen_and_drawn(ctx: Any, standing_net: Path) -> None:
    made = result_of(pose(Image(batch()), None, standing_net, resolution=0, ctx=ctx))
    assert made.poses.size == (96, 72)
    assert [len(item) for item in made.poses.items] == [1, 1]
    np.testing.assert_allclose(made.poses.items[1][0].points[5][:2], (48, 36), atol=0.01)
    np.testing.assert_array_equal(made.hint.pixels[0], figures.draw(made.poses.items[0], 96, 72))
    assert ctx.lent == [Annotator(str(standing_net), part="pose")]


def test_people_are_looked_at_where_they_were_detected(ctx: Any, standing_net: Path) -> None:
    found = Detections(((Detection((0, 0, 24, 36), "person", 0.9),), ()), (48, 36))
    made = result_of(pose(Image(batch()), found, standing_net, resolution=0, ctx=ctx))
    assert [len(item) for item in made.poses.items] == [1, 0]
    np.testing.assert_allclose(made.poses.items[0][0].points[0][:2], (24, 36), atol=0.01)
    assert not made.hint.pixels[1].any()


def test_detections_of_other_pictures_are_refused(ctx: Any, standing_net: Path) -> None:
    with pytest.raises(ShapeError, match="detections of 1 pictures for 2"):
        result_of(pose(Image(batch()), Detections(((),), (8, 8)), standing_net, ctx=ctx))


def test_without_poses_one_person_stands() -> None:
    made = draw_pose().hint.pixels
    np.testing.assert_array_equal(made[0], figures.draw([Pose(standing(512, 512))], 512, 512))
    assert draw_pose(width=64, height=96).hint.pixels.shape == (1, 96, 64, 3)


def test_linked_poses_are_drawn_as_they_are() -> None:
    one = Pose(standing(128, 128))
    given = Poses(((one,), ()), (128, 128))
    made = draw_pose(given).hint.pixels
    np.testing.assert_array_equal(made[0], figures.draw([one], 128, 128))
    assert not made[1].any()
    assert draw_pose(given, width=256).hint.pixels.shape == (2, 128, 256, 3)


def test_edits_take_the_place_of_linked_poses() -> None:
    edits = (tuple((x / 128, y / 128, seen) for x, y, seen in standing(128, 128)),)
    made = draw_pose(Poses(((), ()), (128, 128)), edits=edits).hint.pixels
    expected = figures.draw([Pose(standing(128, 128))], 128, 128)
    np.testing.assert_array_equal(made, np.stack([expected] * 2))
