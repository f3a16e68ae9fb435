"""Files that people brought, under FERMA_VAR: under names of our own, never run and never served."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotFound
from customers.actions.imports.reader import SHEETS, TEXTS
from customers.models import ImportJob, ImportState

LARGEST = 1 << 30


def folder() -> Path:
    """Where they lie; nobody but the program reads it."""
    path: Path = settings.VAR_DIR / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(name: str, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write a file as it arrives; returns its name here and its size. Raises InvalidInput, and leaves nothing then."""
    suffix = "".join(Path(name).suffixes[-2:]).lower() if name.lower().endswith(".gz") else Path(name).suffix.lower()
    if Path(name).suffix.lower() not in SHEETS | TEXTS:
        known = ", ".join(sorted(TEXTS | SHEETS))
        raise InvalidInput(
            _("“%(name)s” is no file of a table. Known: %(known)s.") % {"name": name[:100], "known": known},
            field="file",
        )
    kept = secrets.token_hex(16) + (".csv.gz" if suffix.endswith(".gz") else suffix)
    path = folder() / kept
    try:
        size = _write(path, chunks)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return kept, size


def _write(path: Path, chunks: Iterable[bytes]) -> int:
    size = 0
    with path.open("xb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST:
                raise InvalidInput(_("The file is larger than 1 GB. Cut it into parts."), field="file")
            file.write(chunk)
    if not size:
        raise InvalidInput(_("The file is empty."), field="file")
    return size


def path_of(job: ImportJob) -> Path:
    """Where the job's file lies. Raises NotFound if somebody took it away."""
    path = folder() / Path(job.file).name
    if not path.is_file():
        raise NotFound(_("The file of this import is no longer here. Upload it again."))
    return path


def refused_path(job: ImportJob) -> Path:
    """Where refused rows of the job are written."""
    return folder() / f"{Path(job.file).name}.refused.csv"


def forget_beside(job: ImportJob) -> None:
    """Take away what was written beside the file by an earlier run."""
    for path in folder().glob(f"{Path(job.file).name}.refused.csv*"):
        path.unlink(missing_ok=True)


def forget_files(*, before: datetime) -> int:
    """Delete files that were last written before a moment, but for those of imports under way; returns how many."""
    under_way = ImportJob.objects.filter(state__in=(ImportState.WAITING, ImportState.RUNNING))
    needed = {Path(name).name for name in under_way.values_list("file", flat=True)}
    old = [path for path in folder().iterdir() if path.stat().st_mtime < before.timestamp()]
    gone = [path for path in old if path.name.partition(".refused")[0] not in needed]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
