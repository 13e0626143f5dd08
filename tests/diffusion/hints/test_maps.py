"""Hints that networks make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from studio.core.errors import ShapeError, UnsupportedError
from studio.diffusion.hints import maps
from studio.diffusion.hints.ade20k import COLOURS
from studio.diffusion.hints.annotators import FolderNetwork, open_annotator
from studio.diffusion.hints.common import Nearer
from studio.diffusion.onnx import OnnxNetwork
from tests import tiny_annotators
from tests.diffusion.hints.setting import scene
from tests.tiny_onnx import Op, fixed, write

pytestmark = pytest.mark.torch
Folder = Callable[[str], Path]
FREE = (1, 3, "h", "w")
SLOPE = np.tile(np.linspace(2, 6, 32, dtype=np.float32), (24, 1))


def answering(path: Path, answer: NDArray[np.float32]) -> OnnxNetwork:
    return OnnxNetwork(fixed(path / "a.onnx", FREE, answer))


# --- Depth ---


@pytest.mark.parametrize("name", ["depth_anything", "dpt"])
def test_a_folder_gives_the_depth_that_transformers_gives(folder: Folder, name: str) -> None:
    network = open_annotator(folder(name), "depth")
    assert isinstance(network, FolderNetwork)
    picture = scene(70, 98)
    values = torch.from_numpy(network.look.planes(picture))
    direct = network.model(pixel_values=values).predicted_depth[0].numpy()
    made = maps.depth(network, picture)
    assert (made.shape, made.min(), made.max()) == ((70, 98), 0, 1)
    grown = cv2.resize(direct, (98, 70), interpolation=cv2.INTER_CUBIC)
    np.testing.assert_allclose(np.corrcoef(made.ravel(), grown.ravel())[0, 1], 1, atol=1e-2)


def test_networks_of_distances_are_turned_round(folder: Folder) -> None:
    network = open_annotator(folder("depth_anything"), "depth")
    assert isinstance(network, FolderNetwork)
    near = maps.depth(network, scene())
    network.settings.depth_estimation_type = "metric"
    far = maps.depth(network, scene())
    assert np.corrcoef(near.ravel(), far.ravel())[0, 1] < 0
    np.testing.assert_array_equal(maps.depth(network, scene(), nearer="bright"), near)


@pytest.mark.parametrize(("nearer", "side"), [("auto", -1), ("bright", -1), ("dark", 0)])
def test_an_onnx_file_says_what_is_near(tmp_path: Path, nearer: Nearer, side: int) -> None:
    network = answering(tmp_path, SLOPE[None])
    made = maps.depth(network, scene(24, 32), nearer=nearer)
    assert made.argmax(1).tolist() == [side % 32] * 24
    assert (made.min(), made.max()) == (0, 1)


def test_maps_are_brought_to_the_size_of_the_picture(tmp_path: Path) -> None:
    made = maps.depth(answering(tmp_path, SLOPE[None, None]), scene(60, 50))
    assert made.shape == (60, 50)
    assert (np.diff(made[30, 2:-2]) > 0).all()


def test_a_picture_without_depth_is_black(tmp_path: Path) -> None:
    made = maps.depth(answering(tmp_path, np.full((1, 8, 8), 3, np.float32)), scene())
    assert not made.any()


def test_networks_without_a_map_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match=r"a\.onnx gives 1 x 10, not a map of 1 channels"):
        maps.depth(answering(tmp_path, np.zeros((1, 10), np.float32)), scene())
    with pytest.raises(ShapeError, match="gives 1 x 2 x 8 x 8"):
        maps.depth(answering(tmp_path, np.zeros((1, 2, 8, 8), np.float32)), scene())


# --- Normals ---


def test_flat_depth_looks_to_the_front() -> None:
    made = maps.normals(np.full((8, 8), 0.5, np.float32))
    np.testing.assert_allclose(made, np.broadcast_to([0.5, 0.5, 1], (8, 8, 3)), atol=1e-6)


def test_what_comes_nearer_to_the_right_looks_left_and_what_does_downwards_looks_up() -> None:
    slope = np.tile(np.linspace(0, 1, 32, dtype=np.float32), (32, 1))
    right, down = (maps.normals(plane)[16, 16] for plane in (slope, np.ascontiguousarray(slope.T)))
    assert right[0] > 0.6
    assert down[1] > 0.6
    np.testing.assert_allclose([right[1], down[0]], 0.5, atol=1e-6)


def test_normals_are_of_length_one_and_steeper_with_strength() -> None:
    plane = np.asarray(scene()[..., 0])
    weak, strong = (maps.normals(plane, strength) for strength in (1, 16))
    np.testing.assert_allclose(np.linalg.norm(2 * strong - 1, axis=-1), 1, atol=1e-5)
    assert strong[..., 2].mean() < weak[..., 2].mean()


def test_the_background_is_flat() -> None:
    plane = np.tile(np.linspace(0, 1, 32, dtype=np.float32), (32, 1))
    made = maps.normals(plane, background=0.5)
    np.testing.assert_allclose(made[:, :15, 2], 1)
    assert made[:, 17:, 2].max() < 1


def test_normals_of_a_network_are_brought_to_0_to_1(tmp_path: Path) -> None:
    answer = np.zeros((1, 4, 16, 16), np.float32)
    answer[:, 0], answer[:, 3] = -2, 9
    made = maps.seen_normals(answering(tmp_path, answer), scene(), "imagenet")
    np.testing.assert_allclose(made, np.broadcast_to([0, 0.5, 0.5], made.shape), atol=1e-5)


def test_normals_need_an_onnx_file_of_three_channels(tmp_path: Path, folder: Folder) -> None:
    network = answering(tmp_path, np.zeros((1, 1, 8, 8), np.float32))
    with pytest.raises(ShapeError, match="not a map of 3 channels"):
        maps.seen_normals(network, scene(), "unit")
    with pytest.raises(UnsupportedError, match="a dpt folder was given"):
        maps.seen_normals(open_annotator(folder("dpt"), "depth"), scene(), "unit")


def test_normals_of_depth_are_those_of_what_a_network_sees(tmp_path: Path) -> None:
    network = answering(tmp_path, SLOPE[None])
    made = maps.depth_normals(network, scene(24, 32), "unit", "auto", 4, 0)
    np.testing.assert_array_equal(made, maps.normals(maps.depth(network, scene(24, 32)), 4))


# --- Edges ---


def test_edges_are_what_the_last_output_says(tmp_path: Path) -> None:
    answer = np.linspace(0, 1, 48, dtype=np.float32).reshape(1, 1, 6, 8)
    path = fixed(tmp_path / "a.onnx", FREE, 0 * answer, answer)
    made = maps.soft_edges(OnnxNetwork(path), scene(6, 8), "unit")
    np.testing.assert_allclose(made, answer[0, 0], atol=1e-6)


def test_logits_become_edges(tmp_path: Path) -> None:
    answer = np.full((1, 1, 8, 8), -20, np.float32)
    answer[..., 4:] = 20
    made = maps.soft_edges(answering(tmp_path, answer), scene(8, 8), "unit")
    np.testing.assert_allclose(made, answer[0, 0] > 0, atol=1e-6)


def test_the_network_sees_the_picture(tmp_path: Path) -> None:
    ops = [Op("ReduceMean", "picture", "mean", axes=[1], keepdims=1)]
    path = write(tmp_path / "a.onnx", ops, {"picture": FREE}, {"mean": (1, 1, "h", "w")})
    made = maps.soft_edges(OnnxNetwork(path), scene(64, 96), "unit")
    np.testing.assert_allclose(made, scene(64, 96).mean(-1), atol=1e-5)


# --- Segments ---


@pytest.mark.parametrize("name", ["segformer", "upernet"])
def test_every_pixel_gets_the_colour_of_its_class(folder: Folder, name: str) -> None:
    network = open_annotator(folder(name), "segment")
    assert isinstance(network, FolderNetwork)
    picture = scene(64, 96)
    values = torch.from_numpy(network.look.planes(picture))
    scores = network.model(pixel_values=values).logits
    grown = torch.nn.functional.interpolate(scores, (64, 96), mode="bilinear")[0]
    made = np.rint(maps.segments(network, picture) * 255).astype(np.uint8)
    same = (made == COLOURS[grown.argmax(0).numpy()]).all(-1)
    assert same.mean() > 0.99


def test_the_colours_are_those_of_ade20k() -> None:
    assert COLOURS.shape == (150, 3)
    known = {0: (120, 120, 120), 2: (6, 230, 230), 4: (4, 200, 3), 12: (150, 5, 61),
             20: (0, 102, 200), 149: (92, 0, 255)}  # fmt: skip
    assert {k: tuple(map(int, COLOURS[k])) for k in known} == known
    assert len(np.unique(COLOURS, axis=0)) == 149  # road and sand... share one grey


def test_networks_of_other_classes_are_refused(tmp_path: Path) -> None:
    place = tiny_annotators.save(tmp_path / "few", lambda: tiny_annotators.segformer(19))
    with pytest.raises(UnsupportedError, match="segformer network has 19 classes, not the 150"):
        maps.segments(open_annotator(place, "segment"), scene())
    with pytest.raises(UnsupportedError, match=r"a\.onnx has 19 classes"):
        maps.segments(answering(tmp_path, np.zeros((1, 19, 8, 8), np.float32)), scene())
    with pytest.raises(ShapeError, match="not a map"):
        maps.segments(answering(tmp_path, SLOPE[None]), scene())


def test_an_onnx_file_paints_its_highest_class(tmp_path: Path) -> None:
    scores = np.zeros((1, 150, 8, 8), np.float32)
    scores[0, 2, :4], scores[0, 12, 4:] = 1, 1
    made = np.rint(maps.segments(answering(tmp_path, scores), scene(32, 48)) * 255)
    assert made.shape == (32, 48, 3)
    assert (made[:12] == COLOURS[2]).all()
    assert (made[20:] == COLOURS[12]).all()
