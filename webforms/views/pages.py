"""Pages of sites and forms, for marketers and managers."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.access import role_required
from core.periods import company_day
from core.roles import Role
from customers.models import EventKind
from webforms import actions
from webforms.forms import SiteForm, WebFormForm
from webforms.models import Form, Site
from webforms.queries import form_rows, sites, submissions_of, visits_today

NEWEST = 50
marketing = role_required(Role.MARKETER, Role.MANAGER)


@marketing
@require_GET
def site_list(request: HttpRequest) -> HttpResponse:
    """The sites, and what comes from them."""
    forms = Form.objects.select_related("site").order_by("site__name", "site", "name")
    rows = form_rows(forms, company_day(timezone.now()))
    return render(request, "webforms/sites.html", {"sites": sites(), "rows": rows})


@marketing
@require_http_methods(["GET", "POST"])
def site_new(request: HttpRequest) -> HttpResponse:
    """Make a site."""
    return _site_form(request, None)


@marketing
@require_http_methods(["GET", "POST"])
def site_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a site."""
    return _site_form(request, get_object_or_404(Site, pk=pk))


def _site_form(request: HttpRequest, site: Site | None) -> HttpResponse:
    form = SiteForm(request.POST or None, instance=site)
    if request.method == "POST" and form.is_valid():
        saved = actions.save_site(site_id=site and site.pk, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("site_page", saved.pk)
    context = {"form": form, "site": site}
    return render(request, "webforms/site_edit.html", context, status=422 if form.is_bound else 200)


@marketing
@require_GET
def site_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One site: its forms, the pixel's snippet, what the pixel told in the last day."""
    site = get_object_or_404(Site, pk=pk)
    now = timezone.now()
    counts = visits_today(site, now)
    context = {
        "site": site,
        "rows": form_rows(site.forms.all(), company_day(now)),
        "visits": [(EventKind(kind).label, count) for kind, count in sorted(counts.items())],
        "base": settings.PUBLIC_URL,
        "kept_days": actions.KEPT_FOR.days,
    }
    return render(request, "webforms/site.html", context)


@marketing
@require_http_methods(["GET", "POST"])
def form_new(request: HttpRequest, site_pk: int) -> HttpResponse:
    """Make a form on a site."""
    return _form_form(request, get_object_or_404(Site, pk=site_pk), None)


@marketing
@require_http_methods(["GET", "POST"])
def form_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a form."""
    form = get_object_or_404(Form.objects.select_related("site", "consent_text"), pk=pk)
    return _form_form(request, form.site, form)


def _form_form(request: HttpRequest, site: Site, web_form: Form | None) -> HttpResponse:
    form = WebFormForm(request.POST or None, instance=web_form)
    if request.method == "POST" and form.is_valid():
        told: dict[str, Any] = dict(form.cleaned_data)
        consent = told.pop("consent")
        data = actions.FormData(fields=told.pop("fields_shown"), required=told.pop("fields_required"), **told)
        saved = actions.save_form(
            site=site, form_id=web_form and web_form.pk, data=data, consent=consent, by=request.user
        )
        messages.success(request, _("Saved."))
        return redirect("form_page_of", saved.pk)
    context = {"form": form, "site": site, "web_form": web_form}
    return render(request, "webforms/form_edit.html", context, status=422 if form.is_bound else 200)


@marketing
@require_GET
def form_page_of(request: HttpRequest, pk: int) -> HttpResponse:
    """One form: how it looks, what to paste, what was sent."""
    form = get_object_or_404(Form.objects.select_related("site", "consent_text"), pk=pk)
    row = form_rows([form], company_day(timezone.now()))[0]
    context = {
        "web_form": form,
        "row": row,
        "is_open": form.is_active and form.site.is_active,
        "submissions": submissions_of(form)[:NEWEST],
        "base": settings.PUBLIC_URL,
    }
    return render(request, "webforms/form_page.html", context)
