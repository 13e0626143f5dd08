"""Find node types in packages, entry points and the user's folder.

There is no global registry: whoever needs one makes it and passes it on. A module that cannot be
imported is a `LoadFailure`, never an exception: one broken pack does not take the others along.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from studio.core.define import Migration
from studio.core.errors import NodeDefinitionError
from studio.core.spec import NodeSpec

ENTRY_POINTS = "studio.nodes"
_USER = "wirebrush_user"


@dataclass(frozen=True, slots=True)
class LoadFailure:
    """A module or node that could not be taken in.

    Attributes:
        module: Name of the module.
        text: What went wrong, in one line.
        traceback: The whole story, for the author of the pack.
    """

    module: str
    text: str
    traceback: str = ""


class Registry:
    """Node types by their ids."""

    def __init__(self) -> None:
        self._specs: dict[str, NodeSpec] = {}
        self._former: dict[str, str] = {}
        self._migrations: dict[tuple[str, int], Migration] = {}
        self._failures: list[LoadFailure] = []

    @property
    def specs(self) -> Mapping[str, NodeSpec]:
        """All specs by id."""
        return MappingProxyType(self._specs)

    @property
    def failures(self) -> tuple[LoadFailure, ...]:
        """What could not be taken in."""
        return tuple(self._failures)

    def spec(self, type_id: str) -> NodeSpec | None:
        """Return the spec of a node type, also for a former id."""
        return self._specs.get(type_id) or self._specs.get(self._former.get(type_id, ""))

    def add(self, spec: NodeSpec) -> None:
        """Take in one node type.

        Raises:
            NodeDefinitionError: Its id is taken. Only a built-in type may displace one of a pack.
        """
        held = self._specs.get(spec.id)
        if held and held != spec:
            if spec.pack or not held.pack:
                text = f"{spec.implementation} defines {spec.id}, which {held.implementation} has"
                raise NodeDefinitionError(text, fix="choose another id")
            text = f"{held.id} of {held.implementation} is a built-in node; it needs another id"
            self._failures.append(LoadFailure(held.implementation.partition(":")[0], text))
        self._specs[spec.id] = spec
        for former in spec.replaces:
            self._former.setdefault(former, spec.id)

    def add_migration(self, migration: Migration) -> None:
        """Take in a change of parameters; a second one for the same step is ignored."""
        self._migrations.setdefault((migration.id, migration.version), migration)

    def collect(self, module: ModuleType, pack: str = "") -> None:
        """Take in the node types and migrations that a module defines.

        Nodes of packs always run: only the computing process may call their code, while the planner
        works in the window too.

        Args:
            module: An imported module.
            pack: Digest of a third-party pack's source; empty for built-in nodes.
        """
        for item in vars(module).values():
            if getattr(item, "__module__", None) != module.__name__:
                continue
            spec, migration = (
                getattr(item, name, None) for name in ("__node_spec__", "__node_migration__")
            )
            if isinstance(migration, Migration):
                self.add_migration(migration)
            if isinstance(spec, NodeSpec):
                self._try_add(replace(spec, pack=pack, folds=spec.folds and not pack))

    def scan(self, package: ModuleType, pack: str = "") -> None:
        """Import every module of a package and take in what it defines."""
        self.collect(package, pack)
        for name in _modules(package):
            module = self._import(name)
            if module:
                self.collect(module, pack)

    def scan_entry_points(self) -> None:
        """Take in installed packs. This runs their code: for the computing process only."""
        from importlib.metadata import entry_points

        for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
            module = self._import(entry.value)
            if module:
                self.scan(module, _digest(Path(module.__file__ or "")))

    def scan_folder(self, folder: Path) -> None:
        """Take in the user's own node files. This runs them: for the computing process only."""
        for path in sorted(folder.glob("*.py")):
            module = self._import_file(path)
            if module:
                self.collect(module, _digest(path))

    def migrate(self, type_id: str, version: int, params: Mapping[str, Any]) -> dict[str, Any]:
        """Bring the parameters of an older node to the present version of its type.

        Versions go on counting when a type is renamed. A migration that fails leaves the parameters
        as they were, so that nothing of the user's is lost.
        """
        spec = self.spec(type_id)
        for step in range(version, spec.version if spec else version):
            found = self._migrations.get((spec.id if spec else type_id, step))
            if found:
                try:
                    params = found.change(dict(params))
                except Exception as wrong:  # noqa: BLE001  # a pack's code; reported as data
                    self._failures.append(_failure(found.change.__module__, wrong))
                    return dict(params)
        return dict(params)

    def _try_add(self, spec: NodeSpec) -> None:
        try:
            self.add(spec)
        except NodeDefinitionError as wrong:
            self._failures.append(_failure(spec.implementation.partition(":")[0], wrong))

    def _import(self, name: str) -> ModuleType | None:
        try:
            return importlib.import_module(name)
        except (Exception, SystemExit) as wrong:  # noqa: BLE001  # a pack may raise anything
            self._failures.append(_failure(name, wrong))
            return None

    def _import_file(self, path: Path) -> ModuleType | None:
        name = f"{_USER}.{path.stem}"
        found = importlib.util.spec_from_file_location(name, path)
        if found is None or found.loader is None:
            return None
        module = importlib.util.module_from_spec(found)
        sys.modules[name] = module
        try:
            found.loader.exec_module(module)
        except (Exception, SystemExit) as wrong:  # noqa: BLE001  # a user's file may raise anything
            del sys.modules[name]
            self._failures.append(_failure(name, wrong))
            return None
        return module


def load_function(spec: NodeSpec) -> Callable[..., Any]:
    """Return the function that a spec names.

    Raises:
        NodeDefinitionError: The module no longer has it.
    """
    name, _, path = spec.implementation.partition(":")
    found: Any = sys.modules.get(name) or importlib.import_module(name)
    for part in path.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise NodeDefinitionError(f"{spec.id}: there is no function {spec.implementation}")
    function: Callable[..., Any] = found
    return function


def _modules(package: ModuleType) -> Iterator[str]:
    """Name the modules below a package in order, without importing them."""
    waiting = [(list(getattr(package, "__path__", [])), f"{package.__name__}.")]
    while waiting:
        paths, prefix = waiting.pop()
        for found in sorted(pkgutil.iter_modules(paths), key=lambda found: found.name):
            yield prefix + found.name
            if found.ispkg:
                inner = [str(Path(path) / found.name) for path in paths]
                waiting.append((inner, f"{prefix}{found.name}."))


def _digest(path: Path) -> str:
    """Return the digest of a pack's source: of its folder for a package, else of its file."""
    from hashlib import sha256

    sources = sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]
    digest = sha256()
    for source in sources:
        digest.update(f"{source.relative_to(path.parent).as_posix()}\0".encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _failure(module: str, wrong: BaseException) -> LoadFailure:
    text = f"{type(wrong).__name__}: {wrong}"
    return LoadFailure(module, text, "".join(traceback.format_exception(wrong)))
