"""The text towers of a checkpoint: what a text encoder handle becomes on the device."""

from __future__ import annotations

from dataclasses import dataclass

from transformers import CLIPTextModel, CLIPTextModelWithProjection

from studio.facts.families import EncoderFacts


@dataclass(frozen=True, slots=True)
class Tower:
    """One text network and what is true of it.

    Attributes:
        facts: Its id, padding token and activation.
        model: The network, in evaluation mode; with a projection when the facts say so.
    """

    facts: EncoderFacts
    model: CLIPTextModel | CLIPTextModelWithProjection


@dataclass(frozen=True, slots=True)
class TextTowers:
    """All text networks of a family, in the order in which their states are joined.

    Attributes:
        towers: At least one.
    """

    towers: tuple[Tower, ...]
