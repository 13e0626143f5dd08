from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.document import write
from studio.core.graph import Graph
from studio.core.registry import Registry
from studio.ui.documents.journal import Head, Journal, Recovered, recovered
from tests.strategies import Edit, edits, examples, graphs
from tests.ui.stores import chain

START = chain(3)
HEAD = Head("doc", "/home/cat.json", "cat")


def begun(folder: Path, graph: Graph = START) -> Journal:
    return Journal(folder, HEAD, write(graph).encode())


def titled(journal: Journal, *titles: str, before: Graph = START) -> Graph:
    """Record edits that give the graph one title after the other."""
    for title in titles:
        after = before.with_title(title)
        journal.record(title, before, after, saved=False)
        before = after
    return before


def found_in(folder: Path) -> Recovered:
    found = recovered(folder, Registry())
    assert found is not None
    return found


def test_all_edits_come_back_with_what_they_are_about(tmp_path: Path) -> None:
    journal = begun(tmp_path / "j")
    end = titled(journal, "A", "B")
    journal.close()
    found = found_in(tmp_path / "j")
    assert (found.graph, found.head.edits, found.head.path) == (end, 2, HEAD.path)


def test_a_torn_last_record_is_ignored_wherever_it_is_torn(tmp_path: Path) -> None:
    journal = begun(tmp_path / "j")
    titled(journal, "A", "B")
    journal.close()
    log = tmp_path / "j" / "0.log"
    whole = log.read_bytes()
    first = whole.index(b"\n") + 1
    for length in range(first, len(whole)):
        log.write_bytes(whole[:length])
        assert found_in(tmp_path / "j").graph.title == "A"


def test_a_record_with_a_wrong_bit_ends_the_story(tmp_path: Path) -> None:
    journal = begun(tmp_path / "j")
    titled(journal, "A", "B", "C")
    journal.close()
    log = tmp_path / "j" / "0.log"
    log.write_bytes(log.read_bytes().replace(b'"title":"B"', b'"title":"X"'))
    assert found_in(tmp_path / "j").graph.title == "A"


def test_a_turn_without_its_base_goes_on_from_the_one_before(tmp_path: Path) -> None:
    journal = begun(tmp_path / "j")
    middle = titled(journal, "A")
    journal.turn()
    titled(journal, "B", before=middle)
    journal.close()
    found = found_in(tmp_path / "j")
    assert (found.graph.title, found.head.edits) == ("B", 2)


def test_a_settled_turn_replaces_what_came_before(tmp_path: Path) -> None:
    journal = begun(tmp_path / "j")
    middle = titled(journal, "A")
    turn = journal.turn()
    titled(journal, "B", before=middle)
    journal.settle(turn, HEAD, write(middle).encode())
    journal.close()
    assert sorted(path.name for path in (tmp_path / "j").iterdir()) == ["1.base", "1.log"]
    found = found_in(tmp_path / "j")
    assert (found.graph.title, found.head.edits) == ("B", 1)


def test_a_damaged_base_falls_back_to_the_turn_before(tmp_path: Path) -> None:
    journal = begun(tmp_path / "j")
    titled(journal, "A")
    journal.turn()
    journal.close()
    (tmp_path / "j" / "1.base").write_bytes(b"half of a ba")
    assert found_in(tmp_path / "j").graph.title == "A"


def test_going_back_to_what_is_saved_leaves_nothing_to_recover(tmp_path: Path) -> None:
    journal = begun(tmp_path / "j")
    after = titled(journal, "A")
    journal.record("", after, START, saved=True)
    journal.close()
    assert found_in(tmp_path / "j").head.edits == 0


def test_a_folder_without_a_base_tells_nothing(tmp_path: Path) -> None:
    assert recovered(tmp_path, Registry()) is None


def test_the_journal_of_a_document_that_needs_none_is_removed(tmp_path: Path) -> None:
    journal = begun(tmp_path / "j")
    journal.remove()
    assert not (tmp_path / "j").exists()


@pytest.mark.timeout(1800)
@given(graphs(), st.lists(edits(), max_size=8))
@examples(8, 300)
def test_any_edits_come_back(
    tmp_path_factory: pytest.TempPathFactory, graph: Graph, changes: list[Edit]
) -> None:
    folder = tmp_path_factory.mktemp("journal") / "j"
    journal = begun(folder, graph)
    for change in changes:
        after = change(graph)
        journal.record("edit", graph, after, saved=False)
        graph = after
    journal.close()
    assert found_in(folder).graph == graph


def test_an_undo_names_the_record_it_goes_back_to(tmp_path: Path) -> None:
    journal, emptied = begun(tmp_path / "j"), START.without_nodes(*START.nodes)
    journal.record("Delete", START, emptied, saved=False)
    journal.record("Undo", emptied, START, saved=True)
    journal.record("Redo", START, emptied, saved=False)
    journal.record("Undo", emptied, START, saved=True)
    journal.close()
    last = (tmp_path / "j" / "0.log").read_bytes().splitlines()[-1]
    assert b'"back":' in last
    assert len(last) < 120
    assert found_in(tmp_path / "j").graph == START


def test_an_undo_over_a_save_is_written_whole(tmp_path: Path) -> None:
    journal = begun(tmp_path / "j")
    titled(journal, "A")
    journal.turn()  # its base is not there yet
    journal.record("Undo", START.with_title("A"), START, saved=False)
    journal.record("B", START, START.with_title("B"), saved=False)
    journal.close()
    assert found_in(tmp_path / "j").graph.title == "B"


@given(st.lists(st.integers(0, 9), max_size=40), st.integers(0, 40))
def test_any_walk_through_the_history_comes_back(
    tmp_path_factory: pytest.TempPathFactory, walk: list[int], turn: int
) -> None:
    folder = tmp_path_factory.mktemp("walk") / "j"
    history = [START, *(START.with_title(str(number)) for number in range(9))]
    journal, graph = begun(folder), START
    for number, place in enumerate(walk):
        if number == turn:
            journal.turn()
        if history[place] is not graph:
            journal.record("go", graph, history[place], saved=False)
            graph = history[place]
    journal.close()
    assert found_in(folder).graph == graph
