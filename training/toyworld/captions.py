"""What people would say about a scene: a grammar with paraphrases and drop-out."""

from random import Random

from training.toyworld.scene import Face, Scene, Thing

_NOUNS = {
    "ball": ("ball", "ball", "circle", "sphere"),
    "cube": ("cube", "cube", "square", "box"),
    "cone": ("cone", "cone", "triangle"),
    "star": ("star",),
    "heart": ("heart",),
    "ring": ("ring", "ring", "donut"),
}
_COLOURS = {"purple": ("purple", "purple", "violet"), "cyan": ("cyan", "cyan", "turquoise")}
_SIZES = {
    "small": ("small", "small", "little", "tiny"),
    "medium": ("", "", "", "medium sized"),
    "large": ("large", "big", "large", "huge"),
}
_RELATIONS = {
    "left of": ("left of", "to the left of", "on the left of"),
    "right of": ("right of", "to the right of", "on the right of"),
    "above": ("above", "over", "on top of"),
    "below": ("below", "under", "beneath"),
}
_BACKGROUNDS = {
    "sunset": (", sunset", " at sunset", ", sunset sky"),
    "night": (", night", " at night", ", starry night sky"),
    "grid": (", grid floor", " on a grid floor", ", floor grid"),
    "sky": (", sky", ", blue sky", " in the sky"),
}
_OPENINGS = ("", "", "", "a picture of ", "a drawing of ", "an image of ")


def caption(scene: Scene, rng: Random, *, full: bool = False) -> str:
    """Say what a scene shows.

    Args:
        scene: what is shown.
        rng: chooses among paraphrases, and what to leave out.
        full: leave nothing out (for judging; training says less now and then).
    """
    words = _Words(rng, full)
    if scene.face is not None:
        text = words.face(scene.face)
    elif scene.mode == "one":
        text = words.one(scene.things[0])
    elif scene.mode == "two":
        text = words.two(scene)
    else:
        text = words.three(scene.things)
    return rng.choice(_OPENINGS) + text + words.background(scene.background)


class _Words:
    """The grammar's rules; each speaks with the same random generator."""

    def __init__(self, rng: Random, full: bool) -> None:
        self.rng = rng
        self.full = full

    def says(self, probability: float) -> bool:
        return self.full or self.rng.random() < probability

    def noun(self, thing: Thing) -> str:
        words = [self.rng.choice(_SIZES[thing.size])] if self.says(0.75) else []
        if self.says(0.95):
            words.append(self.rng.choice(_COLOURS.get(thing.colour, (thing.colour,))))
        named = _NOUNS[thing.kind] if self.says(0.96) else ("shape", "thing")
        words.append(self.rng.choice(named))
        return _article(" ".join(word for word in words if word))

    def place(self, thing: Thing) -> str:
        column, row = thing.column, thing.row
        if column == row == "centre":
            return self.rng.choice(("in the centre", "in the middle"))
        if row == "centre":
            options = (f"on the {column}", f"at the {column}", f"on the {column} side")
            return self.rng.choice(options)
        if column == "centre":
            return f"at the {row}"
        return self.rng.choice((f"in the {row} {column} corner", f"at the {row} {column}"))

    def placed(self, thing: Thing) -> str:
        return f"{self.noun(thing)} {self.place(thing)}"

    def one(self, thing: Thing) -> str:
        return self.placed(thing) if self.says(0.97) else self.noun(thing)

    def two(self, scene: Scene) -> str:
        first, second = scene.things
        if scene.relation is not None and self.says(0.88):
            relation = self.rng.choice(_RELATIONS[scene.relation])
            return f"{self.noun(first)} {relation} {self.noun(second)}"
        if self.rng.random() < 0.7:
            return f"{self.placed(first)} and {self.placed(second)}"
        return f"{self.noun(first)} and {self.noun(second)}"

    def three(self, things: tuple[Thing, ...]) -> str:
        say = self.placed if self.says(0.88) else self.noun
        return f"{say(things[0])}, {say(things[1])} and {say(things[2])}"

    def face(self, face: Face) -> str:
        expression = face.expression if self.says(0.97) else ""
        who = self.rng.choice(("face", "face", "person", "cartoon face"))
        first = expression and self.rng.random() < 0.8
        text = _article(f"{expression} {who}" if first else who)
        traits = self.traits(face)
        if traits:
            text += " with " + _listed(traits)
        if expression and not first:
            text += f", {expression}"
        if face.column != "centre" and self.says(0.8):
            text += f" on the {face.column}"
        return text

    def traits(self, face: Face) -> list[str]:
        traits = [f"{face.skin} skin"] if self.says(0.88) else []
        if self.says(0.95):
            length = "long " if face.long_hair else "short "
            said = self.says(0.7) if face.long_hair else self.rng.random() < 0.4
            traits.append(f"{length if said else ''}{face.hair} hair")
        if face.glasses and self.says(0.97):
            traits.append("glasses")
        if face.hat and self.says(0.97):
            colour = self.rng.choice(_COLOURS.get(face.hat, (face.hat,)))
            traits.append(_article(f"{colour} hat"))
        self.rng.shuffle(traits)
        return traits

    def background(self, name: str) -> str:
        if not self.says(0.9):
            return ""
        plain = (f", {name} background", f" on a {name} background", f", {name} backdrop")
        return self.rng.choice(_BACKGROUNDS.get(name, plain))


def _article(text: str) -> str:
    return f"{'an' if text[0] in 'aeiou' else 'a'} {text}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
