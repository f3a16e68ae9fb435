"""Imports: the list, and one of them from its start to what came of it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotFound
from core.formats import number_text
from customers.actions.faults import TEXTS
from customers.actions.imports import KINDS, refused_file, start, stop
from customers.actions.mappings import discard_upload
from customers.models import ImportJob, ImportState
from customers.queries.imports import ACTIVE, Progress, imports_seen_by, in_words, is_open, progress_of
from customers.views.access import importing, job_or_404
from customers.views.import_undo import by_name, what_stayed
from customers.views.import_upload import upload_context

PAGE = 50
MINUTE = 60
# Cards to look at, of those that an undo left.
STAYED = 20


@dataclass(frozen=True)
class Row:
    """One import in the list."""

    job: ImportJob
    kind: str
    url: str
    progress: Progress

    @property
    def counts(self) -> dict[str, int | None]:
        """What its report tells, as far as there is one."""
        names = ("rows", "created", "updated", "refused")
        return {name: self.job.report.get(name) for name in names}


@importing
@never_cache
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """Every import, the newest first; the table alone for the page that renews itself."""
    page = Paginator(imports_seen_by(request.user), PAGE).get_page(request.GET.get("page"))
    rows = [Row(job, kind_label(job), _url(job), progress_of(job)) for job in page]
    context = {"rows": rows, "page": page, "are_active": any(row.job.state in ACTIVE for row in rows)}
    return render(request, "customers/_import_rows.html" if request.htmx else "customers/imports.html", context)


@importing
@never_cache
@require_safe
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import is, or what came of it; the part that changes alone for the page that renews itself."""
    job = job_or_404(request, pk)
    if job.state == ImportState.UPLOADED and not request.htmx:
        return redirect("import_setup", pk=pk)
    template = "customers/_import_body.html" if request.htmx else "customers/import_page.html"
    return render(request, template, _context(job))


@importing
@require_safe
def import_refused(request: HttpRequest, pk: int) -> FileResponse:
    """The refused rows with their reasons, as a CSV."""
    job = job_or_404(request, pk)
    name = f"{job.name.rsplit('.', 1)[0]}.refused.csv"
    return FileResponse(refused_file(job).open("rb"), as_attachment=True, filename=name, content_type="text/csv")


@importing
@require_POST
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Import for real what was tried, or go on with what was stopped."""
    job = job_or_404(request, pk)
    start(job=job, mapping=job.mapping, mode=job.mode, key=job.key, dry_run=False, at=timezone.now())
    return redirect("import_page", pk=pk)


@importing
@require_POST
def import_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop at the portion under way."""
    job = job_or_404(request, pk)
    if job.state in (ImportState.WAITING, ImportState.RUNNING):
        stop(job=job)
    return redirect("import_page", pk=pk)


@importing
@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away a file that was uploaded and never begun."""
    job = job_or_404(request, pk)
    discard_upload(job=job)
    messages.success(request, _("The file “%(name)s” is thrown away.") % {"name": job.name})
    return redirect("imports")


def kind_label(job: ImportJob) -> str:
    """What the rows of an import are."""
    return str(KINDS[job.kind].label) if job.kind in KINDS else job.kind


def _url(job: ImportJob) -> str:
    return reverse("import_setup" if job.state == ImportState.UPLOADED else "import_page", args=[job.pk])


def _context(job: ImportJob) -> dict[str, Any]:
    progress, report = progress_of(job), job.report if "created" in job.report else {}
    is_real = not job.is_dry_run
    is_over = not progress.is_active
    return {
        "job": job,
        "error": in_words(job.error, job),
        "kind": kind_label(job),
        "progress": progress,
        "left": _time_text(progress.seconds_left),
        "report": report,
        "came_in": report.get("created", 0) + report.get("updated", 0),
        "counts": list(_counts(report)) if report else [],
        "reasons": [(_reason(code), count) for code, count in report.get("reasons", {}).items()],
        "skipped": [(_reason(code), count) for code, count in report.get("skipped_reasons", {}).items()],
        "examples": report.get("examples", []),
        "went_on": [_went_on(row) for row in report.get("interruptions", [])],
        "may_run": is_open(job),
        "may_undo": is_over and is_real and job.change_set_id and job.state != ImportState.UNDONE,
        "may_correct": job.state == ImportState.DONE and is_real,
        "has_refused_file": is_over and _has_refused_file(job),
        "corrections": list(job.corrections.all()),
        **_undone(job.report.get("undone", {})),
        **upload_context(),
    }


def _undone(told: dict[str, Any]) -> dict[str, Any]:
    """What an undo took back and what it left."""
    customers = [row["id"] for row in told.get("examples", []) if row["table"] == "customers_customer"]
    return {
        "went": list(by_name(told.get("rows", {}))),
        "stayed": what_stayed(told.get("kept", [])),
        "stayed_customers": customers[:STAYED],
    }


def _counts(report: dict[str, Any]) -> Any:
    """What became of the rows that could be taken, and whose they are."""
    yield _("Created"), report["created"]
    yield _("Updated"), report["updated"]
    yield _("Unchanged"), report["unchanged"]
    for name, count in ((_("Outdated"), report["outdated"]), (_("Skipped"), report["skipped"])):
        if count:
            yield name, count
    if any(report["customers"].values()):
        yield _("New customers"), report["customers"]["new"]
        yield _("Known customers"), report["customers"]["known"]


class _Anything(dict):
    """Stands for whatever a reason names in one row or another."""

    def __missing__(self, _name: str) -> str:
        return "…"


def _reason(code: str) -> str:
    return str(TEXTS[code]) % _Anything() if code in TEXTS else code


def _went_on(row: int) -> str:
    return _("It was interrupted, and went on by itself at row %(row)s: nothing is lost, nothing is doubled.") % {
        "row": number_text(row + 1)
    }


def _has_refused_file(job: ImportJob) -> bool:
    try:
        return refused_file(job).is_file()
    except NotFound:
        return False


def _time_text(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < MINUTE:
        count = max(1, round(seconds))
        return ngettext("%(count)s second", "%(count)s seconds", count) % {"count": count}
    count = round(seconds / MINUTE)
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}
