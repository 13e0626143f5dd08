"""Graphs inside pictures: round trips, limits, signatures, hostile files."""

from __future__ import annotations

import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import PngImagePlugin

from studio.facts import exif, png, xmp
from studio.facts.pictures import SIDECAR, Attached, attach, carried, kind_of, read_carried
from tests.counts import count

GRAPH = json.dumps(
    {"title": 'Ünï 图 <a href="b">&amp;\U0001f600', "text": "a\nb]]>"}, ensure_ascii=False
)
PARAMETERS = "a red ball, ünï 图\nNegative prompt: bad\nSteps: 20, Sampler: Euler, Seed: 7"
KINDS = ("PNG", "JPEG", "WEBP")


def picture(kind: str, mode: str = "RGB", **settings: Any) -> bytes:
    pixels = np.random.default_rng(1).integers(0, 256, (24, 40, len(mode)), np.uint8)
    buffer = io.BytesIO()
    Pillow.fromarray(pixels[..., 0] if mode == "L" else pixels).save(buffer, kind, **settings)
    return buffer.getvalue()


def pixels_of(data: bytes) -> np.ndarray[Any, Any]:
    with Pillow.open(io.BytesIO(data)) as opened:
        return np.asarray(opened)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_gives_back_what_it_was_given(kind: str) -> None:
    made = attach(picture(kind), GRAPH, PARAMETERS)
    assert made.sidecar == ""
    found = carried(made.data)
    assert found.graph == GRAPH
    assert found.parameters == PARAMETERS
    assert not found.signed


@pytest.mark.parametrize(
    ("kind", "mode", "settings"),
    [
        ("PNG", "L", {}), ("PNG", "RGBA", {}), ("JPEG", "L", {}), ("JPEG", "RGB", {"progressive": True}),
        ("WEBP", "RGBA", {}), ("WEBP", "RGBA", {"lossless": True}), ("WEBP", "RGB", {"lossless": True}),
    ],
)  # fmt: skip
def test_not_a_pixel_changes(kind: str, mode: str, settings: dict[str, Any]) -> None:
    plain = picture(kind, mode, **settings)
    np.testing.assert_array_equal(pixels_of(attach(plain, GRAPH, "x").data), pixels_of(plain))


@pytest.mark.parametrize("kind", KINDS)
def test_doing_it_again_replaces_and_grows_nothing(kind: str) -> None:
    once = attach(picture(kind), "{}", PARAMETERS).data
    twice = attach(attach(once, GRAPH, PARAMETERS).data, "{}", PARAMETERS).data
    assert len(twice) == len(once)
    assert carried(twice).graph == "{}"


def test_other_programs_find_the_parameters() -> None:
    with Pillow.open(io.BytesIO(attach(picture("PNG"), GRAPH, PARAMETERS).data)) as opened:
        assert opened.text["parameters"] == PARAMETERS  # type: ignore[attr-defined]  # PNG only
    for kind in ("JPEG", "WEBP"):
        with Pillow.open(io.BytesIO(attach(picture(kind), GRAPH, PARAMETERS).data)) as opened:
            comment = opened.getexif().get_ifd(0x8769)[0x9286]
            assert comment[:8] == b"UNICODE\0"
            assert PARAMETERS in (comment[8:].decode("utf-16-be"), comment[8:].decode("utf-16-le"))
            tree = ElementTree.fromstring(opened.info["xmp"])
            assert [item.text for item in tree.iter("{urn:wirebrush:1}graph")] == [GRAPH]


def test_the_graph_is_uncompressed_international_text_before_the_pixels() -> None:
    data = attach(picture("PNG"), GRAPH).data
    start = data.index(b"iTXtwirebrush\0\0\0\0\0")
    assert start < data.index(b"IDAT")
    assert GRAPH.encode() in data


def test_latin_parameters_are_plain_text() -> None:
    assert b"tEXtparameters\0Steps" in attach(picture("PNG"), "{}", "Steps: 1").data


def test_a_large_graph_fits_in_png_and_webp_and_goes_beside_a_jpeg() -> None:
    graph = json.dumps({"text": "x" * 300_000})
    for kind in ("PNG", "WEBP"):
        assert carried(attach(picture(kind), graph).data).graph == graph
    plain = picture("JPEG")
    assert attach(plain, graph) == Attached(plain, graph)


def test_a_graph_beyond_all_limits_goes_beside() -> None:
    graph = "x" * (33 << 20)
    assert attach(picture("PNG"), graph).sidecar == graph


def test_what_does_not_fit_in_exif_is_left_out() -> None:
    made = attach(picture("JPEG"), "{}", "y" * 70_000)
    assert carried(made.data).parameters == ""
    assert carried(made.data).graph == "{}"


def test_the_sidecar_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(picture("JPEG"))
    path.with_name("a.jpg" + SIDECAR).write_text(GRAPH, "utf-8")
    assert read_carried(path).graph == GRAPH


def signed(kind: str) -> bytes:
    data = picture(kind)
    manifest = b"\0\0\0\x20jumb\0\0\0\x18jumdc2pa" + b"\0" * 12
    if kind == "PNG":
        chunk = struct.pack(">I", len(manifest)) + b"caBX" + manifest
        return data[:33] + chunk + struct.pack(">I", zlib.crc32(b"caBX" + manifest)) + data[33:]
    if kind == "JPEG":
        body = b"JP\0\1\0\0\0\1" + manifest
        return data[:2] + struct.pack(">BBH", 255, 0xEB, len(body) + 2) + body + data[2:]
    data += b"C2PA" + struct.pack("<I", len(manifest)) + manifest
    return b"RIFF" + struct.pack("<I", len(data) - 8) + data[8:]


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_picture_is_left_alone(kind: str) -> None:
    data = signed(kind)
    assert carried(data).signed
    assert attach(data, GRAPH, PARAMETERS) == Attached(data, GRAPH)


def test_the_metadata_of_others_is_never_thrown_away() -> None:
    foreign = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>theirs</a></x:xmpmeta>'
    for kind in ("JPEG", "WEBP"):
        data = picture(kind, xmp=foreign)
        assert attach(data, GRAPH, PARAMETERS) == Attached(data, GRAPH)
    camera = Pillow.Exif()
    camera[0x010F] = "Maker"
    data = attach(picture("JPEG", exif=camera), GRAPH, PARAMETERS).data
    with Pillow.open(io.BytesIO(data)) as opened:
        assert opened.getexif()[0x010F] == "Maker"
    assert carried(data).graph == GRAPH


def test_parameters_of_other_programs_are_read() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("parameters", PARAMETERS, zip=True)
    assert carried(picture("PNG", pnginfo=info)).parameters == PARAMETERS
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "Steps: 20", zip=True)
    assert carried(picture("PNG", pnginfo=info)).parameters == "Steps: 20"


@pytest.mark.parametrize("order", ["utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("head", [b"MM\0*", b"II*\0"])
def test_comments_are_read_in_either_byte_order(order: str, head: bytes) -> None:
    sign = ">" if head[:2] == b"MM" else "<"
    content = b"UNICODE\0" + "Steps: 20, a".encode(order)
    block = head + struct.pack(sign + "I", 8)
    block += struct.pack(sign + "HHHIII", 1, 0x8769, 4, 1, 26, 0)
    block += struct.pack(sign + "HHHIII", 1, 0x9286, 7, len(content), 44, 0) + content
    assert exif.comment(block) == "Steps: 20, a"


def test_a_text_that_unpacks_to_much_more_counts_as_absent() -> None:
    bomb = zlib.compress(b"x" * (80 << 20), 9)
    body = b"iTXtwirebrush\0\1\0\0\0" + bomb
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    data = picture("PNG")
    assert carried(data[:33] + chunk + data[33:]).graph == ""
    assert png.texts(data[:33] + chunk + data[33:], ("wirebrush",), 1 << 27)["wirebrush"][:1] == "x"


def test_xmp_with_entities_is_not_read() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xmp.packet("{}")
    assert xmp.graph(bomb) == ""


def test_xmp_is_read_by_its_namespace_and_not_by_its_prefix() -> None:
    packet = xmp.packet('{"a": 1}').replace(b"wirebrush:graph", b"w:graph")
    assert xmp.graph(packet.replace(b"xmlns:wirebrush", b"xmlns:w")) == '{"a": 1}'


def test_letters_that_xml_cannot_hold_become_escapes_of_json() -> None:
    text = json.dumps({"a": "\ufffe\uffff\x01\r"}, ensure_ascii=False)
    assert json.loads(xmp.graph(xmp.packet(text))) == json.loads(text)


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"GIF89a"]
)
def test_a_stump_carries_nothing(data: bytes) -> None:
    assert carried(data).graph == ""
    assert attach(data, GRAPH) == Attached(data, GRAPH)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_a_mutated_file_is_read_without_harm(kind: str) -> None:
    rng = np.random.default_rng(3)
    data = attach(picture(kind), GRAPH, PARAMETERS).data
    for _ in range(count(200, 5000)):
        damaged = np.frombuffer(data, np.uint8)[: rng.integers(1, len(data) + 1)].copy()
        damaged[rng.integers(0, min(len(damaged), 900), 3)] = rng.integers(0, 256, 3)
        carried(damaged.tobytes())
        attach(damaged.tobytes(), "{}", "x")


def test_the_kind_is_told_by_the_first_bytes() -> None:
    assert [kind_of(picture(kind)) for kind in KINDS] == ["png", "jpeg", "webp"]
    assert kind_of(b"GIF89a") == ""
