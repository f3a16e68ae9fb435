"""What the exchange with 1C reads: uploaded files, and the orders that 1C does not have yet."""

import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import IO

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from customers.models import Customer, Order, OrderLine
from customers.rules.records import DEAD
from platforms.models import CatalogueItem, Connection, InboundFile, OfferedOrder
from platforms.rules.commerceml import STATUSES
from platforms.rules.commerceml.export import OutLine, OutOrder
from platforms.rules.contract import ANY, Unreadable

PIECE = 64 * 1024
IN_MEMORY = 8 * 1024 * 1024
MAX_UNPACKED = 1024 * 1024 * 1024
MAX_MEMBERS = 10_000
# Commits come out of order, so nothing is "since the last time": whatever changed in so long is compared.
WINDOW = timedelta(days=60)
AT_A_TIME = 300
# What reading an archive raises that is not whole or not for us: zipfile a RuntimeError for an encrypted member and a
# kind of it for an unknown compression, the decompressors their own.
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, KeyError, RuntimeError, EOFError, OSError)


def find_file(connection: Connection, session: str, name: str) -> tuple[InboundFile, str]:
    """The uploaded file that holds `name`, and the name inside if the file is an archive. Raises Unreadable."""
    files = InboundFile.objects.filter(connection=connection, session=session)
    found = files.filter(name=name).first()
    if found is not None:
        return found, ""
    for archive in files.filter(name__iendswith=".zip").order_by("-id"):
        if name in members(archive):
            return archive, name
    raise Unreadable("file_unknown", name=name[:100])


def members(file: InboundFile) -> list[str]:
    """The XML files in an archive; of a plain file its own name."""
    if not is_archive(file):
        return [file.name]
    with _opened(file) as archive:
        return [entry.filename for entry in archive.infolist() if entry.filename.lower().endswith(".xml")]


def is_archive(file: InboundFile) -> bool:
    return file.name.lower().endswith(".zip")


def content(file: InboundFile, member: str = "") -> Iterator[bytes]:
    """A file piece by piece, or one member of an archive, which never touches the disk unpacked."""
    if not is_archive(file):
        yield from _pieces(file)
        return
    with _opened(file) as archive:
        total = 0
        try:
            with archive.open(member) as stream:
                while piece := stream.read(PIECE):
                    total += len(piece)
                    if total > MAX_UNPACKED:
                        raise Unreadable("zip_too_large", limit=MAX_UNPACKED)
                    yield piece
        except _BROKEN as error:
            raise Unreadable("zip_broken") from error


def _pieces(file: InboundFile) -> Iterator[bytes]:
    for piece in file.chunks.order_by("id").values_list("content", flat=True).iterator(chunk_size=2):
        yield bytes(piece)


@contextmanager
def _opened(file: InboundFile) -> Iterator[zipfile.ZipFile]:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        for piece in _pieces(file):
            spool.write(piece)
        with _archive(spool) as archive:
            if len(archive.infolist()) > MAX_MEMBERS:
                raise Unreadable("zip_broken")
            yield archive


def _archive(spool: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(spool)
    except (*_BROKEN, ValueError) as error:
        raise Unreadable("zip_broken") from error


def orders_to_offer(connection: Connection, now: datetime) -> list[Order]:
    """Orders of other sources, new or changed since 1C took them. A dead one is told only if 1C has it."""
    since = max(connection.created_at, now - WINDOW)
    mine = OfferedOrder.objects.filter(connection=connection, order_id=OuterRef("pk"))
    orders = Order.objects.filter(updated_at__gte=since).exclude(source=connection.source)
    orders = orders.annotate(taken=Subquery(mine.values("taken")[:1]))
    lacking = (Q(taken__isnull=True) & ~Q(status__in=DEAD)) | (Q(taken__isnull=False) & ~Q(taken=F("content_digest")))
    detailed = (
        orders.filter(lacking).select_related("customer").prefetch_related("lines__product", "customer__contact_points")
    )
    return list(detailed.order_by("id")[:AT_A_TIME])


def as_documents(connection: Connection, orders: Sequence[Order]) -> list[OutOrder]:
    """The orders as 1C is to read them, with the ids that it knows its goods by."""
    codes = {line.product.sku for order in orders for line in order.lines.all() if line.product}
    known = dict(CatalogueItem.objects.filter(connection=connection, sku__in=codes).values_list("sku", "external_id"))
    words = _status_words(connection)
    return [_document(order, known, words) for order in orders]


def _status_words(connection: Connection) -> dict[str, str]:
    """Our statuses in 1C's words: the usual one where the connection's table has it, else any that means it."""
    kept = connection.settings.get("statuses", STATUSES)
    usual = [word for word in STATUSES if word in kept]
    words: dict[str, str] = {}
    for word in [*usual, *sorted(kept)]:
        if word != ANY:
            words.setdefault(kept[word], word)
    return words


def _document(order: Order, known: dict[str, str], words: dict[str, str]) -> OutOrder:
    contacts = list(order.customer.contact_points.all())
    lines = [_line(line, known) for line in order.lines.all()]
    total = sum((line.amount for line in lines), Decimal(0)) if lines else order.revenue
    return OutOrder(
        id=order.pk,
        number=order.number or order.external_id,
        placed_at=timezone.localtime(order.placed_at),
        status=words.get(order.status, order.status),
        total=total,
        customer_id=order.customer_id,
        customer_name=_name(order.customer),
        is_company=order.customer.kind == "company",
        phones=[each.value for each in contacts if each.channel == "phone"],
        emails=[each.value for each in contacts if each.channel == "email"],
        lines=lines or [OutLine("", "", order.number or order.external_id, Decimal(1), order.revenue, Decimal(0))],
        is_cancelled=order.status == "cancelled",
    )


def _name(customer: Customer) -> str:
    return customer.name or f"№ {customer.pk}"


def _line(line: OrderLine, known: dict[str, str]) -> OutLine:
    sku = line.product.sku if line.product else ""
    return OutLine(
        external_id=known.get(sku, sku) or "ORDER_DELIVERY",
        sku=sku,
        name=line.name or sku,
        quantity=line.quantity,
        amount=line.revenue,
        discount=line.discount,
    )
