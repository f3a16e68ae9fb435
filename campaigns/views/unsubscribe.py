"""Unsubscribing by the link of a message: no log-in, one question."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.actions import unsubscribe as withdraw
from campaigns.links import read_token
from campaigns.queries.recipients import language_of
from core.middleware import LANGUAGE_COOKIE


# The signed link is the permission; a mailbox's one-click POST (RFC 8058) brings no cookie.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing, for mail scanners open every link; POST withdraws the consent at once."""
    wish = read_token(token)
    if wish is None:
        return render(request, "campaigns/unsubscribe.html", {"step": "unknown"}, status=404)
    if LANGUAGE_COOKIE not in request.COOKIES and (language := language_of(wish.customer_id)):
        translation.activate(language)
        request.LANGUAGE_CODE = language
    if request.method != "POST":
        return render(request, "campaigns/unsubscribe.html", {"step": "ask", "channel": wish.channel})
    one_click = request.POST.get("List-Unsubscribe") == "One-Click"
    withdraw(wish=wish, at=timezone.now(), proof="one click in the mailbox" if one_click else "the page")
    return render(request, "campaigns/unsubscribe.html", {"step": "done", "channel": wish.channel})
