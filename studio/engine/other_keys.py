"""Keys that turn out otherwise while a run is going.

What was made with less memory than planned may have other bits, and has a key that says so. A
frozen result that is of no use any more gives its place to one of what is before it now, which has
a key of its own as well. Whatever needs them takes these, and the key that follows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from studio.core.folding import Filled, Made, Source
from studio.engine.keys import Job, key_of
from studio.engine.sources import made_in, token_of


class OtherKeys:
    """The keys of one run that are not those of its plan.

    Args:
        policy: Numeric policy of the run.
    """

    def __init__(self, policy: str) -> None:
        self._policy = policy
        self._made: dict[str, str] = {}
        self._thawed: dict[str, str] = {}

    def note(self, planned: str, real: str) -> None:
        """Note that a result has another key than was planned."""
        if planned != real:
            self._made[planned] = real

    def note_thawed(self, node: str, real: str) -> bool:
        """Note the key of what takes the place of a frozen result; say whether that is news."""
        news = node not in self._thawed
        # By node: the same result of one that is not frozen is made again.
        self._thawed[node] = real
        return news

    def of(self, made: Made) -> str:
        """Return the key that a result has really."""
        key = self._thawed.get(made.node, made.key)
        while key in self._made:
            key = self._made[key]
        return key

    def actual(self, job: Job) -> Job:
        """Return a job with the real keys of its inputs, and its own."""
        stays = all(self.of(made) == made.key for made in made_in(job.inputs.values()))
        if job.spec is None or job.error or (stays and not job.frozen):
            return job
        inputs: dict[str, Filled] = dict(job.inputs)
        tokens: dict[str, Any] = dict(job.tokens)
        for name, filled in job.inputs.items():
            if isinstance(filled, Made):
                one = inputs[name] = self._real(filled)
                tokens[name] = token_of(one)
            elif isinstance(filled, tuple) and filled:
                several = inputs[name] = tuple(map(self._real, filled))
                tokens[name] = list(map(token_of, several))
        key = key_of(job.spec, tokens, self._policy)
        return replace(job, inputs=inputs, tokens=tokens, key=key, frozen=False)

    def _real(self, source: Source) -> Source:
        return replace(source, key=self.of(source)) if isinstance(source, Made) else source
