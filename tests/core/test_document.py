"""The saved file, whole, damaged, and of other programs."""

from __future__ import annotations

import contextlib
import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import given

from studio.core.check import issues
from studio.core.document import MAX_NODES, read, write
from studio.core.errors import DocumentError
from studio.core.expand import expand
from studio.core.graph import Graph, Link, Node
from studio.core.json_text import MAX_BYTES
from tests import strategies
from tests.counts import count
from tests.fakes import toy_registry

GOLDEN = Path(__file__).parents[1] / "data/graphs/v1/complete.json"
REGISTRY = toy_registry()


def error(text: str | bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read(text)
    return caught.value


def document(**parts: object) -> str:
    return json.dumps({"wirebrush": 1, **parts}, indent=1)


def test_the_golden_document_is_written_byte_for_byte() -> None:
    text = GOLDEN.read_text("utf-8")
    assert write(read(text)) == text


def test_the_golden_document_opens_with_a_registry_and_has_only_its_known_issues() -> None:
    graph = read(GOLDEN.read_text("utf-8"), REGISTRY)
    found = {issue.code for issue in issues(graph, REGISTRY)}
    assert found == {"G005", "G006", "G012", "G014"}


@given(strategies.graphs(acyclic=False))
@strategies.examples(20, 500)
def test_reading_what_was_written_gives_an_equal_graph(graph: Graph) -> None:
    again = read(write(graph))
    assert again == graph
    assert list(again.nodes) == list(graph.nodes)


def test_unknown_keys_and_node_types_are_kept_whole() -> None:
    inner = {"type": "pack/odd", "x": [1, {"y": None}], "version": 3, "params": {"z": 1.50, "a": 0}}
    text = document(nodes={"n": inner}, other={"b": [2]}, layout={"n": {"at": [1, 2], "q": "w"}})
    data = json.loads(write(read(text, REGISTRY)))
    assert data["nodes"]["n"] == inner
    assert json.dumps(data["nodes"]["n"]["params"]) == '{"z": 1.5, "a": 0}'
    assert (data["other"], data["layout"]["n"]["q"]) == ({"b": [2]}, "w")


def test_former_names_and_parameters_are_brought_up_to_date() -> None:
    text = document(nodes={"n": {"type": "toy.plus", "params": {"x": 3}}})
    assert read(text, REGISTRY).nodes["n"] == Node("toy.add", 2, {"a": 3, "b": 0.0})


def test_without_a_registry_nodes_stay_as_they_were_saved() -> None:
    text = document(nodes={"n": {"type": "toy.plus", "params": {"x": 3}}})
    assert read(text).nodes["n"] == Node("toy.plus", 1, {"x": 3})


def test_a_node_of_a_newer_version_stays_as_it_is() -> None:
    text = document(nodes={"n": {"type": "toy.add", "version": 9, "params": {"q": 3}}})
    assert read(text, REGISTRY).nodes["n"] == Node("toy.add", 9, {"q": 3})


@pytest.mark.parametrize(
    ("text", "line", "field", "said"),
    [
        ('{"wirebrush": 1,\n "nodes": {"a": {"type": 5}}}', 2, "nodes.a.type", "must be a text"),
        ('{"wirebrush": 1,\n "nodes": {\n"a": {}}}', 3, "nodes.a", "'type' is missing"),
        ('{"wirebrush": 1, "links": ["a.b -> c.d",\n "a.b"]}', 2, "links.1", "not written as"),
        ('{"wirebrush": 1, "nodes": {"a": {"type": "t",\n "version": true}}}', 2,
         "nodes.a.version", "a whole number"),
        ('{"wirebrush": 1, "nodes": {"a": {"type": "t",\n "version": -9223372036854775808}}}', 2,
         "nodes.a.version", "1 or more"),
        ('{"wirebrush": 1, "nodes": {"a": {"type": "t",\n "mode": "off"}}}', 2, "nodes.a.mode",
         "'off' is none of on"),
        ('{"wirebrush": 1,\n "layout": {"a": {"at": [1]}}}', 2, "layout.a.at", "2 numbers"),
        ('{\n"wirebrush": 2}', 2, "wirebrush", "newer Wirebrush"),
        ('{"nodes": {}}', 0, "wirebrush", "not a Wirebrush graph"),
        ('{"wirebrush": 1,\n\n "title": }', 3, "", "not JSON"),
        ('{"wirebrush": 1, "x": {\n"b": [{}],\n "b": 2}}', 3, "x.b", "twice"),
        ('{"wirebrush": 1,\n "x": [1, NaN]}', 2, "x.1", "NaN"),
        ('{"wirebrush": 1,\n "x": -Infinity}', 2, "x", "-Infinity"),
        ('{"wirebrush": 1,\n "x": 1e999}', 2, "x", "too large"),
        ('{"wirebrush": 1,\n "x": 18446744073709551616}', 2, "x", "64 bits"),
        ('{"wirebrush": 1, "nodes": {"": {"type": "t"}}}', 1, "nodes", "empty id"),
        ('{"wirebrush": 1, "graphs": {"g": {"outputs": {\n"p": {"name": "", "type": "", '
         '"from": "x"}}}}}', 2, "graphs.g.outputs.p", "node.name"),
        ("[]", 1, "", "plain value"),
    ],
)  # fmt: skip
def test_errors_name_line_and_field(text: str, line: int, field: str, said: str) -> None:
    wrong = error(text)
    assert (wrong.line, wrong.field) == (line, field)
    assert said in str(wrong)


def test_a_seed_of_64_bits_is_kept() -> None:
    text = document(nodes={"n": {"type": "t", "params": {"seed": 2**64 - 1, "low": -(2**63)}}})
    assert read(write(read(text))).nodes["n"].params == {"seed": 2**64 - 1, "low": -(2**63)}


def test_lone_surrogates_are_replaced_and_pairs_are_kept() -> None:
    graph = read('{"wirebrush": 1, "title": "a\\ud800b \\ud83d\\ude00", "x\\udc00": 1}')
    assert (graph.title, graph.extra) == ("a\ufffdb \U0001f600", {"x\ufffd": 1})


@pytest.mark.parametrize("depth", [201, 5_000, 1_000_000])
def test_depth_beyond_the_limit_is_refused(depth: int) -> None:
    assert "200 deep" in str(error('{"wirebrush": 1, "x": ' + "[" * depth + "]" * depth + "}"))


def test_a_depth_within_the_limit_is_read() -> None:
    assert read('{"wirebrush": 1, "x": ' + "[" * 198 + "]" * 198 + "}").extra["x"]


def test_sizes_beyond_the_limits_are_refused() -> None:
    assert "bytes" in str(error(" " * (MAX_BYTES + 1)))
    assert "characters" in str(error(json.dumps({"wirebrush": 1, "title": "x" * (2**23 + 1)})))
    many = {str(place): {"type": "t"} for place in range(MAX_NODES + 1)}
    assert f"more than {MAX_NODES}" in str(error(document(nodes=many)))
    links = [f"a.b -> c.d[{place}]" for place in range(200_001)]
    assert "more than 200000" in str(error(document(links=links)))


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    assert error(b'{"wirebrush": 1,\n"title": "\xff"}').line == 2
    assert read(b'\xef\xbb\xbf{"wirebrush": 1}') == Graph()


def test_what_is_no_json_cannot_be_written() -> None:
    for value in (float("nan"), object(), {1, 2}):
        with pytest.raises(DocumentError):
            write(Graph({"n": Node("t", params={"x": value})}))


def chain(length: int) -> Graph:
    nodes = {f"n{place}": Node("toy.add", 2, {"a": 0, "b": 1}) for place in range(length)}
    links = (Link(f"n{place}", "value", f"n{place + 1}", "a") for place in range(length - 1))
    return Graph(nodes, tuple(links))


@pytest.mark.timeout(600)
def test_a_very_long_chain_is_written_read_checked_and_expanded() -> None:
    length = count(5_000, 50_000)
    graph = chain(length)
    begun = time.process_time()
    again = read(write(graph), REGISTRY)
    assert again == graph
    assert [issue.code for issue in issues(again, REGISTRY)] == ["G006"]
    assert len(expand(again, REGISTRY).order()) == length
    assert time.process_time() - begun < length / 2_500


def mutant(text: bytes, chance: random.Random) -> bytes:
    """Damage a file a little: bytes, runs, tokens, or parts put elsewhere."""
    data = bytearray(text)
    for _ in range(chance.choice([1, 1, 1, 2, 5, 20])):
        place, other = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        other = min(other, place + chance.choice([1, 4, 60, 1000]))
        kind = chance.randrange(6)
        if kind == 0 and place < len(data):
            data[place] = chance.randrange(256)
        elif kind == 1:
            del data[place:other]
        elif kind == 2:
            data[place:place] = data[place:other] * chance.choice([1, 2, 50])
        elif kind == 3:
            data[place:place] = chance.choice(TOKENS)
        elif kind == 4 and data:
            swap = chance.choice(TOKENS)
            data = bytearray(bytes(data).replace(chance.choice(TOKENS), swap, chance.randrange(9)))
        else:
            data[place:other] = chance.choice(TOKENS)
    return bytes(data)


TOKENS = [
    b"{", b"}", b"[", b"]", b'"', b",", b":", b"null", b"true", b"-1", b"0", b"1e400", b"NaN",
    b"18446744073709551616", b'"\\ud800"', b'"type"', b'"nodes"', b'"links"', b'"params"', b'""',
    b'"a.b -> a.b"', b" -> ", b".", b"[0]", b"[" * 300, b'"graph:poster"', b'"graph:inner"', b"\x00",
    b'"on"', b'"muted"', b'"bypassed"', b'"frozen"', b'"value"', b'"version"', b"{}", b"[]", b"1",
    b"9" * 5000, b"1.5", b'"toy.switch"', b'"sum"', b'"add"', b"[999999]",
]  # fmt: skip


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_damaged_files_are_document_errors_or_graphs_that_can_be_checked() -> None:
    text = GOLDEN.read_bytes()
    chance = random.Random(3)
    slowest = 0.0
    opened = 0
    for _ in range(count(300, 10_000)):
        damaged = mutant(text, chance)
        begun = time.process_time()
        with contextlib.suppress(DocumentError):
            graph = read(damaged, REGISTRY)
            opened += 1
            issues(graph, REGISTRY)
            assert read(write(graph), REGISTRY) == graph
        slowest = max(slowest, time.process_time() - begun)
    assert slowest < 1
    assert opened
