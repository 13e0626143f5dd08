"""Files that belong to a graph."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from studio.core import assets
from studio.core.document import read, write
from studio.core.errors import DocumentError
from studio.core.graph import Graph, Node, SubGraph
from studio.core.widgets import FileRef


def save(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def with_asset(graph_file: Path, content: bytes = b"mask") -> tuple[Graph, FileRef]:
    ref = assets.add(graph_file, content, ".PNG", save)
    return Graph({"n": Node("odd.type")}).with_param("n", "mask", ref), ref


def reading(folder: Path) -> assets.Content:
    def content(path: str) -> bytes | None:
        file = folder / path
        return file.read_bytes() if file.is_file() else None

    return content


def test_an_asset_is_named_by_its_content_and_written_once(tmp_path: Path) -> None:
    _, ref = with_asset(tmp_path / "my graph.json")
    assert (tmp_path / ref.path).read_bytes() == b"mask"
    assert ref.path.startswith("my graph.assets/")
    assert ref.path.endswith(".png")

    def refuse(path: Path, content: bytes) -> None:
        raise AssertionError

    assert assets.add(tmp_path / "my graph.json", b"mask", ".png", refuse) == ref


def test_only_what_no_graph_names_is_collected(tmp_path: Path) -> None:
    file = tmp_path / "g.json"
    (now, first), (undone, second) = with_asset(file), with_asset(file, b"older")
    _, third = with_asset(file, b"oldest")
    save(tmp_path / "g.assets/readme.txt", b"mine")
    gone = assets.collect(file, [now, undone], Path.unlink)
    assert gone == (Path(third.path).name,)
    left = {path.name for path in (tmp_path / "g.assets").iterdir()}
    assert left == {Path(first.path).name, Path(second.path).name, "readme.txt"}
    assert assets.collect(tmp_path / "none.json", [now], Path.unlink) == ()


def test_assets_inside_sub_graphs_and_unknown_values_count(tmp_path: Path) -> None:
    graph, ref = with_asset(tmp_path / "g.json")
    node = replace(graph.nodes["n"], params={}, extra={"x": [{"y": {"path": ref.path}}]})
    inside = Graph(graphs={"s": SubGraph("", {}, {}, Graph({"n": node}))})
    assert assets.used(inside) == {Path(ref.path).name}


def test_a_graph_saved_elsewhere_takes_its_assets_along(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    graph, ref = with_asset(old)
    inside = graph.with_graph("s", SubGraph("", {}, {}, Graph(graph.nodes)))
    moved = assets.moved(inside, old, new, save)
    path = f"new.assets/{Path(ref.path).name}"
    assert moved.nodes["n"].params["mask"] == {"path": path}
    assert moved.graphs["s"].graph.nodes["n"].params["mask"] == {"path": path}
    assert (tmp_path / path).read_bytes() == b"mask"


def test_a_picture_carries_the_assets_and_gives_them_back(tmp_path: Path) -> None:
    graph, _ = with_asset(tmp_path / "a.json")
    whole, left = assets.embedded(graph, reading(tmp_path))
    carried = read(write(whole))
    assert left == ()
    opened = assets.unpacked(carried, tmp_path / "b.json", save)
    assert opened == assets.moved(graph, tmp_path / "a.json", tmp_path / "b.json", save)
    assert [path.read_bytes() for path in (tmp_path / "b.assets").iterdir()] == [b"mask"]
    assert assets.embedded(Graph(), reading(tmp_path)) == (Graph(), ())


def test_an_asset_that_is_gone_holds_up_no_move_and_is_named_all_the_same(tmp_path: Path) -> None:
    graph, ref = with_asset(tmp_path / "a.json")
    (tmp_path / ref.path).unlink()
    moved = assets.moved(graph, tmp_path / "a.json", tmp_path / "b.json", save)
    assert assets.used(moved) == {Path(ref.path).name}
    assert not (tmp_path / "b.assets").exists()


def test_a_copy_of_a_file_finds_the_assets_of_the_first(tmp_path: Path) -> None:
    graph, ref = with_asset(tmp_path / "a.json")
    (tmp_path / "sub").mkdir()
    moved = assets.moved(graph, tmp_path / "copy.json", tmp_path / "sub" / "b.json", save)
    assert (tmp_path / "sub" / moved.nodes["n"].params["mask"]["path"]).read_bytes() == b"mask"
    assert assets.content(tmp_path / "copy.json", f"../../{ref.path}") == b"mask"


def test_assets_are_looked_for_beside_the_graph_alone(tmp_path: Path) -> None:
    _, ref = with_asset(tmp_path / "a.json")
    inner = tmp_path / "sub" / "b.json"
    assert assets.content(inner, f"../{ref.path}") is None


def test_what_is_gone_or_has_no_room_is_left_out_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "MOST_BYTES", 60)
    monkeypatch.setattr(assets, "MOST_TEXT", 100)
    graph, names = Graph({"n": Node("odd.type")}), []
    for place, size in enumerate((10, 50, 55, 61, 5)):
        ref = assets.add(tmp_path / "a.json", bytes([place]) * size, ".png", save)
        graph = graph.with_param("n", f"p{place}", ref)
        names.append(Path(ref.path).name)
    (tmp_path / "a.assets" / names[4]).unlink()
    whole, left = assets.embedded(graph, reading(tmp_path))
    assert set(whole.extra[assets.EMBEDDED]) == {names[0], names[1]}
    assert left == tuple(sorted(names[2:]))


GOOD = base64.b64encode(b"mask").decode()


@pytest.mark.parametrize(
    "held",
    [
        {"../../evil.png": GOOD},
        {assets.name_of(b"other", ".png"): GOOD},
        {assets.name_of(b"mask", ".png"): 5},
        {assets.name_of(b"mask", ".png"): "%%%"},
        {assets.name_of(b"mask", ".png"): "\u00e9"},
        [GOOD],
    ],
)
def test_damaged_assets_are_refused_and_nothing_is_written(tmp_path: Path, held: object) -> None:
    graph = Graph(extra={"assets": held})
    with pytest.raises(DocumentError):
        assets.unpacked(graph, tmp_path / "g.json", save)
    assert list(tmp_path.iterdir()) == []
