"""Networks that look at pictures, from files and folders of this disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from studio.core.errors import (
    DamagedFileError,
    MissingFileError,
    NotFiniteError,
    ShapeError,
    UnsafeFileError,
    UnsupportedError,
)
from studio.core.values import Annotator
from studio.diffusion.hints.annotators import (
    FolderNetwork,
    Look,
    finite,
    onnx_look,
    open_annotator,
)
from studio.diffusion.loading import load
from studio.diffusion.onnx import OnnxNetwork
from tests.diffusion.hints.setting import scene
from tests.tiny_onnx import fixed

pytestmark = pytest.mark.torch
Folder = Callable[[str], Path]
ONE = np.ones((1, 1, 4, 4), np.float32)


def opened(path: Path, part: str) -> FolderNetwork:
    network = open_annotator(path, part)
    assert isinstance(network, FolderNetwork)
    return network


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("depth_anything", "depth"), ("dpt", "depth"), ("segformer", "segment"),
        ("upernet", "segment"), ("vitpose", "pose"),
    ],
)  # fmt: skip
def test_a_folder_gives_the_network_that_was_saved(folder: Folder, name: str, part: str) -> None:
    model = opened(folder(name), part).model
    held, saved = (one.state_dict() for one in (model, type(model).from_pretrained(folder(name))))
    assert held.keys() == saved.keys()
    assert all(torch.equal(held[key], tensor) for key, tensor in saved.items())


def test_a_handle_becomes_its_network(folder: Folder) -> None:
    network = load(Annotator(str(folder("dpt")), part="depth"))
    assert isinstance(network, FolderNetwork)
    assert network.kind == "dpt"
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_pickled_weights_are_read_through_the_gateway(folder: Folder, tmp_path: Path) -> None:
    place = copied(folder("dpt"), tmp_path)
    tensors = load_file(place / "model.safetensors")
    (place / "model.safetensors").unlink()
    torch.save(tensors, place / "pytorch_model.bin")
    held = opened(place, "depth").model.state_dict()
    assert all(torch.equal(held[key], tensor) for key, tensor in tensors.items())
    torch.save({"a": print}, place / "pytorch_model.bin")
    with pytest.raises(UnsafeFileError):
        open_annotator(place, "depth")


def copied(folder: Path, place: Path) -> Path:
    return Path(shutil.copytree(folder, place / "copy"))


def changed(folder: Path, **settings: object) -> Path:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | settings), "utf-8")
    return folder


def test_a_folder_of_another_kind_is_refused(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="of type segformer, which gives no depth"):
        open_annotator(folder("segformer"), "depth")
    place = changed(copied(folder("dpt"), tmp_path), model_type="nothing")
    with pytest.raises(UnsupportedError, match="of type nothing"):
        open_annotator(place, "depth")


def test_missing_tensors_are_named(folder: Folder, tmp_path: Path) -> None:
    place = copied(folder("dpt"), tmp_path)
    tensors = load_file(place / "model.safetensors")
    lost = min(tensors)
    del tensors[lost]
    save_file(tensors, place / "model.safetensors")
    with pytest.raises(DamagedFileError, match=f"lacks 1 tensors, such as {lost}"):
        open_annotator(place, "depth")


def test_settings_of_other_shapes_are_refused(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="cannot be loaded"):
        open_annotator(changed(copied(folder("dpt"), tmp_path), hidden_size=32), "depth")


def test_a_folder_without_weights_or_settings_is_refused(folder: Folder, tmp_path: Path) -> None:
    place = copied(folder("dpt"), tmp_path)
    (place / "model.safetensors").unlink()
    with pytest.raises(DamagedFileError, match="without weights"):
        open_annotator(place, "depth")
    (place / "config.json").unlink()
    with pytest.raises(UnsupportedError, match="of type unknown"):
        open_annotator(place, "depth")


def test_code_in_a_folder_is_not_run(folder: Folder, tmp_path: Path) -> None:
    names = {"AutoConfig": "own.Own", "AutoModelForDepthEstimation": "own.Own"}
    place = changed(copied(folder("dpt"), tmp_path), auto_map=names)
    (place / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", "utf-8")
    assert opened(place, "depth").kind == "dpt"
    assert not (tmp_path / "ran").exists()


def test_files_are_onnx_or_refused(tmp_path: Path) -> None:
    path = fixed(tmp_path / "a.onnx", (1, 3, "h", "w"), ONE)
    assert isinstance(open_annotator(path), OnnxNetwork)
    (tmp_path / "b.pth").write_bytes(b"\x80\x02}q\x00.            ")
    with pytest.raises(UnsupportedError, match=r"b\.pth is not an \.onnx file or a folder"):
        open_annotator(tmp_path / "b.pth", "depth")
    with pytest.raises(MissingFileError):
        open_annotator(tmp_path / "c.onnx")


# --- How pictures are shown to networks ---


def test_a_folder_says_how_it_wants_its_pictures(folder: Folder) -> None:
    assert opened(folder("segformer"), "segment").look == Look((0.5,) * 3, (0.25,) * 3, 32)
    assert opened(folder("depth_anything"), "depth").look.multiple == 14
    assert opened(folder("dpt"), "depth").look.is_square
    look = opened(folder("vitpose"), "pose").look
    assert (look.width, look.height) == (48, 64)


def test_pictures_that_are_not_normalised_stay_from_0_to_1(folder: Folder, tmp_path: Path) -> None:
    place = copied(folder("dpt"), tmp_path)
    (place / "preprocessor_config.json").write_text('{"do_normalize": false}', "utf-8")
    assert opened(place, "depth").look.mean == (0, 0, 0)
    (place / "preprocessor_config.json").unlink()
    assert opened(place, "depth").look.mean == (0.485, 0.456, 0.406)


def test_sides_are_the_nearest_multiples() -> None:
    look = Look((0,), (1,), 14)
    assert [look.size(w, h) for w, h in ((140, 132), (147, 1), (13, 8))] == [
        (140, 126), (140, 14), (14, 14),
    ]  # fmt: skip
    assert Look((0,), (1,), 16, is_square=True).size(100, 60) == (96, 96)
    assert Look((0,), (1,), 16, width=48).size(100, 60) == (48, 64)


def test_pictures_become_planes_with_the_mean_taken_off() -> None:
    planes = Look((0.5, 0, 0), (0.5, 1, 2), 8).planes(np.ones((16, 24, 3), np.float32))
    assert planes.shape == (1, 3, 16, 24)
    np.testing.assert_allclose(planes[0, :, 3, 3], [1, 1, 0.5], atol=1e-6)


def test_bytes_are_asked_for_where_a_network_wants_them(tmp_path: Path) -> None:
    network = OnnxNetwork(fixed(tmp_path / "a.onnx", (1, 3, 32, "w"), ONE))
    look = onnx_look(network, "byte")
    assert (look.width, look.height) == (0, 32)
    np.testing.assert_allclose(look.planes(np.ones((64, 64, 3), np.float32)).max(), 255, rtol=1e-6)


def test_networks_of_other_pictures_are_refused(tmp_path: Path) -> None:
    path = fixed(tmp_path / "a.onnx", (1, "h", "w", 3), ONE)
    assert onnx_look(OnnxNetwork(fixed(tmp_path / "b.onnx", (1, "c", "h", "w"), ONE)), "unit")
    network = OnnxNetwork(fixed(path, (1, 4, "h", "w"), ONE))
    with pytest.raises(UnsupportedError, match=r"takes 1 x 4 x \? x \?, not 1 x 3"):
        onnx_look(network, "unit")


def test_a_size_that_a_network_does_not_take_is_an_error(folder: Folder) -> None:
    network = opened(folder("vitpose"), "pose")
    with pytest.raises(ShapeError, match="the vitpose network failed on a picture of 96 x 72"):
        network(scene().transpose(2, 0, 1)[None])


def test_values_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(NotFiniteError):
        finite(torch.tensor([1.0, float("nan")]))
    assert finite(torch.ones(2, dtype=torch.bfloat16)).dtype == np.float32
