"""Frames of films by their numbers, in any order, as they are when read in theirs."""

from __future__ import annotations

import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from studio.core.errors import DamagedFileError, MissingFileError, RangeError, UnsupportedError
from studio.core.values import Frames
from studio.diffusion.film_writer import FilmFormat
from studio.media import films
from studio.media.films import FilmReader
from tests.media.test_films import folder, saved

COUNT = 60
JUMPS = (0, 1, 2, 30, 29, 31, 59, 58, 0, 17, 34, 5)
"""Onwards, far ahead, back, and to both ends."""


@pytest.fixture(scope="module")
def stills(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    """Return sixty frames of noise; each one differs from all others everywhere."""
    made = np.random.default_rng(7).random((COUNT, 4, 6, 3), np.float32)
    large = made.repeat(8, axis=1).repeat(8, axis=2)
    return films.open_film(folder(tmp_path_factory.mktemp("noise"), list(large)), fps=12)


def same(reader: FilmReader, film: Frames, places: tuple[int, ...] = JUMPS) -> None:
    every = list(films.read(film))
    for place in places:
        assert np.array_equal(reader.frame(place), every[place]), place


@pytest.mark.parametrize("format", ["mp4", "webm", "mkv"])
def test_a_frame_is_the_same_whatever_was_read_before(
    format: FilmFormat, stills: Frames, tmp_path: Path
) -> None:
    film = films.open_film(saved(stills, tmp_path / f"film.{format}", format))
    reader = FilmReader(film)
    same(reader, film)
    reader.close()


def coded(stills: Frames, path: Path, codec: str, layout: str, **options: str) -> Frames:
    """Write a film with another codec than those of the program."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=12, options=options)
        stream.height, stream.width, stream.pix_fmt = 32, 48, layout
        for picture in films.read(stills):
            values = np.rint(picture * 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(values, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return films.open_film(path)


@pytest.mark.parametrize(
    ("name", "codec", "layout", "options"),
    [
        ("short.mp4", "libx264", "yuv420p", {"g": "7", "bf": "3"}),
        ("open.mkv", "libx264", "yuv420p", {"g": "9", "bf": "3", "x264-params": "open-gop=1"}),
        ("old.avi", "mpeg4", "yuv420p", {"g": "10", "bf": "2"}),
        ("moving.gif", "gif", "rgb8", {}),
    ],
)
def test_jumps_land_where_they_should_in_every_kind_of_file(
    name: str, codec: str, layout: str, options: dict[str, str], stills: Frames, tmp_path: Path
) -> None:
    film = coded(stills, tmp_path / name, codec, layout, **options)
    assert film.stop == COUNT
    same(FilmReader(film), film)


def test_a_folder_is_read_by_number_and_only_the_picture_asked_for(
    stills: Frames, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(stills.source, tmp_path / "copy"))
    (copy / "frame3.png").write_bytes(b"broken")
    film = films.open_film(copy, start=2, stop=12)
    reader = FilmReader(film)
    assert len(reader) == 10
    assert np.array_equal(reader.frame(8), next(films.read(stills, skip=10)))
    with pytest.raises(UnsupportedError, match="frame3"):
        reader.frame(1)


def test_a_part_of_a_film_begins_at_its_own_first_frame(stills: Frames, tmp_path: Path) -> None:
    path = saved(stills, tmp_path / "film.mp4", "mp4")
    part = films.open_film(path, start=40, stop=45)
    reader = FilmReader(part)
    assert len(reader) == 5
    same(reader, part, (3, 0, 4))


def test_a_film_without_an_end_goes_to_that_of_the_file(stills: Frames) -> None:
    assert len(FilmReader(Frames(stills.source, 5))) == COUNT - 5


@pytest.mark.parametrize("number", [-1, 4])
def test_a_number_that_is_not_there_is_refused(number: int, stills: Frames) -> None:
    with pytest.raises(RangeError, match="among 4"):
        FilmReader(Frames(stills.source, 0, 4)).frame(number)


def test_what_is_gone_or_shorter_by_now_says_so(stills: Frames, tmp_path: Path) -> None:
    path = saved(stills, tmp_path / "film.mkv", "mkv")
    for source in (str(path), stills.source):
        with pytest.raises(DamagedFileError, match=f"ends after {COUNT}"):
            FilmReader(Frames(source, 0, COUNT + 5)).frame(COUNT + 2)
    with pytest.raises(MissingFileError, match="none"):
        FilmReader(Frames(str(tmp_path / "none.mp4"), 0, 3))


def test_jumps_open_nothing_anew(
    stills: Frames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = coded(stills, tmp_path / "film.mp4", "libx264", "yuv420p", g="7", bf="3")
    reader = FilmReader(film)
    monkeypatch.delattr(films, "_container")
    for place in JUMPS:
        reader.frame(place)
