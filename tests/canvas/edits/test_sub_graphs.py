"""Making and dissolving sub-graphs; what runs is the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from studio.canvas.edits import dissolve, ports, sub_graphs
from studio.canvas.fits import End
from studio.core import check
from studio.core.document import read, write
from studio.core.errors import GraphError
from studio.core.expand import expand
from studio.core.graph import Graph, Node
from studio.core.sub_graphs import specs
from studio.core.view import Frame, Layout
from studio.engine.fingerprint import Fingerprints
from studio.engine.keys import World, keys
from tests.canvas.stage import REGISTRY, blurs, node, placed
from tests.canvas.test_fits import toy_graphs
from tests.strategies import examples

WORLD = World(REGISTRY, Fingerprints(), lambda ref: Path(ref.path), "p")


def made(graph: Graph, *nodes: str) -> tuple[Graph, str]:
    return sub_graphs.made(graph, nodes, "Group", specs(graph, REGISTRY))


def dissolved(graph: Graph, key: str) -> Graph:
    return dissolve.dissolved(graph, key, specs(graph, REGISTRY))[0]


def texts(graph: Graph) -> set[str]:
    return set(map(str, graph.links))


def keyed(graph: Graph) -> dict[str, str]:
    """Return the key of each node by the last part of its id."""
    jobs = keys(expand(graph, REGISTRY), WORLD).jobs
    return {key.rpartition("/")[2]: job.key for key, job in jobs.items()}


ROW = ("i.image -> b.image", "b.image -> c.image", "c.image -> s.value")


def test_links_across_the_border_become_ports() -> None:
    graph, key = made(blurs(*ROW), "b", "c")
    assert texts(graph) == {f"i.image -> {key}.image", f"{key}.image -> s.value"}
    item = graph.graphs["sub_graph"]
    assert texts(item.graph) == {"b.image -> c.image"}
    assert [port.ends for port in item.inputs.values()] == [("b.image",)]
    assert [port.ends for port in item.outputs.values()] == [("c.image",)]


def test_one_output_outside_needs_one_port() -> None:
    graph, key = made(blurs("i.image -> b.image", "i.image -> c.image"), "b", "c")
    assert [port.ends for port in graph.graphs["sub_graph"].inputs.values()] == [
        ("b.image", "c.image")
    ]
    assert texts(graph) == {f"i.image -> {key}.image"}


def test_a_node_in_between_is_refused() -> None:
    with pytest.raises(GraphError, match="b stands between"):
        made(blurs(*ROW), "i", "c")
    with pytest.raises(GraphError, match="no nodes"):
        made(blurs(*ROW))


def test_an_order_that_would_change_is_refused() -> None:
    kinds = {"n": "toy.number", "m": "toy.number", "t": "toy.sum"}
    graph = placed(
        {key: node(kind) for key, kind in kinds.items()},
        "n.value -> t.items[0]",
        "m.value -> t.items[1]",
    )
    with pytest.raises(GraphError, match="would come after"):
        made(graph, "m", "t")
    inside, _ = made(graph, "n", "t")
    assert keyed(inside)["t"] == keyed(graph)["t"]


def test_what_the_form_shows_becomes_a_parameter() -> None:
    graph, key = made(blurs(*ROW).with_form(["b.radius", "i.seed"]), "b", "c")
    assert graph.form == (f"{key}.radius", "i.seed")
    assert graph.graphs["sub_graph"].inputs["radius"].ends == ("b.radius",)
    assert dissolved(graph, key).form == ("b.radius", "i.seed")


def test_places_frames_and_reroutes_go_along() -> None:
    graph = blurs(*ROW)
    view = graph.view
    graph = graph.with_view(
        type(view)(
            view.layout,
            {"b.image -> c.image": ((450.0, 9.0),), "i.image -> b.image": ((250.0, 5.0),)},
            frames=(Frame("inner", None, ("b", "c")), Frame("outer", None, ("b", "s"))),
        )
    )
    found, key = made(graph, "b", "c")
    inner = found.graphs["sub_graph"].graph.view
    assert [frame.title for frame in inner.frames] == ["inner"]
    assert inner.reroutes == {"b.image -> c.image": ((450.0, 9.0),)}
    assert [(frame.title, frame.nodes) for frame in found.view.frames] == [("outer", ("s", key))]
    assert list(found.view.reroutes.values()) == [((250.0, 5.0),)]
    assert found.view.layout[key] == Layout((450.0, 0.0))
    back = dissolved(found, key)
    assert back.view.layout["b"].at == (300.0, 0.0)
    assert back.view.reroutes["b.image -> c.image"] == ((450.0, 9.0),)


def test_dissolving_gives_the_graph_back() -> None:
    graph = blurs(*ROW)
    found, key = made(graph, "b", "c")
    back = dissolved(found, key)
    assert (dict(back.nodes), set(back.links)) == (dict(graph.nodes), set(graph.links))


def test_dissolving_refuses_what_would_change() -> None:
    found, key = made(blurs(*ROW), "b", "c")
    with pytest.raises(GraphError, match="muted"):
        dissolved(found.with_mode(key, "muted"), key)
    with pytest.raises(GraphError, match="no sub-graph"):
        dissolved(found, "i")


def test_values_of_a_use_stay_when_it_is_dissolved() -> None:
    found, key = made(blurs(*ROW).with_form(["b.radius"]), "b", "c")
    found = found.with_param(key, "radius", 7.0)
    assert dissolved(found, key).nodes["b"].params["radius"] == 7.0
    assert keyed(found) == keyed(dissolved(found, key))


@examples(60, 1000)
@given(toy_graphs(files=False), st.data())
def test_expanded_equals_inlined(graph: Graph, data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from(sorted(graph.nodes)), min_size=1))
    try:
        found, key = made(graph, *chosen)
    except GraphError:
        assume(False)
    assert keyed(found) == keyed(graph)
    before = {issue.code for issue in check.issues(graph, REGISTRY)}
    after = {issue.code for issue in check.issues(found, REGISTRY)}
    assert after <= before
    assert read(write(found)).graphs == found.graphs
    assert keyed(dissolved(found, key)) == keyed(graph)


@examples(40, 600)
@given(toy_graphs(files=False), st.data())
def test_nested_sub_graphs_run_as_drawn(graph: Graph, data: st.DataObject) -> None:
    def drawn(held: Graph) -> Graph:
        chosen = data.draw(st.sets(st.sampled_from(sorted(held.nodes)), min_size=1))
        try:
            return made(held, *chosen)[0]
        except GraphError:
            return held

    found = drawn(drawn(graph))
    assert keyed(found) == keyed(graph)
    for key in [key for key, item in found.nodes.items() if item.sub_graph]:
        found = dissolved(found, key)
    assert keyed(found) == keyed(graph)


# --- Ports ---


def nested() -> tuple[Graph, tuple[str, str]]:
    """Return a document with two sub-graphs in each other, and the way to the inner one."""
    inner, key = made(blurs(*ROW), "b", "c")
    outer, top = made(inner, key)
    return outer, (top, key)


def promoted(graph: Graph, trail: tuple[str, ...], end: End, levels: int = 1) -> tuple[Graph, str]:
    return ports.promoted(graph, trail, end, specs(graph, REGISTRY), levels)


RADIUS = End("b", "radius", "input")


def test_a_parameter_is_promoted_to_the_top_at_once() -> None:
    graph, trail = nested()
    found, port = promoted(graph, trail, RADIUS, levels=2)
    spec = specs(found, REGISTRY)(found.nodes[trail[0]].type)
    item = spec.input(port) if spec else None
    assert item is not None
    assert (item.widget, item.default) == (REGISTRY.specs["toy.blur"].input("radius").widget, 1.0)  # type: ignore[union-attr]
    flat = expand(found.with_param(trail[0], port, 5.0), REGISTRY)
    assert flat.nodes["/".join((*trail, "b"))].params["radius"] == 5.0
    assert keyed(found) == keyed(graph)


def test_a_promoted_parameter_is_promoted_once() -> None:
    graph, trail = nested()
    once, port = promoted(graph, trail, RADIUS)
    assert promoted(once, trail, RADIUS) == (once, port)


def test_an_output_is_promoted_and_can_be_linked() -> None:
    graph, trail = nested()
    found, port = promoted(graph, trail, End("b", "image", "output"), levels=2)
    assert ports.ports_of(found.graphs[found.nodes[trail[0]].sub_graph], "output")[port]


def test_promoting_needs_a_sub_graph_and_a_socket() -> None:
    graph, trail = nested()
    with pytest.raises(GraphError):
        promoted(graph, (), RADIUS)
    with pytest.raises(GraphError):
        promoted(graph, trail, End("b", "nothing", "input"))
    with pytest.raises(GraphError):
        promoted(graph, ("i",), RADIUS)


def test_demoting_takes_links_values_and_form_along_and_keeps_the_value_inside() -> None:
    graph, trail = nested()
    found, port = promoted(graph, trail, RADIUS)
    name = ports.definition_of(found, trail)
    owner = ports.definition_of(found, trail[:1])
    item = found.graphs[owner]
    inside = item.graph.with_param(trail[1], port, 4.0)
    found = found.with_graph(owner, type(item)(item.title, item.inputs, item.outputs, inside))
    back = ports.demoted(found, trail, "input", port)
    assert port not in back.graphs[name].inputs
    assert back.graphs[name].graph.nodes["b"].params["radius"] == 4.0
    assert port not in back.graphs[owner].graph.nodes[trail[1]].params
    assert keyed(back) == keyed(found)


def test_demoting_a_linked_port_breaks_its_links() -> None:
    found, key = made(blurs(*ROW), "b", "c")
    port = next(iter(found.graphs["sub_graph"].inputs))
    back = ports.demoted(found, (key,), "input", port)
    assert not back.links_to(key)
    assert not [issue for issue in check.issues(back, REGISTRY) if issue.code == "G009"]


def test_a_port_that_is_shown_further_out_goes_there_too_and_its_value_stays() -> None:
    graph, trail = nested()
    found, port = promoted(graph, trail, RADIUS, levels=2)
    found = found.with_param(trail[0], port, 4.0).with_form([f"{trail[0]}.{port}"])
    inner = ports.definition_of(found, trail)
    back = ports.demoted(found, trail, "input", "radius")
    assert port not in back.graphs[ports.definition_of(found, trail[:1])].inputs
    assert back.graphs[inner].graph.nodes["b"].params["radius"] == 4.0
    assert (back.form, back.nodes[trail[0]].params) == ((), {})
    assert keyed(back) == keyed(found)


def within(root: Graph, key: str, change: Callable[[Graph, str], Graph]) -> Graph:
    """Edit the graph inside a sub-graph as the canvas does."""
    name = root.nodes[key].sub_graph
    scene = change(replace(root.graphs[name].graph, graphs=root.graphs), name)
    item = replace(scene.graphs[name], graph=replace(scene, graphs={}))
    return ports.without_lost(replace(root, graphs={**scene.graphs, name: item}), name)


def test_a_sub_graph_made_inside_another_keeps_the_links_and_values_of_that() -> None:
    graph, key = made(blurs(*ROW), "b", "c")
    graph, port = promoted(graph, (key,), RADIUS)
    graph = graph.with_param(key, port, 5.0)

    def group(scene: Graph, name: str) -> Graph:
        return sub_graphs.made(scene, ["b", "c"], "Deep", specs(scene, REGISTRY), name)[0]

    def ungroup(scene: Graph, name: str) -> Graph:
        deep = next(node for node in scene.nodes if scene.nodes[node].sub_graph)
        return dissolve.dissolved(scene, deep, specs(scene, REGISTRY), name)[0]

    deep = within(graph, key, group)
    assert len(deep.graphs) == 2
    assert (texts(deep), deep.nodes[key].params) == (texts(graph), {port: 5.0})
    assert keyed(deep) == keyed(graph)
    back = within(deep, key, ungroup)
    assert back.graphs["sub_graph"].inputs == graph.graphs["sub_graph"].inputs
    assert back.graphs["sub_graph"].outputs == graph.graphs["sub_graph"].outputs
    assert keyed(back) == keyed(graph)


def test_ports_are_reordered_and_renamed_without_losing_links() -> None:
    graph, key = made(blurs(*ROW), "b", "c")
    graph, port = promoted(graph, (key,), RADIUS)
    found = ports.reordered(graph, (key,), "input", port, 0)
    found = ports.renamed(found, (key,), "input", port, "Softness")
    assert next(iter(found.graphs["sub_graph"].inputs)) == port
    assert found.graphs["sub_graph"].inputs[port].name == "Softness"
    assert (found.links, keyed(found)) == (graph.links, keyed(graph))


def test_ports_whose_nodes_are_gone_go_too() -> None:
    graph, key = made(blurs(*ROW), "b", "c")
    item = graph.graphs["sub_graph"]
    inside = item.graph.without_nodes("c")
    graph = graph.with_graph("sub_graph", type(item)(item.title, item.inputs, item.outputs, inside))
    found = ports.without_lost(graph, "sub_graph")
    assert found.graphs["sub_graph"].outputs == {}
    assert texts(found) == {f"i.image -> {key}.image"}
    assert "G016" not in {issue.code for issue in check.issues(found, REGISTRY)}


def test_ports_of_any_type_stay_apart() -> None:
    graph = placed({"x": node("toy.switch"), "y": node("toy.switch"), "s": Node("toy.show")})
    graph, key = made(graph, "x", "y")
    for inner in ("x", "y"):
        graph, _ = promoted(graph, (key,), End(inner, "first", "input"))
    kinds = [port.type for port in graph.graphs["sub_graph"].inputs.values()]
    assert len(set(kinds)) == 2
    assert all(kind.startswith("any:") for kind in kinds)


def test_a_sub_graph_has_a_title() -> None:
    graph, _ = made(blurs(*ROW), "b")
    assert ports.titled(graph, "sub_graph", "Soft").graphs["sub_graph"].title == "Soft"
