"""The imports as pages show them."""

from dataclasses import dataclass
from pathlib import Path

from django.db.models import QuerySet

from core.models import User
from customers.models import ImportJob, ImportState, SavedMapping

ACTIVE = frozenset((ImportState.WAITING, ImportState.RUNNING, ImportState.UNDOING))
# May be set up and started, again or for the first time; a trial that is over, too.
OPEN = frozenset((ImportState.UPLOADED, ImportState.STOPPED, ImportState.FAILED, ImportState.UNDONE))
# Before that much of a job is done, its speed tells little.
TELLING_SECONDS = 1.0


@dataclass(frozen=True)
class Progress:
    """How far a job is: rows done of all, percent, rows a second, seconds left (None while nothing tells)."""

    is_active: bool
    done: int
    total: int | None
    percent: int
    speed: float | None
    seconds_left: float | None


def imports_seen_by(user: User) -> QuerySet[ImportJob]:
    """Who may import sees everybody's imports: two people bring in one base."""
    jobs = ImportJob.objects.select_related("by", "corrects", "change_set")
    return jobs if user.sees_whole_base else jobs.filter(by=user)


def progress_of(job: ImportJob) -> Progress:
    """How far a job is; its speed counts only the time that was worked."""
    done, total = job.position, job.total
    seconds = job.report.get("seconds", 0.0)
    speed = done / seconds if done and seconds >= TELLING_SECONDS else None
    left = (total - done) / speed if speed and total and job.state == ImportState.RUNNING else None
    percent = min(100, int(100 * done / total)) if total else 0
    return Progress(job.state in ACTIVE, done, total, percent, speed, left)


def is_open(job: ImportJob) -> bool:
    """Whether the import can be set up and started."""
    return job.state in OPEN or (job.state == ImportState.DONE and job.is_dry_run)


def in_words(text: str, job: ImportJob) -> str:
    """A message about the file under the name that people know it by."""
    return text.replace(Path(job.file).name, job.name) if job.file else text


def last_source(kind: str) -> str:
    """The source that the last import of a kind named."""
    named = ImportJob.objects.filter(kind=kind, mapping__has_key="source").exclude(mapping__source="")
    mapping = named.values_list("mapping", flat=True).first()
    return str(mapping["source"]) if mapping else ""


def saved_mappings(kind: str) -> QuerySet[SavedMapping]:
    """The mappings that are kept for files of a kind."""
    return SavedMapping.objects.filter(kind=kind).select_related("by")
