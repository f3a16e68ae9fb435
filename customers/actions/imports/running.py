"""The worker's side of imports: claim a due job, work it off, and say what became of it.

A job is claimed with a lease that its holder renews. A holder that died renews nothing: the next claim goes on from
the last committed portion. `runs` counts claims; whoever was given up for dead and still lives finds another number
there, and its portion is rolled back.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.errors import DomainError
from core.journal import acting
from customers.actions.imports import files
from customers.actions.imports.kinds import Telling, kind_of
from customers.actions.imports.mapping import parse_mapping
from customers.actions.imports.portions import Assignment, work
from customers.actions.imports.report import Report
from customers.actions.imports.undoing import take_back
from customers.models import ImportJob, ImportState

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BEAT_SECONDS = 5.0
# An import that keeps dying would be claimed for ever.
MOST_RUNS_IN_VAIN = 5
DUE = (ImportState.WAITING, ImportState.UNDOING)


class Lost(Exception):
    """The job was stopped, or given to somebody else: what is under way is rolled back."""


def run_due(*, now: datetime) -> int:
    """Work one due job off, if there is one and no other is under way; returns how many were worked off.

    One at a time: a worker of two slots keeps the other for messages. Two that run nevertheless do not disturb each
    other but by waiting.
    """
    job = claim(now=now)
    if job is None:
        return 0
    run(job=job, now=now)
    return 1


@transaction.atomic
def claim(*, now: datetime) -> ImportJob | None:
    """Take the first due job, or one whose holder died; None if there is none, or too many run already."""
    living = ImportJob.objects.filter(lease_until__gt=now)
    if living.count() >= settings.IMPORTS_AT_ONCE:
        return None
    dead = Q(lease_until=None) | Q(lease_until__lte=now)
    due = ImportJob.objects.filter(dead, state__in=[*DUE, ImportState.RUNNING]).order_by("pk")
    job = due.select_for_update(skip_locked=True, of=("self",)).first()
    if job is None:
        return None
    if job.state == ImportState.RUNNING and job.report:
        job.report = {**job.report, "interruptions": [*job.report["interruptions"], job.position]}
    if job.state != ImportState.UNDOING:
        job.state = ImportState.RUNNING
    job.runs += 1
    job.started_at = job.started_at or now
    job.lease_until = now + LEASE
    job.save(update_fields=["state", "report", "runs", "started_at", "lease_until"])
    return job


def run(*, job: ImportJob, now: datetime) -> None:
    """Work a claimed job off to its end. What goes wrong with the file is told in the job, never raised."""
    acting(user_id=job.by_id, origin="import")
    try:
        with override(job.by.language), _held(job):
            if job.state == ImportState.UNDOING:
                _undo(job, now)
            else:
                _import(job, now)
    except Lost:
        log.info("import %s was stopped or taken over", job.pk)
    except DomainError as error:
        _finish(job, ImportState.FAILED, error=str(error.message))
    except Exception:
        log.exception("import %s failed", job.pk)
        _finish(job, ImportState.FAILED, error=str(_("Something went wrong inside. The log says what.")))
    finally:
        acting(user_id=None, origin="")


def _import(job: ImportJob, now: datetime) -> None:
    kind = kind_of(job.kind)
    order = Assignment(
        path=files.path_of(job),
        mapping=parse_mapping(job.mapping, kind),
        kind=kind,
        telling=Telling(now=now, mode=job.mode, key=job.key, by=job.by),
        dry_run=job.is_dry_run,
        refused_path=files.refused_path(job),
        change_set=None if job.is_dry_run else job.change_set,
        position=0 if job.is_dry_run else job.position,
        was_exported=job.corrects_id is not None,
    )
    report = Report.from_dict(job.report) if job.report and order.position else Report(job.name, job.is_dry_run)
    if job.report:
        report.interruptions = job.report["interruptions"]
    done = work(order, report, checkpoint=lambda *told: _checkpoint(job, *told))
    _finish(job, ImportState.DONE, done)


def _mine(job: ImportJob) -> Any:
    return ImportJob.objects.filter(pk=job.pk, runs=job.runs, state=job.state)


def _checkpoint(job: ImportJob, position: int, total: int, report: Report) -> None:
    """Within the portion's transaction: what is recorded and how far that is are committed together."""
    told = {"position": position, "total": total, "report": report.as_dict(), "lease_until": timezone.now() + LEASE}
    if not _mine(job).update(**told):
        raise Lost
    job.position, job.total, job.report = position, total, told["report"]


def _finish(job: ImportJob, state: str, report: Report | None = None, *, error: str = "") -> None:
    job.report = report.as_dict() if report else job.report
    changed = _mine(job).update(
        state=state,
        error=error,
        finished_at=timezone.now(),
        lease_until=None,
        **({"report": job.report, "total": report.rows, "position": report.rows} if report else {}),
    )
    if changed:
        job.state = state


def _undo(job: ImportJob, now: datetime) -> None:
    asked = job.report.get("undo", {})
    undone = take_back(job=job, by_id=asked.get("by"), at=now, progress=partial(_stand, job))
    job.report = {**job.report, "undone": undone}
    if not _mine(job).update(state=ImportState.UNDONE, report=job.report, finished_at=timezone.now(), lease_until=None):
        raise Lost


def _stand(job: ImportJob, done: int, total: int) -> None:
    """Within one long transaction: told by the beat."""
    job.position, job.total = done, total


@contextmanager
def _held(job: ImportJob) -> Iterator[None]:
    """Renew the lease while the work goes on, also through long stretches without a portion."""
    over = threading.Event()
    beat = threading.Thread(target=_renew, args=(job, over.wait), daemon=True)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()


def _renew(job: ImportJob, is_over: Callable[[float], bool]) -> None:
    try:
        while not is_over(BEAT_SECONDS):
            told = {"position": job.position, "total": job.total} if job.state == ImportState.UNDOING else {}
            ImportJob.objects.filter(pk=job.pk, runs=job.runs).update(lease_until=timezone.now() + LEASE, **told)
    finally:
        connection.close()
