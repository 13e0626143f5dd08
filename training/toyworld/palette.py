"""What the toy world is made of: names, colours, sizes and places.

Lengths are *world units*: every picture is 128 units wide and high, whatever its resolution.
Colours are sRGB, 0 to 255.
"""

WORLD = 128.0

Colour = tuple[float, float, float]

COLOURS: dict[str, Colour] = {
    "red": (220, 38, 38),
    "orange": (245, 118, 16),
    "yellow": (246, 224, 40),
    "green": (48, 170, 58),
    "cyan": (36, 200, 215),
    "blue": (36, 76, 222),
    "purple": (132, 48, 192),
    "pink": (246, 108, 182),
}
KINDS = ("ball", "cube", "cone", "star", "heart", "ring")
BACKGROUNDS = ("white", "grey", "black", "mint", "sky", "sunset", "night", "grid")
PLAIN: dict[str, Colour] = {
    "white": (240, 240, 240),
    "grey": (150, 150, 154),
    "black": (20, 20, 22),
    "mint": (190, 224, 204),
}
SKIN: dict[str, Colour] = {
    "light": (250, 214, 182),
    "tan": (212, 158, 108),
    "dark": (142, 94, 66),
}
HAIR: dict[str, Colour] = {
    "black": (36, 30, 38),
    "brown": (98, 56, 24),
    "blonde": (240, 206, 92),
    "ginger": (190, 76, 26),
}
EXPRESSIONS = ("smiling", "sad", "surprised")

SIZES: dict[str, tuple[float, float]] = {"small": (11, 14), "medium": (17, 21), "large": (26, 31)}
"""Range of radii of each size."""

COLUMNS = {"left": 0.27, "centre": 0.5, "right": 0.73}
ROWS = {"top": 0.27, "centre": 0.5, "bottom": 0.73}

HELD_OUT = frozenset(
    {
        ("star", "red"),
        ("cone", "blue"),
        ("heart", "green"),
        ("cube", "yellow"),
        ("ball", "purple"),
        ("ring", "pink"),
    }
)
"""Pairs of kind and colour that are never drawn for training, so that composition is measurable."""
