"""What the pixel reports."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.visitors import visitor
from webforms.actions import TooMany, record_visits, take_turn
from webforms.queries import open_site
from webforms.rules.visits import NotVisits, read_visits
from webforms.views.crossing import asker, body_of, share

# In a minute: reports from one address, and of one site from everywhere.
FROM_ADDRESS = 120
OF_SITE = 6000


# Sent by the browser as the page is left; the signed token of the visitor is the permission.
@csrf_exempt
@require_POST
def pixel_report(request: HttpRequest, key: str) -> HttpResponse:
    """A batch of what a known customer did; 204, whatever of it is new."""
    site = open_site(key)
    if site is None:
        raise Http404
    origin = asker(request, site.origins)
    if origin is None:
        return share(_refused(_("This site may not report visits. Add its address in Ferma."), 400), None)
    now = timezone.now()
    try:
        take_turn(name=f"pixel:{visitor(request).ip}", limit=FROM_ADDRESS, seconds=60, now=now)
        take_turn(name=f"pixel:{site.pk}", limit=OF_SITE, seconds=60, now=now)
        told = body_of(request)
        if not isinstance(told, dict):
            raise NotVisits
        visits = read_visits(told.get("events"), site.origins, now)
    except TooMany as refusal:
        return share(_refused(str(refusal.message), 429), origin)
    except ValueError:
        return share(_refused(_("This is not what the pixel sends."), 400), origin)
    if record_visits(site=site, token=told.get("token", ""), visits=visits, now=now) is None:
        return share(_refused(_("The visitor's token is unknown or too old."), 400), origin)
    return share(HttpResponse(status=204), origin)


def _refused(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
