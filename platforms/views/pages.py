"""Connections: the list, a new one, one with its log and settings."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import role_required
from core.roles import Role
from platforms import actions, queries
from platforms.actions.exchange import LOGIN
from platforms.forms import TARGETS, ConnectForm, SettingsForm, read_statuses
from platforms.guides import GUIDES
from platforms.models import TELEPHONIES, Connection, Platform
from platforms.rules.contract import ANY
from platforms.rules.registry import ADAPTERS
from platforms.views.messages import as_row

PER_PAGE = 50


@role_required(Role.ADMINISTRATOR)
@require_GET
def connection_list(request: HttpRequest) -> HttpResponse:
    """All connections, with how they are."""
    return render(request, "platforms/list.html", {"connections": queries.connections()})


@role_required(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def connection_new(request: HttpRequest) -> HttpResponse:
    """Choose a platform, then name the connection."""
    platform = request.GET.get("platform", "")
    if platform not in Platform.values:
        choices = [(code, label, GUIDES[Platform(code)]) for code, label in Platform.choices]
        return render(request, "platforms/choose.html", {"choices": choices}, status=400 if request.POST else 200)
    form = ConnectForm(request.POST or None, platform=platform, gives_secret=_gives_secret(platform))
    if request.method == "POST" and form.is_valid():
        made = actions.connect(platform=platform, by=request.user, **form.cleaned_data)
        messages.success(request, _("The connection is made. Now set up the other side."))
        return redirect("connection_page", made.pk)
    context = {"form": form, "platform": Platform(platform).label, "guide": GUIDES[Platform(platform)]}
    return render(request, "platforms/new.html", context, status=422 if form.is_bound else 200)


def _gives_secret(platform: str) -> bool:
    return platform in ADAPTERS and ADAPTERS[platform].gives_secret


@role_required(Role.ADMINISTRATOR)
@never_cache
@require_GET
def connection_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One connection: its log, what to paste where, its settings."""
    return _page(request, _connection(pk))


def _connection(pk: int) -> Connection:
    return get_object_or_404(queries.connections(), pk=pk)


def _page(
    request: HttpRequest, connection: Connection, form: SettingsForm | None = None, wrong: str = ""
) -> HttpResponse:
    state = request.GET.get("state", "")
    page = Paginator(queries.messages_of(connection, state), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = [as_row(message) for message in page.object_list]
    context = {
        "connection": connection,
        "guide": GUIDES[Platform(connection.platform)],
        "address": address_of(connection),
        "login": LOGIN if connection.platform == Platform.COMMERCEML else "",
        "gives_secret": _gives_secret(connection.platform),
        "page": page,
        "state": state,
        "states": queries.state_counts(connection),
        "form": form or _filled_form(connection),
        "rows": _status_rows(request, connection),
        "targets": TARGETS,
        "any": ANY,
        "wrong": wrong,
        "is_telephony": connection.platform in TELEPHONIES,
    }
    return render(request, "platforms/page.html", context, status=422 if form else 200)


def address_of(connection: Connection) -> str:
    """What is pasted at the other side; with the secret where nothing else tells who sends."""
    adapter = ADAPTERS.get(connection.platform)
    is_open = adapter is None or adapter.is_signed
    key = connection.code if is_open else f"{connection.code}.{connection.secret}"
    return settings.PUBLIC_URL + reverse("inbound", args=[key])


def _filled_form(connection: Connection) -> SettingsForm:
    kept = connection.settings
    initial = {
        "name": connection.name,
        "api_url": connection.api_url,
        "price_type": kept.get("price_type", ""),
        "lines": "\n".join(f"{line} = {code}" for line, code in kept.get("lines", {}).items()),
        "extensions": "\n".join(f"{name} = {email}" for name, email in kept.get("extensions", {}).items()),
        "rates": "\n".join(f"{code} {rate}" for code, rate in kept.get("rates", {}).items()),
    }
    return SettingsForm(initial=initial, connection=connection)


def _status_rows(request: HttpRequest, connection: Connection) -> list[tuple[str, str]]:
    """The table as it is kept, or as it was just sent."""
    if request.method == "POST":
        return list(zip(request.POST.getlist("code"), request.POST.getlist("status"), strict=False))
    # JSONB keeps no order: by the way of an order, and the row for all others last.
    way = {value: place for place, (value, _label) in enumerate(TARGETS)}
    kept = connection.settings.get("statuses", {}).items()
    return sorted(kept, key=lambda row: (row[0] == ANY, way.get(row[1], 0), row[0]))


@role_required(Role.ADMINISTRATOR)
@require_POST
def connection_settings(request: HttpRequest, pk: int) -> HttpResponse:
    """Change names, keys and tables."""
    connection = _connection(pk)
    form, wrong, statuses = SettingsForm(request.POST, connection=connection), "", {}
    try:
        statuses = read_statuses(request.POST.getlist("code"), request.POST.getlist("status"))
    except ValidationError as error:
        wrong = " ".join(error.messages)
    if not form.is_valid() or wrong:
        return _page(request, connection, form, wrong)
    told: dict[str, Any] = form.cleaned_data
    again = actions.change_settings(
        connection=connection,
        name=told["name"],
        api_url=told.get("api_url", ""),
        api_token=told.get("api_token") or None,
        statuses=statuses,
        rates=told.get("rates", {}),
        lines=told.get("lines"),
        extensions=told.get("extensions"),
        price_type=told.get("price_type", ""),
        now=timezone.now(),
    )
    messages.success(request, _("Saved."))
    if again:
        told_again = ngettext(
            "%(count)s failed message is tried again.", "%(count)s failed messages are tried again.", again
        )
        messages.info(request, told_again % {"count": again})
    return redirect("connection_page", pk)


@role_required(Role.ADMINISTRATOR)
@require_POST
def connection_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """On or off."""
    connection = _connection(pk)
    is_active = request.POST.get("on") == "1"
    actions.switch(connection=connection, is_active=is_active)
    said = _("“%(name)s” takes messages again.") if is_active else _("“%(name)s” takes no messages now.")
    messages.success(request, said % {"name": connection.name})
    return redirect("connection_page", pk)


@role_required(Role.ADMINISTRATOR)
@require_POST
def connection_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret: one that the platform gave, or one made here."""
    connection = _connection(pk)
    given = request.POST.get("secret", "").strip()
    if _gives_secret(connection.platform) and not 0 < len(given) <= 200:
        messages.error(request, _("Paste the secret that the platform shows."))
    else:
        actions.change_secret(connection=connection, secret=given if _gives_secret(connection.platform) else "")
        messages.success(request, _("The new secret is in force; the old one no longer works."))
    return redirect("connection_page", pk)
