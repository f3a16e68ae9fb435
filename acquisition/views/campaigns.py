"""Campaigns of a channel, and how customers are counted to channels."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from acquisition.actions import save_campaign, save_rule
from acquisition.forms import CampaignForm, CampaignNameForm, RuleForm
from acquisition.models import Campaign, Channel
from acquisition.queries import rule_in_force
from acquisition.views.access import marketing
from core.errors import InvalidInput
from core.periods import company_day


@marketing
@require_POST
def campaign_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a campaign of a channel: by the form, or in one click for a code that orders name."""
    channel = get_object_or_404(Channel, pk=pk)
    form = CampaignForm(request.POST, instance=Campaign(channel=channel))
    if not form.is_valid():
        context = {"form": form, "campaign": None, "channel": channel}
        return render(request, "acquisition/campaign.html", context, status=422)
    made, _saved = save_campaign(channel=channel, **form.cleaned_data)
    messages.success(request, _("Campaign “%(name)s” is made.") % {"name": made.name})
    return redirect("channel", channel.pk)


@marketing
@require_http_methods(["GET", "POST"])
def campaign_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and days of a campaign."""
    found = get_object_or_404(Campaign.objects.select_related("channel"), pk=pk)
    form = CampaignNameForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        save_campaign(channel=found.channel, code=found.code, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("channel", found.channel_id)
    context = {"form": form, "campaign": found, "channel": found.channel}
    return render(request, "acquisition/campaign.html", context)


@marketing
@require_http_methods(["GET", "POST"])
def attribution_rule(request: HttpRequest) -> HttpResponse:
    """Which of a customer's ways counts; a change counts all customers anew."""
    form = RuleForm(request.POST or None, instance=rule_in_force())
    if request.method == "POST" and form.is_valid():
        try:
            moved = save_rule(as_of=company_day(timezone.now()), **form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            text = _("Saved. Customers who are counted to another channel now: %(count)s.")
            messages.success(request, text % {"count": moved})
            return redirect("attribution_rule")
    return render(request, "acquisition/attribution.html", {"form": form})
