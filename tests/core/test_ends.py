"""How links and their ends are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import ends
from tests import strategies

WORDS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1)


@given(WORDS, WORDS, WORDS, WORDS, st.none() | st.integers(0, 999_999))
@strategies.examples(50, 2000)
def test_every_link_is_read_as_it_was_written(
    source: str, output: str, target: str, name: str, index: int | None
) -> None:
    text = ends.join_link(source, output, target, name, index)
    assert ends.split_link(text) == (source, output, target, name, index)
    assert ends.split(ends.join(source, output)) == (source, output)


def test_plain_words_are_written_plainly() -> None:
    assert ends.join_link("a/b", "image", "blend", "images", 0) == "a/b.image -> blend.images[0]"
    assert ends.join("my node", "x.y") == '"my node"."x.y"'


@pytest.mark.parametrize("text", ["a", "a.b.c", "a b.c", ".a", "a.", '"a.b', "a.b -> c.d"])
def test_what_is_no_end_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not written as"):
        ends.split(text)


@pytest.mark.parametrize("text", ["a.b", "a.b -> c", "a.b -> c.d[x]", "a.b -> c.d[1", "x" * 500])
def test_what_is_no_link_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not written as"):
        ends.split_link(text)


ENDS = [("a", "x", "b", "y", None), ("a", "x", "b/c", "y", 0), ("d", "x", "b", "y", 12)]


@pytest.mark.parametrize("odd", [(), ("my node", "x", "b", "y", 3), ("a\nb", "x", '"', "y", None)])
def test_many_links_are_read_as_one_by_one(odd: tuple[str, str, str, str, int | None]) -> None:
    wanted = [*ENDS, odd] if odd else ENDS
    texts = [ends.join_link(*words) for words in wanted]
    assert [*zip(*ends.split_links(texts), strict=True)] == wanted
    assert [*zip(*ends.split_links(texts[:1]), strict=True)] == wanted[:1]


def test_no_links_are_read_as_none() -> None:
    assert [[*column] for column in ends.split_links([])] == [[]] * 5


@pytest.mark.parametrize("wrong", ["", "a.b", "a.x -> b.y\na.x -> b.y", "\n", "a.x -> b.y\n"])
def test_one_wrong_link_among_many_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not written as"):
        ends.split_links(["a.x -> b.y", wrong, "b.y -> c.z"])
