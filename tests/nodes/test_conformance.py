"""What holds for every node type; new ones are taken in by themselves.

``python -m tests.nodes.test_conformance`` writes the snapshot of all specs anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

import nodes
from studio.core.context import result_of
from studio.core.define import spec_of
from studio.core.errors import all_errors
from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry, load_function
from studio.core.spec import Input, NodeSpec, Output
from studio.core.values import Image, Mask, Sequence
from studio.core.widgets import (
    BODY_POINTS,
    Boxes,
    Choice,
    Curve,
    FileRef,
    ModelFile,
    Points,
    Range,
    Seed,
    Table,
    Text,
    Toggle,
)
from studio.engine.fingerprint import Fingerprints
from studio.engine.keys import Keyed, World, keys
from tests.nodes.fakes import FakeEffect, FakeOutput, pixels

SNAPSHOT = Path(__file__).parent.parent / "data" / "specs.txt"
WEIGHTLESS = ("Image", "Mask", "Latent", "Sequence[any:T]", "any:T")


@cache
def registry() -> Registry:
    """Return all built-in node types."""
    made = Registry()
    made.scan(nodes)
    return made


def all_specs() -> list[NodeSpec]:
    return sorted(registry().specs.values(), key=lambda spec: spec.id)


def named(specs: Iterable[NodeSpec]) -> list[Any]:
    """Return parameters for pytest; what carries tensors is of the class that loads torch."""
    marks = {True: [pytest.mark.torch], False: []}
    return [pytest.param(spec, id=spec.id, marks=marks[needs_torch(spec)]) for spec in specs]


def needs_torch(spec: NodeSpec) -> bool:
    return any(item.type == "Latent" for item in spec.inputs)


def is_callable(spec: NodeSpec) -> bool:
    """Tell whether a node can be called here: it needs no weights and no device."""
    sockets = all(item.type in WEIGHTLESS for item in spec.inputs if item.is_socket)
    weights = any(isinstance(item.widget, ModelFile) for item in spec.inputs)
    return sockets and not weights and (spec.effect or not spec.context)


every_node = pytest.mark.parametrize("spec", [pytest.param(s, id=s.id) for s in all_specs()])
every_callable_node = pytest.mark.parametrize("spec", named(filter(is_callable, all_specs())))


# --- What a node says ---


def test_every_module_loads() -> None:
    assert registry().failures == ()
    assert len(registry().specs) >= 22


@every_node
def test_a_node_is_found_by_its_spec(spec: NodeSpec) -> None:
    function = load_function(spec)
    assert spec_of(function) == spec
    assert spec.id.split(".")[0] == spec.implementation.split(".")[1]


@every_node
def test_a_node_is_documented(spec: NodeSpec) -> None:
    assert len(spec.summary) <= 100
    assert all(item.help.endswith(".") for item in spec.inputs)
    known = {error.__name__ for error in all_errors().values()}
    assert {name for name, _ in spec.raises} <= known


@every_node
def test_defaults_are_in_range(spec: NodeSpec) -> None:
    unset = (None, FileRef(""))
    values = [item for item in spec.inputs if not item.required and item.default not in unset]
    assert [item.name for item in values if item.problem(item.default)] == []


@every_node
def test_values_that_are_not_offered_are_refused_and_never_replaced(spec: NodeSpec) -> None:
    """T7, T8, T9: neither an unknown name nor a number out of range becomes a default in silence."""
    for item in spec.inputs:
        if isinstance(item.widget, Choice):
            assert item.problem("no such thing"), item.name
        if isinstance(item.widget, Range):
            low, high = item.widget.low, item.widget.high
            assert item.problem(high + 1 if high < 2**60 else float("inf")), item.name
            assert item.problem(low - 1 if low > -(2**60) else float("nan")), item.name


@every_node
def test_many_parameters_stand_in_groups(spec: NodeSpec) -> None:
    edited = [item for item in spec.inputs if not item.is_socket]
    assert len(edited) <= 8 or any(item.group for item in edited)


@every_node
def test_what_hides_a_parameter_is_one_of_its_neighbours(spec: NodeSpec) -> None:
    for item in spec.inputs:
        other = spec.input(item.when.input) if item.when else None
        assert (item.when is None) == (other is None)
        if item.when and other:
            assert [value for value in item.when.values if other.problem(value)] == []


# --- Keys ---


def another(item: Input) -> Any:
    """Return a valid value that differs from the default."""
    widget = item.widget
    if isinstance(widget, Toggle):
        return not item.default
    if isinstance(widget, Choice):
        return next(option for option in widget.options if option != item.default)
    if isinstance(widget, Text):
        return "other"
    if isinstance(widget, Seed):
        return item.default + 1
    if isinstance(widget, Range):
        step = widget.multiple or (0.25 if item.type == "float" else 1)
        near = [item.default + step, item.default - step]
        return next(value for value in near if item.problem(value) is None)
    if isinstance(widget, Points):
        return (((0.5, 0.5, 1.0),) * BODY_POINTS,)
    if isinstance(widget, Table):
        return (("other",),)
    if isinstance(widget, Curve):
        return ((0.0, 0.5), (1.0, 1.0))
    return {"off": [1]} if isinstance(widget, Boxes) else {"path": "second.png"}


def keyed(spec: NodeSpec, params: dict[str, Any], folder: Path) -> Keyed:
    """Return the keys of a graph with this node and something on each of its sockets."""
    with_feeds = Registry()
    with_feeds.add(spec)
    graph = Graph({"node": Node(spec.id, spec.version, params)})
    sockets = [item for item in spec.inputs if item.is_socket and item.required]
    filled = [item for item in sockets for _ in range(1 + item.many)]
    for number, item in enumerate(filled):
        feed = NodeSpec(f"feed.n{number}", 1, "", "", "", "", (), (Output("v", item.type),), "a:b")
        with_feeds.add(feed)
        link = Link(feed.id, "v", "node", item.name, number if item.many else None)
        graph = replace(graph, nodes={**graph.nodes, feed.id: Node(feed.id)})
        graph = replace(graph, links=(*graph.links, link))
    world = World(with_feeds, Fingerprints(), lambda ref: folder / ref.path, "policy")
    return keys(graph, world)


def name_of(spec: NodeSpec, params: dict[str, Any], folder: Path) -> Any:
    """Return the key of the node, or what it folds to."""
    found = keyed(spec, params, folder)
    if "node" in found.jobs:
        job = found.jobs["node"]
        assert job.error is None, job.error
        assert job.key
        return job.key
    return repr({key: value for key, value in found.folded.items() if key[0] == "node"})


@every_node
def test_every_parameter_moves_the_key(spec: NodeSpec, tmp_path: Path) -> None:
    (tmp_path / "first.png").write_bytes(b"first")
    (tmp_path / "second.png").write_bytes(b"second")
    files = {item.name: {"path": "first.png"} for item in spec.inputs if item.type == "file"}
    before = name_of(spec, files, tmp_path)
    assert name_of(spec, files, tmp_path) == before
    still = [
        item.name
        for item in spec.inputs
        if item.widget and name_of(spec, {**files, item.name: another(item)}, tmp_path) == before
    ]
    assert still == []


# --- Calls ---


def arguments(spec: NodeSpec, folder: Path) -> dict[str, Any]:
    """Return something for every input, read-only where that is possible."""
    given = {item.name: argument(item, folder) for item in spec.inputs}
    if spec.context:
        given["ctx"] = FakeEffect(FakeOutput(folder / "output"))
    return given


def argument(item: Input, folder: Path) -> Any:
    if item.type in ("file", "asset"):
        is_folder = getattr(item.widget, "folder", False)
        return folder if is_folder else folder / "a.png"
    if not item.is_socket:
        small = isinstance(item.widget, Range) and item.default > 64
        return 4 if small else item.default
    value = socket_value(item.type)
    return (value, value) if item.many else value


def socket_value(kind: str) -> Any:
    if kind == "Mask":
        return Mask(pixels((2, 12, 16)))
    if kind == "Latent":
        return latent()
    image = Image(pixels((2, 12, 16, 4)))
    return Sequence((image, image)) if kind.startswith("Sequence") else image


def latent() -> Any:
    import torch

    from studio.core.values import Latent

    return Latent(torch.linspace(-1, 1, 2 * 4 * 6 * 8).reshape(2, 4, 6, 8), "sd15")


def bits(value: Any) -> Any:
    """Return the content of a value, so that two can be compared to the last bit."""
    if is_dataclass(value) and not isinstance(value, type):
        return [bits(getattr(value, entry.name)) for entry in fields(value)]
    if isinstance(value, tuple | list):
        return [bits(item) for item in value]
    if hasattr(value, "tobytes"):
        return (value.shape, str(value.dtype), value.tobytes())
    return bits(value.numpy()) if hasattr(value, "numpy") else value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        Pillow.fromarray(np.full((12, 16, 3), ord(name), np.uint8)).save(tmp_path / f"{name}.png")
    return tmp_path


def call(spec: NodeSpec, given: dict[str, Any]) -> Any:
    result = load_function(spec)(**given)
    return result_of(result) if spec.streams else result


@every_callable_node
def test_inputs_stay_as_they_are(spec: NodeSpec, folder: Path) -> None:
    given = arguments(spec, folder)
    inputs = {name: value for name, value in given.items() if name != "ctx"}
    before = bits(list(inputs.values()))
    call(spec, given)
    assert bits(list(inputs.values())) == before


@every_callable_node
def test_the_same_inputs_give_the_same_result(spec: NodeSpec, folder: Path) -> None:
    first, second = (bits(call(spec, arguments(spec, folder))) for _ in range(2))
    assert first == second
    assert spec.effect or first not in (None, [])


@pytest.mark.parametrize(
    "spec", named(spec for spec in all_specs() if spec.streams and is_callable(spec))
)
def test_a_node_that_takes_time_can_be_left_at_every_step(spec: NodeSpec, folder: Path) -> None:
    walk = load_function(spec)(**arguments(spec, folder))
    step = next(walk)
    assert 1 <= step.done <= step.total
    walk.close()
    assert walk.gi_frame is None


# --- The snapshot ---


def snapshot() -> str:
    """Return ids, versions, inputs, types, defaults and outputs as text."""
    return "\n".join(line for spec in all_specs() for line in described(spec)) + "\n"


def described(spec: NodeSpec) -> Iterable[str]:
    words = [name for name in ("folds", "streams", "context", "effect") if getattr(spec, name)]
    yield " ".join([spec.id, str(spec.version), *words, *(f"was {old}" for old in spec.replaces)])
    for item in spec.inputs:
        kind = f"{item.type}, many" if item.many else item.type
        tail = "" if item.required else f" = {item.default!r}"
        shown = f" if {item.when.input} in {item.when.values!r}" if item.when else ""
        yield f"  {item.name}: {kind}{tail}" + (f"  {item.widget}" if item.widget else "") + shown
    for output in spec.outputs:
        yield f"  -> {output.name}: {output.type}"


def test_the_specs_are_those_of_the_snapshot() -> None:
    assert snapshot() == SNAPSHOT.read_text("utf-8"), (
        "a spec changed: does it need a version, a migration, a line in the change log? "
        "Then write the snapshot anew with python -m tests.nodes.test_conformance"
    )


if __name__ == "__main__":
    SNAPSHOT.write_text(snapshot(), "utf-8")
