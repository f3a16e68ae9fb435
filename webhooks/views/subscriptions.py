"""Subscriptions: the list, one with its log, making, changing, a new secret, a test."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import role_required
from core.roles import Role
from webhooks import actions
from webhooks.forms import SubscriptionForm
from webhooks.models import DeliveryState, Subscription
from webhooks.queries import deliveries_of, subscriptions_with_health
from webhooks.rules.events import type_of

PER_PAGE = 50
administrators = role_required(Role.ADMINISTRATOR)


@administrators
@require_GET
def webhook_list(request: HttpRequest) -> HttpResponse:
    """Who is told, and whether it arrives."""
    return render(request, "webhooks/list.html", {"subscriptions": subscriptions_with_health()})


@administrators
@never_cache
@require_http_methods(["GET", "POST"])
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Make one; this answer alone shows the secret."""
    form = SubscriptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made, secret = actions.subscribe(by=request.user, **form.cleaned_data)
        return _page(request, made, secret=secret)
    return render(request, "webhooks/edit.html", {"form": form}, status=422 if form.is_bound else 200)


@administrators
@require_http_methods(["GET", "POST"])
def webhook_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change where to, of what and how much is told."""
    subscription = get_object_or_404(Subscription, pk=pk)
    form = SubscriptionForm(request.POST or None, instance=subscription)
    if request.method == "POST" and form.is_valid():
        actions.change_subscription(subscription_id=pk, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("webhook", pk)
    context = {"form": form, "subscription": subscription}
    return render(request, "webhooks/edit.html", context, status=422 if form.is_bound else 200)


@administrators
@require_GET
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """One subscription and its log: `?state=failed`."""
    return _page(request, get_object_or_404(Subscription, pk=pk))


@administrators
@never_cache
@require_POST
def webhook_roll(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, which this answer alone shows."""
    subscription = get_object_or_404(Subscription, pk=pk)
    secret = actions.roll_secret(subscription_id=pk, now=timezone.now())
    subscription.refresh_from_db()
    return _page(request, subscription, secret=secret)


@administrators
@require_POST
def webhook_switch(_request: HttpRequest, pk: int) -> HttpResponse:
    """On or off."""
    subscription = get_object_or_404(Subscription, pk=pk)
    actions.switch(subscription_id=pk, is_on=not subscription.is_active)
    return redirect("webhook", pk)


@administrators
@require_POST
def webhook_test(_request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a test event, and show it."""
    row = actions.send_test(subscription=get_object_or_404(Subscription, pk=pk), now=timezone.now())
    return redirect("webhook_delivery", row.pk)


def _page(request: HttpRequest, subscription: Subscription, **more: Any) -> HttpResponse:
    state = request.GET.get("state", "")
    page = Paginator(deliveries_of(subscription, state), PER_PAGE).get_page(request.GET.get("page"))
    health = subscriptions_with_health().get(pk=subscription.pk)
    context = {
        "subscription": health,
        "page": page,
        "rows": [(row, type_of(row.kind)) for row in page],
        "states": DeliveryState.choices,
        "chosen": state if state in DeliveryState.values else "",
        "secret": "",
        "now": timezone.now(),
        **more,
    }
    return render(request, "webhooks/webhook.html", context)
