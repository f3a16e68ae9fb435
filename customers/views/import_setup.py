"""What the columns of a file mean: chosen over a preview of its first rows."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from core.errors import DomainError, InvalidInput
from customers.actions.imports import start
from customers.actions.mappings import forget_mapping, keep_draft, keep_mapping
from customers.models import ImportJob, SavedMapping
from customers.queries.imports import is_open, saved_mappings
from customers.views.access import importing, job_or_404
from customers.views.import_choices import Setup


@importing
@require_http_methods(["GET", "POST"])
def import_setup(request: HttpRequest, pk: int) -> HttpResponse:
    """The second step (GET); trying, importing, keeping a mapping, using or forgetting one (POST)."""
    job = job_or_404(request, pk)
    if not is_open(job):
        return _go(request, "import_page", job)
    if request.method == "GET":
        return render(request, "customers/import_setup.html", Setup.of_job(job).page())
    setup = Setup.of_data(job, request.POST)
    asked = "use" if "use" in request.POST else request.POST.get("do", "")
    doing = {"try": _start, "import": _start, "use": _use, "forget": _forget, "keep": _keep}.get(asked, _show)
    try:
        return doing(request, setup)
    except DomainError as error:
        return _show(request, setup, error)


@importing
@require_POST
def import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview by what is chosen now, kept as a draft; everything, if the file itself is read in another way."""
    job = job_or_404(request, pk)
    if not is_open(job):
        return _go(request, "import_page", job)
    is_whole = "whole" in request.GET
    setup = Setup.of_data(job, request.POST)
    if is_whole:
        setup = setup.looked_at_anew()
    keep_draft(job=job, mapping=setup.mapping(), mode=setup.mode, key=setup.key)
    if is_whole:
        return render(request, "customers/_import_setup.html", setup.page())
    return render(request, "customers/_import_answer.html", setup.answer())


def _start(request: HttpRequest, setup: Setup) -> HttpResponse:
    if refusal := setup.refusal():
        raise InvalidInput(refusal)
    start(
        job=setup.job,
        mapping=setup.mapping(),
        mode=setup.mode,
        key=setup.key,
        dry_run=request.POST["do"] == "try",
        at=timezone.now(),
    )
    return _go(request, "import_page", setup.job)


def _use(request: HttpRequest, setup: Setup) -> HttpResponse:
    kept = _kept(setup, request.POST.get("use") or request.POST.get("saved"))
    chosen = Setup.of_job(setup.job, kept.mapping)
    keep_draft(job=setup.job, mapping=chosen.mapping(), mode=chosen.mode, key=chosen.key)
    messages.success(request, _("The columns are read as in “%(name)s”.") % {"name": kept.name})
    return render(request, "customers/import_setup.html", chosen.page())


def _forget(request: HttpRequest, setup: Setup) -> HttpResponse:
    kept = _kept(setup, request.POST.get("saved"))
    forget_mapping(mapping=kept)
    messages.success(request, _("The mapping “%(name)s” is deleted.") % {"name": kept.name})
    return _show(request, setup)


def _keep(request: HttpRequest, setup: Setup) -> HttpResponse:
    kept = keep_mapping(
        kind=setup.job.kind, name=request.POST.get("mapping_name", ""), mapping=setup.mapping(), by=request.user
    )
    text = _("The mapping “%(name)s” is kept.") % {"name": kept.name}
    response = render(request, "customers/_import_setup.html", setup.looked_at_anew().page())
    return trigger_client_event(response, "toast", {"text": text, "level": "success"})


def _show(request: HttpRequest, setup: Setup, error: DomainError | None = None) -> HttpResponse:
    context = setup.looked_at_anew().page()
    whole = "customers/_import_setup.html" if request.htmx else "customers/import_setup.html"
    return render(request, whole, {**context, "refusal": error.message if error else ""}, status=422 if error else 200)


def _kept(setup: Setup, pk: str | None) -> SavedMapping:
    if not str(pk or "").isdigit():
        raise InvalidInput(_("Choose a mapping first."))
    return get_object_or_404(saved_mappings(setup.job.kind), pk=int(pk))


def _go(request: HttpRequest, name: str, job: ImportJob) -> HttpResponse:
    url = reverse(name, args=[job.pk])
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
