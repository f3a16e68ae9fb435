"""Imports from the browser: a file is uploaded, looked at, set up, and left to the worker as a due row.

The state of the row is the queue: `waiting` and `undoing` are due, `running` is due again when its lease has run out.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Conflict, InvalidInput, NotFound
from core.models import ChangeKind, ChangeSet, User
from customers.actions.imports import files
from customers.actions.imports.kinds import kind_of
from customers.actions.imports.mapping import missing_targets, parse_mapping
from customers.actions.imports.previews import Preview, preview_rows
from customers.actions.imports.shapes import Shape, look
from customers.models import ImportJob, ImportMode, ImportState

STARTABLE = (ImportState.UPLOADED, ImportState.STOPPED, ImportState.FAILED, ImportState.UNDONE)
UNDOABLE = (ImportState.DONE, ImportState.STOPPED, ImportState.FAILED)


def upload(*, by: User, kind: str, name: str, chunks: Iterable[bytes], at: datetime) -> ImportJob:
    """Keep a file and make its job. Raises InvalidInput for another kind of file, an empty one, one above 1 GB."""
    code = kind_of(kind).code
    kept, size = files.keep(name, chunks)
    job = ImportJob(kind=code, file=kept, name=Path(name).name[:255], size=size, by=by)
    job.save()
    ImportJob.objects.filter(pk=job.pk).update(created_at=at)
    job.created_at = at
    return job


def shape(job: ImportJob, told: dict[str, Any] | None = None) -> Shape:
    """How the file is written; `told` is the `file` part of a mapping, where a person said so. Raises InvalidInput."""
    return look(files.path_of(job), kind_of(job.kind), told or {}, settings.PHONENUMBER_DEFAULT_REGION)


def preview(job: ImportJob, mapping: dict[str, Any], *, now: datetime) -> Preview:
    """The first rows as the mapping reads them, with what is wrong in each. Raises InvalidInput."""
    kind = kind_of(job.kind)
    return preview_rows(files.path_of(job), parse_mapping(mapping, kind), kind, now)


@transaction.atomic
def start(*, job: ImportJob, mapping: dict[str, Any], mode: str, key: str, dry_run: bool, at: datetime) -> ImportJob:
    """Leave the file to the worker. Raises InvalidInput for a mapping that cannot be, Conflict if it is under way.

    What a stopped or failed run recorded stays, and is found unchanged; it can still be undone together with the rest.
    """
    kind = kind_of(job.kind)
    parsed = parse_mapping(mapping, kind)
    if missing := missing_targets(parsed, kind):
        known = kind.known
        names = ", ".join(str(known[name].label) for name in missing)
        raise InvalidInput(_("No column goes into: %(fields)s.") % {"fields": names}, field="fields")
    if mode not in ImportMode.values:
        raise InvalidInput(_("There is no such mode."), field="mode")
    if key and key not in dict(kind.keys):
        raise InvalidInput(_("Rows of this kind cannot be known by %(key)s.") % {"key": key}, field="key")
    files.path_of(job)
    locked = _locked(job)
    if locked.state not in STARTABLE and not (locked.state == ImportState.DONE and locked.is_dry_run):
        raise Conflict(_("This import has been started already."), code="started")
    if not dry_run and (locked.change_set is None or locked.state == ImportState.UNDONE):
        locked.change_set = ChangeSet.objects.create(
            kind=ChangeKind.IMPORT, by=locked.by, at=at, label=locked.name[:200], data={"import": locked.pk}
        )
    locked.state, locked.mapping, locked.mode, locked.key = ImportState.WAITING, mapping, mode, key
    locked.is_dry_run, locked.position, locked.total = dry_run, 0, None
    locked.started_at = locked.finished_at = locked.lease_until = None
    locked.report, locked.error = {}, ""
    locked.save()
    files.forget_beside(locked)
    return locked


@transaction.atomic
def stop(*, job: ImportJob) -> ImportJob:
    """Stop at the portion that is being recorded; what was recorded stays, and can be undone. Raises Conflict."""
    locked = _locked(job)
    if locked.state not in (ImportState.WAITING, ImportState.RUNNING):
        raise Conflict(_("This import is not running."))
    locked.state, locked.lease_until = ImportState.STOPPED, None
    locked.save(update_fields=["state", "lease_until"])
    return locked


@transaction.atomic
def undo_import(*, job: ImportJob, by: User, at: datetime) -> ImportJob:
    """Have the worker take back everything that the import changed. Raises Conflict where there is nothing to undo."""
    locked = _locked(job)
    if locked.state not in UNDOABLE or locked.change_set is None:
        raise Conflict(_("There is nothing to undo."), code="nothing_to_undo")
    locked.state, locked.lease_until = ImportState.UNDOING, None
    locked.report = {**locked.report, "undo": {"by": by.pk, "at": at.isoformat()}}
    locked.save(update_fields=["state", "lease_until", "report"])
    return locked


def correct(*, job: ImportJob, by: User, chunks: Iterable[bytes], name: str, at: datetime) -> ImportJob:
    """Take the file of refused rows back after a person has corrected it; it is due at once, by the same mapping.

    The columns with line, column, code and reason are left alone, as any column that no field names.
    """
    if job.state != ImportState.DONE or job.is_dry_run:
        raise Conflict(_("Only rows that a finished import refused can be corrected."))
    if job.mapping.get("order", {}).get("number_repeats"):
        raise InvalidInput(_("Rows without an id of their own cannot be corrected apart: upload the whole file."))
    made = upload(by=by, kind=job.kind, name=name, chunks=chunks, at=at)
    ImportJob.objects.filter(pk=made.pk).update(corrects=job)
    made.corrects = job
    file = {name: value for name, value in job.mapping.get("file", {}).items() if name in ("decimal", "date_format")}
    mapping = {**job.mapping, "file": file}
    return start(job=made, mapping=mapping, mode=job.mode, key=job.key, dry_run=False, at=at)


def refused_file(job: ImportJob) -> Path:
    """The CSV of refused rows with their reasons. Raises NotFound if there is none."""
    path = files.refused_path(job)
    if not job.report.get("refused") or not path.is_file():
        raise NotFound(_("No row of this import was refused."))
    return path


def _locked(job: ImportJob) -> ImportJob:
    locked = ImportJob.objects.select_for_update(of=("self",)).filter(pk=job.pk).first()
    if locked is None:
        raise NotFound(_("There is no such import."))
    return locked
