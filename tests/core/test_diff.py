"""What changed between two graphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.core.diff import Diff, applied, diff, replaced
from studio.core.graph import Graph, Link, Node
from tests import strategies

A = Graph({"a": Node("toy.add"), "b": Node("toy.add")}, (Link("a", "value", "b", "a"),))


@given(strategies.graphs(), strategies.graphs())
@strategies.examples(20, 500)
def test_applied_to_before_it_gives_after(before: Graph, after: Graph) -> None:
    found = applied(diff(before, after), before)
    assert found == after
    assert list(found.nodes) == list(after.nodes)


@given(strategies.graphs(), st.lists(strategies.edits(), max_size=8))
@strategies.examples(20, 500)
def test_applied_after_edits_it_gives_after(before: Graph, edits: list[strategies.Edit]) -> None:
    after = before
    for edit in edits:
        after = edit(after)
    assert applied(diff(before, after), before) == after
    assert applied(diff(after, before), after) == before


def test_nothing_changed() -> None:
    assert not diff(A, A)
    assert diff(A, Graph(dict(A.nodes), tuple(A.links))) == Diff()


def test_a_parameter_is_one_changed_node() -> None:
    found = diff(A, A.with_param("a", "a", 1))
    assert (list(found.changed), found.added, found.whole) == (["a"], {}, {})
    assert found.computes


def test_a_new_node_with_a_link() -> None:
    link = Link("a", "value", "c", "a")
    found = diff(A, A.with_node("c", Node("toy.add")).with_link(link))
    assert (list(found.added), found.linked, found.unlinked) == (["c"], (link,), ())
    assert diff(A, A.without_nodes("a")).unlinked == A.links


def test_a_moved_node_and_a_new_title_compute_nothing() -> None:
    moved = A.with_view(A.view.moved({"a": (5, 5)})).with_title("x").with_form(["a.a"])
    found = diff(A, moved)
    assert found
    assert not found.computes


def test_what_was_replaced_is_found_by_identity_in_order() -> None:
    one, other = [1], [1]
    assert replaced({"a": one, "b": one}, {"c": one, "a": one, "b": other}) == ["c", "b"]
    assert replaced({"a": one}, {}) == []


def test_what_was_asked_about_before_is_not_mistaken_for_the_same() -> None:
    other, third = A.with_param("a", "a", 1), A.with_param("b", "a", 2)
    found = [diff(A, other), diff(A, third), diff(other, third), diff(A, other)]
    assert [[*change.changed] for change in found] == [["a"], ["b"], ["a", "b"], ["a"]]
