"""The exchange with 1C: plain text answers to the steps that 1C takes.

The protocol is older than its own good: it changes things by GET, and only 1C, with its password, can ask so.
"""

import base64
import binascii
import time

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext as _

from platforms import actions
from platforms.actions import exchange
from platforms.models import Connection, MessageState
from platforms.rules.contract import Incoming, Unreadable
from platforms.rules.signatures import is_same
from platforms.words import error_of, error_text, error_texts

COOKIE = "ferma_1c"
# One call about a catalogue takes so long; 1C then asks to go on.
SECONDS = 8.0
NOTHING_TO_DO = ("deactivate", "complete")


def answer(request: HttpRequest, connection: Connection) -> HttpResponse:
    """One step."""
    mode, kind = request.GET.get("mode", ""), request.GET.get("type", "")
    if kind not in ("catalog", "sale"):
        return _failure(_("Expected type=catalog or type=sale."))
    if mode == "checkauth":
        return _checkauth(request, connection)
    session = exchange.session_of(connection, request.COOKIES.get(COOKIE, ""))
    if not session:
        return _failure(_("The session is over. Begin the exchange anew."), status=401)
    try:
        return _step(request, connection, session, mode, kind)
    except Unreadable as error:
        status = 413 if error.code == "too_large" else 400
        return _failure(error_text(error_of(error)), status=status)
    except UnreadablePostError:
        return _failure(_("The file did not arrive whole."))


def _step(request: HttpRequest, connection: Connection, session: str, mode: str, kind: str) -> HttpResponse:
    name = request.GET.get("filename", "").replace("\\", "/").rpartition("/")[2]
    if mode == "init":
        return _text("zip=yes", f"file_limit={exchange.PIECE_LIMIT}")
    if mode == "file":
        return _file(request, connection, session, kind)
    if mode == "import":
        return _orders(connection, session, name) if kind == "sale" else _goods(connection, session, name)
    if mode == "query" and kind == "sale":
        document = exchange.offer_orders(connection=connection, session=session, now=timezone.now())
        return HttpResponse(document, content_type="text/xml; charset=utf-8")
    if mode == "success" and kind == "sale":
        exchange.confirm_orders(connection=connection, session=session)
        return _text("success")
    if mode in NOTHING_TO_DO:
        return _text("success")
    return _failure(_("The step mode=%(mode)s is not known.") % {"mode": mode[:20]})


def _checkauth(request: HttpRequest, connection: Connection) -> HttpResponse:
    now = timezone.now()
    Connection.objects.filter(pk=connection.pk).update(last_seen_at=now)
    login, password = _credentials(request)
    # Both are compared, whatever came of the first.
    if is_same(login, exchange.LOGIN) & is_same(password, connection.secret):
        return _text("success", COOKIE, exchange.open_session(connection))
    error = Unreadable("wrong_password")
    actions.refuse(connection=connection, incoming=Incoming({}, {}, b""), error=error, status=401, now=now)
    response = _failure(error_text(error_of(error)), status=401)
    response["WWW-Authenticate"] = 'Basic realm="Ferma", charset="UTF-8"'
    return response


def _credentials(request: HttpRequest) -> tuple[str, str]:
    scheme, _space, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        login, _colon, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    return login, password


def _file(request: HttpRequest, connection: Connection, session: str, kind: str) -> HttpResponse:
    piece = request.read(exchange.PIECE_LIMIT + 1)
    if len(piece) > exchange.PIECE_LIMIT:
        raise Unreadable("too_large", limit=exchange.PIECE_LIMIT)
    name = request.GET.get("filename", "")
    now = timezone.now()
    file = exchange.keep_piece(connection=connection, session=session, name=name, piece=piece, now=now)
    if kind == "sale" and file is not None:
        return _orders(connection, session, file.name)
    return _text("success")


def _goods(connection: Connection, session: str, name: str) -> HttpResponse:
    stop = time.monotonic() + SECONDS
    is_done, count = exchange.take_goods(
        connection=connection,
        session=session,
        name=name,
        now=timezone.now(),
        has_time=lambda: time.monotonic() < stop,
    )
    return _text("success") if is_done else _text("progress", _("%(count)s records are in.") % {"count": count})


def _orders(connection: Connection, session: str, name: str) -> HttpResponse:
    message = exchange.take_orders(connection=connection, session=session, name=name, now=timezone.now())
    if message is not None and message.state == MessageState.REFUSED:
        return _failure("; ".join(error_texts(message.errors)))
    # Single orders that failed are kept here, and 1C cannot mend them by stopping.
    return _text("success")


def _text(*lines: str) -> HttpResponse:
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _failure(reason: str, status: int = 400) -> HttpResponse:
    return HttpResponse(f"failure\n{reason}", content_type="text/plain; charset=utf-8", status=status)
