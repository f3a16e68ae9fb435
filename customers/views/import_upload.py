"""Taking files in."""

import secrets
from collections.abc import Callable, Iterator

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from core.errors import DomainError, NotFound
from core.uploads import LARGEST_FILE
from customers.actions.imports import correct, upload
from customers.actions.imports.kinds import KINDS
from customers.forms.imports import CorrectionForm, UploadForm
from customers.forms.samples import sample_csv
from customers.models import ImportJob
from customers.views.access import importing, job_or_404

ACCEPTED = ".csv,.txt,.tsv,.gz,.xlsx,.xls,.xlsb,.ods"
PIECE = 1 << 20
# A form that was sent twice is known again for so long.
REMEMBERED = 3600


@importing
@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Choose what is brought in (GET), and take the file (POST)."""
    if request.method == "GET":
        return _new_page(request, [])
    form = UploadForm(request.POST, request.FILES)
    faults = _faults(request, form)
    if not faults:
        given = form.cleaned_data
        try:
            job = _once(
                request,
                given["once"],
                lambda: upload(
                    by=request.user,
                    kind=given["kind"],
                    name=given["file"].name,
                    chunks=_pieces(given["file"]),
                    at=timezone.now(),
                ),
            )
            return _go(request, reverse("import_setup", args=[job.pk]) if job else reverse("imports"))
        except DomainError as error:
            faults = [error.message]
    return _refuse(request, faults) if request.htmx else _new_page(request, faults, status=422)


@importing
@require_POST
def import_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the corrected rows of an import; they are read by the same mapping."""
    job = job_or_404(request, pk)
    form = CorrectionForm(request.POST, request.FILES)
    faults = _faults(request, form)
    if faults:
        return _refuse(request, faults)
    file = form.cleaned_data["file"]
    try:
        made = _once(
            request,
            form.cleaned_data["once"],
            lambda: correct(job=job, by=request.user, chunks=_pieces(file), name=file.name, at=timezone.now()),
        )
    except DomainError as error:
        return _refuse(request, [error.message])
    return _go(request, reverse("import_page", args=[made.pk]) if made else reverse("imports"))


@importing
@require_safe
def import_sample(_request: HttpRequest, kind: str) -> HttpResponse:
    """A small CSV with the columns that a kind of file may have."""
    if kind not in KINDS:
        raise NotFound(_("There is no such kind of file."))
    return HttpResponse(
        sample_csv(KINDS[kind]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{kind}.csv"'},
    )


def _new_page(request: HttpRequest, faults: list[str], status: int = 200) -> HttpResponse:
    context = {
        "kinds": KINDS.values(),
        "chosen": request.POST.get("kind") or request.GET.get("kind", ""),
        "faults": faults,
        **upload_context(),
    }
    return render(request, "customers/import_new.html", context, status=status)


def upload_context() -> dict[str, object]:
    """What a form that takes a file needs; `once` lets it be sent only once."""
    return {"once": secrets.token_urlsafe(12), "accept": ACCEPTED, "largest": LARGEST_FILE}


def _faults(request: HttpRequest, form: UploadForm | CorrectionForm) -> list[str]:
    if getattr(request, "upload_refused", False):
        return [_("The file is larger than 1 GB. Split it, and bring the parts in one after the other.")]
    return [] if form.is_valid() else [text for texts in form.errors.values() for text in texts]


def _refuse(request: HttpRequest, faults: list[str]) -> HttpResponse:
    return render(request, "customers/_import_faults.html", {"faults": faults}, status=422)


def _go(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _pieces(file: UploadedFile) -> Iterator[bytes]:
    return file.chunks(PIECE)


def _once(request: HttpRequest, token: str, bring: Callable[[], ImportJob]) -> ImportJob | None:
    """What was brought in, once for each form shown; None while the first sending of it is still under way."""
    key = f"import:{request.user.pk}:{token}"
    if token and not cache.add(key, 0, REMEMBERED):
        return ImportJob.objects.filter(pk=cache.get(key) or 0).first()
    try:
        job = bring()
    except BaseException:
        cache.delete(key)
        raise
    cache.set(key, job.pk, REMEMBERED)
    return job
