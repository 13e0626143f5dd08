"""``wirebrush nodes``: the manual, from the node specs."""

from __future__ import annotations

import argparse
import json
import sys

from studio.cli.setup import builtin_registry
from studio.core.errors import ISSUES, WARNINGS, UnknownNodeError, all_errors
from studio.core.spec import Input, NodeSpec
from studio.core.widgets import Choice, FileRef, ModelFile, Range, Seed, plain


def main(options: argparse.Namespace) -> int:
    """Print one node type, or all of them."""
    specs = _chosen(options.id)
    if options.json:
        data = [spec.as_data() for spec in specs]
        text = json.dumps(data[0] if options.id else data, indent=1)
    elif options.markdown:
        text = "\n".join([*map(markdown, specs), *([] if options.id else [codes()])])
    elif options.id:
        text = manual(specs[0])
    else:
        text = _list(specs)
    sys.stdout.write(text.rstrip("\n") + "\n")
    return 0


def _chosen(name: str | None) -> list[NodeSpec]:
    registry = builtin_registry()
    if name is None:
        return sorted(registry.specs.values(), key=lambda spec: (spec.category, spec.id))
    spec = registry.spec(name)
    if spec is None:
        from studio.roots import near_names

        near = near_names(name, sorted(registry.specs))
        hint = f"near names: {', '.join(near)}" if near else "wirebrush nodes lists them all"
        raise UnknownNodeError(f"there is no node type {name}", fix=hint)
    return [spec]


def _list(specs: list[NodeSpec]) -> str:
    width = max(len(spec.id) for spec in specs)
    lines: list[str] = []
    for spec in specs:
        heading = f"\n{spec.category}"
        if heading not in lines:
            lines.append(heading)
        lines.append(f"  {spec.id:{width}}  {spec.summary}")
    return "\n".join(lines).lstrip("\n")


def manual(spec: NodeSpec) -> str:
    """Return the page of one node type for the terminal."""
    parts = [f"{spec.title}  ({spec.id}, version {spec.version})", "", spec.summary]
    if spec.help:
        parts += ["", spec.help]
    parts += _section(
        "Inputs", [f"{item.name}: {limits(item)}\n      {item.help}" for item in spec.inputs]
    )
    parts += _section(
        "Outputs", [f"{item.name}: {item.type}  {item.help}".rstrip() for item in spec.outputs]
    )
    parts += _section("Errors", [f"{name}: {text}" for name, text in spec.raises])
    if spec.source:
        parts += ["", f"Source: {spec.source}"]
    return "\n".join(parts)


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)] if lines else []


def markdown(spec: NodeSpec) -> str:
    """Return the page of one node type as Markdown."""
    lines = [f"## {spec.title}", "", f"`{spec.id}` version {spec.version}", "", spec.summary, ""]
    if spec.help:
        lines += [spec.help, ""]
    if spec.inputs:
        lines += ["| input | takes | meaning |", "| --- | --- | --- |"]
        lines += [
            f"| `{item.name}` | {_cell(limits(item))} | {_cell(item.help)} |"
            for item in spec.inputs
        ]
        lines.append("")
    if spec.outputs:
        lines += ["| output | type | meaning |", "| --- | --- | --- |"]
        lines += [f"| `{item.name}` | {item.type} | {_cell(item.help)} |" for item in spec.outputs]
        lines.append("")
    lines += [f"- **{name}**: {text}" for name, text in spec.raises]
    if spec.source:
        lines += ["", f"Source: {spec.source}", ""]
    return "\n".join(lines)


def codes() -> str:
    """Return what every code of an issue, a warning or an error means, as Markdown."""
    errors = {code: (kind.__doc__ or "").split("\n")[0] for code, kind in all_errors().items()}
    lines = ["## Codes", "", "| code | meaning |", "| --- | --- |"]
    for table in (ISSUES, dict(sorted(errors.items())), WARNINGS):
        lines += [f"| `{code}` | {_cell(text)} |" for code, text in table.items()]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def limits(item: Input) -> str:
    """Say in a few words what an input takes."""
    parts = [item.type + (" (several)" if item.many else "")]
    widget = item.widget
    if isinstance(widget, Range):
        parts = [f"{item.type} from {widget.low:g} to {widget.high:g}{widget.unit}"]
    elif isinstance(widget, Choice):
        parts = [f"one of {', '.join(widget.options)}"]
    elif isinstance(widget, Seed):
        parts = ["whole number of 64 bits"]
    elif isinstance(widget, ModelFile):
        parts = [f"file from {widget.folder}"]
    if item.is_socket or item.default is None:
        parts.append("needed" if item.required else "optional")
    else:
        default = item.default.path if isinstance(item.default, FileRef) else plain(item.default)
        parts.append(f"default {json.dumps(default)}")
    return ", ".join(parts)
