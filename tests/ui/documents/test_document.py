from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.canvas.state import Selection
from studio.core.document import read, write
from studio.core.graph import Graph, Link, Node, Port, SubGraph
from studio.core.view import Note, View
from studio.ui.documents.document import Document
from tests.counts import count
from tests.strategies import Edit, edits, examples, graphs
from tests.ui.stores import chain, rename

DRAFTS = Path("drafts")
INNER = Graph({"blur": Node("toy.blur"), "show": Node("toy.show")})
POSTER = Graph(
    {"poster": Node("graph:high", params={"p1": 3}), "plain": Node("toy.blur")},
    graphs={"high": SubGraph("High", {"p1": Port("radius", "float", ("blur.radius",))}, {}, INNER)},
)


def heard(document: Document) -> list[str]:
    """Return what the document says, as it says it."""
    said: list[str] = []
    document.changed.connect(lambda *_: said.append("changed"))
    document.shown.connect(lambda: said.append("shown"))
    document.selected.connect(lambda: said.append("selected"))
    document.renamed.connect(lambda: said.append("renamed"))
    return said


def test_an_edit_is_a_step_that_says_what_changed() -> None:
    document = Document(chain(1), DRAFTS)
    before, seen = document.graph, []
    document.changed.connect(lambda *graphs: seen.append(graphs))
    rename(document, "A")
    assert seen == [(before, document.graph)]
    assert document.steps == ("Call it A",)


def test_an_edit_that_changes_nothing_says_nothing() -> None:
    document = Document(chain(1), DRAFTS)
    said = heard(document)
    document.edit("Nothing", chain(1))
    assert (said, document.steps, document.last_edit) == ([], (), 0.0)


def test_undo_beyond_the_start_and_redo_beyond_the_end_do_nothing() -> None:
    document = Document(chain(1), DRAFTS)
    rename(document, "A")
    document.redo()
    document.undo()
    document.undo()
    assert (document.position, document.graph) == (0, chain(1))


def test_a_document_is_saved_again_when_it_is_undone_to_what_was_saved() -> None:
    document = Document(chain(1), DRAFTS)
    rename(document, "A")
    document.mark_saved(document.graph)
    rename(document, "B")
    assert not document.saved
    document.undo()
    assert document.saved
    assert document.saved_at == 1


def test_the_mark_of_what_is_not_saved_is_told_once() -> None:
    document = Document(chain(1), DRAFTS, title="fixed")
    said = heard(document)
    document.edit("Add", chain(2))
    document.edit("Add", chain(3))
    assert said == ["changed", "renamed", "changed"]


def test_a_document_with_a_file_is_called_like_it() -> None:
    document = Document(Graph(title="inside"), DRAFTS, Path("/home/cat.json"))
    assert (document.title, document.base) == ("cat", str(Path("/home")))


def test_a_new_title_shows_where_there_is_no_file() -> None:
    document = Document(Graph(title="inside"), DRAFTS, title="picture")
    assert document.title == "picture"
    rename(document, "mine")
    assert document.title == "mine"


def test_a_document_without_a_file_has_a_folder_of_its_own() -> None:
    document = Document(Graph(), DRAFTS)
    assert (document.title, document.base) == ("Untitled", str(DRAFTS / document.id))


def test_an_asset_is_kept_beside_the_document(tmp_path: Path) -> None:
    document = Document(Graph(), tmp_path)
    kept = document.add_asset(b"mask", ".png")
    assert Path(document.base, kept.path).read_bytes() == b"mask"


def test_inside_a_sub_graph_edits_go_to_its_definition() -> None:
    document = Document(POSTER, DRAFTS)
    document.enter("poster")
    document.edit_scene("Set radius", document.scene.with_param("blur", "radius", 9))
    assert document.graph.graphs["high"].graph.nodes["blur"].params == {"radius": 9}
    assert document.scene.nodes["blur"].params == {"radius": 9}
    assert document.prefix == "poster/"


def test_a_port_goes_with_the_last_node_that_it_feeds() -> None:
    document = Document(POSTER, DRAFTS)
    document.enter("poster")
    document.edit_scene("Delete", document.scene.without_nodes("blur"))
    assert document.graph.graphs["high"].inputs == {}
    document.undo()
    assert document.graph == POSTER


def test_leaving_selects_the_node_that_was_left() -> None:
    document = Document(POSTER, DRAFTS)
    document.enter("poster")
    document.leave()
    assert (document.trail, document.state.focus) == ((), "poster")
    assert document.state.selection.nodes == {"poster"}


def test_each_sub_graph_keeps_its_selection() -> None:
    document = Document(POSTER, DRAFTS)
    document.select(Selection(frozenset({"plain"})))
    document.enter("poster")
    document.select(Selection(frozenset({"blur"})))
    document.go(())
    assert document.state.selection.nodes == {"plain"}
    document.enter("poster")
    assert document.state.selection.nodes == {"blur"}


def test_an_undo_that_takes_the_sub_graph_away_shows_what_is_around_it() -> None:
    document = Document(Graph(), DRAFTS)
    document.edit("Paste", POSTER)
    document.enter("poster")
    said = heard(document)
    document.undo()
    assert (document.trail, document.scene) == ((), Graph())
    assert said[:2] == ["changed", "shown"]


def test_what_is_gone_is_not_selected() -> None:
    graph = chain(2).with_view(View(notes=(Note("one"),)))
    document = Document(graph, DRAFTS)
    document.select(Selection(frozenset({"n0", "n1"}), notes=frozenset({0})), "n0")
    said = heard(document)
    document.edit("Delete", Graph({"n1": Node("x")}))
    assert document.state.selection == Selection(frozenset({"n1"}))
    assert document.state.focus == ""
    assert "selected" in said


def test_a_link_that_is_cut_is_not_selected() -> None:
    link = Link("n0", "image", "n1", "image")
    document = Document(Graph(chain(2).nodes, (link,)), DRAFTS)
    document.select(Selection(links=frozenset({link})))
    document.edit("Cut", document.graph.without_links(link))
    assert not document.state.selection


def test_the_same_selection_is_not_told_again() -> None:
    document = Document(chain(1), DRAFTS)
    said = heard(document)
    document.select(Selection(frozenset({"n0"})))
    document.select(Selection(frozenset({"n0"})))
    assert said == ["selected"]


@pytest.mark.timeout(7200)
@given(graphs(), st.lists(edits(), min_size=count(1, 50), max_size=50), st.data())
@examples(10, 2000)
def test_any_edits_can_be_undone_redone_saved_and_read(
    graph: Graph, changes: list[Edit], data: st.DataObject
) -> None:
    document = Document(graph, DRAFTS)
    for number, change in enumerate(changes):
        document.edit(str(number), change(document.graph), merge=number // 3 or None)
    end = document.graph
    _walk(document, document.undo)
    assert document.graph == graph
    _walk(document, document.redo)
    assert document.graph == end
    document.go_to(data.draw(st.integers(0, len(document.steps))))
    assert read(write(document.graph)) == document.graph


def _walk(document: Document, step: Callable[[], None]) -> None:
    before = -1
    while before != document.position:
        before = document.position
        step()
