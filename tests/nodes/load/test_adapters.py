"""Load IP-Adapter and Load image encoder: told by the header, and refused by what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from nodes.load.image_encoder import load_image_encoder
from nodes.load.ip_adapter import load_ip_adapter
from studio.core.errors import (
    FamilyMismatchError,
    MissingFileError,
    ModelError,
    UnsafeFileError,
    UnsupportedError,
)
from studio.core.values import ImageEncoder, IpAdapter
from studio.diffusion.adapters.ip import IpNetwork
from studio.diffusion.loading import load
from tests.counts import count
from tests.tiny import sd15_unet
from tests.tiny_adapters import image_encoder, ip_adapter, nested
from tests.tools import evil

pytestmark = pytest.mark.torch

LOADERS = [load_ip_adapter, load_image_encoder]


def tensors(text_width: int = 16) -> dict[str, torch.Tensor]:
    """Return an IP-Adapter whose tokens have another width."""
    found = ip_adapter(sd15_unet())
    for name in found:
        if name.endswith("_ip.weight"):
            found[name] = torch.zeros(64, text_width)
    return found


def saved(content: dict[str, torch.Tensor], folder: Path) -> Path:
    path = folder / "file.safetensors"
    save_file(content, path)
    return path


def network(path: Path) -> IpNetwork:
    """Return the network that the node's handle becomes."""
    loaded = load(load_ip_adapter(path))
    assert isinstance(loaded, IpNetwork)
    return loaded


@pytest.mark.parametrize(("width", "family"), [(768, "sd15"), (2048, "sdxl"), (16, "")])
def test_the_width_of_the_text_tells_the_family(width: int, family: str, tmp_path: Path) -> None:
    path = saved(tensors(width), tmp_path)
    handle = load_ip_adapter(path)
    assert (handle.file, handle.family, handle.patches) == (str(path), family, ())


@pytest.mark.parametrize("kind", ["base", "plus", "full"])
def test_a_torch_file_gives_the_same_network(kind: str, tmp_path: Path) -> None:
    content = ip_adapter(sd15_unet(), kind)
    plain, torch_file = saved(content, tmp_path), tmp_path / "ip-adapter.bin"
    torch.save(nested(content), torch_file)
    one, other = (network(path).state_dict() for path in (plain, torch_file))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_names_of_the_training_script_are_read_too(tmp_path: Path) -> None:
    content = {
        name.replace("image_proj.", "image_proj_model.").replace("ip_adapter.", "adapter_modules."): t
        for name, t in ip_adapter(sd15_unet()).items()
    }  # fmt: skip
    assert len(network(saved(content, tmp_path)).built.widths) == 4


def test_one_that_wants_the_measures_of_a_face_says_so(tmp_path: Path) -> None:
    content = {
        "image_proj.proj.0.weight": torch.zeros(32, 16),
        "image_proj.proj.2.weight": torch.zeros(32, 16),
        "image_proj.norm.weight": torch.zeros(16),
        "ip_adapter.1.to_k_ip.weight": torch.zeros(16, 768),
        "ip_adapter.0.to_k_lora.down.weight": torch.zeros(4, 16),
    }
    with pytest.raises(UnsupportedError, match="FaceID"):
        load_ip_adapter(saved(content, tmp_path))


def test_an_image_encoder_is_named_without_reading_a_weight(tmp_path: Path) -> None:
    path = saved(image_encoder().state_dict(), tmp_path)
    assert load_image_encoder(path) == ImageEncoder(str(path))


def test_each_says_which_node_the_file_of_the_other_belongs_to(tmp_path: Path) -> None:
    path = saved(image_encoder().state_dict(), tmp_path)
    with pytest.raises(FamilyMismatchError, match=r"an image encoder.*load\.image_encoder"):
        load_ip_adapter(path)
    path = saved(ip_adapter(sd15_unet()), tmp_path)
    with pytest.raises(FamilyMismatchError, match=r"an IP-Adapter.*load\.ip_adapter"):
        load_image_encoder(path)


def test_what_is_nothing_known_is_said_to_be_so(tmp_path: Path) -> None:
    path = saved({"something": torch.zeros(4)}, tmp_path)
    with pytest.raises(FamilyMismatchError, match="a file of an unknown kind; choose an IP"):
        load_ip_adapter(path)


@pytest.mark.parametrize("load_file", LOADERS)
def test_a_missing_file_is_named(load_file: Callable[[Path], Any], tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"gone\.bin"):
        load_file(tmp_path / "gone.bin")


@pytest.mark.soak
@pytest.mark.parametrize("load_file", LOADERS)
def test_no_malicious_file_passes_or_runs(load_file: Callable[[Path], Any], tmp_path: Path) -> None:
    marker, folder = tmp_path / "marker", tmp_path / "files"
    folder.mkdir()
    for what, content in list(evil.files(marker))[:: count(3, 1)]:
        path = folder / "nice.bin"
        path.write_bytes(content)
        with pytest.raises(ModelError) as raised:
            load_file(path)
        assert str(path) in str(raised.value), what
    assert list(tmp_path.iterdir()) == [folder]


def test_a_file_that_asks_for_code_is_refused_as_such(tmp_path: Path) -> None:
    wanted = evil.call(evil.name("os:system"), evil.text("true"))
    (tmp_path / "ip.bin").write_bytes(evil.zipped(b"\x80\x02" + wanted + b"."))
    with pytest.raises(UnsafeFileError):
        load_ip_adapter(tmp_path / "ip.bin")


def test_a_handle_without_its_adapter_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    content = ip_adapter(sd15_unet())
    del content["ip_adapter.3.to_v_ip.weight"]
    with pytest.raises(ModelError, match=r"ip_adapter\.3\.to_v_ip\.weight"):
        load(IpAdapter(str(saved(content, tmp_path))))
