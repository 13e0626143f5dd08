"""Colours can be read, sizes exist, and no code names what the theme does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFont, QFontInfo

import studio.ui
from studio.paths import resources
from studio.ui.looks.fonts import load_fonts
from studio.ui.looks.icons import Icons
from studio.ui.looks.theme import DENSITIES, THEMES, Theme, parsed, read_tokens

TOKENS = read_tokens(resources())
UI = Path(studio.ui.__path__[0])
BACKGROUNDS = ("app", "panel", "raised", "field", "hover", "canvas", "node", "node_field", "viewer")
ROUNDED = 0.06
"""What is written with one digit after the point may be this much less."""


def luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: QColor, second: QColor) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def mixed(over: QColor, under: QColor, share: float) -> QColor:
    pairs = zip(over.getRgbF()[:3], under.getRgbF()[:3], strict=True)  # type: ignore[index]
    return QColor.fromRgbF(*(a * share + b * (1 - share) for a, b in pairs))


def roles(name: str, group: str) -> Iterable[str]:
    return (f"{group}.{key}" for key in TOKENS[name][group])


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest) -> Theme:
    return Theme(TOKENS, request.param)


PAIRS = [
    ("text.on_accent", "accent.fill", 5.2, 5.7),
    ("text.on_accent", "accent.fill_hover", 4.6, 6.8),
    ("text.on_accent", "status_fill.error", 4.5, 4.5),
    ("accent.fill", "bg.panel", 3.1, 5.2),
    ("accent.line", "bg.canvas", 7.4, 4.5),
    ("accent.line", "bg.field", 7.3, 5.7),
    ("selection", "bg.canvas", 7.4, 4.5),
    ("accent.text", "bg.raised", 7.3, 7.1),
    ("accent.text", "accent.soft", 6.3, 5.3),
    ("text.primary", "accent.soft", 10.7, 12.4),
    ("text.secondary", "accent.soft", 6.2, 6.4),
    ("focus", "bg.panel", 12.1, 10.1),
    ("focus", "bg.canvas", 13.9, 8.8),
    ("status.success", "bg.panel", 8.3, 5.0),
    ("status.success", "status_soft.success", 6.1, 4.6),
    ("status.warning", "bg.panel", 9.2, 5.2),
    ("status.warning", "status_soft.warning", 6.6, 4.7),
    ("status.error", "bg.panel", 6.4, 5.2),
    ("status.error", "status_soft.error", 5.1, 4.6),
    ("status.info", "bg.panel", 8.6, 5.2),
    ("status.info", "status_soft.info", 6.4, 4.8),
    ("state.running", "bg.node", 9.1, 5.2),
    ("state.stale", "bg.canvas", 6.7, 4.2),
    ("border.strong", "bg.canvas", 4.0, 3.1),
    ("border.strong", "bg.panel", 3.5, 3.6),
    ("border.default", "bg.panel", 1.6, 1.5),
    ("note.text", "note.bg", 9.5, 10.8),
]


@pytest.mark.parametrize(("over", "under", "dark", "light"), PAIRS)
def test_pairs_have_the_contrast_that_was_promised(
    theme: Theme, over: str, under: str, dark: float, light: float
) -> None:
    promised = dark if theme.name == "dark" else light
    assert contrast(theme.color(over), theme.color(under)) >= promised - ROUNDED


@pytest.mark.parametrize(
    ("role", "dark", "light"),
    [("primary", 11.3, 11.7), ("secondary", 6.5, 6.0), ("muted", 4.8, 4.7), ("disabled", 2.7, 2.6)],
)
def test_texts_can_be_read_on_every_background(
    theme: Theme, role: str, dark: float, light: float
) -> None:
    text = theme.color(f"text.{role}")
    lowest = min(contrast(text, theme.color(f"bg.{ground}")) for ground in BACKGROUNDS)
    assert lowest >= (dark if theme.name == "dark" else light) - ROUNDED


@pytest.mark.parametrize(
    ("over", "share", "dark", "light"),
    [
        ("text.primary", 0.0, 7.2, 10.4),
        ("text.primary", 0.1, 5.6, 8.6),
        ("state.running", 0.0, 5.5, 3.3),
    ],
)
def test_what_stands_on_headers_can_be_read(
    theme: Theme, over: str, share: float, dark: float, light: float
) -> None:
    text = theme.color("text.primary")
    headers = [theme.color(f"category.{name}.header") for name in theme.colors["category"]]
    lowest = min(contrast(theme.color(over), mixed(text, header, share)) for header in headers)
    assert lowest >= (dark if theme.name == "dark" else light) - ROUNDED


def test_icons_of_categories_can_be_seen_on_their_headers(theme: Theme) -> None:
    ratios = [
        contrast(theme.color(f"category.{name}.icon"), theme.color(f"category.{name}.header"))
        for name in theme.colors["category"]
    ]
    assert min(ratios) >= (4.8 if theme.name == "dark" else 4.4) - ROUNDED


def test_types_can_be_seen_on_nodes(theme: Theme) -> None:
    node = theme.color("bg.node")
    ratios = [contrast(theme.color(role), node) for role in roles(theme.name, "type")]
    assert min(ratios) >= (4.1 if theme.name == "dark" else 4.8) - ROUNDED


def test_links_can_be_seen_on_the_canvas_and_on_frames(theme: Theme) -> None:
    opacity = float(theme.colors["link"]["opacity"])
    colors = [theme.color(role) for role in roles(theme.name, "type")]
    canvas = theme.color("bg.canvas")
    frames = [theme.color(role) for role in roles(theme.name, "frame")]
    on_canvas = min(contrast(mixed(color, canvas, opacity), canvas) for color in colors)
    on_frames = min(
        contrast(mixed(color, frame, opacity), frame) for color in colors for frame in frames
    )
    assert on_canvas >= (3.4 if theme.name == "dark" else 3.2) - ROUNDED
    assert on_frames >= (3.1 if theme.name == "dark" else 3.2) - ROUNDED


def test_prompt_syntax_can_be_read_on_its_own_tint(theme: Theme) -> None:
    field = theme.color("bg.field")
    marked = ("weight_up", "weight_down", "lora", "wildcard")
    colors = [theme.color(f"syntax.{name}") for name in marked]
    lowest = min(contrast(color, mixed(color, field, 0.14)) for color in colors)
    assert lowest >= (7.3 if theme.name == "dark" else 4.7) - ROUNDED


def test_no_two_types_share_a_glyph() -> None:
    glyphs = list(TOKENS["glyph"].values())
    assert len(set(glyphs)) == len(glyphs)


def test_both_themes_have_the_same_colours() -> None:
    dark, light = (set(_paths(TOKENS[name])) for name in THEMES)
    assert dark == light


def test_both_densities_have_the_same_sizes() -> None:
    assert len({tuple(TOKENS["density"][name]) for name in DENSITIES}) == 1


def test_compact_takes_air_and_never_type() -> None:
    for role in TOKENS["type"]:
        sizes = {Theme(TOKENS, density=density).font(role).pixelSize() for density in DENSITIES}
        assert len(sizes) == 1


def test_reduced_motion_stops_everything_that_moves() -> None:
    still = Theme(TOKENS, reduced=True)
    moving = set(TOKENS["motion"]) - {"toast", "tooltip", "easing", "easing_in"}
    assert {still.motion(name) for name in moving} == {0}
    assert still.motion("toast") > 0


def test_an_unknown_colour_is_named() -> None:
    with pytest.raises(KeyError, match=r"bg\.cellar"):
        Theme(TOKENS).color("bg.cellar")


def test_eight_digits_end_with_the_opacity() -> None:
    assert parsed("#0102037F").getRgb() == (1, 2, 3, 127)


def test_every_colour_named_in_code_is_in_the_theme() -> None:
    # Commands are named frame.add and link.cut.
    groups = "|".join(set(TOKENS["dark"]) - {"frame", "link"})
    pattern = re.compile(rf'"((?:{groups})\.[a-z_.]+[a-z_])"')
    known = set(_paths(TOKENS["dark"])) | {
        f"category.{name}" for name in TOKENS["dark"]["category"]
    }
    assert {name for name in _found(pattern) if name not in known} == set()


def test_every_icon_named_in_code_exists(qapp: object) -> None:
    icons = Icons()
    assert {
        name for name in _found(re.compile(r'"(ph\.[a-z0-9-]+)"')) if name not in icons
    } == set()


def test_no_code_holds_a_colour() -> None:
    pattern = re.compile(r'"(#[0-9A-Fa-f]{6,8})"')
    assert _found(pattern) == set()


def test_the_shipped_fonts_are_the_ones_that_are_seen(qapp: object) -> None:
    assert load_fonts(resources(), TOKENS["font"]["files"]) == ()
    theme = Theme(TOKENS)
    families = {role: QFontInfo(theme.font(role)).family() for role in TOKENS["type"]}
    assert {families.pop("mono")} == {"JetBrains Mono"}
    assert set(families.values()) == {"Inter"}


@pytest.mark.parametrize(
    "weight", [QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold]
)
def test_inter_has_its_three_weights(qapp: object, weight: QFont.Weight) -> None:
    load_fonts(resources(), TOKENS["font"]["files"])
    font = QFont("Inter", weight=weight)
    assert QFontInfo(font).weight() == weight


def test_a_font_that_cannot_be_loaded_is_told(qapp: object) -> None:
    assert load_fonts(resources(), ["Cellar.ttf"]) == ("Cellar.ttf",)


def _paths(tokens: object, before: str = "") -> Iterable[str]:
    if not isinstance(tokens, dict):
        return (before,)
    inner = (_paths(value, f"{before}.{key}" if before else key) for key, value in tokens.items())
    return chain.from_iterable(inner)


def _found(pattern: re.Pattern[str]) -> set[str]:
    files = [*UI.rglob("*.py")]
    assert files
    return {name for path in files for name in pattern.findall(path.read_text("utf-8"))}
