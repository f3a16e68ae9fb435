"""Reads of inquiries, and of what they name."""

from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models.functions import Lower

from acquisition.models import Inquiry, InquiryQuerySet
from core.models import User

_ORDERS = """
    SELECT o.source, o.external_id, o.id FROM unnest(%s::text[], %s::text[]) k(a, b)
    JOIN customers_order o ON o.source = k.a AND o.external_id = k.b"""


def inquiries_of(user: User) -> InquiryQuerySet:
    """Inquiries that the user may see."""
    return Inquiry.objects.for_user(user)


def people_by_email(emails: Iterable[str]) -> dict[str, User]:
    """The people of the company with these e-mails, by the e-mail in lower case."""
    wanted = {email for email in emails if email}
    if not wanted:
        return {}
    found = User.objects.annotate(lowered=Lower("email")).filter(lowered__in=wanted)
    return {person.email.lower(): person for person in found}


def orders_by_ref(refs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Ids of orders by source and external id."""
    wanted: Collection[tuple[str, str]] = set(refs)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, [list(column) for column in zip(*wanted, strict=True)])
        return {(source, external_id): id_ for source, external_id, id_ in cursor.fetchall()}
