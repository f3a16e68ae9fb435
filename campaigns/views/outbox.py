"""What the local gateways kept instead of sending."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from campaigns.frames import frame_policy, framed
from campaigns.models import MessageChannel, OutboxMessage
from campaigns.queries.deliveries import outbox_rows
from campaigns.rules.sms_parts import sms_parts
from campaigns.views.flows import MARKETERS
from core.access import role_required

PER_PAGE = 50


@role_required(*MARKETERS)
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """The messages, newest first."""
    channel = request.GET.get("channel", "")
    page = Paginator(outbox_rows(channel), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "channel": channel, "channels": MessageChannel.choices}
    return render(request, "campaigns/outbox.html", context)


@role_required(*MARKETERS)
@require_GET
def outbox_message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message as its reader would have it: e-mail in a frame, SMS as text."""
    message = get_object_or_404(OutboxMessage, pk=pk)
    return render(request, "campaigns/outbox_message.html", {"message": message, "parts": sms_parts(message.text)})


@role_required(*MARKETERS)
@require_GET
@frame_policy
@xframe_options_sameorigin
def outbox_frame(_request: HttpRequest, pk: int) -> HttpResponse:
    """The e-mail itself."""
    return framed(get_object_or_404(OutboxMessage, pk=pk).html)
