"""What moves a key and what does not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from studio.core.define import node, spec_of
from studio.core.folding import Given
from studio.core.graph import Graph, Link, Node
from studio.core.values import Image
from studio.core.widgets import FileRef
from studio.engine.fingerprint import Fingerprints
from studio.engine.keys import Keyed, World, keys, shape_of
from tests.engine.cheap import chain, graph_of, registry


@node("test.stand_in", category="Test", stand_ins={"image": "face.onnx"})
def stand_in(image: Image | None = None) -> Image:
    """Return a picture.

    Args:
        image: What.
    """
    assert image is not None
    return image


@node("test.text", category="Test", folds=True)
def text(value: str = "") -> str:
    """Hold a text.

    Args:
        value: Which.
    """
    return value


REGISTRY = registry()
REGISTRY.add(spec_of(stand_in))
REGISTRY.add(spec_of(text))


def keyed(
    graph: Graph,
    policy: str = "p",
    folder: Path = Path(),
    before: Keyed | None = None,
    **more: Any,
) -> Keyed:
    def resolve(ref: FileRef) -> Path:
        return folder / ref.path

    world = World(REGISTRY, Fingerprints(), resolve, policy, **more)
    return keys(graph, world, before=before)


def key(graph: Graph, node: str, policy: str = "p", folder: Path = Path()) -> str:
    return keyed(graph, policy, folder).jobs[node].key


BASE = graph_of({"a": Node("test.grey"), "n": Node("test.add")}, "a.image -> n.image")


@pytest.mark.parametrize(
    ("name", "value"), [("amount", 0.2), ("count", 2), ("label", "x"), ("soft", True)]
)
def test_every_parameter_moves_the_key(name: str, value: Any) -> None:
    assert key(BASE.with_param("n", name, value), "n") != key(BASE, "n")


def test_no_two_parameters_move_it_to_the_same_place() -> None:
    changed = {"amount": 1.0, "count": 10, "label": "1.0", "soft": True}
    found = [key(BASE.with_param("n", name, value), "n") for name, value in changed.items()]
    assert len(set(found)) == len(found)


def test_ids_titles_and_order_move_nothing() -> None:
    other = BASE.titled("n", "Other").renamed("a", "first")
    backwards = Graph({name: other.nodes[name] for name in reversed([*other.nodes])}, other.links)
    assert key(backwards, "n") == key(BASE, "n")


def test_defaults_that_are_written_out_move_nothing() -> None:
    full = {"amount": 0.1, "count": 1, "label": "", "soft": False}
    assert key(BASE.with_params("n", full), "n") == key(BASE, "n")


def test_numbers_are_coerced_to_their_hints() -> None:
    assert key(BASE.with_param("n", "amount", 1), "n") == key(
        BASE.with_param("n", "amount", 1.0), "n"
    )
    assert key(BASE.with_param("n", "count", 2.0), "n") == key(
        BASE.with_param("n", "count", 2), "n"
    )


def test_unknown_parameters_move_nothing() -> None:
    assert key(BASE.with_param("n", "mood", 1), "n") == key(BASE, "n")


def test_what_is_before_a_node_moves_its_key() -> None:
    assert key(BASE.with_param("a", "level", 0.1), "n") != key(BASE, "n")


def test_the_input_that_is_linked_counts() -> None:
    both = BASE.with_link(Link("a", "image", "n", "other"))
    assert key(both, "n") != key(BASE, "n")


def test_the_order_of_many_links_counts() -> None:
    nodes = {
        "a": Node("test.grey"), "b": Node("test.grey", params={"level": 0.1}), "m": Node("test.mean"),
    }  # fmt: skip
    one = graph_of(nodes, "a.image -> m.images[0]", "b.image -> m.images[1]")
    two = graph_of(nodes, "b.image -> m.images[0]", "a.image -> m.images[1]")
    assert key(one, "m") != key(two, "m")


def test_the_output_that_is_taken_counts() -> None:
    nodes = {"a": Node("test.grey"), "s": Node("test.split"), "n": Node("test.add")}
    top = graph_of(nodes, "a.image -> s.image", "s.top -> n.image")
    bottom = graph_of(nodes, "a.image -> s.image", "s.bottom -> n.image")
    assert key(top, "n") != key(bottom, "n")


def test_the_policy_counts_for_nodes_that_compute_and_all_behind_them() -> None:
    graph = graph_of(
        {"a": Node("test.grey"), "s": Node("test.slow"), "n": Node("test.add")},
        "a.image -> s.image",
        "s.image -> n.image",
    )
    one, two = keyed(graph, "cpu").jobs, keyed(graph, "gpu").jobs
    assert [node for node in one if one[node].key != two[node].key] == ["s", "n"]


def test_without_a_policy_what_computes_is_unknown() -> None:
    graph = graph_of({"a": Node("test.grey"), "s": Node("test.slow")}, "a.image -> s.image")
    jobs = keyed(graph, "").jobs
    assert (bool(jobs["a"].key), jobs["s"].key) == (True, "")


def test_a_linked_seven_is_a_typed_seven() -> None:
    linked = graph_of({"v": Node("test.value", params={"value": 7.0}), **BASE.nodes})
    linked = linked.with_link(Link("a", "image", "n", "image"))
    linked = linked.with_link(Link("v", "value", "n", "count"))
    assert key(linked, "n") == key(BASE.with_param("n", "count", 7), "n")
    assert "v" not in keyed(linked).jobs


def test_literal_nodes_fold_through_each_other() -> None:
    graph = graph_of(
        {"v": Node("test.value", params={"value": 3.0}), "s": Node("test.switch"), "w": Node("test.value")},
        "v.value -> s.inputs[0]",
        "s.value -> w.value",
    )  # fmt: skip
    assert keyed(graph).folded["w", "value"] == Given(3.0)


def test_the_content_of_a_file_counts_and_not_its_name(tmp_path: Path) -> None:
    def of(name: str) -> str:
        graph = graph_of({"f": Node("test.file", params={"file": name})})
        return key(graph, "f", folder=tmp_path)

    for name, text in (("a", "one"), ("b", "one"), ("c", "two")):
        (tmp_path / name).write_text(text)
    assert of("a") == of("b")
    assert of("a") != of("c")


def test_a_file_that_stands_in_for_a_link_counts_while_nothing_is_linked(tmp_path: Path) -> None:
    def at(text: str, graph: Graph) -> str:
        (tmp_path / "face.onnx").write_text(text)
        return key(graph, "s", folder=tmp_path)

    alone = graph_of({"s": Node("test.stand_in")})
    linked = graph_of({"a": Node("test.grey"), "s": Node("test.stand_in")}, "a.image -> s.image")
    assert at("one", alone) != at("two", alone)
    assert at("one", linked) == at("two", linked)


def test_a_file_that_stands_in_is_looked_at_again(tmp_path: Path) -> None:
    graph = graph_of({"s": Node("test.stand_in")})
    (tmp_path / "face.onnx").write_text("one")
    before = keyed(graph, folder=tmp_path)
    (tmp_path / "face.onnx").write_text("two")
    after = keyed(graph, folder=tmp_path, before=before)
    assert after.jobs["s"].key != before.jobs["s"].key


def test_a_file_that_stands_in_may_be_missing(tmp_path: Path) -> None:
    assert key(graph_of({"s": Node("test.stand_in")}), "s", folder=tmp_path)


def test_a_touched_file_moves_nothing_and_a_changed_one_does(tmp_path: Path) -> None:
    path = tmp_path / "a"
    graph = graph_of({"f": Node("test.file", params={"file": "a"})})
    prints = Fingerprints()
    world = World(REGISTRY, prints, lambda ref: tmp_path / ref.path)
    path.write_text("one")
    before = keys(graph, world).jobs["f"].key
    os.utime(path, (5, 5))
    assert keys(graph, world).jobs["f"].key == before
    path.write_text("two")
    assert keys(graph, world).jobs["f"].key != before


def test_a_frozen_node_has_the_key_of_its_result_while_that_is_held() -> None:
    graph = chain(2).with_mode("n0", "frozen", "f" * 40)
    assert keyed(graph, held=lambda wanted: set(wanted)).jobs["n0"].key == "f" * 40
    assert key(graph, "n0") == key(chain(2), "n0")


def test_a_fault_is_kept_with_its_place() -> None:
    job = keyed(BASE.with_param("n", "amount", 99)).jobs["n"]
    assert job.error is not None
    assert (job.key, job.error.code, str(job.error.place)) == ("", "E_RANGE", "n.amount")


def test_only_what_is_wanted_is_keyed() -> None:
    job = keys(chain(3), World(REGISTRY, Fingerprints(), lambda ref: Path()), ["n0"]).jobs
    assert list(job) == ["start", "n0"]


def test_seeds_and_texts_do_not_change_the_cost_of_a_node() -> None:
    jobs = [
        keyed(BASE.with_param("n", name, value)).jobs["n"]
        for name, value in (("label", "a"), ("label", "b"), ("count", 3))
    ]
    assert shape_of(jobs[0]) == shape_of(jobs[1]) != shape_of(jobs[2])


def test_keys_are_the_same_for_ever() -> None:
    assert key(BASE, "n") == "bef7a4c2ebb91f5eec795cd8b75b7656449c48bd"


def test_keys_made_after_others_are_those_made_alone() -> None:
    literal = graph_of(
        {"v": Node("test.value", params={"value": 0.3}), **BASE.nodes},
        *map(str, BASE.links), "v.value -> n.amount",
    )  # fmt: skip
    versions = [
        literal,
        literal.with_param("a", "level", 0.9),
        literal.with_param("v", "value", 0.7),
        literal.without_links(literal.links[-1]),
        BASE.with_param("n", "count", -1),
        BASE,
        BASE.with_param("n", "label", '"image":{"made":"'),
        BASE.with_link(Link("a", "image", "n", "other")),
        BASE.with_link(Link("a", "image", "n", "other")).with_param("a", "level", 0.4),
        BASE.with_mode("n", "frozen", "k"),
        graph_of({"a": Node("test.value"), "n": BASE.nodes["n"]}, *map(str, BASE.links)),
        BASE,
    ]
    before = keyed(BASE, policy="another")
    for version in versions:
        before = keyed(version, before=before)
        alone = keyed(version)
        assert {k: job.key for k, job in before.jobs.items()} == {
            k: job.key for k, job in alone.jobs.items()
        }


def test_what_no_edit_reaches_keeps_its_job() -> None:
    graph = chain(3)
    before = keyed(graph)
    after = keyed(graph.with_param("n1", "amount", 0.7), before=before)
    assert [after.jobs[node] is job for node, job in before.jobs.items()] == [
        True, True, False, False,
    ]  # fmt: skip


def test_frozen_nodes_are_asked_for_again() -> None:
    graph = chain(2).with_mode("n0", "frozen", "f" * 40)
    before = keyed(graph)
    assert keyed(graph, before=before, held=set).jobs["n0"].key == "f" * 40


def test_a_linked_pattern_says_which_files_count(tmp_path: Path) -> None:
    nodes = {
        "t": Node("test.text", params={"value": "*.md"}),
        "f": Node("test.folder", params={"folder": "in", "pattern": "*.txt"}),
    }
    graph = graph_of(nodes, "t.value -> f.pattern")
    folder = tmp_path / "in"
    folder.mkdir()
    before = key(graph, "f", folder=tmp_path)
    (folder / "other.txt").write_text("not looked at")
    assert key(graph, "f", folder=tmp_path) == before
    (folder / "one.md").write_text("looked at")
    assert key(graph, "f", folder=tmp_path) != before
