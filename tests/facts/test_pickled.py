from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from studio.core.errors import DamagedFileError, StudioError, UnsafeFileError
from studio.facts import pickle_walk
from studio.facts.families import identify
from studio.facts.header import read_header
from studio.facts.pickled import HARMLESS, TORCH_ITSELF, flatten
from tests.counts import count
from tests.tools import evil

DISGUISES = ("model.safetensors", "model.SAFETENSORS", "model.bin", "model")
LIVE = (
    "os:system with a shell command",
    "builtins:exec with code",
    "FunctionType and marshal",
    "io:open writes",
    "sqlite3:connect makes",
    "functools.partial",
    "Path.touch by getattr",
    "INST",
)


def test_the_corpus_really_acts_when_it_is_unpickled(tmp_path: Path) -> None:
    source = "import pickle, sys; pickle.loads(sys.stdin.buffer.read())"
    for index, technique in enumerate(LIVE):
        marker = tmp_path / f"marker{index}"
        pickled = b"\x80\x02" + evil.payloads(marker)[technique] + b"."
        subprocess.run(
            [sys.executable, "-S", "-c", source], input=pickled, check=True, capture_output=True
        )
        assert marker.exists(), technique


@pytest.mark.soak
def test_no_file_of_the_corpus_is_opened_under_any_name(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    folder = tmp_path / "files"
    folder.mkdir()
    techniques = list(evil.files(marker))
    assert len(techniques) > 50 * 7
    for what, content in techniques[:: count(2, 1)]:
        for disguise in DISGUISES[: count(1, len(DISGUISES))]:
            file = folder / disguise
            file.write_bytes(content)
            for reader in (read_header, identify):
                with pytest.raises((UnsafeFileError, DamagedFileError)) as raised:
                    reader(file)
                assert len(str(raised.value)) > 20, what
    assert list(tmp_path.iterdir()) == [folder]


def test_files_that_would_take_everything_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = count(50_000, pickle_walk.STEP_LIMIT)
    monkeypatch.setattr(pickle_walk, "STEP_LIMIT", limit)
    file = tmp_path / "model.ckpt"
    for what, content in evil.bombs(limit):
        file.write_bytes(content)
        with pytest.raises(DamagedFileError) as raised:
            read_header(file)
        assert str(file) in str(raised.value), what


def test_what_a_file_asks_for_is_listed(tmp_path: Path) -> None:
    file = tmp_path / "model.ckpt"
    file.write_bytes(evil.zipped(b"\x80\x02" + evil.payloads(tmp_path)["Popen"] + b"."))
    with pytest.raises(UnsafeFileError, match=r"asks for subprocess\.Popen"):
        read_header(file)


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "builtins.eval",
        "builtins.getattr",
        "torch.load",
        "torch.hub.load",
        "torch.nn.modules.module.warnings.sys",
        "torch._utils._rebuild_tensor_v2.__globals__",
        "numpy.load",
        "numpy.testing._private.utils.runstring",
        "collections.OrderedDict.fromkeys",
        "pytorch_lightning.utilities.cloud_io.load",
        "torch.log2",
    ],
)
def test_functions_are_on_no_list(name: str) -> None:
    assert not TORCH_ITSELF.fullmatch(name)
    assert not HARMLESS.fullmatch(name)


@pytest.mark.parametrize(
    "name",
    [
        "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
        "omegaconf.dictconfig.DictConfig",
        "numpy.core.multiarray.scalar",
        "argparse.Namespace",
        "torch.nn.modules.container.ParameterDict",
    ],
)
def test_leftovers_of_training_are_harmless(name: str) -> None:
    assert HARMLESS.fullmatch(name)


@pytest.mark.parametrize("member", ["model/constants.pkl", "model/code/a.py", "archive_format"])
def test_programs_are_refused(tmp_path: Path, member: str) -> None:
    file = tmp_path / "model.pt"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("model/data.pkl", b"\x80\x02}.")
        archive.writestr(member, b"")
    with pytest.raises(UnsafeFileError, match=r"torch program|TorchScript"):
        read_header(file)


def test_any_other_archive_is_named(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", b"hello")
    with pytest.raises(DamagedFileError, match="zip archive"):
        read_header(file)


def test_a_truncated_archive_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "model.ckpt"
    file.write_bytes(evil.zipped(b"\x80\x02}.")[:-30])
    with pytest.raises(DamagedFileError, match="damaged zip"):
        read_header(file)


def test_tensors_are_found_below_nested_names() -> None:
    root = {"state_dict": {"a": 1, "b": {"c": 2, "d": "text"}}, "epoch": 3}
    assert flatten(root, lambda value: isinstance(value, int)) == {"a": 1, "b.c": 2}


def test_a_dict_that_contains_itself_ends() -> None:
    root: dict[str, object] = {}
    root["state_dict"] = root
    assert flatten(root, lambda value: isinstance(value, int)) == {}


@pytest.mark.soak
def test_mutants_of_a_torch_file_never_surprise(tmp_path: Path) -> None:
    import random

    random.seed(5)
    pickled = bytearray(b"\x80\x02" + evil.text("x") + b"q\x00}" + evil.text("w") + b"K\x01s.")
    file = tmp_path / "model.pt"
    for _ in range(count(150, 5000)):
        mutant = bytearray(pickled)
        for _ in range(random.randint(1, 4)):
            mutant[random.randrange(2, len(mutant))] = random.randrange(256)
        file.write_bytes(evil.zipped(bytes(mutant)))
        with pytest.raises(StudioError):
            read_header(file)
