"""Load upscaler: told by the header, and refused by what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodes.load.upscaler import load_upscaler
from studio.core.errors import MissingFileError, ModelError, UnsafeFileError
from tests.counts import count
from tests.tiny_upscalers import make, save
from tests.tools import evil

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_scale_and_architecture_go_with_the_handle(ending: str, tmp_path: Path) -> None:
    path = save(make("ESRGAN"), tmp_path / f"4x_anything{ending}")
    handle = load_upscaler(path)
    assert (handle.file, handle.scale, handle.architecture) == (str(path), 4, "ESRGAN")
    assert (handle.family, handle.patches) == ("", ())


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    path = save(make("SwinIR"), tmp_path / "4x_ESRGAN.pth", "params")
    handle = load_upscaler(path)
    assert (handle.scale, handle.architecture) == (2, "SwinIR")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"gone\.pth"):
        load_upscaler(tmp_path / "gone.pth")


@pytest.mark.soak
def test_no_malicious_file_passes_or_runs(tmp_path: Path) -> None:
    marker, folder = tmp_path / "marker", tmp_path / "files"
    folder.mkdir()
    for what, content in list(evil.files(marker))[:: count(3, 1)]:
        path = folder / "4x_nice.pth"
        path.write_bytes(content)
        with pytest.raises(ModelError) as raised:
            load_upscaler(path)
        assert str(path) in str(raised.value), what
    assert list(tmp_path.iterdir()) == [folder]


def test_a_file_that_asks_for_code_is_refused_as_such(tmp_path: Path) -> None:
    wanted = evil.call(evil.name("os:system"), evil.text("true"))
    (tmp_path / "4x.pth").write_bytes(evil.zipped(b"\x80\x02" + wanted + b"."))
    with pytest.raises(UnsafeFileError):
        load_upscaler(tmp_path / "4x.pth")
