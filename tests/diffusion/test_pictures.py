"""Picture files: every common kind, and every way to be broken."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, PngImagePlugin

from studio.core.errors import DamagedFileError, MissingFileError, ShapeError, UnsupportedError
from studio.diffusion.pictures import encode, read_image
from studio.media.pictures import FORMATS, read_pixels
from tests.counts import count
from tests.media.test_colour import GAMMA, profile

WIDE = profile(GAMMA)


def noise(height: int = 6, width: int = 8, channels: int = 3, top: int = 256) -> NDArray[Any]:
    kind = np.uint8 if top == 256 else np.uint16
    return np.random.default_rng(5).integers(0, top, (height, width, channels), kind)


def save(picture: Pillow.Image, path: Path, **settings: Any) -> Path:
    picture.save(path, **settings)
    return path


@pytest.mark.parametrize("format_", ["png", "webp", "tiff", "bmp"])
def test_a_lossless_file_gives_its_exact_pixels(tmp_path: Path, format_: str) -> None:
    path = tmp_path / f"a.{format_}"
    settings = {"lossless": True} if format_ == "webp" else {}
    save(Pillow.fromarray(noise()), path, **settings)
    made = read_pixels(path)
    assert made.dtype == np.float32
    assert made.flags.c_contiguous
    np.testing.assert_array_equal(np.rint(made[0] * 255), noise())


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_is_read_whatever_its_ending_says(tmp_path: Path, format_: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(encoded(Pillow.new("RGB", (20, 10), (200, 30, 30)), format_))
    made = read_pixels(path)
    assert made.shape == (1, 10, 20, 3)
    np.testing.assert_allclose(made[0, 5, 10], np.array([200, 30, 30]) / 255, atol=0.03)


def encoded(picture: Pillow.Image, format_: str, **settings: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format_, **settings)
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", ["png", "tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_are_kept(tmp_path: Path, suffix: str, channels: int) -> None:
    values = noise(channels=channels, top=65536)
    path = tmp_path / f"a.{suffix}"
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[channels]
    path.write_bytes(bytes(cv2.imencode(f".{suffix}", values[..., order])[1]))
    np.testing.assert_array_equal(np.rint(read_pixels(path)[0] * 65535), values)


def test_grey_stays_grey(tmp_path: Path) -> None:
    path = save(Pillow.fromarray(noise(channels=1)[..., 0]), tmp_path / "a.png")
    np.testing.assert_array_equal(np.rint(read_pixels(path)[0] * 255), noise(channels=1))


def test_black_and_white_is_grey(tmp_path: Path) -> None:
    picture = Pillow.fromarray(noise(channels=1)[..., 0] > 128)
    made = read_pixels(save(picture, tmp_path / "a.png"))
    assert made.shape[-1] == 1
    assert np.unique(made).tolist() == [0, 1]


def test_alpha_is_kept_straight(tmp_path: Path) -> None:
    path = save(Pillow.fromarray(noise(channels=4)), tmp_path / "a.png")
    np.testing.assert_array_equal(np.rint(read_pixels(path)[0] * 255), noise(channels=4))


def test_a_transparent_colour_of_a_palette_becomes_alpha(tmp_path: Path) -> None:
    picture = Pillow.new("P", (4, 2), 1)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    picture.putpixel((0, 0), 0)
    made = read_pixels(save(picture, tmp_path / "a.png", transparency=0))
    assert made.shape[-1] == 4
    assert made[0, 0, 0, 3] == 0
    np.testing.assert_array_equal(np.rint(made[0, 1, 1] * 255), [200, 100, 50, 255])


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    picture = Pillow.new("CMYK", (8, 8), (0, 255, 255, 0))
    made = read_pixels(save(picture, tmp_path / "a.jpg"))
    np.testing.assert_allclose(made[0, 4, 4], [1, 0, 0], atol=0.05)


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff"])
def test_every_orientation_is_turned_upright(tmp_path: Path, turn: int, suffix: str) -> None:
    picture = Pillow.fromarray(noise(16, 24).repeat(8, 0).repeat(8, 1))
    exif = Pillow.Exif()
    exif[0x0112] = turn
    path = save(picture, tmp_path / f"a.{suffix}", exif=exif)
    with Pillow.open(path) as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))
    np.testing.assert_array_equal(np.rint(read_pixels(path)[0] * 255), expected)


@pytest.mark.parametrize("turn", [6, 8, 3])
def test_deep_pictures_are_turned_too(tmp_path: Path, turn: int) -> None:
    values = noise(top=65536)
    exif = Pillow.Exif()
    exif[0x0112] = turn
    data = bytes(cv2.imencode(".png", values[..., ::-1])[1])
    chunk = b"eXIf" + exif.tobytes().removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    path = tmp_path / "a.png"
    path.write_bytes(data[:33] + chunk + data[33:])
    times = {6: 3, 3: 2, 8: 1}[turn]
    np.testing.assert_array_equal(np.rint(read_pixels(path)[0] * 65535), np.rot90(values, times))


def test_a_profile_is_converted_as_the_colour_management_does(tmp_path: Path) -> None:
    picture = Pillow.fromarray(noise(32, 32))
    path = save(picture, tmp_path / "a.png", icc_profile=WIDE)
    source = ImageCms.ImageCmsProfile(io.BytesIO(WIDE))
    expected = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
    assert expected is not None
    made = read_pixels(path)[0] * 255
    assert abs(made - np.asarray(expected, np.float32)).max() < 2
    assert abs(made - noise(32, 32)).max() > 10


def test_a_deep_picture_with_a_profile_keeps_its_depth(tmp_path: Path) -> None:
    ramp = np.linspace(20000, 24000, 4001).astype(np.uint16)
    values = np.stack([ramp, ramp, ramp], -1)[None]
    data = bytes(cv2.imencode(".png", values)[1])
    body = b"iCCP" + b"wide\0\0" + zlib.compress(WIDE)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    path = tmp_path / "a.png"
    path.write_bytes(data[:33] + chunk + data[33:])
    assert len(np.unique(read_pixels(path)[0, 0, :, 0])) > 3000


def test_an_srgb_profile_changes_nothing(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = save(Pillow.fromarray(noise()), tmp_path / "a.png", icc_profile=profile)
    np.testing.assert_array_equal(np.rint(read_pixels(path)[0] * 255), noise())


def test_a_damaged_profile_does_not_hide_the_picture(tmp_path: Path) -> None:
    for end in (0, 10, 130, 200, 300):
        profile = WIDE[:end] or b"nonsense"
        path = save(Pillow.fromarray(noise()), tmp_path / "a.png", icc_profile=profile)
        assert read_pixels(path).shape == (1, 6, 8, 3)


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_read(tmp_path: Path, format_: str) -> None:
    frames = [Pillow.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    path = tmp_path / "a.bin"
    path.write_bytes(encoded(frames[0], format_, save_all=True, append_images=frames[1:]))
    np.testing.assert_allclose(read_pixels(path)[0, 4, 4, :3], [1, 0, 0], atol=0.02)


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "TIFF", "GIF", "AVIF"])
def test_a_truncated_file_is_called_damaged(tmp_path: Path, format_: str) -> None:
    data = encoded(Pillow.fromarray(noise(64, 64)), format_)
    path = tmp_path / "half.img"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises((DamagedFileError, UnsupportedError), match=r"half\.img"):
        read_pixels(path)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1", "git-LFS"),
        (b"%PDF-1.7", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
    ],
)
def test_what_is_no_picture_is_called_what_it_is(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(UnsupportedError, match=word):
        read_pixels(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    rows = zlib.compress(b"\0" * (20000 // 8 + 1) * 20000, 9)
    path = tmp_path / "bomb.png"
    head = struct.pack(">IIBBBBB", 20000, 20000, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n"
    for kind, body in chunks:
        data += struct.pack(">I", len(body)) + kind + body
        data += struct.pack(">I", zlib.crc32(kind + body))
    path.write_bytes(data)
    with pytest.raises(UnsupportedError, match="134 million pixels"):
        read_pixels(path)


def test_a_text_bomb_is_no_way_in(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("bomb", "x" * (80 << 20), zip=True)
    path = save(Pillow.fromarray(noise()), tmp_path / "a.png", pnginfo=info)
    with pytest.raises((DamagedFileError, UnsupportedError)):
        read_pixels(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"nothing\.png"):
        read_pixels(tmp_path / "nothing.png")


@pytest.mark.soak
@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP"])
def test_a_mutated_file_is_read_or_refused(tmp_path: Path, format_: str) -> None:
    rng = np.random.default_rng(9)
    data = encoded(Pillow.fromarray(noise(16, 16)), format_)
    path = tmp_path / "a.img"
    for _ in range(count(25, 500)):
        damaged = np.frombuffer(data, np.uint8).copy()
        damaged[rng.integers(0, len(damaged), 4)] = rng.integers(0, 256, 4)
        path.write_bytes(damaged.tobytes())
        with suppress(DamagedFileError, UnsupportedError):
            assert read_pixels(path).ndim == 4


def test_the_reader_of_folders_makes_an_image(tmp_path: Path) -> None:
    path = save(Pillow.fromarray(noise(channels=4)), tmp_path / "ünï 图.png")
    assert read_image(str(path)).pixels.shape == (1, 6, 8, 4)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_png_reads_back_as_it_was_written(tmp_path: Path, channels: int, bits: int) -> None:
    values = (noise(channels=channels, top=2**bits) / (2**bits - 1)).astype(np.float32)
    path = tmp_path / "a.png"
    path.write_bytes(encode(values, "png", bits=bits))
    np.testing.assert_allclose(read_pixels(path)[0], values, atol=1e-7)


def test_what_leaves_the_range_is_cut_off_and_no_number_is_black(tmp_path: Path) -> None:
    pixels = np.array([[[-1, 0.5, 2], [np.nan, np.inf, -np.inf]]], np.float32)
    path = tmp_path / "a.png"
    path.write_bytes(encode(pixels, "png"))
    np.testing.assert_array_equal(
        np.rint(read_pixels(path)[0, 0] * 255), [[0, 128, 255], [0, 255, 0]]
    )


def test_a_better_quality_is_nearer_and_larger(tmp_path: Path) -> None:
    pixels = (noise(64, 64) / 255).astype(np.float32)
    for format_ in ("jpeg", "webp"):
        errors, sizes = [], []
        for quality in (30, 100):
            data = encode(pixels, format_, quality=quality)
            (tmp_path / "a").write_bytes(data)
            errors.append(abs(read_pixels(tmp_path / "a")[0] - pixels).mean())
            sizes.append(len(data))
        assert errors[1] < errors[0]
        assert sizes[1] > sizes[0]


def test_a_webp_of_quality_100_loses_nothing(tmp_path: Path) -> None:
    pixels = (noise(channels=4) / 255).astype(np.float32)
    (tmp_path / "a").write_bytes(encode(pixels, "webp", quality=100))
    np.testing.assert_allclose(read_pixels(tmp_path / "a")[0], pixels, atol=1e-7)


def test_jpeg_lays_transparency_on_white(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(encode(np.zeros((8, 8, 4), np.float32), "jpeg"))
    np.testing.assert_allclose(read_pixels(tmp_path / "a"), 1, atol=0.01)


def test_a_picture_too_wide_for_its_format_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"webp holds 16383 .* 16384 x 1"):
        encode(np.zeros((1, 16384, 3), np.float32), "webp")
    assert encode(np.zeros((1, 16384, 3), np.float32), "jpeg")
