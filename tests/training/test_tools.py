"""The recipes of the starter's edges, faces and fourfold size run, resume and write what loads."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from studio.core.values import ControlNet, Upscaler
from studio.diffusion.control.network import ControlNetwork
from studio.diffusion.detect.loading import open_detector
from studio.diffusion.loading import load
from studio.diffusion.onnx import OnnxNetwork
from studio.diffusion.upscale.networks import UpscalerNetwork
from training.controlnet import (
    ControlNetRecipe,
    build_controlnet,
    to_hints,
    train_controlnet,
    write_controlnet,
)
from training.export import STARTER
from training.face_export import write_faces
from training.face_network import STRIDES, FaceNetwork
from training.face_pictures import LEAST_FACE, marked_trips, sample_picture
from training.faces import FacesRecipe, detection_loss, train_faces
from training.judge_edges import edges
from training.latents import LatentsRecipe, encode_scenes
from training.loop import Chance, Loop, Plan
from training.measured import Figure, fill, table
from training.round_trips import round_trips, tripped_scene
from training.sampling import load_starter
from training.toyworld import render
from training.upscaler import UpscalerRecipe, train_upscaler, write_upscaler
from training.vae import VaeRecipe, train_vae
from training.workers import Workers

pytestmark = pytest.mark.torch

WIDTHS = (8, 8, 8, 8, 8)


@pytest.fixture(scope="module")
def trips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four scenes that went through the VAE."""
    folder = tmp_path_factory.mktemp("trips")
    round_trips(folder / "round_trips.npy", 4)
    return folder


def test_scenes_that_went_through_the_vae_are_alike_and_kept(trips: Path) -> None:
    cache = trips / "round_trips.npy"
    written = cache.stat().st_mtime_ns
    pictures = round_trips(cache, 4)
    assert cache.stat().st_mtime_ns == written
    for index, picture in enumerate(pictures):
        away = np.abs(picture.astype(float) - render(tripped_scene(index)))
        assert 0 < away.mean() < 8


def test_the_upscaler_learns_two_steps_and_loads_as_compact(trips: Path, tmp_path: Path) -> None:
    recipe = UpscalerRecipe(trips, 2, scenes=1, crops=2, side=16, tripped=4, features=8, layers=1)
    trained = train_upscaler(recipe, Workers())
    file = tmp_path / "tiny.safetensors"
    write_upscaler(trained, file)
    loaded = load(Upscaler(str(file)), torch.float32)
    assert isinstance(loaded, UpscalerNetwork)
    assert (loaded.architecture, loaded.scale) == ("RealESRGAN Compact", 4)
    picture = torch.rand(1, 3, 20, 24)
    with torch.no_grad():
        assert torch.allclose(loaded(picture), trained(picture), atol=0.02)


def test_the_detector_learns_two_steps_and_its_file_says_the_same(
    trips: Path, tmp_path: Path
) -> None:
    trained = train_faces(
        FacesRecipe(trips, 2, tripped=4, pixels=96**2, widths=WIDTHS, head=8), Workers()
    )
    torch.nn.init.normal_(trained.read.weight, generator=torch.Generator().manual_seed(1))
    file = tmp_path / "tiny.onnx"
    write_faces(trained, file)
    detector = open_detector(file)
    assert dict(detector.labels) == {0: "face"}
    assert (detector.size, detector.multiple) == (None, 32)
    for height, width in ((64, 64), (96, 160)):
        picture = torch.rand(1, 3, height, width)
        with torch.no_grad():
            expected = trained(picture)[0].numpy()
        (found,) = OnnxNetwork(file)(picture.numpy())
        assert np.allclose(found[0], expected, rtol=0.02, atol=0.2)


def test_the_controlnet_begins_by_changing_nothing_and_writes_the_original_names(
    tmp_path: Path,
) -> None:
    base = load_starter(STARTER)
    network = build_controlnet(base)
    picture = render(tripped_scene(1))
    given = (torch.randn(1, 4, 16, 16), torch.tensor([300]), torch.randn(1, 77, 64))
    hint = to_hints([edges(picture)])
    with torch.no_grad():
        down, middle = network(*given, hint, return_dict=False)
    assert not any(part.any() for part in (*down, middle))
    file = tmp_path / "tiny.safetensors"
    write_controlnet(network, file)
    loaded = load(ControlNet(str(file), "sd15"), torch.float32)
    assert isinstance(loaded, ControlNetwork)
    ours = network.state_dict()["down_blocks.0.resnets.0.conv1.weight"]
    theirs = loaded.body.state_dict()["down_blocks.0.resnets.0.conv1.weight"]
    assert torch.equal(theirs, ours.half().float())


def test_the_controlnet_learns_two_steps_and_the_base_stays(tmp_path: Path) -> None:
    vae = VaeRecipe(tmp_path, steps=2, pictures=1, widths=(8, 8, 8, 8))
    latents = LatentsRecipe(tmp_path, vae.checkpoint, scenes=4, widths=(8, 8, 8, 8))
    train_vae(vae, Workers())
    encode_scenes(latents, Workers())
    network = train_controlnet(ControlNetRecipe(tmp_path, latents, 2, batch=2), Workers())
    fresh = build_controlnet(load_starter(STARTER)).state_dict()
    changed = [name for name, value in network.state_dict().items() if not value.equal(fresh[name])]
    assert "controlnet_mid_block.weight" in changed
    assert "controlnet_down_blocks.0.weight" in changed


def _loop(folder: Path) -> Loop:
    torch.manual_seed(0)
    network = torch.nn.Linear(20, 20)

    def loss(chance: Chance) -> torch.Tensor:
        given = torch.randn(8, 20, generator=chance.generator)
        total: torch.Tensor = (network(given) - chance.rng.random()).square().mean()
        return total

    plan = Plan(folder / "run.pt", steps=3, rate=0.01)
    return Loop(plan, network, loss, ("bias",), Workers())


def test_a_run_resumes_to_the_same_bits(tmp_path: Path) -> None:
    straight = _loop(tmp_path)
    straight.advance()
    straight.save()
    resumed = _loop(tmp_path)
    straight.advance()
    resumed.advance()
    assert resumed.step == straight.step == 2
    before = straight.network.state_dict()
    assert all(
        torch.equal(value, before[name]) for name, value in resumed.network.state_dict().items()
    )
    assert torch.equal(resumed.average.values["weight"], straight.average.values["weight"])


def test_a_run_ends_with_the_averaged_weights(tmp_path: Path) -> None:
    loop = _loop(tmp_path)
    loop.run()
    assert loop.step == 3
    assert torch.equal(loop.network.state_dict()["weight"], loop.average.values["weight"])


def test_faces_lie_inside_of_the_pictures_and_are_large_enough(trips: Path) -> None:
    marked = marked_trips(round_trips(trips / "round_trips.npy", 4))
    rng = Random(2)
    pictures = [sample_picture(rng, 192, 128, marked) for _ in range(40)]
    boxes = [face for picture in pictures for face in picture.faces]
    assert len(boxes) > 20
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= 192
        assert 0 <= top < bottom <= 128
        assert right - left >= LEAST_FACE


def _said(box: tuple[float, float, float, float], sure: float) -> list[torch.Tensor]:
    """What the strides say when the place nearest to a box says it."""
    levels = [torch.zeros(1, 5, 128 // stride, 128 // stride) for stride in STRIDES]
    for level in levels:
        level[:, 4] = -8
    stride, level = STRIDES[1], levels[1]
    row, column = int(box[1] // stride), int(box[0] // stride)
    for y in range(row - 2, row + 3):
        for x in range(column - 2, column + 3):
            level[0, 0, y, x] = box[0] / stride - x - 0.5
            level[0, 1, y, x] = box[1] / stride - y - 0.5
    level[0, 2], level[0, 3] = (float(np.log(side / (4 * stride))) for side in box[2:])
    level[0, 4, row, column] = sure
    return levels


def test_the_loss_is_small_for_the_right_box_alone() -> None:
    faces = [[(30.0, 24.0, 110.0, 100.0)]]
    right = float(detection_loss(_said((70, 62, 80, 76), 8), faces))
    assert right < 0.01
    assert float(detection_loss(_said((70, 62, 80, 76), -8), faces)) > 1
    assert float(detection_loss(_said((62, 62, 80, 76), 8), faces)) > right + 0.1
    assert float(detection_loss(_said((70, 62, 50, 76), 8), faces)) > right + 0.1


def test_a_network_says_its_boxes_in_pixels() -> None:
    network = FaceNetwork(WIDTHS, 8)
    with torch.no_grad():
        said = network(torch.rand(1, 3, 64, 96))
    assert said.shape == (1, 5, 8 * 12 + 4 * 6 + 2 * 3)
    assert said[0, :2, 0].tolist() == [4, 4]
    assert said[0, :2, -1].tolist() == [80, 48]
    assert said[0, 2, 0] == pytest.approx(32)


def test_figures_become_a_table_between_marks(tmp_path: Path) -> None:
    document = tmp_path / "figures.md"
    document.write_text("before\n<!-- x -->\nold\n<!-- end of x -->\nafter\n")
    shares = table([Figure("AP50", 0.923, 0.85, unit="%"), Figure("gain", 4.1, 2, 3, "dB")])
    fill(document, "x", shares)
    text = document.read_text()
    assert "| AP50 | 92.3 % | 85.0 % |  |" in text
    assert "| gain | 4.10 dB | 2.00 dB | 3.00 dB |" in text
    assert "old" not in text
    assert text.startswith("before")
    assert text.endswith("after\n")
