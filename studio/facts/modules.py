"""Networks that were pickled whole, as YOLO's files are: their layers as data.

Such a file names a class for each layer and what its objects hold. Nothing of that is imported or
made: what is read here are the texts and numbers, and which tensor lies where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from studio.facts.described import Module, Setting
from studio.facts.pickle_walk import Opaque

_PLACES = ("ema", "model")
"""Where training tools put the network; the averaged weights are the better ones."""

_DEPTH_LIMIT = 24
_MODULE_LIMIT = 20_000
_ENTRY_LIMIT = 100_000
_LONGEST = 64
_LABELS = "names"
_SIDE = "imgsz"


class TangledError(ValueError):
    """The layers are nested without end, or there are far too many."""


def network_in(root: object) -> Opaque | None:
    """Return the network that a torch file holds as an object, if it does."""
    held = root if isinstance(root, dict) else {"model": root}
    found = (held.get(place) for place in _PLACES)
    return next((one for one in found if isinstance(one, Opaque) and _inside(one)), None)


def leaves(network: Opaque, is_leaf: Callable[[object], bool]) -> dict[str, object]:
    """Return the parameters and buffers of a network by dotted path.

    Args:
        network: As the walk or the restricted reader describes it.
        is_leaf: Says whether a value is a tensor.

    Raises:
        TangledError: There are too many layers, or they hold each other.
    """
    found: dict[str, object] = {}
    looked = 0
    for path, module in _walked(network):
        for part in ("_parameters", "_buffers"):
            held = module.state.get(part)
            entries = held.items() if isinstance(held, dict) else ()
            looked += len(entries)
            if looked > _ENTRY_LIMIT:
                raise TangledError(f"it has more than {_ENTRY_LIMIT:,} parameters")
            found |= {f"{path}{name}": value for name, value in entries if is_leaf(value)}
    return found


def described(network: Opaque) -> Module:
    """Return the layers of a network as data; call `leaves` first, which refuses tangled ones."""
    labels = network.state.get(_LABELS)
    rows = enumerate(labels) if isinstance(labels, list | tuple) else ()
    pairs = labels.items() if isinstance(labels, dict) else rows
    named = {at: str(name) for at, name in pairs if type(at) is int and isinstance(name, str | int)}
    made = _described(network)
    held = network.state.get("args")
    said = held.state if isinstance(held, Opaque) else held
    side = said.get(_SIDE) if isinstance(said, dict) else None
    settings = {**made.settings, _SIDE: side} if type(side) is int else made.settings
    return Module(made.kind, settings, made.modules, named)


def _described(module: Opaque) -> Module:
    state = module.state
    plain = {
        name: _setting(value)
        for name, value in state.items()
        if isinstance(name, str) and not name.startswith("_") and _is_plain(value)
    }
    inside = {name: _described(one) for name, one in _inside(module).items()}
    return Module(module.name.rpartition(".")[2], plain, inside)


def _walked(network: Opaque) -> Iterator[tuple[str, Opaque]]:
    """Yield every layer with the beginning of its names, outermost first."""
    waiting: list[tuple[str, Opaque, int]] = [("", network, 0)]
    for _ in range(_MODULE_LIMIT):
        if not waiting:
            return
        path, module, depth = waiting.pop()
        yield path, module
        inside = _inside(module)
        if depth == _DEPTH_LIMIT or len(inside) + len(waiting) > _MODULE_LIMIT:
            break
        waiting.extend((f"{path}{name}.", one, depth + 1) for name, one in _reversed(inside))
    raise TangledError(f"its layers are more than {_DEPTH_LIMIT} deep or {_MODULE_LIMIT:,}")


def _inside(module: Opaque) -> dict[str, Opaque]:
    """Return the layers inside a layer."""
    held = module.state.get("_modules")
    entries = held.items() if isinstance(held, dict) else ()
    return {name: one for name, one in entries if isinstance(name, str) and isinstance(one, Opaque)}


def _reversed(inside: dict[str, Opaque]) -> list[tuple[str, Opaque]]:
    return list(reversed(inside.items()))


def _is_plain(value: object, depth: int = 2) -> bool:
    if isinstance(value, list | tuple):
        flat = depth and len(value) <= _LONGEST
        return bool(flat) and all(_is_plain(item, depth - 1) for item in value)
    return value is None or isinstance(value, bool | int | float | str)


def _setting(value: Any) -> Setting:
    return tuple(map(_setting, value)) if isinstance(value, list | tuple) else value
