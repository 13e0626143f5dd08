"""What the text of a key is made of, so that an edit before a node costs it one digest.

Typed values are checked and written as JSON once; while a node stays as it is, only the keys of its
inputs are put in anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from studio.core.folding import Filled, Given, Made
from studio.core.spec import NodeSpec
from studio.engine.sources import LITERALS, digest_of_text, text_of


@dataclass(frozen=True, slots=True)
class Recipe:
    """The text of a node's key around the keys of its inputs.

    Attributes:
        around: Text before, between and behind these keys.
        ends: Input, node and output of each, in the order of the text.
    """

    around: tuple[str, ...]
    ends: tuple[tuple[str, str, str], ...]

    def key(self, taken: Sequence[str]) -> str:
        """Return the key of the node.

        Args:
            taken: Keys of the results that it takes, in the order of `ends`.
        """
        parts = [self.around[0]]
        for key, behind in zip(taken, self.around[1:], strict=True):
            parts += key, behind
        return digest_of_text("".join(parts))


def key_text(spec: NodeSpec, tokens: Mapping[str, Any], policy: str) -> str:
    """Return the text that the key of a node is the digest of.

    Args:
        spec: Node type.
        tokens: What each input contributes.
        policy: Numeric policy; empty where it does not count.
    """
    return text_of([spec.id, spec.version, spec.pack, policy, tokens])


def recipe_of(text: str, inputs: Mapping[str, Filled]) -> Recipe | None:
    """Return what the text of a key is made of.

    Args:
        text: From `key_text`.
        inputs: Where each input comes from.

    Returns:
        ``None`` unless every input is one result or a literal: other tokens are structures, in
        which the text of a link could stand as well.
    """
    around, ends, start = [], [], 0
    for name in sorted(inputs):
        source = inputs[name]
        if isinstance(source, Made):
            mark = _mark(name)
            place = text.index(mark, start) + len(mark)
            around.append(text[start:place])
            ends.append((name, source.node, source.output))
            start = place + len(source.key)
        elif not (isinstance(source, Given) and type(source.value) in LITERALS):
            return None
    return Recipe((*around, text[start:]), tuple(ends))


@cache
def _mark(name: str) -> str:
    """Return what stands before the key of a linked input; quotes inside of literals are escaped."""
    return f'{text_of(name)}:{{"made":"'
