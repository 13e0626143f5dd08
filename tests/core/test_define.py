"""From a function to a node type."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import pytest

from studio.core.context import Context, Progress, Steps
from studio.core.define import node, spec_of
from studio.core.errors import NodeDefinitionError
from studio.core.spec import Need, spec_from_data
from studio.core.values import ControlNet, Detector, Image, Mask, Sequence
from studio.core.widgets import Choice, Curve, FilePath, ModelFile, Range, Seed, Text, When
from tests import fakes

T = TypeVar("T")


def refusal(function: Callable[..., Any]) -> str:
    with pytest.raises(NodeDefinitionError) as caught:
        node("x.y", category="X")(function)
    said = str(caught.value)
    assert f"{function.__qualname__} ({__file__}:{function.__code__.co_firstlineno}): " in said
    return said.partition("): ")[2]


def test_the_decorator_returns_the_same_function() -> None:
    def double(a: int) -> int:
        """Double a number.

        Args:
            a: The number.
        """
        return 2 * a

    assert node("x.y", category="X")(double) is double
    assert double(3) == 6


def test_parameters_stand_in_the_groups_of_their_author() -> None:
    def add(a: int = 0, b: int = 0, c: int = 0) -> int:
        """Add numbers.

        Args:
            a: One.
            b: Another.
            c: A third.
        """
        return a + b + c

    spec = spec_of(node("x.y", category="X", groups={"Main": ("b", "a")})(add))
    assert [item.group for item in spec.inputs] == ["Main", "Main", ""]
    assert spec_from_data(json.loads(json.dumps(spec.as_data()))) == spec
    with pytest.raises(NodeDefinitionError, match="groups name d, which is no parameter"):
        node("x.y", category="X", groups={"Main": ("d",)})(add)
    with pytest.raises(NodeDefinitionError, match="twice"):
        node("x.y", category="X", groups={"Main": ("a",), "Other": ("a",)})(add)


def test_files_stand_in_for_optional_sockets_only() -> None:
    def look(image: Image, detector: Detector | None = None) -> Image:
        """Look.

        Args:
            image: One.
            detector: Another.
        """
        return image

    spec = spec_of(node("x.y", category="X", stand_ins={"detector": "starter/a"})(look))
    assert [item.stand_in for item in spec.inputs] == ["", "starter/a"]
    assert spec_from_data(json.loads(json.dumps(spec.as_data()))) == spec
    for name in ("image", "nothing"):
        with pytest.raises(NodeDefinitionError, match=f"stand_ins name {name}"):
            node("x.y", category="X", stand_ins={name: "starter/a"})(look)


def test_only_numbers_may_not_be_below_others() -> None:
    def cut(start: int = 0, end: int = 1, name: str = "") -> int:
        """Cut.

        Args:
            start: First.
            end: Last.
            name: Of it.
        """
        return end - start

    spec = spec_of(node("x.y", category="X", floors={"end": "start"})(cut))
    assert [item.floor for item in spec.inputs] == ["", "start", ""]
    with pytest.raises(NodeDefinitionError, match="floors name name"):
        node("x.y", category="X", floors={"end": "name"})(cut)


def test_sockets_say_what_networks_have_to_know() -> None:
    def steer(net: ControlNet, strength: float = 1.0, kind: str = "auto") -> Image:
        """Steer.

        Args:
            net: What steers.
            strength: How much.
            kind: What it is shown.
        """
        raise AssertionError(net, strength, kind)

    need = Need("strength", "kind")
    spec = spec_of(node("x.y", category="X", needs={"net": need})(steer))
    assert [item.need for item in spec.inputs] == [need, None, None]
    assert spec_from_data(json.loads(json.dumps(spec.as_data()))) == spec
    for wrong in ({"kind": need}, {"net": Need("kind")}, {"net": Need("strength", "strength")}):
        with pytest.raises(NodeDefinitionError, match=r"needs name (kind|strength), which is of"):
            node("x.y", category="X", needs=wrong)(steer)


def test_several_nodes_can_share_the_help_of_a_parameter() -> None:
    def scale(a: int, size: Annotated[int, Range(0, 9), "How large it is."] = 1) -> int:
        """Scale a number.

        Args:
            a: The number.
        """
        return a * size

    spec = spec_of(node("x.y", category="X")(scale))
    assert [item.help for item in spec.inputs] == ["The number.", "How large it is."]


def test_a_whole_node_is_described() -> None:
    spec = spec_of(fakes.sample)
    kinds = [(item.name, item.type, item.required, item.default) for item in spec.inputs]
    assert kinds == [
        ("model", "DiffusionModel", True, None),
        ("positive", "Conditioning", True, None),
        ("negative", "Conditioning", False, None),
        ("latent", "Latent", False, None),
        ("seed", "int", False, 0),
        ("steps", "int", False, 20),
        ("method", "str", False, "euler"),
        ("order", "int", False, 2),
    ]
    assert [type(item.widget) for item in spec.inputs[4:7]] == [Seed, Range, Choice]
    assert spec.inputs[7].when == When("method", ("custom",))
    assert [(item.name, item.type) for item in spec.outputs] == [("latent", "Latent")]
    assert (spec.streams, spec.context, spec.effect, spec.folds) == (True, True, False, False)
    assert (spec.id, spec.version, spec.title) == ("toy.sample", 1, "Sample")
    assert spec.implementation == f"{fakes.__name__}:sample"
    assert (spec.summary, spec.inputs[5].help) == ("Walk some steps.", "Length of the schedule.")


def test_named_outputs_come_from_a_named_tuple() -> None:
    outputs = [(item.name, item.type, item.help) for item in spec_of(fakes.load).outputs]
    assert outputs == [
        ("model", "DiffusionModel", "The denoiser."),
        ("text_encoder", "TextEncoder", "Reads prompts."),
        ("vae", "Vae", "Leads into latent space."),
    ]


def test_a_node_without_a_result_is_an_effect() -> None:
    spec = spec_of(fakes.save)
    assert (spec.effect, spec.outputs, spec.context) == (True, (), True)


def test_many_any_and_lists_have_their_types() -> None:
    many = spec_of(fakes.total).inputs[0]
    assert (many.type, many.many, many.is_socket, many.required) == ("float", True, True, False)
    assert [item.type for item in spec_of(fakes.switch).inputs] == ["any:T", "any:T", "str"]
    counted, collect = spec_of(fakes.counted), spec_of(fakes.collect)
    assert (counted.outputs[0].name, counted.outputs[0].type) == ("values", "Sequence[int]")
    assert collect.inputs[0].type == "Sequence[int]"


def test_a_default_is_brought_to_its_hint() -> None:
    @node("x.y", category="X")
    def half(a: float = 1, *, file: Annotated[Path, FilePath(output=True)] = Path("a/b")) -> float:
        """Halve.

        Args:
            a: A number.
            file: A file.
        """
        return a / 2

    first, second = spec_of(half).inputs
    assert (first.default, type(first.default), second.default.path) == (1.0, float, "a/b")


@pytest.mark.parametrize("function", [fakes.sample, fakes.load, fakes.save, fakes.total])
def test_a_spec_survives_a_trip_through_json(function: Callable[..., Any]) -> None:
    spec = spec_of(function)
    assert spec_from_data(json.loads(json.dumps(spec.as_data()))) == spec


def no_hint(a) -> Image:  # type: ignore[no-untyped-def]  # the missing hint is what is refused
    """Do."""
    return Image(a)


def no_return(a: Image):  # type: ignore[no-untyped-def]  # the missing hint is what is refused
    """Do."""


def no_args(a: Image) -> Image:
    """Do.

    Args:
        b: Another.
    """
    return a


def unexplained(a: Image) -> Image:
    """Do."""
    return a


def no_period(a: Image) -> Image:
    """Do"""
    return a


def no_docstring(a: Image) -> Image:
    return a


def union(a: Image | Mask) -> Image:
    """Do.

    Args:
        a: It.
    """
    raise NotImplementedError


def unknown_type(a: dict[str, int]) -> Image:
    """Do.

    Args:
        a: It.
    """
    raise NotImplementedError


def bare_path(a: Path) -> Image:
    """Do.

    Args:
        a: It.
    """
    raise NotImplementedError


def wrong_widget(a: Annotated[str, Range(0, 1)] = "") -> Image:
    """Do.

    Args:
        a: It.
    """
    raise NotImplementedError


def two_widgets(a: Annotated[int, Range(0, 1), Seed()] = 0) -> Image:
    """Do.

    Args:
        a: It.
    """
    raise NotImplementedError


def bad_default(a: Annotated[int, Range(0, 1)] = 2) -> Image:
    """Do.

    Args:
        a: It.
    """
    raise NotImplementedError


def optional_widget(a: Annotated[int | None, Range(0, 1)] = None) -> Image:
    """Do.

    Args:
        a: It.
    """
    raise NotImplementedError


def options_of_numbers(a: Literal[1, 2] = 1) -> Image:
    """Do.

    Args:
        a: It.
    """
    raise NotImplementedError


def star(*a: Image) -> Image:
    """Do.

    Args:
        a: It.
    """
    raise NotImplementedError


def early_context(ctx: Context) -> Image:
    """Do."""
    raise NotImplementedError


def unknown_result() -> list[int]:
    """Do."""
    raise NotImplementedError


def unreadable(a: NoSuchName) -> Image:  # type: ignore[name-defined]  # noqa: F821  # refused
    """Do.

    Args:
        a: It.
    """
    raise NotImplementedError


class Silent(NamedTuple):
    """Without Attributes."""

    left: Image


def silent_outputs() -> Silent:
    """Do."""
    raise NotImplementedError


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (no_hint, "'a' has no type hint"),
        (no_return, "'return' has no type hint"),
        (no_args, "Args explains b, which it does not take"),
        (unexplained, "Args does not explain 'a'"),
        (no_period, "must end with a period"),
        (no_docstring, "must end with a period"),
        (union, "write two nodes"),
        (unknown_type, "no link can carry"),
        (bare_path, "needs a widget such as ModelFile"),
        (wrong_widget, "Range cannot edit"),
        (two_widgets, "takes one widget"),
        (bad_default, "the default of 'a' is refused: 2 is outside 0 to 1"),
        (optional_widget, "takes one value"),
        (options_of_numbers, "must all be texts"),
        (star, "use tuple[T, ...]"),
        (early_context, "keyword-only"),
        (unknown_result, "no link can carry"),
        (unreadable, "import their names at run time"),
        (silent_outputs, "Attributes of Silent does not explain 'left'"),
    ],
)
def test_a_broken_rule_is_named_with_function_file_and_line(
    function: Callable[..., Any], said: str
) -> None:
    assert said in refusal(function)


@pytest.mark.parametrize("type_id", ["Sample", "sample x", "", "graph:x", ".a"])
def test_an_odd_id_is_refused(type_id: str) -> None:
    with pytest.raises(NodeDefinitionError, match="lower-case words"):
        node(type_id, category="X")(fakes.image)


def test_a_function_that_is_no_node_has_no_spec() -> None:
    with pytest.raises(NodeDefinitionError, match="not decorated"):
        spec_of(no_period)


def test_values_of_free_widgets_and_steps_are_understood() -> None:
    @node("x.y", category="X")
    def strange(
        file: Annotated[Path, ModelFile("checkpoints")],
        curve: Annotated[tuple[tuple[float, float], ...], Curve()] = ((0.0, 0.0), (1.0, 1.0)),
        note: Annotated[str, Text(2)] = "",
        values: Sequence[T] | None = None,
    ) -> Steps[Sequence[T]]:
        """Do.

        Args:
            file: It.
            curve: It.
            note: It.
            values: It.
        """
        yield Progress(1, 1)
        raise NotImplementedError

    kinds = [(item.type, item.required) for item in spec_of(strange).inputs]
    assert kinds == [
        ("file", True),
        ("curve", False),
        ("str", False),
        ("Sequence[any:T]", False),
    ]
    assert spec_of(strange).outputs[0].type == "Sequence[any:T]"
