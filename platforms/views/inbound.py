"""The address that a platform sends its messages to."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from platforms import actions
from platforms.actions import Receipt
from platforms.models import Connection, MessageState, Platform
from platforms.rules.bodies import MAX_BODY
from platforms.rules.contract import Incoming
from platforms.rules.signatures import is_same
from platforms.views import exchange
from platforms.words import error_texts

# A failed message is kept here, and the platform has nothing to mend: it is told so, and does not give up on us.
STATUS = {MessageState.FAILED: 202, MessageState.REFUSED: 400, MessageState.RECEIVED: 202}


@csrf_exempt
@never_cache
def inbound(request: HttpRequest, key: str) -> HttpResponse:
    """Take a message in. `key`: the code of the connection, and after a dot its secret where nothing is signed."""
    code, _dot, secret = key.partition(".")
    # PostgreSQL cannot be asked for a NUL.
    connection = Connection.objects.filter(code=code).first() if code.isprintable() else None
    if connection is None:
        return JsonResponse({"state": "unknown", "errors": [_("There is no such connection.")]}, status=404)
    if not connection.is_active:
        return JsonResponse({"state": "off", "errors": [_("This connection is switched off.")]}, status=410)
    if connection.platform == Platform.COMMERCEML:
        return exchange.answer(request, connection)
    if request.method in ("GET", "HEAD"):
        # Some platforms look whether anybody is there before they keep an address.
        return JsonResponse({"state": "ready", "platform": connection.platform})
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    try:
        incoming = incoming_of(request, MAX_BODY)
    except UnreadablePostError:
        return JsonResponse({"state": "broken"}, status=400)
    has_secret = is_same(secret, connection.secret)
    receipt = actions.receive(connection=connection, incoming=incoming, has_secret=has_secret, now=timezone.now())
    return _answer(receipt)


inbound.takes_raw_body = True


def incoming_of(request: HttpRequest, limit: int) -> Incoming:
    """The request as the rules take it; of a body over the limit just enough to see that it is."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    url = settings.PUBLIC_URL + request.get_full_path()
    return Incoming(headers, request.GET.dict(), request.read(limit + 1), url)


def _answer(receipt: Receipt) -> JsonResponse:
    """Work on the message where that is quick, and say what came of it."""
    if not receipt.is_due or receipt.message_id is None:
        body = {"state": receipt.state, "id": receipt.message_id, "errors": error_texts(receipt.errors)}
        return JsonResponse(body, status=receipt.status)
    message = actions.process(message_id=receipt.message_id, now=timezone.now())
    body = {"state": message.state, "id": message.pk, "errors": error_texts(message.errors)}
    return JsonResponse(body, status=STATUS.get(message.state, 200))
