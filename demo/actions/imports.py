"""A file that the manager brought in: first as a trial, then in earnest, with its mapping kept."""

from datetime import datetime, timedelta

from customers.actions.imports import run_due, start, upload
from customers.actions.mappings import keep_mapping
from customers.models import ContactPoint, CustomerKind, ImportJob, SavedMapping
from demo.actions.accounts import person
from demo.actions.people_acting import work_of
from demo.actions.story import Story
from demo.rules import fair
from demo.rules.people import phone_of

KIND = "orders"
DAYS_AGO, FAIR_BEFORE = 12, 3
BUYERS, STRANGERS = 16, 95_000_000
NEW = ("Соня Пахомова", "Рустам Галеев", "Инга Маркова", "Захар Лунин")


def bring_file(story: Story) -> None:
    """Import the till's file of a fair, two of whose rows are refused."""
    at = story.moment_of_end - timedelta(days=DAYS_AGO, hours=8)
    content = fair.fair_file(_buyers(), (at - timedelta(days=FAIR_BEFORE)).date())
    _import(content, at, dry_run=True)
    _import(content, at + timedelta(minutes=6), dry_run=False)
    kept = keep_mapping(kind=KIND, name="Касса на ярмарке", mapping=fair.MAPPING, by=person("manager"))
    SavedMapping.objects.filter(pk=kept.pk).update(updated_at=at)


def _buyers() -> list[tuple[str, str]]:
    """Known customers, and a few whom nobody here has seen before."""
    points = ContactPoint.objects.filter(channel="phone", customer__kind=CustomerKind.PERSON)
    known = points.order_by("customer_id", "pk").values_list("customer__name", "value")[40 : 40 + BUYERS]
    new = [(name, phone_of(STRANGERS + number)) for number, name in enumerate(NEW)]
    return [*known, *new]


def _import(content: bytes, at: datetime, *, dry_run: bool) -> None:
    by = person("manager")
    job = upload(by=by, kind=KIND, name=fair.NAME, chunks=[content], at=at)
    start(job=job, mapping=fair.MAPPING, mode="both", key="", dry_run=dry_run, at=at)
    with work_of(by, at, origin="import"):
        run_due(now=at)
    ImportJob.objects.filter(pk=job.pk).update(finished_at=at + timedelta(seconds=1))
