from __future__ import annotations

import argparse
import collections
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from studio.core.errors import DamagedFileError, StudioError, UnsafeFileError
from studio.core.values import (
    ControlNet,
    Detector,
    DiffusionModel,
    Handle,
    ImageEncoder,
    IpAdapter,
    TextEncoder,
    Upscaler,
    Vae,
)
from studio.diffusion.loading import load
from studio.diffusion.weights import open_weights
from tests.counts import count
from tests.tools import evil

pytestmark = pytest.mark.torch

DISGUISES = ("model.safetensors", "model.SAFETENSORS", "model.bin", "model")
TENSORS = {
    "half": torch.arange(6, dtype=torch.float16).view(2, 3),
    "brain": torch.arange(4).bfloat16(),
    "whole": torch.arange(3),
    "scalar": torch.tensor(2.5),
    "empty": torch.empty(0, 4),
    "truth": torch.tensor([True, False]),
    "tiny": torch.ones(3).to(torch.float8_e4m3fn),
}


def equal(found: Any, expected: dict[str, torch.Tensor]) -> bool:
    """Tell whether names, formats and bits agree."""
    return found.keys() == expected.keys() and all(
        found[name].dtype == tensor.dtype
        and found[name].shape == tensor.shape
        and torch.equal(found[name].float(), tensor.float())
        for name, tensor in expected.items()
    )


@pytest.fixture
def lightning() -> Iterator[ModuleType]:
    """Provide a foreign package while files are written, and none while they are read."""
    module = ModuleType("pytorch_lightning.callbacks")
    kind = type("ModelCheckpoint", (), {"__module__": module.__name__})
    table = type("AttributeDict", (dict,), {"__module__": module.__name__})
    module.ModelCheckpoint, module.AttributeDict = kind, table  # type: ignore[attr-defined]  # made here
    names = ("pytorch_lightning", "pytorch_lightning.callbacks")
    sys.modules.update(dict.fromkeys(names, module))
    yield module
    for name in names:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", DISGUISES)
def test_safetensors_is_read_under_any_name(tmp_path: Path, name: str) -> None:
    save_file(TENSORS, tmp_path / name)
    assert equal(open_weights(tmp_path / name), TENSORS)


@pytest.mark.parametrize("name", DISGUISES)
@pytest.mark.parametrize("zipped", [True, False])
def test_torch_files_are_read_under_any_name(tmp_path: Path, name: str, zipped: bool) -> None:
    # Torch itself cannot read 8-bit floats from its old format.
    tensors = {key: tensor for key, tensor in TENSORS.items() if zipped or key != "tiny"}
    wrapped = {"state_dict": tensors, "epoch": 3}
    torch.save(wrapped, tmp_path / name, _use_new_zipfile_serialization=zipped)
    assert equal(open_weights(tmp_path / name), tensors)


@pytest.mark.parametrize("form", ["plain", "ordered", "parameters"])
def test_common_forms_of_torch_files_are_read(tmp_path: Path, form: str) -> None:
    forms = {
        "plain": TENSORS,
        "ordered": collections.OrderedDict(TENSORS),
        "parameters": {
            name: torch.nn.Parameter(tensor, requires_grad=False)
            for name, tensor in TENSORS.items()
        },
    }
    torch.save(forms[form], tmp_path / "model.ckpt")
    assert equal(open_weights(tmp_path / "model.ckpt"), TENSORS)


def test_a_textual_inversion_is_read(tmp_path: Path) -> None:
    vectors = torch.nn.ParameterDict({"*": torch.nn.Parameter(torch.ones(2, 8))})
    torch.save({"string_to_param": vectors, "name": "x"}, tmp_path / "x.pt")
    found = open_weights(tmp_path / "x.pt")
    assert torch.equal(found["string_to_param.*"], torch.ones(2, 8))


def test_what_training_tools_leave_behind_is_neither_imported_nor_kept(
    tmp_path: Path, lightning: ModuleType
) -> None:
    content = {
        "state_dict": TENSORS,
        "callbacks": {lightning.ModelCheckpoint: lightning.ModelCheckpoint()},
        "hyper_parameters": lightning.AttributeDict(a=1),
        "args": argparse.Namespace(a=1),
        "loss": np.float32(1),
        "losses": np.zeros(3),
        "counts": collections.defaultdict(list, {"a": [1]}),
        "recent": collections.deque([1, 2]),
    }
    torch.save(content, tmp_path / "model.ckpt")
    del sys.modules["pytorch_lightning"], sys.modules["pytorch_lightning.callbacks"]
    assert equal(open_weights(tmp_path / "model.ckpt"), TENSORS)
    assert "pytorch_lightning" not in sys.modules


def test_a_mapped_tensor_is_the_file_and_changing_it_changes_no_file(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    save_file({"a": torch.zeros(1000)}, file)
    tensor = open_weights(file)["a"]
    tensor.add_(1)
    assert open_weights(file)["a"].sum() == 0


@pytest.mark.parametrize("kind", ["sparse", "csr", "quantized"])
@pytest.mark.filterwarnings("ignore")
def test_only_dense_tensors_come_out(tmp_path: Path, kind: str) -> None:
    make: dict[str, Callable[[], torch.Tensor]] = {
        "sparse": lambda: torch.eye(3).to_sparse(),
        "csr": lambda: torch.eye(3).to_sparse_csr(),
        "quantized": lambda: torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
    }
    torch.save({"a": torch.ones(2), "b": make[kind]()}, tmp_path / "model.pt")
    with pytest.raises((UnsafeFileError, DamagedFileError)):
        open_weights(tmp_path / "model.pt")


def test_a_whole_module_is_refused(tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2), tmp_path / "model.pt")
    with pytest.raises(DamagedFileError, match="0 tensors"):
        open_weights(tmp_path / "model.pt")


def test_views_of_one_storage_are_read(tmp_path: Path) -> None:
    base = torch.arange(12.0)
    views = {"a": base[2:6], "b": base.view(3, 4).T}
    torch.save(views, tmp_path / "model.pt")
    assert equal(open_weights(tmp_path / "model.pt"), views)


def test_a_tensor_that_reaches_beyond_its_storage_is_refused(tmp_path: Path) -> None:
    storage = evil.row(evil.text("storage"), evil.name("torch:FloatStorage"), evil.text("0"),
                       evil.text("cpu"), evil.number(16))  # fmt: skip
    tensor = evil.call(
        evil.name("torch._utils:_rebuild_tensor_v2"),
        storage + b"Q",
        evil.number(8),
        evil.row(evil.number(4000)),
        evil.row(evil.number(1)),
        b"\x89",
        evil.call(evil.name("collections:OrderedDict")),
    )
    file = tmp_path / "model.pt"
    file.write_bytes(evil.zipped(b"\x80\x02}" + evil.text("a") + tensor + b"s."))
    with pytest.raises(UnsafeFileError):
        open_weights(file)


ENTRIES: tuple[type[Handle], ...] = (
    DiffusionModel, Vae, TextEncoder, Upscaler, ControlNet, IpAdapter, ImageEncoder, Detector,
)  # fmt: skip


@pytest.mark.soak
def test_the_corpus_passes_no_loader(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    folder = tmp_path / "files"
    folder.mkdir()
    events = _Events()
    with events:
        for what, content in list(evil.files(marker))[:: count(3, 1)]:
            for disguise in DISGUISES[: count(1, len(DISGUISES))]:
                file = folder / disguise
                file.write_bytes(content)
                for attempt in _attempts(file):
                    with pytest.raises(StudioError) as raised:
                        attempt()
                    assert str(file) in str(raised.value), what
    assert events.seen == []
    assert list(tmp_path.iterdir()) == [folder]


def _attempts(file: Path) -> Iterator[Any]:
    yield lambda: open_weights(file)
    for kind in ENTRIES[: count(1, len(ENTRIES))]:
        yield lambda kind=kind: load(kind(str(file), "sd15"))


class _Events:
    """Notes what the interpreter is asked to do that no loader has a reason for."""

    _NAMES = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn",
              "socket.connect", "pickle.find_class", "ctypes.dlopen", "os.mkdir")  # fmt: skip

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._on = False
        sys.addaudithook(self._hook)  # cannot be taken off again, only silenced

    def _hook(self, event: str, _: tuple[object, ...]) -> None:
        if self._on and event in self._NAMES:
            self.seen.append(event)

    def __enter__(self) -> None:
        self._on = True

    def __exit__(self, *_: object) -> None:
        self._on = False
