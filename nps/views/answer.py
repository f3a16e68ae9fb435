"""The two questions to a customer: by the signed link of a message, no log-in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.errors import Conflict
from core.middleware import LANGUAGE_COOKIE
from core.periods import company_day
from market.links import why_token
from market.models import DepartureSource
from nps import actions
from nps.forms import AnswerForm
from nps.links import read_token
from nps.models import Invitation, Response, ResponseKind
from nps.rules.score import MAX_SCORE, MIN_SCORE
from nps.rules.timing import link_is_open, may_correct

SCORES = range(MIN_SCORE, MAX_SCORE + 1)


# The signed link is the permission: it works where a mail program's browser keeps no cookies.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def nps_answer(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the questions and changes nothing: mail scanners open every link. POST records the answer."""
    invitation = Invitation.objects.filter(pk=read_token(token)).select_related("customer", "response").first()
    if invitation is None:
        return _page(request, "unknown", status=404)
    _speak_to(request, invitation)
    now = timezone.now()
    response = getattr(invitation, "response", None)
    if not link_is_open(invitation.created_at, now):
        return _page(request, "late", status=410)
    if response is not None and not may_correct(response.answered_at, now):
        return _page(request, "answered")
    if request.method == "POST":
        return _answer(request, invitation, token)
    if response is not None and "done" in request.GET:
        return _page(request, "thanks", response=response, token=token, why=_why(response))
    return _page(request, "ask", **_asked(request, response))


def _speak_to(request: HttpRequest, invitation: Invitation) -> None:
    language = invitation.customer.language
    if language and LANGUAGE_COOKIE not in request.COOKIES:
        translation.activate(language)
        request.LANGUAGE_CODE = language


def _asked(request: HttpRequest, response: Any) -> dict[str, Any]:
    """What the form starts with: the score of the link that was followed, else the earlier answer."""
    followed = request.GET.get("score", "")
    score = int(followed) if followed in map(str, SCORES) else response.score if response else None
    return {
        "chosen": score,
        "comment": response.comment if response else "",
        "is_again": response is not None,
    }


def _why(response: Response) -> str:
    """Where an unhappy customer may say that they left, and why; "" for the others."""
    if response.kind is not ResponseKind.DETRACTOR:
        return ""
    on = company_day(response.answered_at)
    return reverse("why", args=[why_token(customer_id=response.customer_id, on=on, source=DepartureSource.NPS)])


def _answer(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        chosen, comment = form.cleaned_data.get("score"), request.POST.get("comment", "")
        return _page(request, "ask", status=422, form=form, chosen=chosen, comment=comment)
    try:
        actions.record_response(invitation_id=invitation.pk, at=timezone.now(), **form.cleaned_data)
    except Conflict:
        return _page(request, "answered")
    return redirect(reverse("nps_answer", args=[token]) + "?done=1")


def _page(request: HttpRequest, step: str, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, "nps/answer.html", {"step": step, "scores": SCORES, **context}, status=status)
    response["X-Robots-Tag"] = "noindex"
    # The address is the permission; it goes nowhere.
    response["Referrer-Policy"] = "no-referrer"
    return response
