"""Making and renaming channels."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from acquisition.actions import open_channel, save_channel
from acquisition.forms import CampaignForm, ChannelForm, ChannelNameForm
from acquisition.models import Channel
from acquisition.queries import unknown_campaigns
from acquisition.views.access import marketing


@marketing
@require_POST
def channel_open(request: HttpRequest) -> HttpResponse:
    """Make a channel: by the form, or in one click for a code that orders name."""
    form = ChannelForm(request.POST)
    if not form.is_valid():
        return render(request, "acquisition/channel.html", {"form": form, "channel": None}, status=422)
    made = open_channel(**form.cleaned_data)
    won = made.acquisitions.count()
    text = (
        _("Channel “%(name)s” is made; %(count)s customers are counted to it.")
        if won
        else _("Channel “%(name)s” is made.")
    )
    messages.success(request, text % {"name": made.name, "count": won})
    return redirect("spend")


@marketing
@require_http_methods(["GET", "POST"])
def channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and kind of a channel."""
    found = get_object_or_404(Channel, pk=pk)
    form = ChannelNameForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        save_channel(code=found.code, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("spend")
    context = {
        "form": form,
        "channel": found,
        "campaigns": found.campaigns.all(),
        "unknown": unknown_campaigns(found),
        "campaign_form": CampaignForm(),
    }
    return render(request, "acquisition/channel.html", context)
