"""The work of one node, or of one item of a mapped node: leased, called, measured, stored."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.core.errors import NodeError, StudioError
from studio.core.spec import NodeSpec
from studio.core.values import Value
from studio.engine.cache import SMALL
from studio.engine.calling import PREVIEW_SECONDS, Steering, call, in_words, placed
from studio.engine.carrying import Carried
from studio.engine.codec import Codec
from studio.engine.done import ONLY, Done, Turn
from studio.engine.effects import EffectCall, OutputFolder
from studio.engine.events import Emit, Event, NodeProgress, RunRequest, Thumbnail, Written
from studio.engine.gather import Results
from studio.engine.host import Host, output_folder
from studio.engine.keys import Job, computes, insists, refuse_changed, shape_of
from studio.engine.parts import StoredParts
from studio.engine.records import Cost, File, Receipt
from studio.engine.runtime import Call, Token
from studio.engine.store import COMMIT_SECONDS
from studio.engine.words import given, joined, words_of

CHEAP_SECONDS = 0.05
"""What took less may stay in memory and be made again, unless that takes a network."""


class Work:
    """Does the work of one run."""

    def __init__(
        self, host: Host, request: RunRequest, emit: Emit, token: Token, results: Results
    ) -> None:
        self.host = host
        self.request = request
        self.emit = emit
        self.token = token
        self.results = results
        self._store = host.cache.store
        self._folder = output_folder(request)
        self._carried = Carried(host, request)
        codec = self._store.codec if self._store else Codec()
        self._parts = StoredParts(host.cache, codec, host.policy)
        self._waiting: list[Event] = []
        self._told = float("-inf")

    # --- Reporting ---

    def say(self, event: Event, *, stored: bool = False, seconds: float = 0.0) -> None:
        """Report a result once it is safe: at once, or after the commit that it waits for."""
        if not stored:
            self.emit(event)
            return
        self._waiting.append(event)
        if seconds >= COMMIT_SECONDS:
            self.flush()
        else:
            self._pulse()

    def tell(self, job: Job, turn: Turn) -> None:
        """Report that an item of a mapped node is over, now and then; the last one always."""
        self._pulse()
        now = time.monotonic()
        if now - self._told >= PREVIEW_SECONDS or turn.item + 1 == turn.items:
            self._told = now
            self.emit(NodeProgress(self.request.run, job.id, 1, 1, turn.item, turn.items))

    def flush(self) -> None:
        """Commit what waits, then report it."""
        if self._store:
            self._store.flush()
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self.emit(event)

    def finish(self) -> None:
        """Write everything that waits."""
        self.flush()
        if self.host.costs:
            self.host.costs.flush()

    def _pulse(self) -> None:
        if self._store and self._store.due:
            self.flush()

    # --- Working ---

    def held(self, job: Job, spec: NodeSpec, key: str, item: int) -> Done | None:
        """Return a call of a mapped node whose result is held, or ``None``."""
        if not spec.effect:
            return Done(key, reused=1) if self.results.held([key]) else None
        receipt = self._receipt(job, key)
        if receipt is None or not receipt.intact:
            return None
        files = tuple(Written(job.id, path, item) for path in receipt.paths)
        return Done(key, files=files, reused=1)

    def do(
        self,
        job: Job,
        spec: NodeSpec,
        key: str,
        values: Mapping[str, Any],
        *,
        keep: bool,
        turn: Turn = ONLY,
    ) -> Done:
        """Call a node, and keep what it returns.

        Args:
            job: The node.
            spec: Its type.
            key: Names the result.
            values: Arguments by name.
            keep: Whether the result is stored whatever it cost.
            turn: Which call of a mapped node this is.

        Raises:
            StudioError: What the node raised, with its place.
            Cancelled: The run was asked to stop.
        """
        try:
            if spec.effect:
                return self._effect(job, spec, key, values, turn)
            if not (spec.context or spec.streams) or self.host.leases is None:
                return self._make(job, spec, key, values, keep, turn)
            return self._leased(job, spec, key, values, keep, turn)
        except StudioError as error:
            raise placed(error, job.id) from error.__cause__

    def _leased(
        self,
        job: Job,
        spec: NodeSpec,
        key: str,
        values: Mapping[str, Any],
        keep: bool,
        turn: Turn,
    ) -> Done:
        """Make what takes time, unless another process does or did a moment ago."""
        leases = self.host.leases
        assert leases is not None
        self.flush()
        while not leases.take(key):
            leases.wait(self.token)
        try:
            if self.results.of(key) is not None:
                return Done(key, reused=1)
            done = self._make(job, spec, key, values, keep, turn)
            self.flush()  # before the lease ends, so that whoever waits finds it
            return done
        finally:
            leases.free(key)

    def _make(
        self,
        job: Job,
        spec: NodeSpec,
        key: str,
        values: Mapping[str, Any],
        keep: bool,
        turn: Turn,
    ) -> Done:
        """Call a node that returns something, measure it and keep the result."""
        about = self._call(job, spec, key)
        runtime = self.host.runtime
        if runtime:
            runtime.reset_peak()
        started = time.monotonic()
        steering = self._steering(job, key, turn)
        outputs = self._called(spec, values, about, steering)
        seconds = time.monotonic() - started
        refuse_changed(job, self.host.fingerprints)
        peak = runtime.peak() if runtime else 0
        key = about.result_key
        made = self.results.add(key, outputs, values)
        done = Done(
            key,
            words={name: in_words(value) for name, value in outputs.items()},
            said=joined({name: words_of(value) for name, value in outputs.items()}),
            thumbnail=self._thumbnail(made, steering),
            seconds=seconds,
            size=self.host.cache.keep(key, made),
            peak=peak,
        )
        self._note(job, spec, Cost(seconds, done.size, peak))
        dear = computes(spec) or seconds >= CHEAP_SECONDS
        return self._stored(done, spec, made, keep or dear, turn)

    def _note(self, job: Job, spec: NodeSpec, cost: Cost) -> None:
        """Remember what a call took, for later estimates."""
        if self.host.costs:
            self.host.costs.note(spec.id, shape_of(job), cost)

    def _called(
        self, spec: NodeSpec, values: Mapping[str, Any], about: Call, steering: Steering
    ) -> dict[str, Any]:
        """Call a node; where memory ran short, again in each of the ways to do with less."""
        while True:
            arguments = {**values, "ctx": self._context(about)} if spec.context else values
            try:
                return call(spec, arguments, steering)
            except StudioError as error:
                runtime = self.host.runtime
                if runtime is None or not runtime.relieve(about, error):
                    raise
                if (held := self.results.of(about.result_key)) is not None:
                    return held

    def _stored(
        self, done: Done, spec: NodeSpec, made: dict[str, Any], wanted: bool, turn: Turn
    ) -> Done:
        size = 0
        if self._store and wanted:
            size = self._store.put(
                done.key,
                made,
                kind=spec.id,
                seconds=done.seconds,
                peak=done.peak,
                thumbnail=done.thumbnail,
            )
        if turn.owner and not size:
            self.results.hold(done.key, made, turn.owner)
        return replace(done, stored=size > 0)

    def _call(self, job: Job, spec: NodeSpec, key: str) -> Call:
        return Call(
            run=self.request.run,
            node=job.id,
            title=job.title,
            type=spec.id,
            version=spec.version,
            key=key,
            token=self.token,
            emit=self.emit,
            fetch=self.results.fetch,
            parts=self._parts,
            previews=self.request.previews,
        )

    def _context(self, about: Call) -> Any:
        if self.host.runtime is None:
            raise NodeError("this process has no device to compute on")
        return self.host.runtime.context(about)

    def _steering(self, job: Job, key: str, turn: Turn) -> Steering:
        runtime, leases = self.host.runtime, self.host.leases

        def pulse() -> None:
            self._pulse()
            if leases:
                leases.renew(key)

        preview = runtime.preview if runtime and self.request.previews else None
        return Steering(
            run=self.request.run,
            node=job.id,
            token=self.token,
            emit=self.emit,
            pulse=pulse,
            preview=preview,
            item=turn.item,
            items=turn.items,
        )

    def _thumbnail(self, made: Mapping[str, Any], steering: Steering) -> Thumbnail | None:
        runtime = self.host.runtime
        if runtime is None or steering.shown:
            return runtime.preview(steering.shown()) if runtime and steering.shown else None
        pictures = (runtime.thumbnail(value) for value in made.values() if isinstance(value, Value))
        return next((picture for picture in pictures if picture), None)

    # --- Lists ---

    def join(
        self,
        job: Job,
        spec: NodeSpec,
        total: Done,
        outputs: Mapping[str, Any],
        *,
        whole: bool,
        keep: bool,
    ) -> Done:
        """Keep the list that the calls of a mapped node make; one with gaps is for this run."""
        made = self.results.add(job.key, outputs, {})
        words = {name: in_words(value) for name, value in outputs.items()}
        total = replace(total, words=words)
        if not whole:
            return total
        self.host.cache.keep(job.key, made)
        if self._store and (keep or total.seconds >= CHEAP_SECONDS):
            self._store.put(job.key, made, kind=spec.id, seconds=total.seconds, peak=total.peak)
            total = replace(total, stored=True)
        return replace(total, size=total.size + SMALL)

    def sign(self, job: Job, total: Done) -> None:
        """Sign for everything that the calls of a mapped effect wrote."""
        if self.host.receipts:
            files = tuple(File.of(Path(file.path)) for file in total.files)
            receipt = Receipt(files, run=self.request.run)
            self.host.receipts.put(job.key, self._folder, receipt)

    # --- Effects ---

    def _receipt(self, job: Job, key: str) -> Receipt | None:
        """Return what was written for a key, unless the effect shall always act."""
        found = self.host.receipts.get(key, self._folder) if self.host.receipts else None
        return None if found and insists(job) and found.run != self.request.run else found

    def _effect(
        self, job: Job, spec: NodeSpec, key: str, values: Mapping[str, Any], turn: Turn
    ) -> Done:
        """Call a node that acts outside; what it needed is safe before it begins."""
        self.flush()
        begun = self._receipt(job, key)
        output = OutputFolder(
            folder=self._folder,
            graph=self.request.graph,
            title=self.request.title,
            run=self.request.run,
            node=job.id,
            item=turn.item,
            key=key,
            receipts=self.host.receipts,
            earlier=begun.earlier if begun and not begun.done else (),
            whole=self._carried,
        )
        context = EffectCall(output, self._call(job, spec, key).warn)
        arguments = {**values, "ctx": context} if spec.context else values
        started = time.monotonic()
        call(spec, arguments, self._steering(job, key, turn))
        output.sign()
        files = tuple(Written(job.id, file.path, turn.item) for file in output.files)
        seconds = time.monotonic() - started
        self._note(job, spec, Cost(seconds, sum(file.size for file in output.files), 0))
        return Done(key, said=given(spec, values), files=files, seconds=seconds)
