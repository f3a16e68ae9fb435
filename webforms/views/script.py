"""The two scripts, and what the form's script asks and sends."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from core.visitors import visitor
from webforms import actions
from webforms.links import make_stamp
from webforms.queries import open_form
from webforms.texts import described, redirect_of, thanks_of
from webforms.views.crossing import asker, body_of, limit, share, speak

SCRIPTS: Path = settings.BASE_DIR / "static" / "js"


@require_GET
@cache_control(public=True, max_age=3600)
def form_script(_request: HttpRequest) -> HttpResponse:
    """`ferma-form.js`, at an address that never changes: it is pasted into other sites."""
    return _script("ferma-form.js")


@require_GET
@cache_control(public=True, max_age=3600)
def pixel_script(_request: HttpRequest) -> HttpResponse:
    """`pixel.js`."""
    return _script("pixel.js")


def _script(name: str) -> HttpResponse:
    response = HttpResponse((SCRIPTS / name).read_bytes(), content_type="text/javascript; charset=utf-8")
    # Other sites load it on purpose.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_GET
@never_cache
def form_json(request: HttpRequest, code: str) -> HttpResponse:
    """What the script draws: fields, words, a fresh stamp."""
    form = open_form(code)
    if form is None:
        raise Http404
    language = speak(request)
    origin = asker(request, form.site.origins)
    if origin is None:
        return share(_refused(_("This site may not use the form. Add its address in Ferma."), 400), None)
    return share(JsonResponse(described(form, language, make_stamp(form.pk, now=timezone.now()))), origin)


# The signed stamp is the permission; the script of another site has no token of ours.
@csrf_exempt
@require_POST
@never_cache
def form_send(request: HttpRequest, code: str) -> HttpResponse:
    """A submission of the script: JSON as plain text, so that the browser need not ask before."""
    form = open_form(code)
    if form is None:
        raise Http404
    language = speak(request)
    origin = asker(request, form.site.origins)
    if origin is None:
        return share(_refused(_("This site may not use the form. Add its address in Ferma."), 400), None)
    now = timezone.now()
    try:
        told = body_of(request)
        if not isinstance(told, dict):
            raise ValueError("not an object")
        limit(request, form)
        sent = actions.submit(form=form, told=told, visitor=visitor(request), language=language, now=now)
    except ValueError:
        return share(_refused(_("This is not what the form sends."), 400), origin)
    except actions.TooMany as refusal:
        actions.note_limited(form=form, now=now)
        return share(_refused(str(refusal.message), 429), origin)
    except actions.Refusal as refusal:
        stamp = make_stamp(form.pk, now=now)
        return share(JsonResponse({"errors": refusal.errors, "stamp": stamp}, status=422), origin)
    answer = {"text": thanks_of(form, language), "redirect": redirect_of(form, language), "token": sent.token}
    return share(JsonResponse(answer), origin)


def _refused(text: str, status: int) -> JsonResponse:
    return JsonResponse({"errors": {"": text}}, status=status)
