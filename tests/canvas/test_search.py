"""The search ranks as the specification says."""

from __future__ import annotations

from studio.canvas.search import Search
from studio.core.spec import NodeSpec


def spec(title: str, type_id: str = "", **more: object) -> NodeSpec:
    values = {"category": "", "summary": "", "replaces": (), **more}
    return NodeSpec(
        id=type_id or f"x.{title.lower().replace(' ', '_')}", version=1, title=title, help="",
        inputs=(), outputs=(), implementation="", **values,  # type: ignore[arg-type]
    )  # fmt: skip


def titles(text: str, *specs: NodeSpec, **more: int) -> list[str]:
    return [found.spec.title for found in Search(specs).find(text, usage=more)]


def test_the_tiers_come_in_the_order_of_the_specification() -> None:
    specs = [
        spec("Unblured"),  # substring
        spec("Radial tool", summary="A blur with a centre."),  # word start, in the summary
        spec("Blur"),  # exact
        spec("Blur image"),  # prefix
        spec("Motion blur"),  # word start
        spec("Blor"),  # misspelling
    ]
    assert titles("blur", *specs) == [
        "Blur", "Blur image", "Motion blur", "Radial tool", "Unblured", "Blor",
    ]  # fmt: skip


def test_words_are_found_in_any_order_after_those_in_order() -> None:
    specs = [spec("Image from latent"), spec("Latent image")]
    assert titles("lat im", *specs) == ["Latent image", "Image from latent"]


def test_words_may_be_spread_over_title_and_category() -> None:
    assert titles("image resize", spec("Resize", category="Image"), spec("Crop")) == ["Resize"]


def test_a_former_id_finds_the_node() -> None:
    specs = [spec("Upscale", replaces=("esrgan",)), spec("Blur")]
    assert titles("esrgan", *specs) == ["Upscale"]


def test_ids_are_found_whole_and_by_their_beginning() -> None:
    specs = [spec("Decode", "latent.decode"), spec("Encode", "latent.encode")]
    assert titles("latent.decode", *specs)[0] == "Decode"
    assert set(titles("latent.", *specs)) == {"Decode", "Encode"}


def test_usage_decides_between_equal_matches_and_never_between_tiers() -> None:
    first, second, exact = spec("Blur a", "a"), spec("Blur b", "b"), spec("Blur", "c")
    assert titles("blur", first, second, exact, a=1, b=9) == ["Blur", "Blur b", "Blur a"]


def test_a_misspelt_word_still_finds_and_noise_does_not() -> None:
    specs = [spec("Load checkpoint"), spec("Save image")]
    assert titles("chekpoint", *specs) == ["Load checkpoint"]
    assert titles("qqqq", *specs) == []


def test_nothing_typed_lists_all_by_usage_then_title() -> None:
    specs = [spec("Blur", "b"), spec("Add", "a"), spec("Crop", "c")]
    assert titles("", *specs, c=3) == ["Crop", "Add", "Blur"]


def test_what_is_not_allowed_is_left_out() -> None:
    found = Search([spec("Blur"), spec("Blur more")]).find("blur", lambda one: one.title != "Blur")
    assert [one.spec.title for one in found] == ["Blur more"]


def test_spans_mark_what_matched_in_the_title() -> None:
    (found,) = Search([spec("Motion blur")]).find("blur")
    assert found.spans == ((7, 11),)
    (found,) = Search([spec("Motion blur")]).find("bl mo")
    assert found.spans == ((0, 2), (7, 9))


def test_case_and_spaces_do_not_matter() -> None:
    assert titles("  MOTION   Blur ", spec("Motion blur")) == ["Motion blur"]
