"""Frames to images: the same pixels, each read when it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodes.image.from_frames import Stills, images_of_frames
from nodes.load.frame_folder import load_frame_folder
from nodes.load.frames import load_frames
from studio.core.context import result_of
from studio.core.errors import MissingFileError
from studio.core.sequences import item_at
from studio.core.values import Frames
from studio.diffusion.film_writer import FilmFormat, write_film
from studio.diffusion.pictures import encode
from studio.media import films
from tests.nodes.fakes import FakeFolder, pixels

FRAMES = 5


@pytest.fixture
def film(tmp_path: Path) -> Frames:
    """Return five different frames of 30 x 20 pixels."""
    folder = tmp_path / "film"
    folder.mkdir()
    for index, picture in enumerate(pixels((FRAMES, 20, 30, 3))):
        (folder / f"{index}.png").write_bytes(encode(picture, "png", bits=16))
    return load_frame_folder(folder, fps=12)


def taken_apart(film: Frames, folder: Path) -> Stills:
    ctx: Any = FakeFolder(folder)
    return result_of(images_of_frames(film, ctx=ctx))


def test_pictures_of_a_folder_stay_where_they_are(film: Frames, tmp_path: Path) -> None:
    made = taken_apart(film, tmp_path / "own")
    assert [Path(item).parent for item in made.images.items] == [Path(film.source)] * FRAMES
    assert (len(set(made.images.digests)), made.fps) == (FRAMES, 12)
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize("format", ["mp4", "mkv"])
def test_the_frames_of_a_video_keep_every_bit(
    format: FilmFormat, film: Frames, tmp_path: Path
) -> None:
    result_of(write_film(tmp_path / "video", film, format))
    video = load_frames(tmp_path / "video", start=1, stop=4)
    made = taken_apart(video, tmp_path / "own").images
    pairs = zip(range(len(made)), films.read(video), strict=True)
    assert all(np.array_equal(item_at(made, at).pixels[0], frame) for at, frame in pairs)


def test_what_was_broken_off_goes_on(film: Frames, tmp_path: Path) -> None:
    result_of(write_film(tmp_path / "video", film, "mkv"))
    ctx: Any = FakeFolder(tmp_path / "own")
    walk = images_of_frames(load_frames(tmp_path / "video"), ctx=ctx)
    assert [(step.done, step.total) for step in (next(walk), next(walk))] == [(1, 5), (2, 5)]
    walk.close()
    first = min(ctx.folder.iterdir())
    written = first.stat().st_mtime_ns
    assert len(taken_apart(load_frames(tmp_path / "video"), ctx.folder).images) == FRAMES
    assert first.stat().st_mtime_ns == written


def test_a_film_that_is_gone_is_named(film: Frames, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="nowhere"):
        taken_apart(Frames(str(tmp_path / "nowhere.mp4")), tmp_path)
