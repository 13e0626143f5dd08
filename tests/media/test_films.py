"""Films: read one frame at a time, in order, and written so that they can be read again."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from studio.core.context import result_of
from studio.core.errors import (
    DamagedFileError,
    MissingFileError,
    RangeError,
    ShapeError,
    UnsupportedError,
)
from studio.core.values import Frames
from studio.diffusion.film_writer import FilmFormat, Pixels, write_film
from studio.diffusion.pictures import encode
from studio.media import films
from tests.nodes.fakes import pixels

LEVELS = [round(20 + 23 * index) / 255 for index in range(10)]


def folder(path: Path, pictures: list[Pixels], bits: int = 8) -> Path:
    path.mkdir(exist_ok=True)
    for index, picture in enumerate(pictures):
        (path / f"frame{index}.png").write_bytes(encode(picture, "png", bits=bits))
    return path


def flat(level: float, height: int = 32, width: int = 48) -> Pixels:
    return np.full((height, width, 3), level, np.float32)


@pytest.fixture
def stills(tmp_path: Path) -> Frames:
    """Return ten frames, each brighter than the one before; frame10 would sort before frame2."""
    return films.open_film(folder(tmp_path / "stills", [flat(level) for level in LEVELS]), fps=12)


def levels(film: Frames, skip: int = 0) -> list[int]:
    return [round(float(picture.mean()) * 255) for picture in films.read(film, skip)]


def saved(film: Frames, path: Path, format: FilmFormat) -> Path:  # as it is called there
    result_of(write_film(path, film, format))
    return path


def test_a_folder_is_a_film_in_natural_order(stills: Frames) -> None:
    assert (stills.start, stills.stop, stills.fps) == (0, 10, 12)
    assert levels(stills) == [round(level * 255) for level in LEVELS]


@pytest.mark.parametrize("format", ["mp4", "webm", "mkv"])
def test_what_is_written_is_read_again(format: FilmFormat, stills: Frames, tmp_path: Path) -> None:
    path = saved(stills, tmp_path / "film", format)
    film = films.open_film(path)
    assert (film.stop, film.fps) == (10, 12)
    found = levels(film)
    assert max(abs(a - b) for a, b in zip(found, levels(stills), strict=True)) <= 3
    assert next(films.read(film)).shape == (32, 48, 3)


def test_a_lossless_film_keeps_sixteen_bits(tmp_path: Path) -> None:
    picture = pixels((24, 32, 3))
    film = films.open_film(folder(tmp_path / "deep", [picture], bits=16))
    again = films.open_film(saved(film, tmp_path / "film.mkv", "mkv"))
    assert np.abs(next(films.read(again)) - picture).max() <= 0.5001 / 65535


def test_parts_of_a_film_are_read(stills: Frames, tmp_path: Path) -> None:
    path = saved(stills, tmp_path / "film.mkv", "mkv")
    for source in (path, Path(stills.source)):
        part = films.open_film(source, start=3, stop=7)
        assert films.count_of(part) == 4
        assert levels(part) == levels(stills)[3:7]
        assert levels(part, skip=2) == levels(stills)[5:7]


def test_frames_are_read_when_they_are_asked_for(stills: Frames) -> None:
    walk = films.read(stills)
    next(walk)
    Path(stills.source, "frame1.png").write_bytes(b"broken")
    with pytest.raises(UnsupportedError, match="frame1"):
        next(walk)


def test_odd_sizes_grey_and_alpha_become_video(tmp_path: Path) -> None:
    for channels in (1, 3, 4):
        film = films.open_film(folder(tmp_path / str(channels), [pixels((15, 17, channels))] * 2))
        made = films.open_film(saved(film, tmp_path / f"{channels}.mp4", "mp4"))
        assert next(films.read(made)).shape == (16, 18, 3)


@pytest.mark.parametrize(("start", "stop"), [(10, 0), (4, 4), (5, 3), (0, 11)])
def test_frames_that_are_not_there_are_refused(start: int, stop: int, stills: Frames) -> None:
    with pytest.raises(RangeError, match="has 10"):
        films.open_film(Path(stills.source), start, stop)


def test_what_is_no_film_says_so(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("<html>", "utf-8")
    with pytest.raises(DamagedFileError, match="text"):
        films.open_film(tmp_path / "text.mp4")
    with pytest.raises(MissingFileError, match="none"):
        films.open_film(tmp_path / "none.mp4")
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingFileError, match="empty"):
        films.open_film(tmp_path / "empty")


def test_a_film_that_ends_early_says_so(stills: Frames, tmp_path: Path) -> None:
    path = saved(stills, tmp_path / "film.mkv", "mkv")
    with pytest.raises(DamagedFileError, match="ends after 10"):
        list(films.read(Frames(str(path), 0, 12)))


def test_a_folder_that_lost_a_picture_says_so_and_is_no_shorter_film(stills: Frames) -> None:
    with pytest.raises(DamagedFileError, match="frames, 99 were expected"):
        list(films.read(Frames(stills.source, 0, 99)))


def test_no_frames_are_no_video(stills: Frames, tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="no frames"):
        saved(Frames(stills.source, 1, 1), tmp_path / "a.mp4", "mp4")


def test_frames_of_two_sizes_are_no_video(tmp_path: Path) -> None:
    film = films.open_film(folder(tmp_path / "two", [flat(0.5), flat(0.5, 16, 16)]))
    with pytest.raises(ShapeError, match="frame 2 is 16 x 16"):
        saved(film, tmp_path / "film.mp4", "mp4")


def test_a_codec_that_is_not_there_is_told(
    stills: Frames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(av, "codecs_available", {"ffv1"})
    with pytest.raises(UnsupportedError, match=r"libx264.*choose one of mkv"):
        saved(stills, tmp_path / "film.mp4", "mp4")
