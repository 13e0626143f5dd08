"""A machine that walks the opcodes of a pickle and runs nothing.

It knows dicts, lists, tuples, texts and numbers. What a pickle wants imported is noted by name, and
what it wants called or built becomes an `Opaque`, except for the few calls that describe tensors.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from studio.facts.described import TensorFacts

STEP_LIMIT = 2_500_000
_LINE_LIMIT = 1_000

DTYPES = {
    "Double": "F64", "Float": "F32", "Half": "F16", "BFloat16": "BF16", "Long": "I64",
    "Int": "I32", "Short": "I16", "Char": "I8", "Byte": "U8", "Bool": "BOOL", "Untyped": "U8",
    "ComplexFloat": "C64", "float64": "F64", "float32": "F32", "float16": "F16",
    "bfloat16": "BF16", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8",
    "uint8": "U8", "bool": "BOOL", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
    "uint16": "U16", "uint32": "U32", "uint64": "U64", "complex64": "C64",
}  # fmt: skip
"""Our names of number formats, by torch's names of storages and of number formats."""

_PACKED = {code: struct.Struct(code) for code in ("B", "<H", "<I", "<i", "<Q", ">d")}

DICTS = (
    "collections.OrderedDict", "collections.defaultdict", "builtins.dict", "__builtin__.dict",
    "torch.nn.modules.container.ParameterDict", "pytorch_lightning.utilities.parsing.AttributeDict",
    "lightning_fabric.utilities.data.AttributeDict",
)  # fmt: skip
"""Classes that are read as plain dicts, because tensors may be inside."""

NETWORKS = "ultralytics."
"""Where the classes of networks begin that people keep pickled whole."""

ATTRIBUTE = ("builtins.getattr", "__builtin__.getattr")
"""What takes an attribute: noted only where it is called on anything but a layer of a network."""


@dataclass(slots=True, eq=False)
class Opaque:
    """Stands for anything that is not data.

    Attributes:
        name: Dotted name of the class or function, where it has one.
        state: What an object of that class was to be filled with, as data.
    """

    name: str = ""
    state: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pickled:
    """What a pickle says.

    Attributes:
        root: Dicts, lists, tuples, texts, numbers, `TensorFacts` and `Opaque`.
        asked: Dotted names of everything that it wants imported.
    """

    root: object
    asked: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Storage:
    dtype: str
    count: int


class WalkError(ValueError):
    """The pickle is malformed, too long, or uses opcodes that weights files do not use."""

    def __init__(self, text: str, asked: frozenset[str]) -> None:
        super().__init__(text)
        self.asked = asked


class OldNetworkError(WalkError):
    """It is a network that was pickled whole in the old form, which holds its program as text."""


def walk(file: BinaryIO) -> Pickled:
    """Walk one pickle, from the file's position to just behind its end.

    Raises:
        WalkError: It is no pickle of plain data; `asked` says what it wanted until then.
    """
    machine = _Machine(file)
    try:
        root = machine.run()
    except WalkError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, struct.error) as error:
        raise WalkError(f"the pickle makes no sense ({error})"[:200], machine.names) from None
    return Pickled(root, machine.names)


class _Machine:
    """The stack, the memo, and one method for each opcode."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}
        self._asked: set[str] = set()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._asked)

    def run(self) -> object:
        steps = _STEPS
        for _ in range(STEP_LIMIT):
            code = self._file.read(1)
            if code == b".":
                return self._stack.pop()
            step = steps.get(code)
            if step is None:
                what = f"the pickle uses the opcode {code!r}" if code else "the pickle has no end"
                raise WalkError(what, self.names)
            step(self)
        raise WalkError(f"the pickle has more than {STEP_LIMIT:,} steps", self.names)

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) != size:
            raise ValueError("it ends in the middle")
        return data

    def number(self, code: str) -> Any:
        packed = _PACKED[code]
        return packed.unpack(self.read(packed.size))[0]

    def line(self) -> str:
        return self._file.readline(_LINE_LIMIT).rstrip(b"\n").decode("utf-8")

    def push(self, value: object) -> None:
        self._stack.append(value)

    def top(self, code: str) -> None:
        self._memo[self.number(code)] = self._stack[-1]

    def recall(self, code: str) -> None:
        self._stack.append(self._memo[self.number(code)])

    def memoize(self) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def text(self, code: str, encoding: str) -> None:
        self._stack.append(self.read(self.number(code)).decode(encoding))

    def mark(self) -> None:
        self._marks.append(len(self._stack))

    def since_mark(self) -> list[Any]:
        position = self._marks.pop()
        items = self._stack[position:]
        del self._stack[position:]
        return items

    def tuple_of(self, count: int) -> None:
        if len(self._stack) < count:
            raise ValueError("the stack is empty")
        items = tuple(self._stack[len(self._stack) - count :])
        self._stack[len(self._stack) - count :] = [items]

    def integer(self) -> None:
        self.push(int.from_bytes(self.read(self.number("B")), "little", signed=True))

    def ask(self, module: object, name: object) -> None:
        dotted = f"{module}.{name}"
        if dotted not in ATTRIBUTE:
            self._asked.add(dotted)
        self.push(Opaque(dotted))

    def ask_lines(self) -> None:
        self.ask(self.line(), self.line())

    def ask_stack(self) -> None:
        name = self._stack.pop()
        self.ask(self._stack.pop(), name)

    def instance(self) -> None:
        self.ask_lines()
        made = self._stack.pop()
        self._asked.add(made.name)
        self.since_mark()
        self.push(Opaque(made.name))

    def object_of(self) -> None:
        self._asked.update(item.name for item in self.since_mark() if isinstance(item, Opaque))
        self.push(Opaque())

    def call(self) -> None:
        arguments, function = self._stack.pop(), self._stack.pop()
        if isinstance(function, Opaque) and not _is_own_method(function, arguments):
            self._asked.add(function.name)
        self.push(_called(function, arguments))

    def build(self) -> None:
        state = self._stack.pop()
        made = self._stack[-1]
        if isinstance(made, Opaque) and isinstance(state, dict):
            made.state = state
        elif isinstance(made, dict) and isinstance(state, dict):
            inside = state.get("_parameters")
            made.update(inside if isinstance(inside, dict) else {})

    def put(self, items: list[Any]) -> None:
        into = self._stack[-1]
        if isinstance(into, dict):
            for name, value in zip(items[::2], items[1::2], strict=True):
                if isinstance(name, str | int):
                    into[name] = value

    def add(self, items: list[Any]) -> None:
        into = self._stack[-1]
        if isinstance(into, list):
            into.extend(items)

    def storage(self) -> None:
        match self._stack.pop():
            case ("storage", Opaque(name=kind), str(), str(), int(count), *_):
                stem = kind.rpartition(".")[2].removesuffix("Storage")
                self.push(_Storage(DTYPES[stem], count))
            case ("module", *_):
                raise OldNetworkError("it holds the program of a network", self.names)
            case _:
                raise ValueError("a persistent id that is no storage")


def _called(function: object, arguments: object) -> object:
    """Return what a call describes: a tensor, a dict, or nothing that matters."""
    name = function.name if isinstance(function, Opaque) else ""
    if name in DICTS:
        return {}
    if not isinstance(arguments, tuple) or not name.startswith("torch._utils._rebuild_"):
        return Opaque(name)
    if name.startswith("torch._utils._rebuild_parameter") and arguments:
        return arguments[0]
    match arguments:
        case (_Storage() as storage, int(offset), tuple(shape), tuple(), *rest):
            return _tensor(storage, offset, shape, rest)
    return Opaque(name)


def _is_own_method(function: Opaque, arguments: object) -> bool:
    """Say whether this is what a fused layer keeps of itself: its way forward."""
    match arguments:
        case (Opaque(name=kind), str(method)) if function.name in ATTRIBUTE:
            return kind.startswith(NETWORKS) and method.startswith("forward")
    return False


def _tensor(storage: _Storage, offset: int, shape: tuple[Any, ...], rest: list[Any]) -> TensorFacts:
    """Return the facts of a tensor in a storage; version 3 names its number format last."""
    last = rest[-1] if rest else None
    dtype = storage.dtype
    if isinstance(last, Opaque):
        dtype = DTYPES[last.name.removeprefix("torch.")]
    if offset < 0 or not all(type(length) is int and 0 <= length < 2**48 for length in shape):
        raise ValueError(f"a tensor of shape {str(shape)[:60]}")
    return TensorFacts(shape, dtype)


_STEPS: dict[bytes, Callable[[_Machine], None]] = {
    b"\x80": lambda m: m.number("B") and None,
    b"\x95": lambda m: m.number("<Q") and None,
    b"}": lambda m: m.push({}),
    b"]": lambda m: m.push([]),
    b")": lambda m: m.push(()),
    b"\x8f": lambda m: m.push(Opaque("builtins.set")),
    b"N": lambda m: m.push(None),
    b"\x88": lambda m: m.push(True),
    b"\x89": lambda m: m.push(False),
    b"K": lambda m: m.push(m.number("B")),
    b"M": lambda m: m.push(m.number("<H")),
    b"J": lambda m: m.push(m.number("<i")),
    b"G": lambda m: m.push(m.number(">d")),
    b"\x8a": _Machine.integer,
    b"X": lambda m: m.text("<I", "utf-8"),
    b"\x8c": lambda m: m.text("B", "utf-8"),
    b"U": lambda m: m.text("B", "latin-1"),
    b"T": lambda m: m.text("<I", "latin-1"),
    b"C": lambda m: m.text("B", "latin-1"),
    b"(": _Machine.mark,
    b"t": lambda m: m.push(tuple(m.since_mark())),
    b"\x85": lambda m: m.tuple_of(1),
    b"\x86": lambda m: m.tuple_of(2),
    b"\x87": lambda m: m.tuple_of(3),
    b"0": lambda m: m._stack.pop() and None,
    b"q": lambda m: m.top("B"),
    b"r": lambda m: m.top("<I"),
    b"\x94": _Machine.memoize,
    b"h": lambda m: m.recall("B"),
    b"j": lambda m: m.recall("<I"),
    b"c": _Machine.ask_lines,
    b"\x93": _Machine.ask_stack,
    b"i": _Machine.instance,
    b"o": _Machine.object_of,
    b"R": _Machine.call,
    b"\x81": _Machine.call,
    b"b": _Machine.build,
    b"s": lambda m: m.put([m._stack.pop(), m._stack.pop()][::-1]),
    b"u": lambda m: m.put(m.since_mark()),
    b"a": lambda m: m.add([m._stack.pop()]),
    b"e": lambda m: m.add(m.since_mark()),
    b"Q": _Machine.storage,
}
