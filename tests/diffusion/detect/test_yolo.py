"""YOLO files: read without running them, and as exact as those who made them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio.core.errors import (
    DamagedFileError,
    FamilyMismatchError,
    ModelError,
    UnsafeFileError,
    UnsupportedError,
)
from studio.diffusion.detect.answers import from_maps
from studio.diffusion.detect.loading import check, open_detector
from studio.diffusion.detect.yolo import Yolo
from studio.facts.families import describe
from studio.facts.header import read_header
from tests import tiny_yolo
from tests.counts import count
from tests.tools import evil

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Yolo]:
    folder = tmp_path_factory.mktemp("yolo")
    # All in one file: what was opened does not change when its file is replaced.
    return {name: opened(folder, tiny_yolo.tree(name)) for name in tiny_yolo.NAMES}


def opened(tmp_path: Path, layers: dict[str, Any], **how: Any) -> Yolo:
    found = open_detector(tiny_yolo.save(tmp_path / "face.pt", layers, **how))
    assert isinstance(found, Yolo)
    return found


def flat(network: Yolo) -> np.ndarray[Any, Any]:
    """Return what the head says of the recorded picture, all levels in a row."""
    maps, _ = network(torch.from_numpy(tiny_yolo.picture())[None])
    return torch.cat([level[0].flatten(1) for level in maps], 1).numpy()


@pytest.mark.parametrize("name", tiny_yolo.NAMES)
def test_the_head_says_what_the_authors_package_made_of_the_same_weights(
    name: str, networks: dict[str, Yolo]
) -> None:
    network = networks[name]
    golden = tiny_yolo.golden()
    assert np.abs(flat(network)[:, ::19] - golden[name]).max() <= 1e-4
    assert network.strides == ([8, 16, 32] if name.startswith("v8") else [8, 16])


@pytest.mark.parametrize("name", ["v9_11", "v9_11_fused"])
def test_the_prototypes_of_outlines_are_theirs_too(name: str, networks: dict[str, Yolo]) -> None:
    _, drawn = networks[name](torch.from_numpy(tiny_yolo.picture())[None])
    assert drawn is not None
    theirs = tiny_yolo.golden()[f"{name}_prototypes"]
    assert np.abs(drawn[0].numpy()[:, ::7, ::7] - theirs).max() <= 1e-4


@pytest.mark.parametrize("name", tiny_yolo.NAMES)
def test_boxes_and_scores_are_theirs(name: str, networks: dict[str, Yolo]) -> None:
    answer = networks[name].look(tiny_yolo.picture())
    theirs = tiny_yolo.golden()[f"{name}_rows"]
    middle, half = theirs[:, :2], theirs[:, 2:4] / 2
    boxes = np.concatenate([middle - half, middle + half], 1)
    assert np.abs(answer.boxes[::17] - boxes).max() <= 1e-3
    assert np.abs(answer.scores[::17] - theirs[:, 4:6]).max() <= 1e-5
    assert np.abs(answer.parts[::17] - theirs[:, 6:]).max(initial=0) <= 1e-4


def test_averaged_weights_are_taken_where_a_file_has_them(tmp_path: Path) -> None:
    network = opened(tmp_path, tiny_yolo.tree("v8"), place="ema")
    assert np.abs(flat(network)[:, ::19] - tiny_yolo.golden()["v8"]).max() <= 1e-4


def test_halves_compute_as_float32(tmp_path: Path) -> None:
    network = opened(tmp_path, tiny_yolo.tree("v8"), half=True)
    assert {tensor.dtype for tensor in network.parameters()} == {torch.float32}
    assert np.abs(flat(network)[:, ::19] - tiny_yolo.golden()["v8"]).max() <= 5e-3


def test_names_and_size_come_with_the_file(networks: dict[str, Yolo]) -> None:
    network = networks["v8"]
    assert network.labels == {0: "face", 1: "hand"}
    assert (network.side, network.multiple, network.size) == (64, 32, None)


def test_the_header_says_that_it_is_a_detector(tmp_path: Path) -> None:
    header = read_header(tiny_yolo.save(tmp_path / "face.pt", tiny_yolo.tree("v8")))
    known = describe(header)
    assert (known.kind, known.fix) == ("detector", "load it with the node load.detector")
    assert "model.0.conv.weight" in header.tensors
    assert header.network is not None
    assert header.network.kind == "DetectionModel"


def test_distances_are_means_of_what_is_likely() -> None:
    level = torch.full((4 * 4 + 1, 1, 2), -50.0)
    for side, distance in enumerate((0, 1, 2, 3)):
        level[4 * side + distance] = 50.0
    rows = from_maps([level], [8.0], 1, 0)
    assert torch.allclose(rows[:, :4], torch.tensor([[4, -4, 20, 28], [12, -4, 28, 28.0]]))


def test_unknown_layers_are_named(tmp_path: Path) -> None:
    layers = tiny_yolo.tree("v8")
    layers["modules"]["model"]["modules"]["2"]["kind"] = "ultralytics.nn.modules.block.A2C2f"
    with pytest.raises(UnsupportedError, match=r"A2C2f at model\.2.*ONNX"):
        opened(tmp_path, layers)


@pytest.mark.parametrize(("head", "as_onnx"), [("Pose", False), ("v10Detect", True)])
def test_other_tasks_are_named(head: str, as_onnx: bool, tmp_path: Path) -> None:
    layers = tiny_yolo.tree("v8")
    layers["modules"]["model"]["modules"]["22"]["kind"] = f"ultralytics.nn.modules.head.{head}"
    with pytest.raises(UnsupportedError, match=f"ends in {head}") as refused:
        opened(tmp_path, layers)
    assert ("ONNX" in refused.value.fix) == as_onnx


@pytest.mark.parametrize(("at", "kind"), [("22", "head.OBB"), ("2", "block.A2C2f")])
def test_a_check_tells_unknown_networks_before_any_weight_is_read(
    at: str, kind: str, tmp_path: Path
) -> None:
    layers = tiny_yolo.tree("v8")
    layers["modules"]["model"]["modules"][at]["kind"] = f"ultralytics.nn.modules.{kind}"
    path = tiny_yolo.save(tmp_path / "face.pt", layers)
    with pytest.raises(UnsupportedError, match=kind.partition(".")[2]):
        check(path)


def test_the_head_that_needs_no_choice_is_taken_where_it_stands_alone(tmp_path: Path) -> None:
    layers = tiny_yolo.tree("v8")
    head = layers["modules"]["model"]["modules"]["22"]["modules"]
    for name in ("cv2", "cv3"):
        head[f"one2one_{name}"] = head.pop(name)
    network = opened(tmp_path, layers)
    assert network.look(tiny_yolo.picture()).is_final
    last = "model.22.one2one_cv3.0.2.bias"
    bias = network.head["cv3"].get_submodule("0.2").get_parameter("bias")
    assert np.array_equal(bias.numpy(), tiny_yolo.value(last, tuple(bias.shape)))


def test_a_detector_of_grey_pictures_is_told_from_damage(tmp_path: Path) -> None:
    layers = tiny_yolo.tree("v8")
    shape = layers["modules"]["model"]["modules"]["0"]["modules"]["conv"]["parameters"]["weight"]
    shape[1] = 1
    with pytest.raises(UnsupportedError, match=r"1 channels instead of 3.*colour pictures"):
        opened(tmp_path, layers)


def test_a_network_saved_alone_is_read(tmp_path: Path) -> None:
    network = opened(tmp_path, tiny_yolo.tree("v8"), place="")
    assert np.abs(flat(network)[:, ::19] - tiny_yolo.golden()["v8"]).max() <= 1e-4


@pytest.mark.parametrize("labels", [["face", "hand"], {"0": "face", "1": "hand"}, {}, None])
def test_names_come_as_a_list_or_not_at_all(labels: Any, tmp_path: Path) -> None:
    layers = tiny_yolo.tree("v8") | {"labels": labels}
    expected = {0: "face", 1: "hand"} if labels else {0: "0", 1: "1"}
    assert opened(tmp_path, layers).labels == expected


def test_weights_alone_are_told_from_other_files(tmp_path: Path) -> None:
    path = tmp_path / "face.pt"
    torch.save(
        {"model.0.conv.weight": torch.ones(1), "model.22.dfl.conv.weight": torch.ones(1)}, path
    )
    assert describe(read_header(path)).kind == "detector"
    with pytest.raises(UnsupportedError, match="without the description"):
        open_detector(path)


def test_a_network_of_something_else_is_no_detector(tmp_path: Path) -> None:
    path = tmp_path / "face.pt"
    torch.save(torch.nn.Sequential(torch.nn.Linear(1, 1)), path)
    for reader in (check, open_detector):
        with pytest.raises(UnsupportedError, match="kind Sequential"):
            reader(path)


@pytest.mark.parametrize("names", ["models.yolo:Model", "models.common:Conv models.yolo:Detect"])
def test_the_first_yolo_files_are_refused_by_their_name(names: str, tmp_path: Path) -> None:
    path = tmp_path / "yolov5s.pt"
    layers = b"".join(evil.call(evil.name(name)) + b"0" for name in names.split())
    path.write_bytes(evil.zipped(b"\x80\x02" + layers + b"}."))
    with pytest.raises(UnsupportedError, match="YOLO v5 or v7") as refused:
        open_detector(path)
    assert "ONNX" in refused.value.fix


def test_weights_that_are_no_numbers_are_told_when_the_file_is_opened(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="not numbers"):
        opened(tmp_path, tiny_yolo.tree("v8"), bias=float("nan"))


@pytest.mark.filterwarnings("ignore:Couldn't retrieve source code")
def test_a_network_of_the_old_form_is_refused_in_clear_words(tmp_path: Path) -> None:
    path = tiny_yolo.save(tmp_path / "face.pt", tiny_yolo.tree("v8"), is_old=True)
    for reader in (check, open_detector):
        with pytest.raises(UnsupportedError, match="before torch") as refused:
            reader(path)
        assert "ONNX" in refused.value.fix


HURT: dict[str, tuple[str, dict[str, Any]]] = {
    "a far source": ("11", {"f": [-1, 99]}),
    "a source that is a text": ("11", {"f": "before"}),
    "too few classes": ("22", {"nc": 1, "f": [15, 18]}),
    "more classes than there are": ("22", {"nc": 80}),
    "classes that are a text": ("22", {"nc": "two"}),
    "no classes": ("22", {"nc": 0}),
    "classes and sides mixed up": ("22", {"nc": 2 + 4, "reg_max": 16}),
}


@pytest.mark.parametrize("what", HURT)
def test_layers_that_do_not_fit_are_an_error_and_no_crash(what: str, tmp_path: Path) -> None:
    at, settings = HURT[what]
    layers = tiny_yolo.tree("v8")
    layers["modules"]["model"]["modules"][at]["settings"] |= settings
    with pytest.raises(DamagedFileError, match=r"face\.pt was not opened") as refused:
        opened(tmp_path, layers)
    assert refused.value.fix


@pytest.mark.parametrize("setting", ["stride", "padding", "dilation"])
def test_no_size_is_believed_that_would_take_all_memory(setting: str, tmp_path: Path) -> None:
    layers = tiny_yolo.tree("v8")
    convolution = layers["modules"]["model"]["modules"]["0"]["modules"]["conv"]
    convolution["settings"][setting] = [10**9, 10**9]
    with pytest.raises(DamagedFileError, match="1000000000"):
        opened(tmp_path, layers)


@pytest.mark.soak
def test_no_file_of_the_malicious_corpus_passes_or_acts(tmp_path: Path) -> None:
    """T5: a detector's pickle is read with the same care as any other."""
    marker, folder = tmp_path / "marker", tmp_path / "files"
    folder.mkdir()
    path = folder / "face_yolov8n.pt"
    for what, content in list(evil.files(marker))[:: count(3, 1)]:
        path.write_bytes(content)
        for reader in (check, open_detector):
            with pytest.raises(ModelError) as raised:
                reader(path)
            assert str(path) in str(raised.value), what
    assert list(tmp_path.iterdir()) == [folder]


def inside_a_network(payload: bytes) -> bytes:
    """Return a pickle of a network that has a payload among the settings of a layer."""
    layer = evil.name("ultralytics.nn.tasks:DetectionModel") + b")\x81}"
    state = evil.text("_modules") + b"}s" + evil.text("hook") + payload + b"sb"
    return b"}" + evil.text("model") + layer + state + b"s"


def test_no_technique_acts_from_within_a_layer(tmp_path: Path) -> None:
    marker, folder = tmp_path / "marker", tmp_path / "files"
    folder.mkdir()
    path = folder / "face_yolov8n.pt"
    for technique, payload in evil.payloads(marker).items():
        path.write_bytes(evil.zipped(b"\x80\x02" + inside_a_network(payload) + b"."))
        with pytest.raises(ModelError) as raised:
            open_detector(path)
        assert str(path) in str(raised.value), technique
    assert list(tmp_path.iterdir()) == [folder]


def test_an_attribute_of_anything_but_a_layer_is_refused(tmp_path: Path) -> None:
    layer = evil.call(evil.name("ultralytics.nn.modules.conv:Conv"))
    own = evil.attribute(layer, "forward_fuse")
    other = evil.attribute(layer, "__class__")
    for payload, is_refused in ((own, False), (other, True)):
        path = tmp_path / "face.pt"
        path.write_bytes(evil.zipped(b"\x80\x02" + inside_a_network(payload) + b"."))
        with pytest.raises(UnsafeFileError if is_refused else DamagedFileError):
            read_header(path)


def test_layers_that_hold_each_other_are_refused(tmp_path: Path) -> None:
    layer = (
        evil.name("ultralytics.nn.tasks:DetectionModel") + b")\x81q\x00}" + evil.text("_modules")
    )
    layer += b"}(" + b"".join(evil.text(f"m{at}") + b"h\x00" for at in range(50)) + b"usb"
    path = tmp_path / "face.pt"
    path.write_bytes(evil.zipped(b"\x80\x02}" + evil.text("model") + layer + b"s."))
    with pytest.raises(DamagedFileError, match="no network"):
        read_header(path)


def test_another_kind_of_file_is_named_with_its_node(tmp_path: Path) -> None:
    path = tmp_path / "style.pt"
    torch.save({"lora_unet_a.lora_down.weight": torch.zeros(2, 2)}, path)
    for reader in (check, open_detector):
        with pytest.raises(FamilyMismatchError, match=r"a LoRA, not a detector; .*load\.lora"):
            reader(path)
