"""Values taken apart and put together."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core import values
from studio.core.errors import DamagedFileError, TypeMismatchError
from studio.engine.codec import Buffer, Codec, Encoded, layout, pack, unpack

PIXELS = np.linspace(0, 1, 24, dtype=np.float32).reshape(1, 2, 4, 3)

PLAIN: list[Any] = [
    None, True, 7, 7.5, -(2**63), 2**64 - 1, float("inf"), "text with ä and \ud800", (), (1, ("a", 2.0)),
    {"curve": [[0, 1.5]]}, [1, "two"], Path("a/b"),
    values.DiffusionModel("a.safetensors", "sd15", (values.Patch("lora", "b", (("weight", 0.5),)),)),
    values.Upscaler("u", "", (), 2),
    values.Patch("controlnet", "c", refs=(("hint", values.Ref("key")),), side="positive"),
    values.Detections((((values.Detection((0.0, 1.0, 2.0, 3.5), "face", 0.9, ((1.0, 2.0),), 4)),),), (8, 8)),
    values.Poses(((values.Pose(((1.0, 2.0, 0.5),) * 18, face=((3.0, 4.0, 1.0),)),), ()), (8, 8)),
    values.Frames("film.mp4", 2, None, 12.0, True),
]  # fmt: skip


def travelled(value: Any) -> Any:
    """Return a value after a trip through the bytes of a file."""
    codec = Codec()
    encoded = codec.encode(value)
    data = bytearray(b"".join(pack(encoded.buffers)))
    return codec.decode(Encoded(encoded.header, unpack(data)))


@pytest.mark.parametrize("value", PLAIN, ids=str)
def test_plain_values_come_back(value: Any) -> None:
    back = travelled(value)
    assert (back, type(back)) == (value, type(value))


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "float16", "int64", "uint8", "bool", "uint16"]
)
def test_arrays_come_back_bit_for_bit(dtype: str) -> None:
    array = (PIXELS * 200).astype(dtype)
    back = travelled((array, array[:, ::-1]))
    assert back[0].dtype == array.dtype
    np.testing.assert_array_equal(back[0], array)
    np.testing.assert_array_equal(back[1], array[:, ::-1])


def test_numbers_that_are_none_come_back() -> None:
    odd = np.array([np.nan, np.inf, -0.0, 1e-45], np.float32)
    assert travelled(odd).tobytes() == odd.tobytes()


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_odd_shapes_come_back(shape: tuple[int, ...]) -> None:
    assert travelled(np.zeros(shape, np.float32)).shape == shape


def test_an_image_comes_back_read_only_and_without_its_key() -> None:
    back = travelled(values.Image(PIXELS, key="k"))
    assert back.key == ""
    assert not back.pixels.flags.writeable
    np.testing.assert_array_equal(back.pixels, PIXELS)


def test_a_list_of_images_comes_back() -> None:
    back = travelled(values.Sequence((values.Image(PIXELS), values.Image(PIXELS + 1))))
    np.testing.assert_array_equal(back.items[1].pixels, PIXELS + 1)


def test_the_layout_is_that_of_safetensors(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    path = tmp_path / "x.safetensors"
    arrays = (np.arange(3, dtype=np.uint8), PIXELS)
    path.write_bytes(b"".join(pack(Codec().encode(arrays).buffers)))
    found = load_file(path)
    np.testing.assert_array_equal(found["0"], arrays[0])
    np.testing.assert_array_equal(found["1"], PIXELS)


def test_every_array_is_aligned() -> None:
    arrays = tuple(np.zeros(3, kind) for kind in (np.uint8, np.float64, np.uint16, np.float32))
    places = layout(b"".join(pack(Codec().encode(arrays).buffers)))
    assert [
        start % array.itemsize for array, (_, _, start, _) in zip(arrays, places, strict=True)
    ] == [0] * 4


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array(["a"]), 1j, np.float32(1)])
def test_what_cannot_be_stored_is_refused(value: Any) -> None:
    with pytest.raises(TypeMismatchError, match="cannot be stored"):
        Codec().encode(value)


def test_unknown_arrays_are_named_and_not_guessed() -> None:
    header = [{"array": 0, "as": "torch"}]
    assert not Codec().reads(header)
    with pytest.raises(TypeMismatchError, match="torch"):
        Codec().decode(Encoded(header, (Buffer("F32", (1,), b"1234"),)))


@pytest.mark.parametrize(
    "header",
    [{"type": "Nonsense", "fields": {}}, {"type": "Image", "fields": {}}, {"array": 3, "as": "numpy"}, {}],
)  # fmt: skip
def test_a_header_that_makes_no_sense_is_damage(header: Any) -> None:
    with pytest.raises(DamagedFileError):
        Codec().decode(Encoded(header, ()))


@pytest.mark.parametrize("length", [0, 4, 8, 20, 60])
def test_a_cut_file_is_damage(length: int) -> None:
    data = b"".join(pack(Codec().encode(PIXELS).buffers))[:length]
    with pytest.raises(DamagedFileError):
        unpack(data)


def test_every_field_of_every_value_is_kept() -> None:
    frames = values.Frames("f", 1, 2, 3.0, True)
    encoded = Codec().encode(frames).header
    assert set(encoded["fields"]) == {item.name for item in dataclasses.fields(frames)} - {"key"}
