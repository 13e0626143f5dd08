"""A1111 parameters: the lines that many programs read to learn how a picture was made.

They are an export. The grammar cannot be inverted in general, so what a picture was really made by
is the graph that it carries. Written lines read back as they were, but that each line of a prompt
is stripped, and that a line of a prompt never begins with ``Negative prompt:``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from studio.core.document import read
from studio.core.errors import StudioError
from studio.core.expand import expand
from studio.core.graph import Graph, Link
from studio.core.registry import Registry

SAMPLERS = {
    "euler": "Euler", "euler_ancestral": "Euler a", "heun": "Heun", "dpm_2": "DPM2",
    "dpm_2_ancestral": "DPM2 a", "dpmpp_2s_ancestral": "DPM++ 2S a", "dpmpp_2m": "DPM++ 2M",
    "dpmpp_2m_sde": "DPM++ 2M SDE", "dpmpp_sde": "DPM++ SDE", "dpmpp_3m_sde": "DPM++ 3M SDE",
    "lms": "LMS", "ddim": "DDIM", "plms": "PLMS", "unipc": "UniPC", "lcm": "LCM",
}  # fmt: skip
SCHEDULES = {
    "karras": "Karras", "exponential": "Exponential", "normal": "Normal", "simple": "Simple",
    "sgm_uniform": "SGM Uniform", "beta": "Beta", "ddim_uniform": "DDIM",
}  # fmt: skip
"""Our names and those of A1111."""

_NEGATIVE = "Negative prompt:"
_SETTING = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_FEWEST = 3
_SHORT = 10
_COLLECT = "logic.collect"
_STARTS = ("latent.empty", "latent.encode", "latent.upscale", "sample")
"""What a sampled latent begins with: nothing, a picture, or what was drawn before."""
_LITERALS = {"logic.number": "value", "logic.text": "value", "logic.seed": "seed"}


Digest = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Parameters:
    """How a picture was made, in the words of A1111.

    Attributes:
        prompt: What to draw.
        negative: What to steer away from.
        settings: Names and values, in order.
    """

    prompt: str = ""
    negative: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def seed(self) -> int | None:
        """Seed, when there is one."""
        text = self.settings.get("Seed", "")
        return int(text) if re.fullmatch(r"\d{1,20}", text) else None


def write(parameters: Parameters) -> str:
    """Write parameters as the text that pictures carry."""
    lines = [_prose(parameters.prompt)] if parameters.prompt.strip() else []
    if parameters.negative.strip():
        lines.append(f"{_NEGATIVE} {_prose(parameters.negative)}")
    lines.append(
        ", ".join(f"{name}: {_quoted(value)}" for name, value in parameters.settings.items())
    )
    return "\n".join(lines)


def parse(text: str) -> Parameters:
    """Read the text that pictures carry; every text is some parameters.

    Source:
        The grammar of A1111, as `specs` describe it: the last line holds settings when it has at
        least three of them.
    """
    lines = text.strip().split("\n")
    found = _SETTING.findall(lines[-1])
    if len(found) >= _FEWEST:
        lines.pop()
    else:
        found = []
    parts: dict[bool, list[str]] = {False: [], True: []}
    negative = False
    for line in map(str.strip, lines):
        if line.startswith(_NEGATIVE):
            negative, line = True, line[len(_NEGATIVE) :].strip()
        if line or parts[negative]:
            parts[negative].append(line)
    return Parameters(
        "\n".join(parts[False]).strip(),
        "\n".join(parts[True]).strip(),
        {name: _unquoted(value) for name, value in found},
    )


def _prose(text: str) -> str:
    """Return a prompt as it reads back: lines stripped, none like the start of the negative."""
    lines = (line.strip() for line in re.split(r"\r\n?|\n", text.replace("\0", "")))
    return "\n".join(re.sub(f"^{_NEGATIVE}", "Negative prompt :", line) for line in lines).strip()


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if re.search(r"[,:\n]", value) else value


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        return value


def made_by(
    text: str, node: str, item: int = 0, place: int = 0, sha256: Digest = lambda file: ""
) -> Parameters | None:
    """Tell how a picture was made, by following the links of its graph upwards.

    Args:
        text: A saved graph.
        node: Id of the node that the picture goes to, in the expanded graph.
        item: Index in the list that the nodes were mapped over.
        place: Index in the batch; each item of a batch has the next seed.
        sha256: Returns the SHA-256 of a file that the graph names, in hexadecimal; empty: not
            known.

    Returns:
        ``None`` when no sampler made it.
    """
    try:
        graph = expand(read(text), Registry())
    except StudioError:
        return None
    sampler = _Walk(graph, item).nearest(node, ("sample",))
    walk, within = _uncollected(_Walk(graph, item), node, sampler, place)
    return _parameters(walk, sampler, within, sha256) if sampler else None


def _uncollected(walk: _Walk, node: str, sampler: str, place: int) -> tuple[_Walk, int | None]:
    """Return which item of a list a picture of a collected batch is, and its place in that item.

    Both are known only where the graph says how large the batches of the sampler are.
    """
    collected = walk.nearest(node, (_COLLECT,))
    if not sampler or not collected or walk.nearest(collected, ("sample",)) != sampler:
        return walk, place
    empty = walk.nearest(sampler, ("latent.empty",), "latent")
    batch = walk.value(empty, "batch") if empty else None
    if not isinstance(batch, int) or batch < 1:
        return replace(walk, item=None), None
    return replace(walk, item=place // batch), place % batch


@dataclass(frozen=True, slots=True)
class _Walk:
    """Follows links upwards.

    Attributes:
        graph: Without sub-graphs.
        item: Index in the list that the nodes were mapped over; ``None``: not known.
    """

    graph: Graph
    item: int | None

    def nearest(self, node: str, types: tuple[str, ...], through: str = "") -> str:
        """Return the nearest node above of some types, behind one input or any; or nothing."""
        first = self.graph.links_to(node)
        waiting = [link.source for link in first if not through or link.input == through]
        seen = set(waiting)
        for above in waiting:
            held = self.graph.nodes.get(above)
            if held and held.type in types and held.mode in ("on", "frozen"):
                return above
            for link in self._passed(above):
                if link.source not in seen:
                    seen.add(link.source)
                    waiting.append(link.source)
        return ""

    def _passed(self, node: str) -> tuple[Link, ...]:
        """Return the links that a node's result is made of: of a switch, only the chosen one."""
        held = self.graph.nodes.get(node)
        choice = self.value(node, "choice") if held and held.type == "logic.switch" else None
        if not isinstance(choice, int | float):
            return tuple(self.graph.links_to(node))
        return self.graph.inputs_of(node).get("inputs", ())[int(choice) : int(choice) + 1]

    def value(self, node: str, name: str) -> Any:
        """Return a parameter, through the literals that drive it; ``None`` when it is computed."""
        for _ in self.graph.nodes:
            held = self.graph.nodes[node]
            source = next(
                (link.source for link in self.graph.links_to(node) if link.input == name), ""
            )
            if not source or source not in self.graph.nodes:
                return held.params.get(name)
            above = self.graph.nodes[source]
            if above.type == "logic.range":
                return self._counted(source)
            if above.type not in _LITERALS:
                return None
            node, name = source, _LITERALS[above.type]
        return None

    def _counted(self, node: str) -> Any:
        start, step = self.value(node, "start"), self.value(node, "step")
        if not isinstance(start, int) or not isinstance(step, int) or self.item is None:
            return None
        return start + step * self.item


def _parameters(walk: _Walk, sampler: str, place: int | None, sha256: Digest) -> Parameters:
    def value(name: str) -> Any:
        return walk.value(sampler, name)

    start = walk.nearest(sampler, _STARTS, "latent")
    empty = start if start and walk.graph.nodes[start].type == "latent.empty" else ""
    seed, model = value("seed"), _model(walk, sampler)
    known = isinstance(seed, int) and place is not None
    settings = {
        "Steps": value("steps"),
        "Sampler": _named(SAMPLERS, value("sampler")),
        "Schedule type": _named(SCHEDULES, value("schedule")),
        "CFG scale": value("guidance"),
        "Seed": (seed + place) % 2**64 if known else None,
        "Size": _size(walk, start),
        "Model hash": sha256(model)[:_SHORT] or None if model else None,
        "Model": PurePosixPath(model).stem if model else None,
        "Denoising strength": None if empty else value("denoise"),
        "Clip skip": _clip_skip(walk, sampler),
        "Version": "Wirebrush",
    }
    return Parameters(
        _prompt(walk, sampler, "positive"),
        _prompt(walk, sampler, "negative"),
        {name: _said(item) for name, item in settings.items() if item is not None},
    )


def _size(walk: _Walk, start: str) -> str | None:
    """Return the size that was sampled at, as far as the graph says it of where the latent began."""
    kind = walk.graph.nodes[start].type if start else ""
    node = start if kind == "latent.empty" else ""
    if kind == "latent.encode":
        links = walk.graph.links_to(start)
        source = next((link.source for link in links if link.input == "image"), "")
        node = source if source and _is_sized(walk, source) else ""
    sides = [walk.value(node, name) for name in ("width", "height")] if node else [None]
    return "x".join(map(str, sides)) if all(isinstance(side, int) for side in sides) else None


def _is_sized(walk: _Walk, node: str) -> bool:
    """Tell whether a node's own parameters are the size of what it makes."""
    held = walk.graph.nodes.get(node)
    if held is None or held.type not in ("image.resize", "image.crop"):
        return False
    given = {name: walk.value(node, name) for name in ("by", "aspect")}
    return held.type == "image.crop" or (given["by"] == "size" and given["aspect"] != "fit")


def _named(names: Mapping[str, str], value: Any) -> Any:
    return names.get(value, value) if isinstance(value, str) else None


def _said(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _prompt(walk: _Walk, sampler: str, side: str) -> str:
    encoder = walk.nearest(sampler, ("prompt.encode",), side)
    text = walk.value(encoder, "text") if encoder else ""
    return text if isinstance(text, str) else ""


def _clip_skip(walk: _Walk, sampler: str) -> int | None:
    encoder = walk.nearest(sampler, ("prompt.encode",), "positive")
    skip = walk.value(encoder, "clip_skip") if encoder else 0
    return skip if isinstance(skip, int) and skip > 1 else None


def _model(walk: _Walk, sampler: str) -> str:
    """Return the path of the checkpoint, as the graph names it, or nothing."""
    loader = walk.nearest(sampler, ("load.checkpoint",), "model")
    file = walk.value(loader, "file") if loader else None
    path = file.get("path") if isinstance(file, Mapping) else file
    return path if isinstance(path, str) else ""
