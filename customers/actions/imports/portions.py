"""Working a file off in portions: each is one transaction, and tells how far it came."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from django.db import OperationalError, transaction

from core.journal import continued
from core.models import ChangeSet
from customers.actions.imports.ahead import read_ahead
from customers.actions.imports.kinds import ImportKind, RowResult, Telling
from customers.actions.imports.mapping import Mapping
from customers.actions.imports.met import Met, MetInDryRun
from customers.actions.imports.reader import Progress
from customers.actions.imports.report import Refused, Report
from customers.actions.imports.source import open_table
from customers.actions.imports.units import Unit, units

# Small enough that an order pushed through the API meanwhile does not wait for long.
PORTION = 2000
ROWS_OF_PORTION = 10 * PORTION
ATTEMPTS = 3

# (rows done, rows in all, the report so far); called within each portion's transaction, or after a dry run's.
Checkpoint = Callable[[int, int, Report], None]


@dataclass(frozen=True)
class Assignment:
    """What is to be done with a file. `position`: how many rows were recorded before."""

    path: Path
    mapping: Mapping
    kind: ImportKind
    telling: Telling
    dry_run: bool = False
    refused_path: Path | None = None
    change_set: ChangeSet | None = None
    position: int = 0
    # The cells carry the quotes by which refused rows were made harmless.
    was_exported: bool = False


def work(
    job: Assignment,
    report: Report,
    *,
    checkpoint: Checkpoint = lambda _done, _total, _report: None,
    read_progress: Progress = lambda _bytes: None,
) -> Report:
    """Record the rows of a file; what cannot be taken is refused row by row, and the rest goes in.

    Raises InvalidInput if the file as a whole cannot be read by the mapping. A dry run does the same work and takes
    each portion back. Returns the report; the one given is left as it was.
    """
    run = _Run(job, report.copy(), checkpoint)
    table = open_table(job.path, job.mapping, job.kind, read_progress, skip=job.position, was_exported=job.was_exported)
    run.open(Refused(table.columns, job.refused_path), table.total)
    try:
        portions = _portions(units(table, job.telling.now))
        for portion in portions if table.is_staged else read_ahead(portions):
            run.record(portion)
    finally:
        run.close()
    return run.report


def _portions(found: Iterable[Unit]) -> Iterator[list[Unit]]:
    portion: list[Unit] = []
    objects = rows = 0
    for unit in found:
        portion.append(unit)
        objects += unit.data is not None
        rows += unit.size
        if objects == PORTION or rows >= ROWS_OF_PORTION:
            yield portion
            portion, objects, rows = [], 0, 0
    if portion:
        yield portion


class _Run:
    def __init__(self, job: Assignment, report: Report, checkpoint: Checkpoint) -> None:
        self.job = job
        self.report = report
        self.checkpoint = checkpoint
        self.position = job.position
        self.met = MetInDryRun() if job.dry_run else Met(job.refused_path, job.position)
        self.started = time.monotonic() - report.seconds

    def open(self, refused: Refused, total: int) -> None:
        self.refused = refused
        self.refused.cut_to(self.report)
        self.report.rows = total

    def record(self, portion: list[Unit]) -> None:
        """Record one portion; a deadlock with somebody else's transaction is worth another attempt."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._attempt(portion)
            except OperationalError:
                if attempt == ATTEMPTS:
                    raise
                self.refused.cut_to(self.report)
                self.met.load(self.position)
            else:
                return

    def _attempt(self, portion: list[Unit]) -> None:
        draft = self.report.copy()
        told = [unit for unit in portion if unit.data is not None]
        position = self.position + sum(unit.size for unit in portion)
        with self._transaction():
            results = self.job.kind.record([unit.data for unit in told], self.job.telling) if told else []
            if self.job.dry_run:
                transaction.set_rollback(True)
            else:
                self._note(draft, portion, told, results, position)
        if self.job.dry_run:
            self._note(draft, portion, told, results, position)
        self.met.forget(self.position)
        self.report, self.position = draft, position

    def _transaction(self) -> AbstractContextManager[None]:
        made = self.job.change_set
        return continued(made) if made else transaction.atomic()

    def _note(
        self, draft: Report, portion: list[Unit], told: list[Unit], results: list[RowResult], position: int
    ) -> None:
        refusals = [refusal for unit in portion for refusal in unit.refused]
        for unit, result in zip(told, results, strict=True):
            if result.is_skipped:
                draft.skipped += 1
                draft.skipped_reasons.update(fault.code for fault in result.faults)
            elif result.faults:
                refusals += unit.refusals(result.faults)
            else:
                draft.fates[result.fate] += 1
        self.refused.add(draft, sorted(refusals, key=itemgetter(0)))
        self.met.count(results, self._identities(told), draft)
        self.met.save(position)
        draft.seconds = time.monotonic() - self.started
        self.checkpoint(position, draft.rows, draft)

    def _identities(self, told: list[Unit]) -> list[list[str]]:
        return [self.job.kind.identity(unit.data) for unit in told] if self.job.dry_run else []

    def close(self) -> None:
        self.refused.close()
