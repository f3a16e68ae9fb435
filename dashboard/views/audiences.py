"""Audiences: the builder, and what is done with one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.models import Flow
from core.access import role_required
from core.errors import DomainError
from core.periods import company_day
from core.roles import Role
from customers.models import Customer
from dashboard.audience_examples import BY_CODE, EXAMPLES
from dashboard.audience_schema import choices_at, schema, seen_choices
from dashboard.forms.audience import AudienceForm, FreezeForm
from dashboard.forms.customer_filters import CustomerFilterForm
from dashboard.links import customers_where
from dashboard.queries.filter_tree import tree_of
from segmentation.actions import bring_back, change_audience, create_audience, freeze, may_change, put_away, watch
from segmentation.audiences.compiling import customers_of
from segmentation.audiences.tree import EVERYBODY, Node, TreeFaultError, as_json, parsed, read_text, read_tree
from segmentation.audiences.words import told
from segmentation.models import Audience
from segmentation.queries.audiences import audience_customers, examples_of, size_of, words_of

PEOPLE = (Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER)
FOUND = 30
SHOWN_VERSIONS = 20


@role_required(*PEOPLE)
@require_http_methods(["GET", "POST"])
def audience_new(request: HttpRequest) -> HttpResponse:
    """Build from nothing, from an example, or from the filters of the list of customers; POST keeps it."""
    if request.method == "POST":
        return _save(request, None)
    example = BY_CODE.get(request.GET.get("example", ""))
    if example is not None:
        initial = {"name": str(example.name), "description": str(example.why)}
        return _builder(request, None, AudienceForm(user=request.user, initial=initial), raw=example.tree)
    filters = CustomerFilterForm(request.GET, user=request.user).filters()
    if filters.q:
        messages.info(request, _("The search for “%(text)s” is not a part of the audience.") % {"text": filters.q})
    return _builder(request, None, AudienceForm(user=request.user), raw=tree_of(filters))


@role_required(*PEOPLE)
@require_http_methods(["GET", "POST"])
def audience_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One audience in the builder; POST changes it, or (`copy`) keeps it under one's own name."""
    audience = _visible(request, pk)
    if request.method == "POST":
        return _save(request, None if "copy" in request.POST else audience)
    return _builder(request, audience, AudienceForm(user=request.user, audience=audience), raw=audience.tree)


def _visible(request: HttpRequest, pk: int) -> Audience:
    found = Audience.objects.for_user(request.user).in_use().select_related("owner")
    return get_object_or_404(found, pk=pk)


def _save(request: HttpRequest, audience: Audience | None) -> HttpResponse:
    form = AudienceForm(request.POST, user=request.user)
    raw, faults = _parsed(request.POST.get("tree", ""), audience)
    if form.is_valid() and not faults:
        data = form.cleaned_data
        fields = {
            "name": data["name"],
            "description": data["description"],
            "tree": raw,
            "is_shared": data.get("is_shared", bool(audience and audience.is_shared)),
            "by": request.user,
            "at": timezone.now(),
        }
        try:
            if audience is None:
                audience = create_audience(**fields)
            else:
                change_audience(audience_id=audience.pk, version=data["version"], **fields)
        except TreeFaultError as error:
            faults = _faults(error)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("The audience is kept."))
            return redirect("audience_page", pk=audience.pk)
    return _builder(request, audience, form, raw=raw, faults=faults)


def _parsed(text: str, audience: Audience | None) -> tuple[Any, list[dict[str, str]]]:
    """The JSON that was sent, with its faults; without any the tree that is kept."""
    if not text:
        return (audience.tree if audience else {"all": []}), []
    raw: Any = {"all": []}
    try:
        raw = parsed(text)
        return as_json(read_tree(raw)), []
    except TreeFaultError as error:
        return raw, _faults(error)


def _faults(error: TreeFaultError) -> list[dict[str, str]]:
    return [{"path": fault.path, "text": fault.text} for fault in error.faults]


def _builder(
    request: HttpRequest,
    audience: Audience | None,
    form: AudienceForm,
    *,
    raw: Any,
    faults: list[dict[str, str]] | None = None,
) -> HttpResponse:
    try:
        tree: Node | None = read_tree(raw)
    except TreeFaultError as error:
        tree, faults = None, faults or _faults(error)
    context = {
        "audience": audience,
        "form": form,
        "tree": raw,
        "schema": schema(tree, request.user),
        "faults": faults or [],
        "words": told(tree, request.user) if tree else "",
        "may_change": audience is None or may_change(request.user, audience),
        "examples": EXAMPLES if audience is None and tree == EVERYBODY else (),
        **(_about(request, audience) if audience else {}),
    }
    return render(request, "dashboard/audience_page.html", context, status=422 if form.is_bound else 200)


def _about(request: HttpRequest, audience: Audience) -> dict[str, Any]:
    versions = audience.versions.select_related("by")[:SHOWN_VERSIONS]
    changes = audience.changes.filter(customer__in=Customer.objects.for_user(request.user)).select_related("customer")
    return {
        "versions": [(version, words_of(version.tree, request.user)) for version in versions],
        "flows": Flow.objects.filter(audience=audience).order_by("name"),
        "changes": changes.order_by("-at", "-pk")[:10] if audience.keeps_members and not audience.is_static else [],
        "freeze_form": FreezeForm(
            initial={"name": f"{audience.name} — {company_day(timezone.now()):%d.%m.%Y}"[:120]}, auto_id="freeze_%s"
        ),
    }


@role_required(*PEOPLE)
@require_POST
def audience_count(request: HttpRequest) -> HttpResponse:
    """The size of a tree that is being built, ten of its customers, the tree in words; or what is wrong in it."""
    try:
        tree = read_text(request.POST.get("tree", ""))
    except TreeFaultError as error:
        return JsonResponse({"faults": _faults(error), "html": ""})
    customers = customers_of(tree, request.user, company_day(timezone.now()))
    context = {
        "size": size_of(customers),
        "customers": examples_of(customers),
        "words": told(tree, request.user),
        "rows_url": customers_where(as_json(tree)),
    }
    html = render_to_string("dashboard/_audience_count.html", context, request=request)
    return JsonResponse({"faults": [], "html": html})


@role_required(*PEOPLE)
@require_GET
def audience_size(request: HttpRequest, pk: int) -> HttpResponse:
    """Fragment: how many customers an audience of the list has."""
    audience = _visible(request, pk)
    try:
        count: int | None = audience_customers(audience, request.user, company_day(timezone.now())).count()
    except TreeFaultError:
        count = None
    return render(request, "dashboard/_audience_size.html", {"audience": audience, "count": count})


@role_required(*PEOPLE)
@require_GET
def audience_choices(request: HttpRequest) -> HttpResponse:
    """Values whose label holds what was typed, for a field with too many to list."""
    choices = choices_at(request.GET.get("at", ""))
    found = choices.find(request.GET.get("q", "")[:100], FOUND) if choices else []
    return JsonResponse({"choices": seen_choices(choices, found, request.user) if choices else []})


@role_required(*PEOPLE)
@require_POST
def audience_freeze(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a fixed list of today's customers."""
    audience = _visible(request, pk)
    form = FreezeForm(request.POST)
    if form.is_valid():
        try:
            name, now = form.cleaned_data["name"], timezone.now()
            fixed = freeze(audience_id=audience.pk, name=name, by=request.user, at=now)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The list is fixed: nobody enters or leaves it by itself."))
            return redirect("audience_page", pk=fixed.pk)
    return redirect("audience_page", pk=pk)


@role_required(*PEOPLE)
@require_POST
def audience_watch(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to watch who enters and leaves (`on`), or cease."""
    audience, is_watched = _visible(request, pk), "on" in request.POST
    return _done(
        request,
        pk,
        lambda: watch(audience_id=audience.pk, at=timezone.now(), by=request.user, is_watched=is_watched),
        _("Watched from now on.") if is_watched else _("Not watched any more."),
    )


@role_required(*PEOPLE)
@require_POST
def audience_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Bring an old version back."""
    audience = _visible(request, pk)
    return _done(
        request,
        pk,
        lambda: bring_back(audience_id=audience.pk, number=number, by=request.user, at=timezone.now()),
        _("The version holds again."),
    )


@role_required(*PEOPLE)
@require_POST
def audience_put_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an audience out of use."""
    audience = _visible(request, pk)
    try:
        put_away(audience_id=audience.pk, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("audience_page", pk=pk)
    messages.success(request, _("The audience is put away."))
    return redirect("audience_list")


def _done(request: HttpRequest, pk: int, act: Any, text: str) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, text)
    return redirect("audience_page", pk=pk)
