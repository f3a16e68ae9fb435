"""A form as a page of its own: opened by its address, or in a frame of the company's sites."""

from typing import Any

from csp.constants import SELF
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.models import Theme, User
from core.roles import Role
from core.visitors import visitor
from webforms import actions
from webforms.links import make_stamp
from webforms.models import Form
from webforms.queries import open_form
from webforms.texts import described, redirect_of, thanks_of
from webforms.views.crossing import asker, limit, own_origin, speak


# The signed stamp is the permission; a frame on another site has no cookies for a token of ours.
@csrf_exempt
@never_cache
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def form_page(request: HttpRequest, code: str) -> HttpResponse:
    """The form (GET); what was filled in (POST). `?test=1` of a marketer tries it without recording anything."""
    form = open_form(code)
    if form is None:
        raise Http404
    language = speak(request)
    if request.method == "POST":
        return _framed(_take(request, form, language), form)
    is_test = "test" in request.GET and _may_test(request.user)
    return _framed(_show(request, form, language, is_test=is_test), form)


def _may_test(user: Any) -> bool:
    return isinstance(user, User) and user.has_role(Role.MARKETER, Role.MANAGER)


def _theme(request: HttpRequest) -> str:
    """Light, like most sites, unless the frame's address asks for another."""
    asked = request.GET.get("theme", "")
    return asked if asked in (Theme.DARK, Theme.AUTO) else Theme.LIGHT.value


def _framed(response: HttpResponse, form: Form) -> HttpResponse:
    """Only the company's own sites may show it in a frame."""
    response._csp_replace = {"frame-ancestors": [SELF, *form.site.origins]}
    response["X-Robots-Tag"] = "noindex"
    return response


def _take(request: HttpRequest, form: Form, language: str) -> HttpResponse:
    if asker(request, [own_origin(request), *form.site.origins]) is None:
        errors = {"": _("The form could not be checked. Reload the page and send it again.")}
        return _show(request, form, language, errors=errors, status=422)
    now = timezone.now()
    told = {name: request.POST.get(name, "") for name in request.POST}
    try:
        limit(request, form)
        sent = actions.submit(form=form, told=told, visitor=visitor(request), language=language, now=now)
    except actions.TooMany as refusal:
        actions.note_limited(form=form, now=now)
        return _show(request, form, language, errors={"": str(refusal.message)}, status=429)
    except actions.Refusal as refusal:
        return _show(request, form, language, errors=refusal.errors, status=422)
    context = {
        "theme": _theme(request),
        "form": form,
        "thanks": thanks_of(form, language),
        "next": redirect_of(form, language),
        "is_test": sent.inquiry_id is None,
    }
    return render(request, "webforms/thanks.html", context)


def _show(
    request: HttpRequest,
    form: Form,
    language: str,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
    is_test: bool = False,
) -> HttpResponse:
    stamp = make_stamp(form.pk, now=timezone.now(), is_test=is_test)
    found = errors or {}
    shown = described(form, language, stamp)
    for field in shown["fields"]:
        field |= {"error": found.get(field["name"], ""), "value": request.POST.get(field["name"], "")[:3000]}
    context = {
        "theme": _theme(request),
        "shown": shown,
        "error": found.get("", ""),
        "agreed": "consent" in request.POST,
        "page": (request.POST.get("page") or request.GET.get("page") or request.headers.get("Referer", ""))[:2000],
        "is_test": is_test,
    }
    return render(request, "webforms/form.html", context, status=status)
