"""The steps of the exchange that 1C leads: a session, files, catalogue and orders both ways."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from customers.models import ExternalRef
from platforms.actions.catalogue import import_catalogue
from platforms.actions.processing import process
from platforms.models import (
    Connection,
    InboundChunk,
    InboundFile,
    InboundMessage,
    MessageState,
    OfferedOrder,
    Signature,
)
from platforms.queries.exchange import as_documents, content, find_file, is_archive, members, orders_to_offer
from platforms.rules.commerceml.export import OURS, document
from platforms.rules.commerceml.xml import ROOT
from platforms.rules.contract import Unreadable
from platforms.words import error_of, keepable

PIECE_LIMIT = 4 * 1024 * 1024
SESSION_LIMIT = 512 * 1024 * 1024
SESSION = timedelta(hours=12)
LOGIN = "ferma"
# Pictures and the like come with a catalogue, and are not kept.
_UNNEEDED = re.compile(r".*\.(?:jpe?g|png|gif|bmp|webp|tiff?|pdf|docx?|xlsx?|html?|txt)", re.IGNORECASE)


def open_session(connection: Connection) -> str:
    """A sealed ticket for one exchange; it dies with the secret."""
    return _signer(connection).sign(secrets.token_hex(16))


def session_of(connection: Connection, ticket: str) -> str:
    """The session of a ticket, or empty if it is not ours or too old."""
    try:
        return _signer(connection).unsign(ticket, max_age=SESSION)
    except signing.BadSignature:
        return ""


def _signer(connection: Connection) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"platforms.1c.{connection.pk}.{connection.secret}", sep=".")


@transaction.atomic
def keep_piece(*, connection: Connection, session: str, name: str, piece: bytes, now: datetime) -> InboundFile | None:
    """Append a piece to a file of the session; None where such files are not needed. Raises Unreadable."""
    name = keepable(name.replace("\\", "/").rpartition("/")[2])[:200]
    if not name:
        raise Unreadable("file_unknown", name="")
    if _UNNEEDED.fullmatch(name):
        return None
    kept = InboundFile.objects.filter(connection=connection, session=session).aggregate(size=Sum("size"))["size"] or 0
    if kept + len(piece) > SESSION_LIMIT:
        raise Unreadable("too_large", limit=SESSION_LIMIT)
    # A name used again after its file was taken is a new file.
    done = InboundFile.objects.filter(connection=connection, session=session, name=name, finished_at__isnull=False)
    for old in done:
        InboundFile.objects.filter(pk=old.pk).update(name=f"{old.pk}~{name}"[:200])
    file, _made = InboundFile.objects.get_or_create(
        connection=connection, session=session, name=name, defaults={"created_at": now}
    )
    InboundChunk.objects.create(file=file, content=piece)
    InboundFile.objects.filter(pk=file.pk).update(size=F("size") + len(piece))
    return file


def take_goods(
    *, connection: Connection, session: str, name: str, now: datetime, has_time: Callable[[], bool]
) -> tuple[bool, int]:
    """Import a catalogue file, or go on with it: whether it is done, and how many records are in."""
    try:
        file, member = find_file(connection, session, name)
        part = _part(file, member, now)
        if part.finished_at is not None:
            return True, part.done
        pieces = content(file, member)
        is_done = import_catalogue(connection=connection, mark=part, pieces=pieces, now=now, has_time=has_time)
    except Unreadable as error:
        _write_down(connection, f"catalog/{name}", now, errors=[error_of(error)], state=MessageState.REFUSED)
        raise
    if is_done:
        _write_down(connection, f"catalog/{name}", now, notes=[{"code": "goods", "value": str(part.done)}])
        if part is file:
            file.chunks.all().delete()
    return is_done, part.done


def _part(file: InboundFile, member: str, now: datetime) -> InboundFile:
    """The file itself; of an archive, a mark of its own for each member, so that each goes on by itself."""
    if not member:
        return file
    part, _made = InboundFile.objects.get_or_create(
        connection_id=file.connection_id,
        session=file.session,
        name=f"{file.pk}/{member}"[:200],
        defaults={"created_at": now},
    )
    return part


def take_orders(*, connection: Connection, session: str, name: str, now: datetime) -> InboundMessage | None:
    """Take the order documents of a file that is complete; None while pieces of it are still to come."""
    file, _member = find_file(connection, session, name)
    with transaction.atomic():
        # Two calls about one file: the second finds it taken.
        waiting = InboundFile.objects.select_for_update().filter(pk=file.pk, finished_at__isnull=True).first()
        if waiting is None:
            return InboundMessage.objects.filter(file=file).order_by("-id").first()
        if not _is_whole(file):
            return None
        waiting.finished_at = now
        waiting.save(update_fields=["finished_at"])
        message = InboundMessage.objects.create(
            connection=connection,
            received_at=now,
            topic=f"sale/{name}"[:100],
            size=waiting.size,
            file=waiting,
            signature=Signature.PASSWORD,
            due_at=now + timedelta(minutes=2),
        )
    return process(message_id=message.pk, now=now)


def _is_whole(file: InboundFile) -> bool:
    """Old versions of the exchange never say that a file is complete: its end does."""
    if is_archive(file):
        try:
            return bool(members(file))
        except Unreadable:
            return False
    tail = b""
    for piece in content(file):
        tail = (tail + piece)[-200:]
    ends = [f"</{ROOT}>".encode(encoding) for encoding in ("utf-8", "cp1251", "utf-16-le")]
    return any(end in tail for end in ends)


def offer_orders(*, connection: Connection, session: str, now: datetime) -> bytes:
    """The document with the orders that 1C lacks; they count as taken when 1C confirms."""
    orders = orders_to_offer(connection, now)
    OfferedOrder.objects.bulk_create(
        [
            OfferedOrder(connection=connection, order_id=each.pk, session=session, offered=each.content_digest)
            for each in orders
        ],
        update_conflicts=True,
        unique_fields=["connection", "order_id"],
        update_fields=["session", "offered"],
    )
    # 1C names the customer so in orders of its own.
    names = {each.customer_id: f"{OURS}{each.customer_id}" for each in orders}
    ExternalRef.objects.bulk_create(
        [ExternalRef(customer_id=id_, source=connection.source, external_id=name) for id_, name in names.items()],
        ignore_conflicts=True,
    )
    if orders:
        offered = [{"code": "offered", "value": str(len(orders))}]
        _write_down(connection, "sale/query", now, notes=offered, order_ids=[each.pk for each in orders])
    made = as_documents(connection, orders)
    return document(made, currency=settings.CURRENCY, made_at=timezone.localtime(now))


def confirm_orders(*, connection: Connection, session: str) -> int:
    """1C has taken what it was offered in this session. Returns how many orders that were."""
    return OfferedOrder.objects.filter(connection=connection, session=session).update(taken=F("offered"), session="")


def _write_down(
    connection: Connection,
    topic: str,
    now: datetime,
    *,
    state: MessageState = MessageState.PROCESSED,
    errors: list[dict[str, object]] | None = None,
    notes: list[dict[str, str]] | None = None,
    order_ids: list[int] | None = None,
) -> None:
    InboundMessage.objects.create(
        connection=connection,
        received_at=now,
        topic=keepable(topic)[:100],
        signature=Signature.PASSWORD,
        state=state,
        errors=errors or [],
        notes=notes or [],
        order_ids=order_ids or [],
        processed_at=now,
    )
