"""What nodes say whose results are numbers or texts, found without running anything. No Qt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet

from studio.core.folding import Filled, Given, Made
from studio.core.spec import NodeSpec
from studio.core.types import SpecOf, item_of
from studio.engine.keys import Job, Keyed
from studio.engine.words import joined, words_of

Words = Callable[[Iterable[str]], Mapping[str, Mapping[str, str]]]
"""Says what the outputs of held results say, by key and name."""
MANY = 300
"""Where more nodes than this could say something, only results that nothing takes are said.

Nobody reads so many, and each that looks like no other makes every edit slower.
"""
_WORDY = frozenset({"bool", "int", "float", "str"})


def silent(keyed: Keyed) -> AbstractSet[str]:
    """Return the nodes that say nothing of their results, for there are too many of them."""
    found = _makers(keyed)
    if len(found) <= MANY:
        return frozenset()
    return found.keys() & {link.source for link in keyed.graph.links}


def said(
    keyed: Keyed, spec_of: SpecOf, met: AbstractSet[str], words: Words, hushed: AbstractSet[str]
) -> dict[str, str]:
    """Return what nodes say, by id; of most there is nothing.

    An effect that has no result of its own says what it was given, and a switch what it chose. A
    literal says nothing: its value is typed into it.

    Args:
        keyed: Nodes with their keys.
        spec_of: Finds the spec of a node type.
        met: Nodes that have what they would make.
        words: Looks into results.
        hushed: Nodes that are `silent`.
    """
    makers = [job for node, job in _makers(keyed).items() if node not in hushed]
    known = words([job.key for job in makers if job.key])
    ends: dict[str, dict[str, Filled]] = {}
    for job in makers:
        if job.key in known:
            ends[job.id] = _outputs(job)
    for node, job in keyed.jobs.items():
        if job.spec and job.spec.effect and node in met:
            ends[node] = _inputs(job)
    ends |= _chosen(keyed, spec_of)
    told = {
        node: joined({name: _words(source, known) for name, source in sources.items()})
        for node, sources in ends.items()
    }
    return {node: text for node, text in told.items() if text}


def _makers(keyed: Keyed) -> dict[str, Job]:
    """Return the nodes some of whose results may be numbers or texts."""
    specs = {job.spec.id: job.spec for job in keyed.jobs.values() if job.spec}
    wordy = {name for name, spec in specs.items() if _may_say(spec)}
    return {node: job for node, job in keyed.jobs.items() if job.spec and job.spec.id in wordy}


def _may_say(spec: NodeSpec) -> bool:
    """Tell whether some result of a node type may be a number or a text."""
    kinds = (item_of(output.type) for output in spec.outputs)
    return any(kind in _WORDY or kind.startswith("any:") for kind in kinds)


def _outputs(job: Job) -> dict[str, Filled]:
    outputs = job.spec.outputs if job.spec else ()
    return {output.name: Made(job.id, output.name, job.key) for output in outputs}


def _inputs(job: Job) -> dict[str, Filled]:
    """Return what is linked into an effect."""
    names = [item.name for item in job.spec.inputs if item.is_socket] if job.spec else []
    found = {name: job.inputs[name] for name in names if name in job.inputs}
    return {name: source for name, source in found.items() if source != Given(None)}


def _chosen(keyed: Keyed, spec_of: SpecOf) -> dict[str, dict[str, Filled]]:
    """Return what switches pass on."""
    found: dict[str, dict[str, Filled]] = defaultdict(dict)
    for (node, name), source in keyed.folded.items():
        spec = spec_of(keyed.graph.nodes[node].type)
        if spec and any(item.is_socket for item in spec.inputs):
            found[node][name] = source
    return found


def _words(source: Filled, known: Mapping[str, Mapping[str, str]]) -> str:
    if isinstance(source, Given):
        return words_of(source.value)
    return known.get(source.key, {}).get(source.output, "") if isinstance(source, Made) else ""
