"""Upscale frames: in order, in bounded memory, going on where it was broken off."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodes.load.frame_folder import load_frame_folder
from nodes.load.frames import load_frames
from nodes.load.upscaler import load_upscaler
from nodes.output.save_frames import save_frames
from nodes.upscale.frames import upscale_frames
from studio.core.context import result_of
from studio.core.errors import RangeError
from studio.core.values import Frames, Image, Upscaler
from studio.diffusion.pictures import encode
from studio.media import films
from tests.counts import count
from tests.nodes.fakes import FakeEffect, FakeOutput, pixels
from tests.nodes.upscale.test_image import Machine
from tests.tiny_upscalers import lively, save

pytestmark = pytest.mark.torch

FRAMES = 5


@pytest.fixture(scope="module")
def upscaler(tmp_path_factory: pytest.TempPathFactory) -> Upscaler:
    folder = tmp_path_factory.mktemp("upscalers")
    return load_upscaler(save(lively(), folder / "2x_lively.pth", "params_ema"))


@pytest.fixture
def film(tmp_path: Path) -> Frames:
    """Return five different frames of 30 x 20 pixels."""
    folder = tmp_path / "film"
    folder.mkdir()
    for index, picture in enumerate(pixels((FRAMES, 20, 30, 3))):
        (folder / f"{index}.png").write_bytes(encode(picture, "png"))
    return load_frame_folder(folder, fps=12)


def enlarged(machine: Machine, film: Frames, upscaler: Upscaler, **parameters: Any) -> Frames:
    ctx = machine.runtime.context(machine.call())
    return result_of(upscale_frames(film, upscaler, **parameters, ctx=ctx))


def test_each_frame_is_what_it_is_as_a_picture(film: Frames, upscaler: Upscaler) -> None:
    machine = Machine()
    made = enlarged(machine, film, upscaler)
    assert (made.stop, made.fps) == (FRAMES, 12)
    pairs = zip(films.read(made), films.read(film), strict=True)
    for frame, before in pairs:
        alone = Machine().run(Image(before[None]), upscaler, tiling="whole").pixels[0]
        assert np.abs(frame - alone).max() <= 0.51 / 65535


def test_a_part_of_a_film_becomes_a_film_of_its_own(film: Frames, upscaler: Upscaler) -> None:
    part = load_frame_folder(Path(film.source), start=1, stop=3)
    machine = Machine()
    made = enlarged(machine, part, upscaler, by="size", width=45, height=45)
    assert [frame.shape for frame in films.read(made)] == [(30, 45, 3)] * 2


def test_what_was_broken_off_goes_on(film: Frames, upscaler: Upscaler) -> None:
    machine = Machine()
    ctx = machine.runtime.context(machine.call())
    walk = upscale_frames(film, upscaler, tiling="whole", ctx=ctx)
    steps = [next(walk) for _ in range(3)]
    walk.close()
    assert [(step.done, step.total) for step in steps] == [(1, 5), (2, 5), (3, 5)]
    assert len(machine.sizes) == 3
    made = enlarged(machine, film, upscaler, tiling="whole")
    assert len(machine.sizes) == 3 + 3  # the third was left before it was written
    assert len(list(films.read(made))) == FRAMES


def test_finished_frames_are_kept_when_memory_runs_short(film: Frames, upscaler: Upscaler) -> None:
    machine = Machine(fails_at=2, fits=20 * 20)
    call = machine.call()
    with pytest.raises(RuntimeError, match="memory"):
        result_of(upscale_frames(film, upscaler, ctx=machine.runtime.context(call)))
    call.rung = "budget/4"
    machine.fails_at = 10**9
    made = result_of(upscale_frames(film, upscaler, ctx=machine.runtime.context(call)))
    assert Path(made.source).name == call.result_key
    assert len(list(films.read(made))) == FRAMES
    probed = 1
    assert len(machine.sizes) <= FRAMES + 2 * probed


def test_leaving_at_a_tile_gives_the_network_back(film: Frames, upscaler: Upscaler) -> None:
    machine = Machine()
    ctx = machine.runtime.context(machine.call())
    walk = upscale_frames(film, upscaler, by="scale", scale=8.0, tiling="tiles", tile=64, ctx=ctx)
    next(walk)
    walk.close()
    machine.pool.free()
    assert machine.pool.networks == ()


def test_what_would_grow_too_large_is_refused_before_work(film: Frames, upscaler: Upscaler) -> None:
    machine = Machine()
    with pytest.raises(RangeError, match="possible"):
        enlarged(machine, film, upscaler, by="size", width=32768, height=32768, aspect="stretch")
    assert machine.sizes == []


def test_a_film_is_saved_once_under_a_new_name(film: Frames, tmp_path: Path) -> None:
    output = FakeOutput(tmp_path / "output")
    ctx: Any = FakeEffect(output)
    for _ in range(2):
        result_of(save_frames(film, name="film", format="mkv", ctx=ctx))
    assert [path.name for path in output.paths] == ["film.mkv", "film_2.mkv"]
    assert output.claimed == output.paths
    assert sorted(output.folder.iterdir()) == sorted(output.paths)
    again = load_frames(output.paths[1])
    assert (again.stop, again.fps) == (FRAMES, 12)
    assert np.allclose(next(films.read(again)), next(films.read(film)), atol=1e-4)


def test_a_film_that_was_written_before_a_kill_is_not_written_again(
    film: Frames, tmp_path: Path
) -> None:
    done = tmp_path / "done.mp4"
    done.write_bytes(b"film")
    output = FakeOutput(tmp_path / "output", earlier=(done,))
    ctx: Any = FakeEffect(output)
    result_of(save_frames(film, ctx=ctx))
    assert output.paths == [done]
    assert not output.folder.exists()


def test_leaving_while_a_film_is_saved_leaves_nothing(film: Frames, tmp_path: Path) -> None:
    output = FakeOutput(tmp_path / "output")
    ctx: Any = FakeEffect(output)
    walk = save_frames(film, ctx=ctx)
    next(walk)
    walk.close()
    assert list(output.folder.iterdir()) == []
    assert output.claimed == []


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the most memory is read there")
def test_memory_is_flat_after_the_third_frame(tmp_path: Path) -> None:
    """T15: films are streamed."""
    width, height, frames = (3840, 2160, 100) if count(0, 1) else (640, 360, 8)
    size = (str(tmp_path), str(width), str(height), str(frames))
    command = [sys.executable, "-m", "tests.nodes.upscale.film_memory", *size]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    most = [int(line) for line in ended.stdout.split()]
    assert len(most) == frames
    one_kilobytes = 2 * width * 2 * height * 3 * 4 // 1024
    # All that were kept would add up; half of the frames that follow is far beyond what varies.
    assert most[-1] - most[2] < max(one_kilobytes, 32_000)
    assert (frames - 3) * one_kilobytes > max(one_kilobytes, 32_000)
